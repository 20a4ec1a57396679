//! Where a relay's store is.

use super::objects::Objects;
use clap::Args;
use lacre_relay::store::PostgresAddress;
use serde::Deserialize;
use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;

/// Where a relay's store is. Takes any text: what is wrong with an address is said where it is used,
/// because a complaint here would show its password.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) enum StorePlace {
    /// A file in the relay's folder.
    Sqlite,
    /// A database.
    Postgres(String),
}

impl StorePlace {
    /// The address of the database, if it is one.
    pub(crate) fn address(&self) -> Option<&str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres(address) => Some(address),
        }
    }
}

impl From<String> for StorePlace {
    fn from(text: String) -> Self {
        match text.as_str() {
            "sqlite" => Self::Sqlite,
            _ => Self::Postgres(text),
        }
    }
}

impl std::str::FromStr for StorePlace {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.to_owned().into())
    }
}

/// Without the password.
impl fmt::Display for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite => f.write_str("sqlite"),
            Self::Postgres(address) => match PostgresAddress::parse(address) {
                Ok(address) => write!(f, "{address}"),
                Err(_) => f.write_str("postgres://?"),
            },
        }
    }
}

impl fmt::Debug for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// NATS servers, divided by commas; shown without what stands before an `@`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) struct NatsPlace(pub(crate) String);

impl From<String> for NatsPlace {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::str::FromStr for NatsPlace {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.to_owned().into())
    }
}

impl fmt::Display for NatsPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.split(',').map(|server| {
            let (scheme, rest) = server.split_once("://").unwrap_or(("nats", server));
            let host = rest.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}")
        });
        f.write_str(&shown.collect::<Vec<_>>().join(","))
    }
}

impl fmt::Debug for NatsPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

// No doc comment: it would take the place of what the commands say of themselves.
#[derive(Debug, Args)]
pub(crate) struct RelayFiles {
    /// Folder of the relay's store and keys [default: lacre-relay in the user's data folder].
    #[arg(
        long,
        value_name = "DIR",
        env = "LACRE_RELAY_DATA",
        hide_env_values = true
    )]
    pub(crate) data: Option<PathBuf>,
    /// File of settings [default: relay.toml in that folder, if it is there].
    #[arg(
        long,
        value_name = "FILE",
        env = "LACRE_RELAY_CONFIG",
        hide_env_values = true
    )]
    pub(crate) config: Option<PathBuf>,
    /// The relay's secrets [default: relay.keys in its folder].
    #[arg(
        long,
        value_name = "FILE",
        env = "LACRE_RELAY_KEY_FILE",
        hide_env_values = true
    )]
    pub(crate) key_file: Option<PathBuf>,
    /// Where large objects are kept: auto (a folder beside a file, the tables of a database), store (the
    /// tables), folder, or s3://bucket/prefix with AWS_* in the environment [default: auto].
    #[arg(
        long,
        value_name = "PLACE",
        env = "LACRE_RELAY_OBJECTS",
        hide_env_values = true
    )]
    pub(crate) objects: Option<Objects>,
}

// No doc comment: it would take the place of what the commands say of themselves.
#[derive(Debug, Args)]
pub(crate) struct RelayStore {
    #[command(flatten)]
    pub(crate) files: RelayFiles,
    /// The store: sqlite (in the folder), or postgres://user:password@host/database?sslmode=verify-full
    /// [default: sqlite]. Others see a command line: a password belongs into the file or the variable.
    #[arg(
        long,
        value_name = "STORE",
        env = "LACRE_RELAY_STORE",
        hide_env_values = true
    )]
    pub(crate) store: Option<StorePlace>,
}

#[derive(Debug, Args)]
pub(crate) struct RelayMigrate {
    /// The empty PostgreSQL database, postgres://user:password@host/database?sslmode=verify-full
    /// [default: the store of the file of settings]. Others see a command line: a password belongs
    /// into the file or the variable.
    #[arg(
        long,
        value_name = "STORE",
        env = "LACRE_RELAY_STORE",
        hide_env_values = true
    )]
    pub(crate) to: Option<StorePlace>,
    #[command(flatten)]
    pub(crate) files: RelayFiles,
    /// One JSON object: {"store","lineage","accounts","logs","entries","key_file"}.
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use super::StorePlace;

    #[test]
    fn a_password_is_kept_and_never_shown() {
        let address = "postgres://lacre:s3cret@db.example/chat";
        let place: StorePlace = address.parse().unwrap();
        assert_eq!(place.address(), Some(address));
        assert_eq!(format!("{place}"), "postgres://lacre@db.example:5432/chat");
        for bad in ["postgre://a:s3cret@b/c", "postgres://a:s3cret@b:x/c"] {
            let place: StorePlace = bad.parse().unwrap();
            assert!(!format!("{place} {place:?}").contains("s3cret"));
        }
        assert_eq!("sqlite".parse(), Ok(StorePlace::Sqlite));
    }
}
