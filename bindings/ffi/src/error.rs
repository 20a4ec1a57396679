//! The SDK's error: one variant for each kind.

/// What went wrong, by what the caller can do about it. `code` is stable and explained by
/// `lacre explain CODE`; `detail` says what happened and what to do.
#[derive(Debug, Clone, thiserror::Error, uniffi::Error)]
#[allow(missing_docs, reason = "the fields are the same in all variants")]
pub enum LacreError {
    /// An argument cannot be right.
    #[error("{detail}")]
    Invalid { code: String, detail: String },
    /// No such room, person, message or device.
    #[error("{detail}")]
    NotFound { code: String, detail: String },
    /// The room's rules do not allow it.
    #[error("{detail}")]
    NotAllowed { code: String, detail: String },
    /// The handle, room or account exists already.
    #[error("{detail}")]
    Exists { code: String, detail: String },
    /// The relay refused the login.
    #[error("{detail}")]
    Refused { code: String, detail: String },
    /// No connection, or it broke. Trying again helps.
    #[error("{detail}")]
    Offline { code: String, detail: String },
    /// The relay asks for patience. Trying again helps.
    #[error("{detail}")]
    Busy { code: String, detail: String },
    /// The relay is not the pinned one, or breaks the protocol.
    #[error("{detail}")]
    Relay { code: String, detail: String },
    /// The store cannot be opened or written.
    #[error("{detail}")]
    Store { code: String, detail: String },
    /// The store is in use by another process.
    #[error("{detail}")]
    InUse { code: String, detail: String },
    /// The key does not open the store.
    #[error("{detail}")]
    WrongKey { code: String, detail: String },
    /// A larger message, file or list than allowed.
    #[error("{detail}")]
    TooLarge { code: String, detail: String },
    /// Something cryptographic does not verify.
    #[error("{detail}")]
    Security { code: String, detail: String },
    /// A newer version of this software is needed.
    #[error("{detail}")]
    Outdated { code: String, detail: String },
    /// A defect in this software.
    #[error("{detail}")]
    Internal { code: String, detail: String },
}

/// The result of every call.
pub(crate) type Result<T> = std::result::Result<T, LacreError>;

impl From<lacre::Error> for LacreError {
    fn from(error: lacre::Error) -> Self {
        use lacre::ErrorKind as Kind;
        let (code, detail) = (error.code().to_owned(), error.to_string());
        match error.kind() {
            Kind::Invalid => Self::Invalid { code, detail },
            Kind::NotFound => Self::NotFound { code, detail },
            Kind::NotAllowed => Self::NotAllowed { code, detail },
            Kind::Exists => Self::Exists { code, detail },
            Kind::Refused => Self::Refused { code, detail },
            Kind::Offline => Self::Offline { code, detail },
            Kind::Busy => Self::Busy { code, detail },
            Kind::Relay => Self::Relay { code, detail },
            Kind::Store => Self::Store { code, detail },
            Kind::InUse => Self::InUse { code, detail },
            Kind::WrongKey => Self::WrongKey { code, detail },
            Kind::TooLarge => Self::TooLarge { code, detail },
            Kind::Security => Self::Security { code, detail },
            Kind::Outdated => Self::Outdated { code, detail },
            _ => Self::Internal { code, detail },
        }
    }
}
