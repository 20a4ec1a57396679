//! The operator's part of the command line.

use clap::{Args, Subcommand, ValueEnum};
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
    /// A relay in memory for development, with two accounts ready to use.
    Dev(RelayDev),
    /// What a running relay does.
    Status(RelayStatus),
    /// Copy a relay's store into one file while it runs. The key file is not in it.
    Backup(RelayBackup),
    /// Put a backup in the place of a stopped relay's store.
    Restore(RelayRestore),
}

#[derive(Debug, Args)]
pub(crate) struct RelayRun {
    /// Folder of the relay's store and keys [default: lacre-relay in the user's data folder].
    #[arg(
        long,
        value_name = "DIR",
        env = "LACRE_RELAY_DATA",
        hide_env_values = true
    )]
    pub(crate) data: Option<PathBuf>,
    /// UDP address to listen on.
    #[arg(
        long,
        value_name = "ADDR",
        env = "LACRE_RELAY_LISTEN",
        hide_env_values = true,
        default_value = "0.0.0.0:4433"
    )]
    pub(crate) listen: SocketAddr,
    /// Name or address, and port, under which people reach this relay.
    #[arg(
        long,
        value_name = "HOST[:PORT]",
        env = "LACRE_RELAY_ADVERTISE",
        hide_env_values = true
    )]
    pub(crate) advertise: Option<Advertised>,
    /// Who may make an account.
    #[arg(
        long,
        value_enum,
        env = "LACRE_RELAY_SIGN_UP",
        hide_env_values = true,
        default_value = "open"
    )]
    pub(crate) sign_up: SignUp,
    /// TCP address for /metrics and /health; has no login, so keep it on this machine.
    #[arg(
        long,
        value_name = "ADDR",
        env = "LACRE_RELAY_HTTP",
        hide_env_values = true,
        default_value = "127.0.0.1:0"
    )]
    pub(crate) http: SocketAddr,
    /// full: nothing accepted is lost in a power cut; normal: faster, a power cut may lose seconds.
    #[arg(
        long,
        value_enum,
        env = "LACRE_RELAY_DURABILITY",
        hide_env_values = true,
        default_value = "full"
    )]
    pub(crate) durability: Durability,
}

/// Where people reach a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignUp {
    /// Anybody who reaches the relay.
    Open,
    /// Nobody.
    Closed,
}

/// What an accepted message survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Durability {
    /// A power cut.
    Full,
    /// The end of the process.
    Normal,
}

#[derive(Debug, Args)]
pub(crate) struct RelayDev {
    /// UDP address to listen on; port 0 takes a free one.
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
}

#[derive(Debug, Args)]
pub(crate) struct RelayBackup {
    /// The file to write; must not exist yet.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) place: RelayPlace,
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
