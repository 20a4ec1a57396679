//! The operator's part of the command line.

use super::store::{RelayMigrate, RelayStore, StorePlace};
use clap::{Args, Subcommand, ValueEnum};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Relay {
    #[command(subcommand)]
    pub(crate) command: RelayCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RelayCommand {
    /// Run a relay; needs no configuration. Ctrl-C ends it cleanly.
    Run(RelayRun),
    /// Write a file of settings with what each means.
    Init(RelayInit),
    /// The settings that a relay would run with.
    Config(RelayConfig),
    /// Look for what would keep a relay from running well, and say what to do.
    Doctor(RelayDoctor),
    /// A relay in memory for development, with two accounts ready to use.
    Dev(RelayDev),
    /// What a running relay does.
    Status(RelayStatus),
    /// Copy a relay's store into one file while it runs. The key file is not in it.
    Backup(RelayBackup),
    /// Put a backup in the place of a stopped relay's store.
    Restore(RelayRestore),
    /// Move a stopped relay's store into an empty PostgreSQL database. The folder stays as it is.
    Migrate(RelayMigrate),
}

// No doc comment: it would take the place of what the commands say of themselves.
#[derive(Debug, Args)]
pub(crate) struct RelaySettings {
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
    /// The store: sqlite (in the folder), or postgres://user:password@host/database?sslmode=verify-full
    /// [default: sqlite]. Others see a command line: a password belongs into the file or the variable.
    #[arg(
        long,
        value_name = "STORE",
        env = "LACRE_RELAY_STORE",
        hide_env_values = true
    )]
    pub(crate) store: Option<StorePlace>,
    /// Address to listen on, UDP and TCP [default: 0.0.0.0:4433].
    #[arg(
        long,
        value_name = "ADDR",
        env = "LACRE_RELAY_LISTEN",
        hide_env_values = true
    )]
    pub(crate) listen: Option<SocketAddr>,
    /// Serve WebSocket on the TCP port too, for networks that block UDP [default: true].
    #[arg(
        long,
        value_name = "BOOL",
        env = "LACRE_RELAY_WEBSOCKET",
        hide_env_values = true,
        hide_possible_values = true
    )]
    pub(crate) websocket: Option<bool>,
    /// Name or address, and port, under which people reach this relay.
    #[arg(
        long,
        value_name = "HOST[:PORT]",
        env = "LACRE_RELAY_ADVERTISE",
        hide_env_values = true
    )]
    pub(crate) advertise: Option<Advertised>,
    /// Who may make an account [default: open].
    #[arg(long, value_enum, env = "LACRE_RELAY_SIGN_UP", hide_env_values = true)]
    pub(crate) sign_up: Option<SignUp>,
    /// TCP address for /metrics and /health [default: 127.0.0.1:0]; has no login, so keep it on this machine.
    #[arg(
        long,
        value_name = "ADDR",
        env = "LACRE_RELAY_HTTP",
        hide_env_values = true
    )]
    pub(crate) http: Option<SocketAddr>,
    /// What an accepted message survives [default: full].
    #[arg(
        long,
        value_enum,
        env = "LACRE_RELAY_DURABILITY",
        hide_env_values = true
    )]
    pub(crate) durability: Option<Durability>,
    /// Seconds that clients have to leave by themselves when the relay ends [default: 1].
    #[arg(
        long,
        value_name = "SECONDS",
        env = "LACRE_RELAY_DRAIN",
        hide_env_values = true,
        value_parser = clap::value_parser!(u64).range(0..=600)
    )]
    pub(crate) drain: Option<u64>,
    /// MiB of recent entries kept in memory for all readers [default: 128].
    #[arg(
        long,
        value_name = "MIB",
        env = "LACRE_RELAY_TAIL_MEMORY",
        hide_env_values = true,
        value_parser = clap::value_parser!(u64).range(1..=65_536)
    )]
    pub(crate) tail_memory: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct RelayRun {
    #[command(flatten)]
    pub(crate) settings: RelaySettings,
}

#[derive(Debug, Args)]
pub(crate) struct RelayInit {
    /// Folder of the relay's store and keys [default: lacre-relay in the user's data folder].
    #[arg(
        long,
        value_name = "DIR",
        env = "LACRE_RELAY_DATA",
        hide_env_values = true
    )]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RelayConfig {
    #[command(subcommand)]
    pub(crate) command: RelayConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RelayConfigCommand {
    /// Every setting, its value and where it comes from.
    Show(RelayConfigShow),
    /// Whether a relay would take these settings; says the first that it would not.
    Check(RelayConfigShow),
}

#[derive(Debug, Args)]
pub(crate) struct RelayConfigShow {
    #[command(flatten)]
    pub(crate) settings: RelaySettings,
    /// One JSON object: {"<setting>":{"value","origin","where"}}.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RelayDoctor {
    #[command(flatten)]
    pub(crate) settings: RelaySettings,
    /// One JSON object a check: {"check","result","found","remedy"}; result is good, warning or bad.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where people reach a relay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Advertised {
    /// A name or an IP address, IPv6 without brackets.
    pub(crate) host: String,
    /// The port; the one listened on if none is given.
    pub(crate) port: Option<u16>,
}

impl std::str::FromStr for Advertised {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || "expected name, name:port, 192.0.2.1:port or [2001:db8::1]:port".to_owned();
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']').ok_or_else(bad)?;
                host.parse::<std::net::Ipv6Addr>().map_err(|_| bad())?;
                (
                    host,
                    if rest.is_empty() {
                        None
                    } else {
                        Some(rest.strip_prefix(':').ok_or_else(bad)?)
                    },
                )
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        if host.is_empty() || host.contains(['@', '/', ' ', ',']) {
            return Err(bad());
        }
        let port = port
            .map(|port| port.parse().map_err(|_| bad()))
            .transpose()?;
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl TryFrom<String> for Advertised {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::fmt::Display for Advertised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.host.contains(':'), self.port) {
            (true, Some(port)) => write!(f, "[{}]:{port}", self.host),
            (false, Some(port)) => write!(f, "{}:{port}", self.host),
            (true, None) => write!(f, "[{}]", self.host),
            (false, None) => f.write_str(&self.host),
        }
    }
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SignUp {
    /// Anybody who reaches the relay.
    Open,
    /// Nobody.
    Closed,
}

/// What an accepted message survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Durability {
    /// A power cut.
    Full,
    /// The end of the process.
    Normal,
}

/// As on the command line.
fn word(value: &impl ValueEnum, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    match value.to_possible_value() {
        Some(word) => f.write_str(word.get_name()),
        None => Ok(()),
    }
}

impl std::fmt::Display for SignUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        word(self, f)
    }
}

impl std::fmt::Display for Durability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        word(self, f)
    }
}

impl From<Durability> for lacre_relay::Durability {
    fn from(durability: Durability) -> Self {
        match durability {
            Durability::Full => Self::Full,
            Durability::Normal => Self::Normal,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct RelayDev {
    /// Address to listen on, UDP and TCP; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
}

// No doc comment: it would take the place of what the commands say of themselves.
#[derive(Debug, Args)]
pub(crate) struct RelayPlace {
    /// Folder of the relay.
    #[arg(
        long,
        value_name = "DIR",
        env = "LACRE_RELAY_DATA",
        hide_env_values = true
    )]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RelayStatus {
    #[command(flatten)]
    pub(crate) place: RelayPlace,
    /// One JSON object: {"health","sessions","accepted","deliveries","uptime_seconds","store_bytes",
    /// "free_bytes","headroom_bytes","full"}.
    #[arg(long)]
    pub(crate) json: bool,
    /// Stay, and show it anew each second, with what happened in that second.
    #[arg(long, conflicts_with = "json")]
    pub(crate) watch: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RelayBackup {
    /// The file to write; must not exist yet.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) place: RelayPlace,
    #[command(flatten)]
    pub(crate) store: RelayStore,
    /// One JSON object: {"file","bytes","key_file"}.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RelayRestore {
    /// The backup.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) place: RelayPlace,
    #[command(flatten)]
    pub(crate) store: RelayStore,
    /// Replace the store that is there; it is kept beside the new one.
    #[arg(long)]
    pub(crate) replace: bool,
    /// One JSON object: {"store","lineage","made_ms","kept","has_keys"}.
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use super::Advertised;

    #[test]
    fn advertised_addresses_are_read() {
        let read = |text: &str| {
            text.parse::<Advertised>()
                .map(|read| (read.host, read.port))
        };
        assert_eq!(read("chat.example"), Ok(("chat.example".into(), None)));
        assert_eq!(
            read("chat.example:5000"),
            Ok(("chat.example".into(), Some(5000)))
        );
        assert_eq!(
            read("[2001:db8::1]:5000"),
            Ok(("2001:db8::1".into(), Some(5000)))
        );
        assert_eq!(read("[2001:db8::1]"), Ok(("2001:db8::1".into(), None)));
        for bad in [
            "",
            ":1",
            "x:port",
            "x:70000",
            "2001:db8::1",
            "[x]:1",
            "lacre://x@y",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
