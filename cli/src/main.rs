//! The command `lacre`: runs the relay for operators, and chats from scripts and terminals.
//!
//! Every command is one file. What people read comes from [`text`], in English and Portuguese; a
//! command that fails says what happened, what was expected and what to do, and ends with the exit
//! code of its [`failure::Exit`].

mod args;
mod chat;
mod command;
mod demo;
mod explain;
mod failure;
mod help;
mod home;
mod plain;
mod print;
mod profile;
mod random;
mod relay;
mod secret;
mod session;
mod talk;
mod text;

use args::{Arguments, Command};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use failure::{Failure, Outcome};
use std::process::ExitCode;

fn main() -> ExitCode {
    text::choose(text::wanted(std::env::args_os().skip(1)));
    let matches = help::translated(Arguments::command()).get_matches();
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    logging();
    match start(arguments, &matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            failure.exit_code()
        }
    }
}

fn start(arguments: Arguments, matches: &ArgMatches) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("NoRuntime", text::failure::no_runtime(), &error))?;
    runtime.block_on(run(arguments, matches))
}

async fn run(arguments: Arguments, matches: &ArgMatches) -> Outcome {
    match arguments.command {
        None if command::chat::has_screen() => command::chat::run(bare_chat()).await,
        None => print::out(&help::overview()),
        Some(Command::Demo(demo)) => demo::run(demo).await,
        Some(Command::Chat(chat)) => command::chat::run(chat).await,
        Some(Command::Send(send)) => command::send::run(send).await,
        Some(Command::Listen(listen)) => command::listen::run(listen).await,
        Some(Command::History(history)) => command::history::run(history).await,
        Some(Command::Search(search)) => command::search::run(search).await,
        Some(Command::Rooms(rooms)) => command::rooms::run(rooms).await,
        Some(Command::Account(account)) => command::account::run(account).await,
        Some(Command::Profile(profile)) => command::profile::run(profile).await,
        Some(Command::Doctor(doctor)) => command::doctor::run(doctor).await,
        Some(Command::Explain(explain)) => command::explain::run(&explain),
        Some(Command::Relay(relay)) => {
            relay::run(relay, &|argument| source(matches, argument)).await
        }
    }
}

/// Where an argument of the command that was given has its value from.
fn source(matches: &ArgMatches, argument: &str) -> Option<ValueSource> {
    match matches.subcommand() {
        Some((_, below)) => source(below, argument),
        None => matches
            .try_contains_id(argument)
            .ok()
            .and_then(|_| matches.value_source(argument)),
    }
}

/// What `lacre chat` means without arguments: `lacre` alone opens the chat.
fn bare_chat() -> args::Chat {
    let command = <args::Chat as clap::Args>::augment_args(clap::Command::new("lacre"));
    match args::Chat::from_arg_matches(&command.get_matches_from(["lacre"])) {
        Ok(chat) => chat,
        Err(error) => error.exit(),
    }
}

/// Logs go to standard error, so that output can be piped. `LACRE_LOG` says how much.
fn logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("LACRE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    // Fails only when a logger is set already, which is as good.
    let _already_set = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(print::colour_on_errors())
        .with_writer(std::io::stderr)
        .try_init();
}
