//! The command line. The comments are the English help; `text::help` holds the Portuguese.

mod keys;
mod objects;
mod place;
mod relay;
mod rooms;
mod store;
mod value;

pub(crate) use keys::{AccountRelay, RelayKeys, RelayKeysCommand, RelayKeysShow};
pub(crate) use objects::Objects;
pub(crate) use place::{Base, Place, Profile, ProfileCommand, ProfileRemove};
pub(crate) use relay::{
    Relay, RelayBackup, RelayCommand, RelayConfig, RelayConfigCommand, RelayDev, RelayDoctor,
    RelayInit, RelayRestore, RelayRun, RelaySettings, RelayStatus,
};
pub(crate) use rooms::{
    Rooms, RoomsCommand, RoomsCreate, RoomsInvite, RoomsJoin, RoomsList, RoomsOne, RoomsShow,
};
pub(crate) use store::{NatsPlace, RelayFiles, RelayMigrate, StorePlace};
pub(crate) use value::{Advertised, Durability, Networks, SignUp};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// End-to-end encrypted chat: run a relay, or talk through one.
#[derive(Debug, Parser)]
#[command(name = "lacre", version, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// Language of the output: en or pt.
    #[arg(
        long,
        global = true,
        env = "LACRE_LANG",
        hide_env_values = true,
        value_enum,
        hide_possible_values = true
    )]
    pub(crate) lang: Option<crate::text::Lang>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Three people and a relay on this machine, next to what the relay stored.
    Demo(Demo),
    /// Talk in this terminal.
    ///
    /// What is typed goes to the room; /help lists the commands. Lines from a pipe work the same:
    /// each is sent or done in turn, and at the end of the input what waits goes out first. The exit
    /// code is then the one of the first line that failed.
    Chat(Chat),
    /// Send one message.
    Send(Send),
    /// Print what happens as it happens.
    ///
    /// Stays until Ctrl-C. With --json, one object a line; fields are only ever added:
    /// {"type":"message" or "message_changed","room","room_name","id","seq","time","sender":{"account","handle"},
    /// "own","kind","text","reply_to","edited","reactions":[{"emoji","accounts"}],"state"};
    /// {"type":"message_removed","room","room_name","id"};
    /// {"type":"connection","state":"online" or "offline"};
    /// {"type":"room_added" or "room_changed","room","room_name"};
    /// {"type":"room_removed","room","left","banned"};
    /// {"type":"room_stopped","room","error"};
    /// {"type":"member","room","member":{"account","handle"},"joined","time"};
    /// {"type":"approval_requested","device","name"}; {"type":"approved"};
    /// {"type":"lagged","missed"}; {"type":"error","error":{"code","message","retryable"}}.
    /// Times are milliseconds since 1970, ids are hexadecimal.
    Listen(Listen),
    /// Messages already on this device; needs no network.
    History(History),
    /// Find messages on this device; needs no network.
    Search(Search),
    /// My rooms: list, create, invite, join, leave.
    Rooms(Rooms),
    /// My account and its devices.
    Account(Account),
    /// Several accounts or relays on this machine.
    Profile(Profile),
    /// Check account, network and relay, and say what to do.
    ///
    /// Looks at the data folder, the relay's name, both ways to it, its fingerprint, the login, the clock
    /// and which way the connection takes. Ends with 0 when one can talk, else with 1.
    Doctor(Doctor),
    /// Cause and fix of an error code.
    Explain(Explain),
    /// Run and look after a relay.
    Relay(Relay),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Keep the folders of relay and people here, to look at them; must not exist yet.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Without colours and columns.
    #[arg(long)]
    pub(crate) plain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// Where to begin: a room's name, its id, or @handle of a person.
    pub(crate) room: Option<String>,
    /// Lines without drawing, for screen readers; used by itself where there is no terminal.
    #[arg(long)]
    pub(crate) plain: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Send {
    /// A room's name, the beginning of its id, or @handle of a person.
    pub(crate) room: String,
    /// The text, in Markdown; - or nothing reads standard input.
    pub(crate) text: Option<String>,
    /// End only when the message came so far; otherwise it may go out with a later command.
    #[arg(long, value_enum, value_name = "STATE")]
    pub(crate) wait: Option<Wait>,
    /// Print one JSON object: {"room","message","state"}.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print one JSON object a check: {"check","result","found","remedy"}.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// How far a message must come before `send` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wait {
    /// Safe on this device.
    Queued,
    /// Durable at the relay.
    Sent,
}

#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// Only this room: its name, the beginning of its id, or @handle.
    pub(crate) room: Option<String>,
    /// One JSON object a line, as described in --help.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct History {
    /// A room's name, the beginning of its id, or @handle.
    pub(crate) room: String,
    /// How many messages at most, the newest ones.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// One JSON object a line, as the messages of `lacre listen --json`.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Words that must all be there; the last one may be the beginning of a word, and words in quotes stand together.
    #[arg(required = true)]
    pub(crate) words: Vec<String>,
    /// Only this room: its name, the beginning of its id, or @handle.
    #[arg(long, value_name = "ROOM")]
    pub(crate) room: Option<String>,
    /// Only what this person wrote.
    #[arg(long, value_name = "@PERSON")]
    pub(crate) from: Option<String>,
    /// How many messages at most, the newest ones.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    /// One JSON object a line, as the messages of `lacre listen --json`.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Account {
    #[command(subcommand)]
    pub(crate) command: AccountCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account on a relay; its keys are made here and stay here.
    Create(AccountCreate),
    /// Who I am.
    Show(AccountShow),
    /// Give this account its relay's new address, which names an identity that this device knows.
    Relay(AccountRelay),
    /// The devices of this account: list, request, approve.
    Devices(Devices),
}

#[derive(Debug, Args)]
pub(crate) struct AccountCreate {
    /// The relay's address, as `lacre relay run` prints it.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "LACRE_RELAY",
        hide_env_values = true
    )]
    pub(crate) relay: String,
    /// The name others find this account by.
    #[arg(long, value_name = "NAME")]
    pub(crate) handle: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct AccountShow {
    /// One JSON object: {"handle","account","device","approved","relay","data","key"}.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Devices {
    #[command(subcommand)]
    pub(crate) command: Option<DevicesCommand>,
    #[command(flatten)]
    pub(crate) list: DevicesList,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DevicesCommand {
    /// The devices of this account.
    List(DevicesList),
    /// Make this a new device of an account; waits until another device approves it.
    Request(DevicesRequest),
    /// Let a new device in; it can read and write as this account.
    Approve(DevicesApprove),
}

#[derive(Debug, Args)]
pub(crate) struct DevicesList {
    /// One JSON array of {"device","name","this","pending"}.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct DevicesRequest {
    /// The account's id, 64 hexadecimal digits, from `lacre account show` on a device it has.
    pub(crate) account: lacre::AccountId,
    /// What this device is called, to recognise it when approving.
    #[arg(long)]
    pub(crate) name: String,
    /// The relay's address.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "LACRE_RELAY",
        hide_env_values = true
    )]
    pub(crate) relay: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct DevicesApprove {
    /// The device's id, as the new device shows it.
    pub(crate) device: lacre::DeviceId,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code at the end of an error's first line; without it, all codes.
    pub(crate) code: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
