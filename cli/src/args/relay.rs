//! The operator's part of the command line.

use super::keys::RelayKeys;
use super::objects::Objects;
use super::store::{NatsPlace, RelayMigrate, RelayStore, StorePlace};
use super::value::{Advertised, Durability, Networks, SignUp};
use clap::{Args, Subcommand};
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
    /// The relay's identity: show it, prepare the next one, change to it.
    Keys(RelayKeys),
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
    /// NATS servers by which several relays on one store wake each other, nats://…,nats://… [default: through the
    /// store].
    #[arg(
        long,
        value_name = "URLS",
        env = "LACRE_RELAY_NATS",
        hide_env_values = true
    )]
    pub(crate) nats: Option<NatsPlace>,
    /// Where large objects are kept: auto (a folder beside a file, the tables of a database), store (the
    /// tables), folder, or s3://bucket/prefix with AWS_* in the environment [default: auto].
    #[arg(
        long,
        value_name = "PLACE",
        env = "LACRE_RELAY_OBJECTS",
        hide_env_values = true
    )]
    pub(crate) objects: Option<Objects>,
    /// Address to listen on, UDP and TCP [default: 0.0.0.0:4433].
    #[arg(
        long,
        value_name = "ADDR",
        env = "LACRE_RELAY_LISTEN",
        hide_env_values = true
    )]
    pub(crate) listen: Option<SocketAddr>,
    /// TCP address to listen on, where a proxy has the TCP port [default: that of --listen].
    #[arg(
        long,
        value_name = "ADDR",
        env = "LACRE_RELAY_LISTEN_TCP",
        hide_env_values = true
    )]
    pub(crate) listen_tcp: Option<SocketAddr>,
    /// Proxies that may say whom a TCP connection comes from (PROXY protocol): addresses or networks,
    /// divided by commas [default: none].
    #[arg(
        long,
        value_name = "CIDR",
        env = "LACRE_RELAY_TRUSTED_PROXY",
        hide_env_values = true
    )]
    pub(crate) trusted_proxy: Option<Networks>,
    /// PEM file of a certificate for browsers and probes on the TCP port; clients go by the relay's
    /// identity [default: none].
    #[arg(
        long,
        value_name = "FILE",
        env = "LACRE_RELAY_CERTIFICATE",
        hide_env_values = true
    )]
    pub(crate) certificate: Option<PathBuf>,
    /// PEM file of that certificate's private key.
    #[arg(
        long,
        value_name = "FILE",
        env = "LACRE_RELAY_CERTIFICATE_KEY",
        hide_env_values = true
    )]
    pub(crate) certificate_key: Option<PathBuf>,
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
    /// "free_bytes","headroom_bytes","full","certificate_expires_ms","certificate_refused"}.
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
    pub(crate) store: RelayStore,
    /// Replace the store that is there; it is kept beside the new one.
    #[arg(long)]
    pub(crate) replace: bool,
    /// One JSON object: {"store","lineage","made_ms","kept","has_keys"}.
    #[arg(long)]
    pub(crate) json: bool,
}
