//! The store's own limits, with their reasons. Those of the wire are in [`lacre_wire::limits`].

use lacre_wire::ids::Millis;
use lacre_wire::limits::{INBOX_BYTES, INBOX_DAYS, INBOX_ENTRIES, SUBMIT_MEMORY_DAYS};

/// A day.
pub(crate) const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// Messages are kept this long unless the room says otherwise (contract 8).
pub const DEFAULT_RETENTION_MS: Millis = 30 * DAY_MS;

/// Nothing waits longer than this for a device that does not come (contract 8).
pub(crate) const INACTIVE_MS: Millis = 90 * DAY_MS;

/// Logs of at most this many devices keep messages until all have acked (contract 8).
pub(crate) const SMALL_ROOM: u64 = 64;

/// A small log that waits for acks is looked at again after this time.
pub(crate) const LOOK_AGAIN_MS: Millis = 60 * 60 * 1000;

/// How long an acceptance is remembered.
pub(crate) const SUBMIT_MEMORY_MS: Millis = SUBMIT_MEMORY_DAYS * DAY_MS;

/// How long an inbox entry is kept.
pub(crate) const INBOX_MS: Millis = INBOX_DAYS * DAY_MS;

/// Half of an inbox: what one sender may hold of it, so that nobody can fill it alone.
pub(crate) const SHARE_ENTRIES: u64 = INBOX_ENTRIES / 2;
/// See [`SHARE_ENTRIES`].
pub(crate) const SHARE_BYTES: u64 = INBOX_BYTES / 2;

/// Requests for approval that wait in one inbox: anybody who knows an account can make one.
pub(crate) const APPROVALS: u64 = 16;

/// Devices of one account that asked to be approved within [`PENDING_WINDOW_MS`].
pub(crate) const PENDING_DEVICES: usize = 8;
/// See [`PENDING_DEVICES`].
pub(crate) const PENDING_WINDOW_MS: Millis = 60 * 60 * 1000;
/// A waiting device asks anew when it comes back after this time.
pub(crate) const ASK_AGAIN_MS: Millis = 60 * 1000;
/// A device that nobody approved is forgotten after this time.
pub(crate) const PENDING_DEVICE_MS: Millis = 7 * DAY_MS;

/// A message between devices of an account; larger things are blobs.
pub(crate) const DEVICE_MESSAGE: usize = 16 * 1024;

/// An uploaded object that nothing refers to lives this long; so does one that was just replaced,
/// for whoever is about to fetch it.
pub(crate) const UPLOAD_MS: Millis = 60 * 60 * 1000;

/// One-time key packages of one device and suite: twice what a client keeps there.
pub(crate) const KEY_PACKAGES: usize = 2 * lacre_wire::limits::MAX_KEY_PACKAGES;
/// One-time packages older than this are not handed out: their keys should not wait for ever.
pub(crate) const KEY_PACKAGE_MS: Millis = 90 * DAY_MS;

/// Accounts of one claim.
pub(crate) const CLAIM_ACCOUNTS: usize = 50;

/// Proposals that wait in a room: more than a commit will hold are an attack.
pub(crate) const PENDING_PROPOSALS: usize = 256;

/// An external commit, which cannot carry the relay's Removes, waits this long for a member's.
pub(crate) const EXTERNAL_WAIT_MS: Millis = 2_000;

/// Inbox entries deleted by one ack: more than an inbox holds.
pub(crate) const INBOX_ACK: usize = 2048;

/// A Welcome above this goes by hash, so that its notice stays an inline body.
pub(crate) const INLINE_WELCOME: usize = lacre_wire::limits::MAX_INLINE_BODY - 1024;
