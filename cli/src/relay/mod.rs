//! The operator's commands.

mod backup;
mod dev;
mod doctor;
mod http;
mod keys;
mod migrate;
mod restore;
mod run;
mod settings;
mod status;
mod watch;

pub(crate) use settings::Sources;

use crate::args::{Relay, RelayCommand};
use crate::failure::{Exit, Failure, Outcome};
use crate::text;

/// Runs one of them.
pub(crate) async fn run(relay: Relay, sources: Sources<'_>) -> Outcome {
    match relay.command {
        RelayCommand::Run(arguments) => run::run(arguments, sources).await,
        RelayCommand::Init(arguments) => settings::init(&arguments),
        RelayCommand::Config(arguments) => settings::config(&arguments, sources),
        RelayCommand::Doctor(arguments) => doctor::run(&arguments, sources).await,
        RelayCommand::Dev(arguments) => dev::run(arguments).await,
        RelayCommand::Status(arguments) => status::run(arguments).await,
        RelayCommand::Backup(arguments) => backup::run(arguments).await,
        RelayCommand::Restore(arguments) => restore::run(arguments).await,
        RelayCommand::Keys(arguments) => keys::run(&arguments),
        RelayCommand::Migrate(arguments) => migrate::run(arguments),
    }
}

/// Completes when the process is asked to end: Ctrl-C or SIGTERM.
pub(crate) async fn ended() -> Outcome {
    let failed = |error| Failure::new("NoSignals", text::failure::no_signals(error), Exit::Failed);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            _ = interrupt.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}
