//! Where the database is, and how the way there is protected.
//!
//! The driver reads PostgreSQL's URLs but knows only half of the values of `sslmode`, and no CA file;
//! both are taken out of the URL here. Nothing that is printed shows the password.

use super::error::PostgresError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode as Driver};

/// What TLS is asked for, in libpq's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SslMode {
    /// Never.
    Disable,
    /// If the server has it; whoever it is.
    Prefer,
    /// Always; whoever the server is, unless a CA file is given.
    Require,
    /// Always, from a server with a certificate of a known CA.
    VerifyCa,
    /// As before, and the certificate names the host.
    VerifyFull,
}

/// Where certificates are checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// The system's.
    System,
    /// This PEM file's.
    File(PathBuf),
}

/// The address of a PostgreSQL database: `postgres://user:password@host:port/database?sslmode=…`.
#[derive(Clone)]
pub struct PostgresAddress {
    pub(super) config: Config,
    pub(super) mode: SslMode,
    pub(super) roots: Roots,
}

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

impl PostgresAddress {
    /// Whether this looks like the address of a PostgreSQL database.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads an address. `sslmode` takes libpq's words; without one it is `verify-full` for names
    /// and addresses of other machines, and `prefer` for this machine. `sslrootcert` names a PEM
    /// file, or `system`.
    ///
    /// # Errors
    /// [`PostgresError::Address`] says what is wrong with it, without repeating it.
    pub fn parse(text: &str) -> Result<Self, PostgresError> {
        let bad = |why: &str| PostgresError::Address(why.to_owned());
        if !Self::is_one(text) {
            return Err(bad("it does not begin with postgres://"));
        }
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut mode, mut roots, mut rest) = (None, Roots::System, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(ssl_mode(value)?),
                Some(("sslrootcert", "system")) => roots = Roots::System,
                Some(("sslrootcert", value)) => roots = Roots::File(decoded(value)?.into()),
                Some(("sslcert" | "sslkey", _)) => {
                    return Err(bad(
                        "certificates of clients (sslcert, sslkey) are not supported; use a password",
                    ));
                }
                _ => rest.push(pair),
            }
        }
        let base = match rest.is_empty() {
            true => base.to_owned(),
            false => format!("{base}?{}", rest.join("&")),
        };
        // What the driver says of a bad address may repeat a part of it.
        let mut config: Config = base.parse().map_err(|_| {
            bad("it cannot be read; special characters in a password are written as %XX")
        })?;
        if config.get_hosts().is_empty() {
            return Err(bad("it names no host"));
        }
        let mode = mode.unwrap_or_else(|| match config.get_hosts().iter().all(is_here) {
            true => SslMode::Prefer,
            false => SslMode::VerifyFull,
        });
        config.ssl_mode(match mode {
            SslMode::Disable => Driver::Disable,
            SslMode::Prefer => Driver::Prefer,
            _ => Driver::Require,
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.application_name("lacre-relay");
        config.keepalives_idle(Duration::from_secs(15));
        Ok(Self {
            config,
            mode,
            roots,
        })
    }
}

/// Whether a host is this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn ssl_mode(value: &str) -> Result<SslMode, PostgresError> {
    Ok(match value {
        "disable" => SslMode::Disable,
        "allow" | "prefer" => SslMode::Prefer,
        "require" => SslMode::Require,
        "verify-ca" => SslMode::VerifyCa,
        "verify-full" => SslMode::VerifyFull,
        _ => {
            return Err(PostgresError::Address(
                "sslmode is none of disable, prefer, require, verify-ca and verify-full".to_owned(),
            ));
        }
    })
}

/// `%XX` of a URL.
fn decoded(text: &str) -> Result<String, PostgresError> {
    let bad = || PostgresError::Address("sslrootcert is not a path".to_owned());
    let (mut out, mut bytes) = (Vec::new(), text.bytes());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else {
            return Err(bad());
        };
        out.extend(hex::decode([high, low]).map_err(|_| bad())?);
    }
    String::from_utf8(out).map_err(|_| bad())
}

/// Without the password.
impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        for (at, host) in self.config.get_hosts().iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{}", path.display())?,
            }
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(at).or(ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_shown_without_its_password() {
        let address = PostgresAddress::parse(
            "postgres://lacre:s3cret%40@db.example:5433/chat?sslmode=verify-ca&sslrootcert=%2Fetc%2Fca.pem",
        )
        .unwrap();
        assert_eq!(address.mode, SslMode::VerifyCa);
        assert_eq!(address.roots, Roots::File("/etc/ca.pem".into()));
        assert_eq!(address.config.get_password(), Some(&b"s3cret@"[..]));
        assert_eq!(address.to_string(), "postgres://lacre@db.example:5433/chat");
        assert!(!format!("{address:?}").contains("s3cret"));
    }

    #[test]
    fn other_machines_are_checked_unless_told_otherwise() {
        let mode = |text: &str| PostgresAddress::parse(text).unwrap().mode;
        assert_eq!(mode("postgres://a@db.example/c"), SslMode::VerifyFull);
        assert_eq!(mode("postgresql://a@localhost/c"), SslMode::Prefer);
        assert_eq!(mode("postgres://a@%2Ftmp/c"), SslMode::Prefer);
        assert_eq!(
            mode("postgres://a@db.example/c?sslmode=disable"),
            SslMode::Disable
        );
    }

    #[test]
    fn a_bad_address_is_refused_and_not_repeated() {
        for bad in [
            "mysql://a:s3cret@b/c",
            "postgres://a:s3cret@b:port/c",
            "postgres://a:s3cret@b/c?sslmode=maybe",
            "postgres://a:s3cret@b/c?sslkey=/k",
            "postgres://a:s3cret@b/c?sslrootcert=%zz",
            "postgres:///c",
        ] {
            let error = PostgresAddress::parse(bad).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
