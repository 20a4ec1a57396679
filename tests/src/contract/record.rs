//! What is written down while a story runs.

use crate::ledger::{LoggedReader, LoggedRoom};
use lacre::{DeviceId, Item, MessageId, RoomId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

/// How far a sending came, as far as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// `send` returned: it is durable on its device.
    Durable,
    /// Reported sent: it is durable at the relay.
    Sent,
    /// Not expected to arrive: its sender was removed, or its device is gone for good.
    Forgiven,
}

/// A message that `send` took.
#[derive(Debug, Clone)]
pub struct Sending {
    /// By this device.
    pub device: DeviceId,
    /// Into this room.
    pub room: RoomId,
    /// Names it everywhere.
    pub message: MessageId,
    /// How far it came.
    pub fate: Fate,
}

/// Everything that was sent, in order. Shared by all devices of a world.
#[derive(Debug, Default)]
pub struct Record {
    sendings: Mutex<Vec<Sending>>,
    ended: Mutex<Vec<(RoomId, LoggedReader)>>,
}

/// What one device shows and has told.
#[derive(Debug, Clone)]
pub struct Shown {
    /// For people.
    pub name: String,
    /// The device.
    pub device: DeviceId,
    /// Each room's whole timeline, oldest first, as read from the device's store.
    pub timelines: BTreeMap<RoomId, Vec<Item>>,
    /// How often each message was told as new, over all restarts.
    pub told: HashMap<(RoomId, MessageId), u32>,
}

/// All that the checker judges.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// What was sent, in order.
    pub sendings: Vec<Sending>,
    /// The relay's rooms.
    pub rooms: Vec<LoggedRoom>,
    /// Parts of rooms that devices have read before they were removed. The relay forgets them when it
    /// lets the device in again.
    pub ended: Vec<(RoomId, LoggedReader)>,
    /// The devices.
    pub devices: Vec<Shown>,
    /// The story has put something into a log that nobody can read.
    pub may_be_unreadable: bool,
}

impl Record {
    /// `send` has returned.
    pub fn durable(&self, device: DeviceId, room: RoomId, message: MessageId) {
        let sending = Sending {
            device,
            room,
            message,
            fate: Fate::Durable,
        };
        self.sendings.lock().unwrap().push(sending);
    }

    /// The message was reported sent.
    pub fn sent(&self, message: MessageId) {
        self.change(message, |fate| *fate = Fate::Sent);
    }

    /// The message may fail to arrive, and that is right.
    pub fn forgive(&self, message: MessageId) {
        self.change(message, |fate| *fate = Fate::Forgiven);
    }

    /// What a device has sent that is not reported sent, but must be.
    pub fn unsent(&self, device: DeviceId) -> Vec<MessageId> {
        let sendings = self.sendings.lock().unwrap();
        let open = sendings
            .iter()
            .filter(|sending| sending.device == device && sending.fate == Fate::Durable);
        open.map(|sending| sending.message).collect()
    }

    /// A device is about to be let into a room again: what it reads of it until now.
    pub fn ended(&self, room: &LoggedRoom, device: DeviceId) {
        let parts = room.readers.iter();
        let parts = parts.filter(|part| part.device == device && part.until.is_some());
        let mut ended = self.ended.lock().unwrap();
        ended.extend(parts.map(|part| (room.room, part.clone())));
    }

    /// All that [`Record::ended`] was told.
    pub fn all_ended(&self) -> Vec<(RoomId, LoggedReader)> {
        self.ended.lock().unwrap().clone()
    }

    /// Everything so far.
    pub fn sendings(&self) -> Vec<Sending> {
        self.sendings.lock().unwrap().clone()
    }

    fn change(&self, message: MessageId, change: impl Fn(&mut Fate)) {
        let mut sendings = self.sendings.lock().unwrap();
        // The newest first: that is where a report belongs.
        if let Some(sending) = sendings
            .iter_mut()
            .rev()
            .find(|sending| sending.message == message)
        {
            change(&mut sending.fate);
        }
    }
}
