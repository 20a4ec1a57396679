//! What a relay fails with. One opaque type: callers match on a kind, people read the message.

use std::error::Error as StdError;
use std::fmt;

/// What kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RelayErrorKind {
    /// The settings contradict each other or lack something.
    Config,
    /// The key file is missing, unreadable, damaged, open to others, or belongs to another store.
    Keys,
    /// The store could not be opened, or failed.
    Store,
    /// A socket could not be bound or configured.
    Network,
    /// Certificates or TLS could not be set up.
    Tls,
    /// A backup could not be written.
    Backup,
    /// A backup could not be put back.
    Restore,
    /// What was given is not a backup that can be used here.
    BadBackup,
    /// A relay runs on the store.
    InUse,
    /// There is a store already where one should be restored.
    NotEmpty,
}

impl RelayErrorKind {
    /// The stable name, for logs and scripts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Config => "relay-config",
            Self::Keys => "relay-keys",
            Self::Store => "relay-store",
            Self::Network => "relay-network",
            Self::Tls => "relay-tls",
            Self::Backup => "relay-backup",
            Self::Restore => "relay-restore",
            Self::BadBackup => "relay-bad-backup",
            Self::InUse => "relay-in-use",
            Self::NotEmpty => "relay-not-empty",
        }
    }
}

/// A relay that could not start or go on, or a backup that went wrong. The message says what happened and what to do.
pub struct RelayError {
    kind: RelayErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl RelayError {
    pub(crate) fn new(kind: RelayErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    pub(crate) fn with(
        kind: RelayErrorKind,
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self {
            kind,
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }

    /// What kind of failure.
    pub fn kind(&self) -> RelayErrorKind {
        self.kind
    }

    /// The stable name of the kind.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// Whether starting again, unchanged, may succeed.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            RelayErrorKind::Store
                | RelayErrorKind::Network
                | RelayErrorKind::Backup
                | RelayErrorKind::Restore
                | RelayErrorKind::InUse
        )
    }
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{}: {source}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl fmt::Debug for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelayError({}: {self})", self.code())
    }
}

impl StdError for RelayError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_ref()
            .map(|source| &**source as &(dyn StdError + 'static))
    }
}
