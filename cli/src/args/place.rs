//! Which account a command works with, and how its store is opened.

use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Which account a command works with, and how its store is opened.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// Folder with the account's data [default: lacre in the user's data folder].
    #[arg(long, value_name = "DIR", env = "LACRE_HOME", hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,
    /// Which of several accounts [default: the one that `lacre profile use` chose].
    #[arg(
        long,
        value_name = "NAME",
        env = "LACRE_PROFILE",
        hide_env_values = true
    )]
    pub(crate) profile: Option<String>,
    /// The store's key is in this file, not in the system's keyring.
    #[arg(long, value_name = "PATH", conflicts_with = "passphrase")]
    pub(crate) key_file: Option<PathBuf>,
    /// The store's key comes from a passphrase: asked, or taken from LACRE_PASSPHRASE.
    #[arg(long)]
    pub(crate) passphrase: bool,
    /// Seconds to wait for the relay.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

impl Place {
    /// How long to wait for the relay.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Profile {
    #[command(subcommand)]
    pub(crate) command: Option<ProfileCommand>,
    #[command(flatten)]
    pub(crate) base: Base,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// The profiles, and which one is in use.
    List(Base),
    /// Make a profile for another account; its account is made at its first chat.
    Add(ProfileOne),
    /// Use this profile wherever --profile does not say otherwise.
    Use(ProfileOne),
    /// Remove a profile with its account's keys and messages from this device.
    Remove(ProfileRemove),
}

/// Where the profiles are.
#[derive(Debug, Args)]
pub(crate) struct Base {
    /// Folder with the profiles [default: lacre in the user's data folder].
    #[arg(long, value_name = "DIR", env = "LACRE_HOME", hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileOne {
    /// The profile's name; `default` is the one that is always there.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) base: Base,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileRemove {
    /// The profile's name.
    pub(crate) name: String,
    /// Without asking.
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) base: Base,
}
