//! What happens, as one stream of one type.
//!
//! A slow reader must neither hold up the client nor fill the memory. So each reader has a queue
//! of 4096 events; when it is full, the oldest go and the reader is told by [`Event::Lagged`].
//! Nothing is lost by that but the telling: every message is in its room's [`crate::Timeline`].

use crate::client::Client;
use crate::engine::{
    Connection, EngineEvent, Error, LocalId, MessageId, Presence, Scheduled, ScheduledId, Unread,
};
use crate::message::{ApprovalRequest, Message, Person};
use crate::notify::Notification;
use crate::queue::{Popped, Queue};
use crate::time::Time;
use futures_core::Stream;
use lacre_wire::ids::{AccountId, RoomId};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Something happened. Own messages never come back as [`Event::Message`], so a bot cannot answer
/// itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The session came up or went down. Reconnecting is automatic.
    Connection(Connection),
    /// A room appeared: created here, by another own device, or by being added.
    RoomAdded {
        /// The room.
        room: RoomId,
    },
    /// A room's name, members, roles or rules changed.
    RoomChanged {
        /// The room.
        room: RoomId,
    },
    /// This device no longer reads the room.
    RoomRemoved {
        /// The room.
        room: RoomId,
        /// True if this person left; false if they were removed.
        left: bool,
        /// True if they were banned, and cannot come in again until an owner lifts it.
        banned: bool,
    },
    /// Somebody else wrote a message. Told once for each.
    Message(Message),
    /// A message has changed: edited, deleted, reacted to, sent, failed, read by others; or an own one is new. For
    /// lists, [`crate::Timeline`] is simpler.
    MessageChanged(Message),
    /// What is unread in a room has changed: messages came, were read here or on another own device,
    /// or were deleted. For badges in a list of rooms.
    Unread {
        /// The room.
        room: RoomId,
        /// What is unread now.
        unread: Unread,
    },
    /// Tell the person about a message now. The one event to notify on: it comes at most once for a
    /// message, and not for what they wrote or read on another device, have on screen
    /// ([`Client::focus`]), have muted ([`crate::Room::set_notify_rule`]), or what is a day old.
    Notify(Notification),
    /// A message is gone for good: its time had come, or it was deleted before it left this device.
    MessageRemoved {
        /// The room.
        room: RoomId,
        /// Its item in the room's [`crate::Timeline`].
        id: LocalId,
        /// The message.
        message: MessageId,
    },
    /// A message that was to be sent later is now on its way.
    ScheduledSent {
        /// Names it in the list of those that wait, which it has left.
        id: ScheduledId,
        /// The room.
        room: RoomId,
        /// The message it became.
        message: MessageId,
    },
    /// A message that was to be sent later could not be: the room was left, for instance. It stays
    /// on the list with its text and time.
    ScheduledFailed {
        /// The message.
        scheduled: Scheduled,
        /// Why, and what to do.
        error: Error,
    },
    /// A member joined or left.
    Member {
        /// The room.
        room: RoomId,
        /// Who. Name and handle are empty if they are not known here.
        person: Person,
        /// True for joined.
        joined: bool,
        /// When the relay accepted it.
        at: Time,
    },
    /// Somebody else began to write, or no longer does: nothing came from them for 8 seconds, they
    /// stopped, or their message is here.
    Typing {
        /// The room.
        room: RoomId,
        /// Who.
        person: Person,
        /// True for began.
        active: bool,
    },
    /// Somebody else is there in another way than before.
    Presence {
        /// Who.
        person: Person,
        /// How; none when they are gone: said so, or were not heard of for as long as it takes.
        presence: Option<Presence>,
    },
    /// A new device of this account asks to be let in.
    ApprovalRequested(ApprovalRequest),
    /// This device was let into its account; from now on it can be used.
    Approved,
    /// A room stopped because it could not be followed; the others go on.
    RoomStopped {
        /// The room.
        room: RoomId,
        /// Why, and what to do.
        error: Error,
    },
    /// This reader was too slow: so many events before the next one were dropped. Read the rooms'
    /// timelines to see what was missed.
    Lagged {
        /// How many.
        missed: u64,
    },
    /// Something failed that belongs to no call.
    Error(Error),
}

/// The events of a client, in order. Made by [`Client::events`].
///
/// Also a `futures_core::Stream`. Ends after [`Client::close`]. Holding it keeps the client open.
pub struct Events {
    client: Client,
    queue: Arc<Queue<EngineEvent>>,
}

impl Events {
    pub(crate) fn new(client: Client, queue: Arc<Queue<EngineEvent>>) -> Self {
        Self { client, queue }
    }

    /// The next event; `None` once the client is closed. Cancelling loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        loop {
            let event = match std::task::ready!(self.queue.poll_pop(context)) {
                None => None,
                Some(Popped::Missed(missed)) => Some(Event::Lagged { missed }),
                Some(Popped::Item(event)) => match self.dress(event) {
                    Some(event) => Some(event),
                    None => continue,
                },
            };
            return Poll::Ready(event);
        }
    }

    /// Somebody whose handle is known, with the name they gave themselves.
    fn person(&self, room: Option<RoomId>, account: AccountId, handle: String) -> Person {
        let name = self
            .client
            .driver
            .shared
            .read(|reader| reader.name_of(room, account));
        let name = name.ok().flatten().unwrap_or_else(|| handle.clone());
        Person {
            account,
            handle,
            name,
        }
    }

    /// The event as applications see it; `None` if it answers a call and is told there.
    fn dress(&self, event: EngineEvent) -> Option<Event> {
        let message = |room, item| Message {
            client: self.client.clone(),
            room,
            item,
        };
        Some(match event {
            EngineEvent::Connection(state) => Event::Connection(state),
            EngineEvent::RoomAdded(room) => Event::RoomAdded { room },
            EngineEvent::RoomChanged(room) => Event::RoomChanged { room },
            EngineEvent::RoomRemoved { room, left, banned } => {
                Event::RoomRemoved { room, left, banned }
            }
            EngineEvent::Message { room, item } => Event::Message(message(room, item)),
            EngineEvent::Item { room, item } => Event::MessageChanged(message(room, item)),
            EngineEvent::Notify { room, item, reason } => Event::Notify(Notification {
                message: message(room, item),
                reason,
            }),
            EngineEvent::Unread { room, unread } => Event::Unread { room, unread },
            EngineEvent::ItemRemoved { room, id, message } => {
                Event::MessageRemoved { room, id, message }
            }
            EngineEvent::ScheduledSent { id, room, message } => {
                Event::ScheduledSent { id, room, message }
            }
            EngineEvent::ScheduledFailed { scheduled, error } => {
                Event::ScheduledFailed { scheduled, error }
            }
            EngineEvent::Member {
                room,
                account,
                handle,
                name,
                joined,
                at_ms,
            } => {
                let person = Person {
                    account,
                    handle,
                    name,
                };
                Event::Member {
                    room,
                    person,
                    joined,
                    at: Time(at_ms),
                }
            }
            EngineEvent::Typing {
                room,
                account,
                handle,
                active,
            } => Event::Typing {
                room,
                person: self.person(Some(room), account, handle),
                active,
            },
            EngineEvent::Presence {
                account,
                handle,
                presence,
            } => Event::Presence {
                person: self.person(None, account, handle),
                presence,
            },
            EngineEvent::ApprovalRequested { device, key, name } => {
                Event::ApprovalRequested(ApprovalRequest {
                    client: self.client.clone(),
                    device,
                    key,
                    name,
                })
            }
            EngineEvent::Approved => Event::Approved,
            EngineEvent::RoomStopped { room, error } => Event::RoomStopped { room, error },
            EngineEvent::Error(error) => Event::Error(error),
            _ => return None,
        })
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.get_mut().poll(context)
    }
}
