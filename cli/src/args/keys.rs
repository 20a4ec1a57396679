//! The relay's identity on the command line: its operator's side, and that of an account.

use super::place::Place;
use super::store::RelayFiles;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct RelayKeys {
    #[command(subcommand)]
    pub(crate) command: RelayKeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RelayKeysCommand {
    /// Which identity the relay has, which is prepared, and which it had.
    Show(RelayKeysShow),
    /// Prepare the identity that will take the present one's place, so that clients learn of it.
    Next(RelayKeysNext),
    /// Put the prepared identity in the present one's place. Clients that were told get in.
    Rotate(RelayKeysShow),
}

#[derive(Debug, Args)]
pub(crate) struct RelayKeysShow {
    #[command(flatten)]
    pub(crate) files: RelayFiles,
    /// One JSON object: {"fingerprint","next","former","since_ms","key_file"}.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RelayKeysNext {
    #[command(flatten)]
    pub(crate) show: RelayKeysShow,
    /// Prepare another one in the place of the one that is prepared.
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AccountRelay {
    /// The relay's address, as its operator gives it.
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: String,
    #[command(flatten)]
    pub(crate) place: Place,
}
