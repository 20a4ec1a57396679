//! The engine's one error: a kind, a stable code, a text that says what to do.

use lacre_wire::error::{ErrorCode, WireError};
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// What went wrong, by what the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument cannot be right.
    Invalid,
    /// No such room, person, message or device.
    NotFound,
    /// The room's rules do not allow it.
    NotAllowed,
    /// The handle, room or account exists already.
    Exists,
    /// The relay refused the login: copied store, revoked or unknown device, closed sign-up.
    Refused,
    /// No connection, or it broke. Retried by itself.
    Offline,
    /// The relay asks for patience. Retried by itself.
    Busy,
    /// The relay is not the one that was pinned, or breaks the protocol.
    Relay,
    /// The store cannot be opened or written.
    Store,
    /// The store is in use by another process.
    InUse,
    /// The key does not open the store.
    WrongKey,
    /// A larger message, file or list than allowed.
    TooLarge,
    /// Something cryptographic does not verify.
    Security,
    /// A newer version of this software is needed.
    Outdated,
    /// A defect in this software.
    Internal,
}

/// An engine error. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Error {
    kind: ErrorKind,
    code: &'static str,
    message: String,
    retryable: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The engine's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error with a kind, a stable code, and a text: what happened, what was expected, what to do.
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        let retryable = matches!(kind, ErrorKind::Offline | ErrorKind::Busy);
        Self {
            kind,
            code,
            message: message.into(),
            retryable,
            source: None,
        }
    }

    /// Adds what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// A defect: something that cannot happen did.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::Internal,
            "Internal",
            format!("a defect in Lacre: {what}; please report it"),
        )
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// A stable code, the same in every language and version.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Whether the same call may succeed later, unchanged.
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<WireError> for Error {
    fn from(error: WireError) -> Self {
        use ErrorCode as C;
        let kind = match error.code {
            C::Unknown
            | C::Busy
            | C::RateLimited
            | C::StoreFailed
            | C::NotYourTurn
            | C::RoomFrozen
            | C::StoreFull
            | C::CoolingDown => ErrorKind::Busy,
            C::GoingAway => ErrorKind::Offline,
            C::TooLarge => ErrorKind::TooLarge,
            C::UnsupportedVersion => ErrorKind::Outdated,
            C::NoSuchAccount | C::NoSuchRoom | C::NoSuchObject | C::NoKeyPackage => {
                ErrorKind::NotFound
            }
            C::NoSuchDevice
            | C::DeviceRevoked
            | C::BadSignature
            | C::CopiedStore
            | C::SignUpClosed => ErrorKind::Refused,
            C::HandleTaken | C::AccountExists | C::RoomExists | C::NameTaken => ErrorKind::Exists,
            C::BadHandle | C::BadName => ErrorKind::Invalid,
            C::NotAReader | C::RoomFull | C::JoinRefused | C::NotAllowed | C::Banned => {
                ErrorKind::NotAllowed
            }
            C::BadIdentity | C::StaleDeviceList | C::HashMismatch => ErrorKind::Security,
            _ => ErrorKind::Relay,
        };
        let mut out = Self::new(kind, error.code.name(), error.message);
        out.retryable = error.code.is_retryable();
        out
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let full = matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DiskFull)
        );
        let text = if full {
            "the disk is full; nothing was lost: free some space and try again"
        } else {
            "the store could not be read or written"
        };
        Self::new(
            ErrorKind::Store,
            if full { "DiskFull" } else { "StoreFailed" },
            text,
        )
        .with_source(error)
    }
}
