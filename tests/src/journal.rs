//! What a device was told, written down over all its restarts.

use lacre::{
    ApprovalRequest, Connection, Error, Event, Item, ItemBody, MessageId, NotifyReason, RoomId,
    SendState, Unread,
};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// How many of the last events a dump shows.
const RECENT: usize = 30;

/// A device's journal.
pub struct Journal {
    name: String,
    told: Mutex<Told>,
    changed: watch::Sender<u64>,
}

/// What was told so far.
#[derive(Default)]
pub struct Told {
    /// The session.
    pub online: bool,
    /// Each message as last told, or as read from the store at the last opening.
    pub items: HashMap<RoomId, HashMap<MessageId, Item>>,
    /// How often each message was told as new.
    pub times: HashMap<(RoomId, MessageId), u32>,
    /// Messages that are gone for good.
    pub gone: HashSet<MessageId>,
    /// How many messages that waited were sent, and why others were not.
    pub scheduled_sent: usize,
    /// See [`Told::scheduled_sent`].
    pub scheduled_failed: Vec<&'static str>,
    /// Rooms that appeared.
    pub entered: HashSet<RoomId>,
    /// Rooms that went, and whether this person left.
    pub removed: HashMap<RoomId, bool>,
    /// Rooms from which this person was banned.
    pub banned: HashSet<RoomId>,
    /// Devices that ask to be let in.
    pub approvals: Vec<ApprovalRequest>,
    /// Whether this device was let in.
    pub approved: bool,
    /// Rooms that stopped.
    pub stopped: HashMap<RoomId, Error>,
    /// Failures that belong to no call.
    pub errors: Vec<Error>,
    /// What was last told to be unread.
    pub unread: HashMap<RoomId, Unread>,
    /// How often something was told to be unread.
    pub unread_times: u32,
    /// What the person was to be told about.
    pub notified: Vec<(MessageId, NotifyReason)>,
    /// Events that were dropped because nobody read them.
    pub missed: u64,
    recent: VecDeque<String>,
}

impl Told {
    /// A message as it is known now.
    pub fn item(&self, room: RoomId, message: MessageId) -> Option<&Item> {
        self.items.get(&room)?.get(&message)
    }

    /// Whether the relay's log has the message, as far as this device knows.
    pub fn has(&self, room: RoomId, message: MessageId) -> bool {
        self.item(room, message)
            .is_some_and(|item| item.seq.is_some())
    }

    /// Whether something waits to be sent.
    pub fn has_queued(&self) -> bool {
        let queued =
            |item: &Item| item.own && item.seq.is_none() && item.state != SendState::Failed;
        self.items.values().flat_map(HashMap::values).any(queued)
    }

    /// Whether some message has exactly this text.
    pub fn has_text(&self, room: RoomId, wanted: &str) -> bool {
        let is = |item: &Item| matches!(&item.body, ItemBody::Text(text) if text == wanted);
        self.items
            .get(&room)
            .is_some_and(|items| items.values().any(is))
    }
}

impl Journal {
    /// An empty journal.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            told: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }

    /// Writes down an event. Returns false if events were missed before it.
    pub fn write(&self, event: Event) -> bool {
        let mut whole = true;
        self.change(|told| {
            told.recent.push_back(abridged(&event));
            if told.recent.len() > RECENT {
                told.recent.pop_front();
            }
            match event {
                Event::Connection(connection) => told.online = connection == Connection::Online,
                Event::RoomAdded { room } => drop(told.entered.insert(room)),
                Event::RoomRemoved { room, left, banned } => {
                    told.removed.insert(room, left);
                    if banned {
                        told.banned.insert(room);
                    }
                }
                Event::Message(message) => {
                    *told
                        .times
                        .entry((message.room_id(), message.id()))
                        .or_default() += 1;
                    told.keep(message.room_id(), message.item().clone());
                }
                Event::MessageChanged(message) => {
                    told.keep(message.room_id(), message.item().clone())
                }
                Event::Unread { room, unread } => {
                    told.unread.insert(room, unread);
                    told.unread_times += 1;
                }
                Event::Notify(notification) => told
                    .notified
                    .push((notification.message().id(), notification.reason())),
                Event::MessageRemoved { room, message, .. } => {
                    told.gone.insert(message);
                    if let Some(items) = told.items.get_mut(&room) {
                        items.remove(&message);
                    }
                }
                Event::ScheduledSent { .. } => told.scheduled_sent += 1,
                Event::ScheduledFailed { error, .. } => told.scheduled_failed.push(error.code()),
                Event::ApprovalRequested(request) => told.approvals.push(request),
                Event::Approved => told.approved = true,
                Event::RoomStopped { room, error } => drop(told.stopped.insert(room, error)),
                Event::Error(error) => told.errors.push(error),
                Event::Lagged { missed } => {
                    told.missed += missed;
                    whole = false;
                }
                _ => {}
            }
        });
        whole
    }

    /// Takes over what the store shows.
    pub fn read(&self, room: RoomId, items: Vec<Item>) {
        self.change(|told| {
            told.entered.insert(room);
            items.into_iter().for_each(|item| told.keep(room, item));
        });
    }

    /// The client is closed.
    pub fn closed(&self) {
        self.change(|told| {
            told.online = false;
            told.approvals.clear();
        });
    }

    /// What is known now.
    pub fn look<T>(&self, at: impl FnOnce(&Told) -> T) -> T {
        at(&self.told.lock().unwrap())
    }

    /// Waits until something holds.
    pub async fn until(&self, holds: impl Fn(&Told) -> bool) {
        let mut changed = self.changed.subscribe();
        while !self.look(&holds) {
            changed.changed().await.unwrap();
        }
    }

    fn change(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.told.lock().unwrap());
        self.changed.send_modify(|count| *count += 1);
    }

    /// For people.
    pub fn dump(&self) -> String {
        self.look(|told| {
            let mut text = format!(
                "--- {}: {}",
                self.name,
                if told.online { "online" } else { "offline" }
            );
            for (room, items) in &told.items {
                let head = items.values().filter_map(|item| item.seq).max();
                let queued = items.values().filter(|item| item.seq.is_none()).count();
                text += &format!(
                    "; room {room:?}: {} messages to {head:?}, {queued} queued",
                    items.len()
                );
            }
            for (room, error) in &told.stopped {
                text += &format!("\n    room {room:?} stopped: {error}");
            }
            for error in &told.errors {
                text += &format!("\n    error {}: {error}", error.code());
            }
            for line in &told.recent {
                text += &format!("\n    {line}");
            }
            text + "\n"
        })
    }
}

/// What stands in a room's log for some and was not told to others who are in the room.
pub fn differences(journals: &[Arc<Journal>]) -> String {
    let mut known: HashMap<(RoomId, MessageId), (&str, Item)> = HashMap::new();
    for journal in journals {
        journal.look(|told| {
            for (room, items) in &told.items {
                for (message, item) in items.iter().filter(|(_, item)| item.seq.is_some()) {
                    let first = (journal.name.as_str(), item.clone());
                    known.entry((*room, *message)).or_insert(first);
                }
            }
        });
    }
    let mut text = String::new();
    for ((room, message), (by, item)) in &known {
        for journal in journals {
            let lacks =
                journal.look(|told| told.items.contains_key(room) && !told.has(*room, *message));
            if lacks {
                text += &format!(
                    "{} has not {message:?} of room {room:?}; {by} has it at {:?}: {:?}\n",
                    journal.name, item.seq, item.body
                );
            }
        }
    }
    text
}

impl Told {
    fn keep(&mut self, room: RoomId, item: Item) {
        self.items
            .entry(room)
            .or_default()
            .insert(item.message, item);
    }
}

/// One line for an event.
fn abridged(event: &Event) -> String {
    let short = |message: &lacre::Message, what| {
        let item = message.item();
        format!(
            "{what} {:?} seq {:?} {:?} {:?}",
            message.id(),
            item.seq,
            item.state,
            item.body
        )
    };
    let mut text = match event {
        Event::Message(message) => short(message, "message"),
        Event::MessageChanged(message) => short(message, "changed"),
        other => format!("{other:?}"),
    };
    if let Some((end, _)) = text.char_indices().nth(200) {
        text.truncate(end);
    }
    text
}
