//! Hints: who is writing, who is there, how far away somebody is. Nothing of it is stored.
//!
//! A hint is one datagram (`specs/transport.md`), sealed for the members of a room under a key of
//! its epoch and its sender. It may be lost, late or repeated: what it says is true for seconds
//! only and ends by itself, here, at the receiver.
//!
//! - [`watch`]: the rooms whose hints are heard and sent; [`keys`]: sealing and opening.
//! - [`beats`]: saying that one is there; [`people`]: who else is.
//! - [`typing`], [`echo`]: what a person or a program asks for; [`inbound`], [`timer`]: the rest.

mod beats;
mod echo;
mod inbound;
mod keys;
mod people;
mod timer;
mod typing;
mod watch;

use echo::Echo;
use keys::EpochKey;
use lacre_wire::ids::{DeviceId, Millis, RoomId};
use people::People;
use std::collections::{BTreeSet, HashMap};
use typing::Writers;

/// How a person wants to be seen by the people they share rooms with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Presence {
    /// There.
    #[default]
    Available,
    /// There, and not looking.
    Away,
    /// There, and not to be disturbed.
    Busy,
    /// Not seen at all: neither there nor writing. Nobody else is ever told of as invisible.
    Invisible,
}

/// Everything about hints. Lives in memory only.
#[derive(Default)]
pub(crate) struct Hints {
    /// The room on screen.
    pub(crate) focus: Option<RoomId>,
    /// How this person wants to be seen.
    own: Presence,
    /// Number of the last hint that was sent; see [`Hints::begin`].
    counter: u64,
    /// The rooms that the relay lets this session watch.
    rooms: HashMap<RoomId, Watched>,
    /// What was asked of the relay and not answered.
    asked: Option<BTreeSet<RoomId>>,
    /// Rooms, or who is in them, may have changed: which to watch is to be looked at again.
    stale: bool,
    /// No sooner than this: commits may come in crowds.
    look_after: Millis,
    people: People,
    writers: Writers,
    echoes: HashMap<u64, Echo>,
}

/// A room that is watched.
#[derive(Default)]
struct Watched {
    /// The key of the epoch; none until it is needed, and when it may have changed.
    key: Option<EpochKey>,
    /// How many accounts are in the room.
    accounts: usize,
    /// The highest counter met, by device. What does not rise is refused.
    met: HashMap<DeviceId, u64>,
    /// When to say again that one is there.
    beat_at: Option<Millis>,
    /// When that was said last.
    beaten_at: Option<Millis>,
    /// When [`lacre_wire::ephemeral::Hint::Typing`] was sent last.
    typed_at: Option<Millis>,
    /// When an echo was answered last.
    replied_at: Millis,
}

impl Hints {
    /// A session begins. The login counter rises durably before each, so that what is counted from
    /// it rises over restarts, and no nonce meets a key twice for want of a clock.
    pub(crate) fn begin(&mut self, login: u64) {
        self.counter = login << 32;
        self.stale = true;
    }

    /// The room has changed: its epoch, its members, or whether it is there at all.
    pub(crate) fn changed(&mut self, room: RoomId) {
        self.stale = true;
        if let Some(watched) = self.rooms.get_mut(&room) {
            watched.key = None;
        }
    }
}
