//! `lacre rooms` and what it takes.

use super::Place;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Rooms {
    #[command(subcommand)]
    pub(crate) command: Option<RoomsCommand>,
    #[command(flatten)]
    pub(crate) list: RoomsList,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RoomsCommand {
    /// The rooms of this device.
    List(RoomsList),
    /// Create a group, or a space for many.
    Create(RoomsCreate),
    /// Add people to a room.
    Invite(RoomsInvite),
    /// Leave a room with all devices of this account.
    Leave(RoomsOne),
    /// Enter an open room.
    Join(RoomsJoin),
    /// Name, people and rules of a room.
    Show(RoomsShow),
    /// Let anybody who knows the room's id join it.
    Open(RoomsOne),
    /// Let only people in who are invited.
    Close(RoomsOne),
}

#[derive(Debug, Args)]
pub(crate) struct RoomsList {
    /// One JSON array of rooms, each as in `lacre rooms show --json`; with --all {"id","name","members","open"}.
    #[arg(long)]
    pub(crate) json: bool,
    /// The listed rooms of the relay, which anybody may find.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RoomsCreate {
    /// The room's name; only members can read it, unless the room is listed.
    pub(crate) name: String,
    /// First members.
    #[arg(value_name = "@PEOPLE")]
    pub(crate) people: Vec<String>,
    /// Everybody on the relay may find the room by its name, which is public then, and come in.
    #[arg(long, conflicts_with = "people")]
    pub(crate) listed: bool,
    /// Make a space: room for 2000 devices where a group holds 128, with keys that are not post-quantum.
    #[arg(long)]
    pub(crate) space: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RoomsInvite {
    /// A room's name or the beginning of its id.
    pub(crate) room: String,
    /// Whom to add.
    #[arg(value_name = "@PEOPLE", required = true)]
    pub(crate) people: Vec<String>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RoomsOne {
    /// A room's name or the beginning of its id.
    pub(crate) room: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RoomsJoin {
    /// The name of a listed room, or a room's id: 32 hexadecimal digits, from somebody who is in it.
    #[arg(value_name = "ROOM")]
    pub(crate) room: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RoomsShow {
    /// A room's name, the beginning of its id, or @handle.
    pub(crate) room: String,
    /// One JSON object: {"id","name","kind","joined","stopped","banned","listed","members":[{"account","handle","role"}]}.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}
