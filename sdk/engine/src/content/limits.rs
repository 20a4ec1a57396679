//! Every bound on what a message may hold, in one place, each with its reason.
//!
//! Bounds are checked in both directions: what cannot be read by others is never written.

/// Bytes of one encoded message. Padded it is at most 50 KiB, which leaves the MLS framing and
/// its authenticated data ample room below
/// [`MAX_MESSAGE`](lacre_wire::limits::MAX_MESSAGE). Larger things are files.
pub const MAX_CONTENT: usize = 48 * 1024;
/// Levels of nested parts, the body being the first (draft-ietf-mimi-content-08,
/// "Depth restrictions").
pub const MAX_PART_LEVELS: usize = 4;
/// Parts of a message, all levels together (same draft, "Validation": more is malicious).
pub const MAX_PARTS: usize = 1024;
/// Fewest parts of a multipart body (the draft's CDDL).
pub const MIN_MULTI_PARTS: usize = 2;
/// Bytes of a topic id (same draft, "Validation").
pub const MAX_TOPIC_ID: usize = 4096;
/// Extensions of a message. Lacre itself uses about ten.
pub const MAX_EXTENSIONS: usize = 64;
/// Bytes of the name of an extension with a text key (the draft's CDDL).
pub const MAX_EXTENSION_NAME: usize = 255;
/// Encoded bytes of the value of an extension (the draft's CDDL: `any .size (0..4095)`).
pub const MAX_EXTENSION_VALUE: usize = 4095;
/// Levels of maps, arrays and tags inside an extension's value. The draft allows four and
/// counts the extensions map itself as the first.
pub const MAX_EXTENSION_LEVELS: usize = 3;
/// Largest magnitude of an integer key: a double holds it exactly (same draft, "Data model
/// restrictions").
pub const MAX_INTEGER_KEY: u64 = (1 << 53) - 1;
/// Bytes of a media type, of a list of language tags, or of a file name: what file systems
/// and RFC 6838 allow, with room to spare.
pub const MAX_SHORT_TEXT: usize = 255;
/// Bytes of the address of an external part; longer ones do not survive in practice.
pub const MAX_URL: usize = 2048;
/// Bytes of the description of an external part: a caption, not an article.
pub const MAX_DESCRIPTION: usize = 4096;
/// Bytes of a key, nonce or hash of an external part; the largest registered are 64.
pub const MAX_KEY_MATERIAL: usize = 64;
/// Bytes of the additional data of an external part.
pub const MAX_AAD: usize = 1024;
/// Bytes of a reaction. The longest emoji sequences in Unicode take about 35.
pub const MAX_REACTION: usize = 64;
/// Mentions in one message: what fits into an extension. More are a message to everyone.
pub const MAX_MENTIONS: usize = 64;
/// Bytes of the name that a person gives themselves: a line of a list.
pub const MAX_DISPLAY_NAME: usize = 128;
/// Bytes of what a person says of themselves: a line, not an article.
pub const MAX_STATUS: usize = 256;
/// Fewest options of a poll: one is no choice.
pub const MIN_POLL_OPTIONS: usize = 2;
/// Options of a poll: what a person weighs at once, and what fits into an extension.
pub const MAX_POLL_OPTIONS: usize = 10;
/// Bytes of an option of a poll: a line. Ten of them fit into an extension.
pub const MAX_POLL_OPTION: usize = 200;
