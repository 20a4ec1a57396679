//! What goes wrong with a database, in words for its operator.

use super::address::PostgresAddress;
use rustls::CertificateError;
use std::error::Error as _;
use tokio_postgres::error::SqlState;

/// Why a PostgreSQL store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// The address cannot be read.
    #[error(
        "the address of the database is not usable: {0}; expected postgres://user:password@host:5432/database"
    )]
    Address(String),
    /// There is no way to the server, or it lets nobody in.
    #[error(
        "the database {at} cannot be reached: {why}; check that it runs, its address, user and password, and TLS (sslmode)"
    )]
    Connect {
        /// Its address, without password.
        at: String,
        /// What was said.
        why: String,
    },
    /// The server shows a certificate that is not accepted.
    #[error("the certificate of the database {at} is refused: {why}")]
    Untrusted {
        /// Its address, without password.
        at: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// A certificate file cannot be used.
    #[error("the certificates to check the database with cannot be used: {0}")]
    Certificates(String),
    /// What it accepts could be lost.
    #[error(
        "the database {at} runs with {setting}={found}, so that what it has accepted can be lost in a power cut; \
         set {setting}={wanted} in postgresql.conf (or ALTER SYSTEM SET {setting} = '{wanted}'), reload it, and start again"
    )]
    Unsafe {
        /// Its address, without password.
        at: String,
        /// Which setting.
        setting: &'static str,
        /// As it is.
        found: String,
        /// As it should be.
        wanted: &'static str,
    },
    /// The server cannot be used, whatever its contents.
    #[error("the database {at} cannot be used: {why}")]
    Unfit {
        /// Its address, without password.
        at: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// Written by a newer relay.
    #[error(
        "the database {at} has schema version {found}, this relay knows up to {known}; run the newer relay"
    )]
    Newer {
        /// Its address, without password.
        at: String,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The database belongs to other keys.
    #[error(
        "the database {0} was made with another key file; give the relay the key file it was made with"
    )]
    OtherKeys(String),
    /// Relays use it.
    #[error("relays run on the database {0}; stop them first")]
    InUse(String),
    /// Somebody else's data, or a store, is where a store should be put.
    #[error("the database {0} has a store already; give an empty database")]
    NotEmpty(String),
    /// There is no store where one should be.
    #[error("the database {0} has no store")]
    NoStore(String),
    /// A statement failed.
    #[error("the database failed: {0}")]
    Failed(String),
}

impl PostgresError {
    /// Why no connection came about.
    pub(super) fn connecting(to: &PostgresAddress, error: &tokio_postgres::Error) -> Self {
        let at = to.to_string();
        match certificate(error) {
            Some(refused) => Self::Untrusted {
                why: untrusted(refused),
                at,
            },
            None => Self::Connect {
                why: told(error),
                at,
            },
        }
    }
}

/// What is wrong with the server's certificate, if that is what is wrong.
fn certificate(error: &tokio_postgres::Error) -> Option<&CertificateError> {
    let stream = error.source()?.downcast_ref::<std::io::Error>()?;
    match stream.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(why) => Some(why),
        _ => None,
    }
}

fn untrusted(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => "none of the known CAs has signed it; name the file of yours with \
             sslrootcert=/path/ca.pem, and if that is it, somebody else answers in the place of the database"
            .to_owned(),
        CertificateError::NotValidForName => {
            "it is for another name; connect by the name that it is for, or give the server one for this name"
                .to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } => format!(
            "it is for another name ({}); connect by the name that it is for, or give the server one for this name",
            presented.join(", ")
        ),
        other => format!("{other}; give the server another one"),
    }
}

/// Why a look-up or a write failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The server or the way to it.
    #[error("{}", told(.0))]
    Server(#[from] tokio_postgres::Error),
    /// A value that no relay of this version writes.
    #[error("the store is damaged: {0}")]
    Damaged(&'static str),
    /// Somebody else was faster, in a way that the rows had not shown.
    #[error("another relay changed {0} at the same time")]
    Raced(&'static str),
    /// A test struck.
    #[error("a test struck")]
    Struck,
}

impl Fault {
    fn state(&self) -> Option<&SqlState> {
        match self {
            Self::Server(error) => error.code(),
            _ => None,
        }
    }

    /// Whether the same again may go well: another transaction was in the way.
    pub(super) fn is_race(&self) -> bool {
        const RACES: [SqlState; 5] = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::UNIQUE_VIOLATION,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::QUERY_CANCELED,
        ];
        matches!(self, Self::Raced(_)) || self.state().is_some_and(|state| RACES.contains(state))
    }

    /// Whether the server's disk has no room.
    pub(super) fn is_full(&self) -> bool {
        self.state() == Some(&SqlState::DISK_FULL)
    }

    /// Whether the connection is of no use any more, or the server of none at the moment.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            Self::Server(error) => match error.code() {
                // 57P: an operator or a crash ends it; 08: the way; 53300: too many connections.
                Some(state) => {
                    let code = state.code();
                    code.starts_with("57P") || code.starts_with("08") || code == "53300"
                }
                None => {
                    error.is_closed() || error.source().is_some_and(|s| s.is::<std::io::Error>())
                }
            },
            _ => false,
        }
    }

    /// Whether the server itself said that COMMIT did not happen.
    pub(super) fn is_rollback(&self) -> bool {
        self.state()
            .is_some_and(|state| matches!(state.code().get(..2), Some("23" | "25" | "40" | "53")))
    }
}

/// An error with its cause: the driver keeps the two apart. Details, which may quote rows, stay out.
pub(super) fn told(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(server), _) => format!("{} ({})", server.message(), server.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
