//! Events, pulled: who asks for the next one gets it, and nobody is called back.

use crate::error::LacreError;
use crate::message::{Message, Person};
use tokio::sync::{Mutex, watch};

/// Something happened. Own messages never come back as `Message`.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Event {
    /// The session came up or went down. Reconnecting is automatic.
    Connection {
        /// Whether it is up.
        online: bool,
    },
    /// Somebody else wrote a message. Told once for each.
    Message {
        /// The message.
        message: Message,
    },
    /// A message changed: edited, deleted, reacted to, sent, failed; or an own one is new.
    MessageChanged {
        /// The message.
        message: Message,
    },
    /// A room appeared.
    RoomAdded {
        /// The room.
        room: String,
    },
    /// A room's name, members, roles, rules or counts changed.
    RoomChanged {
        /// The room.
        room: String,
    },
    /// This device no longer reads the room.
    RoomRemoved {
        /// The room.
        room: String,
        /// Whether this person left by themselves.
        left: bool,
    },
    /// A member joined or left.
    Member {
        /// The room.
        room: String,
        /// Who.
        person: Person,
        /// Whether they joined.
        joined: bool,
    },
    /// A room stopped because it could not be followed.
    RoomStopped {
        /// The room.
        room: String,
        /// A stable code.
        code: String,
        /// Why, and what to do.
        detail: String,
    },
    /// This reader was too slow: so many events were dropped. Timelines have what was missed.
    Lagged {
        /// How many.
        missed: u64,
    },
    /// Something failed that belongs to no call.
    Failed {
        /// A stable code.
        code: String,
        /// What, and what to do.
        detail: String,
        /// Whether trying again helps.
        retryable: bool,
    },
}

/// The events of a client, in order.
#[derive(uniffi::Object)]
pub struct Events {
    events: Mutex<lacre::Events>,
    closed: watch::Sender<bool>,
}

impl Events {
    pub(crate) fn new(events: lacre::Events) -> Self {
        Self {
            events: Mutex::new(events),
            closed: watch::Sender::new(false),
        }
    }
}

#[uniffi::export]
impl Events {
    /// The next event; none once the client or this stream is closed. Cancelling loses nothing.
    pub async fn next(&self) -> Option<Event> {
        let mut closed = self.closed.subscribe();
        let next = async {
            let mut events = self.events.lock().await;
            loop {
                let event = events.next().await?;
                if let Some(event) = translate(event) {
                    return Some(event);
                }
            }
        };
        tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => None,
            event = next => event,
        }
    }

    /// Ends the stream: whoever waits for the next event gets none.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }
}

/// Events that these bindings do not know yet are passed over.
fn translate(event: lacre::Event) -> Option<Event> {
    let message = |message: &lacre::Message| Message::new(message.room_id(), message.item());
    Some(match event {
        lacre::Event::Connection(state) => Event::Connection {
            online: state == lacre::Connection::Online,
        },
        lacre::Event::Message(told) => Event::Message {
            message: message(&told),
        },
        lacre::Event::MessageChanged(told) => Event::MessageChanged {
            message: message(&told),
        },
        lacre::Event::RoomAdded { room } => Event::RoomAdded {
            room: room.to_string(),
        },
        lacre::Event::RoomChanged { room } => Event::RoomChanged {
            room: room.to_string(),
        },
        lacre::Event::RoomRemoved { room, left, .. } => Event::RoomRemoved {
            room: room.to_string(),
            left,
        },
        lacre::Event::Member {
            room,
            person,
            joined,
            ..
        } => Event::Member {
            room: room.to_string(),
            person: Person::from(&person),
            joined,
        },
        lacre::Event::RoomStopped { room, error } => Event::RoomStopped {
            room: room.to_string(),
            code: error.code().to_owned(),
            detail: error.to_string(),
        },
        lacre::Event::Lagged { missed } => Event::Lagged { missed },
        lacre::Event::Error(error) => Event::Failed {
            code: error.code().to_owned(),
            retryable: error.is_retryable(),
            detail: LacreError::from(error).to_string(),
        },
        _ => return None,
    })
}
