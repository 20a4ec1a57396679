//! `lacre listen`: a line for everything that happens.

use super::rooms::title;
use crate::args::Listen;
use crate::failure::{Failure, Outcome};
use crate::print::{self, Paint};
use crate::session::{Session, is_final, is_nameless};
use crate::text::people as text;
use lacre::{
    AccountId, Client, Connection, Event, Item, ItemBody, LocalId, Message, Presence, RoomId,
    SendState,
};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Listens until Ctrl-C, or until the relay refuses this device for good.
pub(crate) async fn run(arguments: Listen) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            session.client.set_presence(Presence::Available).await?;
            let only = match &arguments.room {
                Some(name) => Some(session.enter(name).await?.id()),
                None => None,
            };
            let mut end = std::pin::pin!(crate::relay::ended());
            let mut lines = Lines {
                client: session.client.clone(),
                seen: HashMap::new(),
                paint: Paint::output(),
            };
            let mut events = Introduced {
                session,
                only,
                unknown: HashSet::new(),
            };
            loop {
                let event = tokio::select! {
                    ended = &mut end => return ended,
                    event = events.next() => event,
                };
                let Some(event) = event else { return Ok(()) };
                if arguments.json {
                    if let Some(json) = print::event_json(&event, &lines.client) {
                        print::json_line(&json)?;
                    }
                } else if let Some(line) = lines.line(&event) {
                    print::out(&line)?;
                }
                if let Event::Error(error) = event
                    && is_final(&error)
                {
                    return Err(Failure::from(error));
                }
            }
        })
        .await
}

/// How long a line waits for the name of somebody new, for whom the relay is asked meanwhile.
const NAMING: Duration = Duration::from_secs(3);

/// Events in turn, messages once it is known who sent them.
struct Introduced<'a> {
    session: &'a mut Session,
    /// The room they are wanted of, if not of all.
    only: Option<RoomId>,
    /// Who was waited for in vain; nobody is waited for twice.
    unknown: HashSet<AccountId>,
}

impl Introduced<'_> {
    async fn next(&mut self) -> Option<Event> {
        loop {
            let event = self.session.next().await?;
            if concerns(&event, self.only) {
                return Some(self.with_name(event).await);
            }
        }
    }

    /// What else happens while a name is waited for comes after.
    async fn with_name(&mut self, event: Event) -> Event {
        let is_known = |item: &Item| !is_nameless(item.sender, &item.sender_handle);
        let Event::Message(message) = &event else {
            return event;
        };
        let item = message.item();
        if is_known(item) || self.unknown.contains(&item.sender) {
            return event;
        }
        let mut others = Vec::new();
        let told_again = async {
            while let Some(next) = self.session.next().await {
                match next {
                    Event::Message(again) | Event::MessageChanged(again)
                        if again.item().id == item.id && is_known(again.item()) =>
                    {
                        return Some(again);
                    }
                    next => others.push(next),
                }
            }
            None
        };
        let named = tokio::time::timeout(NAMING, told_again).await;
        self.session.put_back(others);
        match named {
            Ok(Some(named)) => Event::Message(named),
            Ok(None) | Err(_) => {
                self.unknown.insert(item.sender);
                event
            }
        }
    }
}

/// Whether the event is of the room that was asked for, or of no room.
fn concerns(event: &Event, only: Option<RoomId>) -> bool {
    let Some(only) = only else { return true };
    match event {
        Event::RoomAdded { room }
        | Event::RoomChanged { room }
        | Event::RoomRemoved { room, .. }
        | Event::Member { room, .. }
        | Event::RoomStopped { room, .. } => *room == only,
        Event::Message(message) | Event::MessageChanged(message) => message.room_id() == only,
        _ => true,
    }
}

/// What people last saw of a message.
#[derive(PartialEq)]
struct Seen {
    body: ItemBody,
    reactions: usize,
}

/// Events as lines.
struct Lines {
    client: Client,
    seen: HashMap<LocalId, Seen>,
    paint: Paint,
}

/// How many messages are remembered to tell a change from news.
const REMEMBERED: usize = 10_000;

impl Lines {
    fn line(&mut self, event: &Event) -> Option<String> {
        Some(match event {
            Event::Connection(Connection::Online) => self.paint.dim(&text::online()),
            Event::Connection(Connection::Offline) => self.paint.dim(&text::offline()),
            Event::RoomAdded { room } => self.paint.dim(&text::room_added(self.name(*room))),
            Event::RoomChanged { room } => self.paint.dim(&text::room_changed(self.name(*room))),
            Event::RoomRemoved {
                room, banned: true, ..
            } => self.paint.bad(&text::room_banned(self.name(*room))),
            Event::RoomRemoved {
                room, left: true, ..
            } => self.paint.dim(&text::room_left(self.name(*room))),
            Event::RoomRemoved {
                room, left: false, ..
            } => self.paint.dim(&text::room_removed(self.name(*room))),
            Event::RoomStopped { room, error } => self.paint.bad(&text::room_stopped(
                self.name(*room),
                print::safe(&error.to_string()),
            )),
            Event::Message(message) | Event::MessageChanged(message) => {
                return self.message(message);
            }
            Event::Member {
                room,
                person,
                joined,
                ..
            } => {
                let who = match person.name() {
                    "" => text::somebody(),
                    name => format!("@{}", print::safe(name)),
                };
                let room = self.name(*room);
                self.paint.dim(&if *joined {
                    text::joined(who, room)
                } else {
                    text::left(who, room)
                })
            }
            Event::ApprovalRequested(request) => {
                text::asks_approval(print::safe(request.name()), request.device())
            }
            Event::Approved => text::device_in(),
            Event::Lagged { missed } => self.paint.bad(&text::lagged(missed)),
            Event::Error(error) => self.paint.bad(&text::event_error(
                error.code(),
                print::safe(&error.to_string()),
            )),
            _ => return None,
        })
    }

    /// A message that is new, or has changed for who reads it; the same twice is told once.
    fn message(&mut self, message: &Message) -> Option<String> {
        let item = message.item();
        if item.own && item.state == SendState::Queued {
            return None;
        }
        // Events tell of what happens to rooms.
        if matches!(item.body, ItemBody::Notice(_)) {
            return None;
        }
        let reactions = item
            .reactions
            .iter()
            .map(|(_, accounts)| accounts.len())
            .sum();
        let now = Seen {
            body: item.body.clone(),
            reactions,
        };
        if self.seen.get(&item.id) == Some(&now) {
            return None;
        }
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(item.id, now);
        let room = self.paint.dim(&self.name(message.room_id()));
        Some(format!(
            "{room} {}",
            print::item_line(item, false, self.paint)
        ))
    }

    fn name(&self, room: RoomId) -> String {
        self.client
            .room(room)
            .map_or_else(|_| text::unnamed(), |room| title(&room))
    }
}
