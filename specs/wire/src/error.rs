//! The one registry of error codes. A code is stable; its text may improve.

use crate::ids::Millis;
use minicbor::{Decode, Encode};
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $number:literal $name:ident $retry:literal,)*) => {
        /// A stable error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
        #[cbor(index_only)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* #[n($number)] $name,)*
        }

        impl ErrorCode {
            /// Every code, in order of number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The stable number.
            pub const fn number(self) -> u32 {
                match self { $(Self::$name => $number,)* }
            }

            /// Whether the same request may succeed later, unchanged.
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$name => $retry,)* }
            }
        }
    };
}

codes! {
    /// The outcome is not known; asking again is safe, because submissions are idempotent.
    0 Unknown true,
    /// The relay has too much to do; wait `retry_after`.
    1 Busy true,
    /// This account, device or room sends too fast; wait `retry_after`.
    2 RateLimited true,
    /// The relay is shutting down or draining; connect again.
    3 GoingAway true,
    /// The store failed; nothing was accepted.
    4 StoreFailed true,
    /// The relay's disk is almost full; nothing was accepted, reading goes on; wait `retry_after`.
    5 StoreFull true,
    /// A frame or message could not be read.
    10 Malformed false,
    /// A frame, body or list is larger than its limit.
    11 TooLarge false,
    /// No protocol version in common.
    12 UnsupportedVersion false,
    /// A message of this kind is not known here, or not allowed in this state of the session.
    13 UnexpectedMessage false,
    /// No such account.
    20 NoSuchAccount false,
    /// The device is not in the account's device list.
    21 NoSuchDevice false,
    /// The device was revoked.
    22 DeviceRevoked false,
    /// The signature of the login does not verify.
    23 BadSignature false,
    /// The login counter did not rise: this data folder is a copy of another, or an old backup.
    24 CopiedStore false,
    /// The handle belongs to somebody else.
    25 HandleTaken false,
    /// The handle has characters or a length that handles cannot have.
    26 BadHandle false,
    /// Sign-up is closed here, or needs an invite or token.
    27 SignUpClosed false,
    /// The account exists already.
    28 AccountExists false,
    /// A certificate, device list or leaf does not verify.
    29 BadIdentity false,
    /// The device list is not the successor of the newest one.
    30 StaleDeviceList true,
    /// No such room, or not one this account may know of.
    40 NoSuchRoom false,
    /// The device does not read this log.
    41 NotAReader false,
    /// The room, or the pair of people, exists already.
    42 RoomExists false,
    /// The room is full.
    43 RoomFull false,
    /// The join rule does not let this account in.
    44 JoinRefused false,
    /// The commit or proposal is not allowed by the room's rules.
    45 NotAllowed false,
    /// The commit, proposal or GroupInfo is not valid MLS.
    46 InvalidCommit false,
    /// Somebody else holds the commit turn, or none was asked for.
    47 NotYourTurn true,
    /// The room's group is frozen until its next generation opens.
    48 RoomFrozen true,
    /// The message's header does not fit the room.
    49 WrongGroup false,
    /// No object has this hash.
    50 NoSuchObject false,
    /// The bytes of an object do not have the announced hash.
    51 HashMismatch false,
    /// No key package is left for a device that must be added.
    52 NoKeyPackage true,
    /// The account is banned from the room; an owner can lift the ban.
    53 Banned false,
    /// Another room is listed under this name.
    54 NameTaken false,
    /// The listed name has characters or a length that it cannot have.
    55 BadName false,
    /// A commit of this account made the room stop; no other of theirs is taken there for a while.
    56 CoolingDown true,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An error as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[error("{code}: {message}")]
#[cbor(map)]
pub struct WireError {
    /// What kind of failure.
    #[n(0)]
    pub code: ErrorCode,
    /// What happened, what was expected, what to do. English, for developers and logs.
    #[n(1)]
    pub message: String,
    /// When to try again, in milliseconds from now.
    #[n(2)]
    pub retry_after_ms: Option<Millis>,
}

impl WireError {
    /// An error without a time to retry.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after_ms: None,
        }
    }

    /// An error that says when to try again.
    pub fn retry(code: ErrorCode, message: impl Into<String>, after_ms: Millis) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after_ms: Some(after_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique() {
        let mut numbers: Vec<_> = ErrorCode::ALL.iter().map(|code| code.number()).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), ErrorCode::ALL.len());
        assert!(numbers.is_sorted());
    }
}
