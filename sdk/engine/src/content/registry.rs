//! The registry of extension keys and private media types: the one place where numbers are
//! given out, so that no two features take the same.
//!
//! Positive keys are IANA's (draft-ietf-mimi-content-08, "Keys registry"); negative keys are
//! for private use and belong to Lacre. A key marked *reserved* has its meaning fixed and no
//! codec yet: it is kept byte for byte like any unknown extension, and nothing else may use it.
//! A key is never given a second meaning.

/// `tstr`: the URI of the sender, [`account_uri`](super::uri::account_uri). In every message.
pub const SENDER_URI: i64 = 1;
/// `tstr`: the URI of the room, [`room_uri`](super::uri::room_uri). In every message.
pub const ROOM_URI: i64 = 2;
/// Reserved: what the sender saw last
/// (draft-mimi-content-more-extensions-00, `lastSeen`).
pub const LAST_SEEN: i64 = 256;

/// `uint`: the channel of a space that the message is for; absent outside channels.
pub const CHANNEL: i64 = -1;
/// `[* [kind, id, start, len]]`: who is mentioned where ([`Mention`](super::Mention)), so that
/// notifying does not depend on reading Markdown.
pub const MENTIONS: i64 = -2;
/// Reserved. `[command, [* argument]]`: a command to a bot.
pub const BOT_COMMAND: i64 = -3;
/// Reserved. The id of an interactive component, or of the callback it made.
pub const COMPONENT: i64 = -4;
/// `[account / null, name]`: where a forwarded message comes from ([`Forwarded`](super::Forwarded)).
pub const FORWARDED_FROM: i64 = -5;
/// Reserved. What a preview needs before the file is there: thumbhash, waveform, duration,
/// width and height.
pub const PREVIEW: i64 = -6;
/// Reserved. The id a scheduled message was announced under.
pub const SCHEDULED: i64 = -7;
/// Reserved. When the sender wrote the message, by its own clock.
pub const WRITTEN_AT: i64 = -8;
/// Reserved. An event of the room, told as a message.
pub const ROOM_EVENT: i64 = -9;
/// `[multiple, [2*10 tstr]]`: what can be chosen in a poll ([`Content::Poll`](super::Content::Poll)).
pub const POLL: i64 = -10;
/// Reserved. A place in the app's own content: a lesson and an offset into it.
pub const CONTENT_REFERENCE: i64 = -11;

/// Markdown as the draft profiles it: GitHub's, without raw HTML and autolinks.
pub const MARKDOWN: &str = "text/markdown;variant=GFM-MIMI";
/// Plain text; what a reaction is made of.
pub const PLAIN_TEXT: &str = "text/plain;charset=utf-8";
/// How far somebody received or read a room (draft-mahy-mimi-message-status-01); see
/// [`Content::Receipt`](super::Content::Receipt).
pub const MESSAGE_STATUS: &str = "application/mimi-message-status";
/// What somebody wants to be called: `[version: uint, name: tstr / null, status: tstr / null]`, see
/// [`Content::Profile`](super::Content::Profile).
pub const PROFILE: &str = "application/vnd.lacre.profile+cbor";
/// The key of the room: `[number: uint .size 4, key: bstr .size 32]`, see
/// [`Content::RoomKeys`](super::Content::RoomKeys).
pub const ROOM_KEYS: &str = "application/vnd.lacre.room-keys+cbor";
/// A message put up for everybody to see, or taken down: a bool, see
/// [`Content::Pin`](super::Content::Pin).
pub const PIN: &str = "application/vnd.lacre.pin+cbor";
/// A vote in a poll: `[* uint]`; or its end: null. See [`Content::Vote`](super::Content::Vote).
pub const VOTE: &str = "application/vnd.lacre.vote+cbor";
