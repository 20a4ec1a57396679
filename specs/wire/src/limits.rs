//! Every hard limit of the wire, with its reason. Sizes are bytes.

/// Nesting of CBOR items: no message needs more than nine levels; a bound keeps the walk off the stack.
pub const MAX_NESTING: usize = 16;

/// One frame on the session stream. A run of live entries is cut below it, and a body above
/// [`MAX_INLINE_BODY`] never travels inside a frame.
pub const MAX_FRAME: usize = 512 * 1024;

/// A body inside a frame. Larger ones (commits in cold trees, Welcomes, trees) go by hash on
/// streams of their own, so that they never delay an answer.
pub const MAX_INLINE_BODY: usize = 64 * 1024;

/// An application message as the relay stores it: 48 KiB of content, padded, plus MLS framing.
pub const MAX_MESSAGE: usize = 64 * 1024;

/// A commit, Welcome or GroupInfo: a post-quantum add of 128 devices in a cold tree is 350 KB,
/// a classical one of 2000 devices 610 KB, a Welcome of the same size 700 KB.
pub const MAX_HANDSHAKE: usize = 4 * 1024 * 1024;

/// A ratchet tree: 2000 classical leaves with identity chains are 1.1 MB, 128 post-quantum ones 260 KB.
pub const MAX_TREE: usize = 8 * 1024 * 1024;

/// Any object fetched or uploaded by hash.
pub const MAX_OBJECT: usize = MAX_TREE;

/// One turn of one log on the live lane, so that a busy room cannot starve the others.
pub const LIVE_TURN: usize = 16 * 1024;

/// Entries in one delivery: a client applies at most this many in one transaction.
pub const MAX_RUN: usize = 256;

/// A log further behind than this is read on a catch-up stream.
pub const BULK_BEHIND: u64 = 256 * 1024;

/// Key packages in one upload: 50 one-time packages of 3 KB and a last-resort one.
pub const MAX_KEY_PACKAGES: usize = 64;

/// Devices of one account: bounds the device list, which travels with every claim.
pub const MAX_DEVICES: usize = 64;

/// How far a generation may lie above the one before. More than one, because a store that was
/// restored has forgotten generations whose numbers are used up; bounded, so that no owner can use
/// up the numbers.
pub const MAX_GENERATION_STEP: u32 = 1_000;
/// Devices added by one commit; a joiner waits for at most a few commits.
pub const MAX_ADDS: usize = 128;

/// Logs opened by one request: a session opens all its rooms in a few frames.
pub const MAX_OPEN: usize = 1024;

/// A datagram with a hint: about 150 bytes, with room for later fields; it fits any path.
pub const MAX_EPHEMERAL: usize = 256;

/// Bytes of a stream in one message of a WebSocket: what a reader sets aside before it knows who
/// writes.
pub const MAX_PIECE: usize = 64 * 1024;

/// Object streams of a client at once: each is a socket, and QUIC sets memory aside for each.
pub const MAX_OBJECT_STREAMS: u8 = 11;

/// Rooms whose hints a session hears and sends: as many as a list shows, and little memory each.
pub const MAX_FOCUS: usize = 64;

/// Characters of a handle.
pub const MAX_HANDLE: usize = 32;

/// An inbox keeps this many entries; beyond, the oldest go and the device resyncs.
pub const INBOX_ENTRIES: u64 = 1000;
/// An inbox keeps this many bytes.
pub const INBOX_BYTES: u64 = 16 * 1024 * 1024;
/// An inbox entry is kept this long.
pub const INBOX_DAYS: u64 = 90;

/// How long an acceptance is remembered for idempotent resubmission, in days.
pub const SUBMIT_MEMORY_DAYS: u64 = 7;

/// Devices of a direct room or group (post-quantum suite): keeps a cold commit under 350 KB.
pub const GROUP_DEVICES: usize = 128;
/// Devices of a space (classical suite).
pub const SPACE_DEVICES: usize = 2000;
