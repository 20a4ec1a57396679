//! Events as lines.
//!
//! An event tells what a message is now. What a person wants to read is what changed, so the
//! messages that were shown are remembered, and the same twice is told once.

use super::line::Line;
use super::said::{name, words};
use super::session::Session;
use crate::explain;
use crate::print::safe;
use crate::text::say;
use lacre::{Connection, Event, ItemBody, LocalId, Message, Room, RoomId, SendState};
use std::collections::HashMap;

/// How many messages are remembered to tell a change from news.
const REMEMBERED: usize = 10_000;

/// Turns the events of a session into lines.
pub(crate) struct Teller {
    session: Session,
    seen: HashMap<LocalId, Seen>,
    /// Whether the connection was up before; the first time is no news of a return.
    was_online: Option<bool>,
}

/// What was last told of a message.
#[derive(PartialEq)]
struct Seen {
    body: ItemBody,
    reactions: usize,
}

impl Teller {
    /// For a session that starts now.
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            seen: HashMap::new(),
            was_online: None,
        }
    }

    /// What to show of an event.
    pub(crate) fn tell(&mut self, event: &Event) -> Vec<Line> {
        let lang = self.session.lang();
        let info = |text| vec![Line::Info(text)];
        match event {
            Event::Connection(state) => self.connection(*state == Connection::Online),
            Event::Message(message) | Event::MessageChanged(message) => self.message(message),
            Event::RoomAdded { room } => info(say!(lang, "told-added", room = self.title(*room))),
            Event::RoomRemoved { room, left, banned } => {
                let title = self.title(*room);
                if self.session.room().is_some_and(|here| here.id() == *room) {
                    self.session.look_at(None);
                }
                info(match left {
                    _ if *banned => say!(lang, "told-you-banned", room = title),
                    true => say!(lang, "told-you-left", room = title),
                    false => say!(lang, "told-you-removed", room = title),
                })
            }
            Event::Member {
                room,
                person,
                joined,
                ..
            } => {
                let (who, room) = (name(lang, person.name()), self.title(*room));
                info(match joined {
                    true => say!(lang, "told-joined", who = who, room = room),
                    false => say!(lang, "told-left", who = who, room = room),
                })
            }
            Event::RoomStopped { room, error } => {
                let what = say!(lang, "told-stopped", room = self.title(*room));
                vec![self.failure(what, error)]
            }
            Event::ApprovalRequested(request) => info(say!(
                lang,
                "told-approval",
                name = safe(request.name()),
                device = request.device().to_string()
            )),
            Event::Lagged { missed } => info(say!(lang, "told-lagged", count = *missed)),
            Event::Error(error) => vec![self.failure(say!(lang, "told-error"), error)],
            _ => Vec::new(),
        }
    }

    fn connection(&mut self, online: bool) -> Vec<Line> {
        let lang = self.session.lang();
        let before = self.was_online.replace(online);
        match (before, online) {
            (Some(false), true) => vec![Line::Info(say!(lang, "told-back"))],
            (None, true) => vec![Line::Info(say!(lang, "told-connected"))],
            (Some(true), false) => vec![Line::Error {
                what: say!(lang, "told-broken"),
                hint: say!(lang, "told-broken.hint"),
            }],
            _ => Vec::new(),
        }
    }

    /// A message that is new, or what changed of one.
    fn message(&mut self, message: &Message) -> Vec<Line> {
        let (lang, item) = (self.session.lang(), message.item());
        if item.own && item.state == SendState::Queued {
            return Vec::new();
        }
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        let now = Seen {
            body: item.body.clone(),
            reactions: item.reactions.iter().map(|(_, who)| who.len()).sum(),
        };
        let before = self.seen.insert(item.id, now);
        let room = self.title(message.room_id());
        if item.own && item.state == SendState::Failed {
            return vec![Line::Error {
                what: say!(lang, "told-refused", room = room, text = words(lang, item)),
                hint: String::new(),
            }];
        }
        let who = name(lang, &item.sender_name);
        let now = self.seen.get(&item.id);
        let line = match before {
            None if self.session.wrote(message.id()) => return Vec::new(),
            Some(ref before) if Some(before) == now => return Vec::new(),
            Some(before) if before.body != item.body => {
                let text = words(lang, item);
                Line::Info(match item.body {
                    ItemBody::Deleted => say!(lang, "told-deleted", who = who, room = room),
                    _ => say!(lang, "told-edited", who = who, room = room, text = text),
                })
            }
            // A change of reactions, or a message as it is first seen: shown as it stands.
            _ => Line::Message {
                room,
                item: Box::new(item.clone()),
            },
        };
        vec![line]
    }

    fn failure(&self, what: String, error: &lacre::Error) -> Line {
        let lang = self.session.lang();
        let entry = explain::find(error.code());
        let why = match entry {
            Some(entry) => entry.cause_in(lang).to_owned(),
            None => safe(&error.to_string()),
        };
        Line::Error {
            what: format!("{what}: {why} ({})", error.code()),
            hint: entry
                .map(|entry| entry.fix_in(lang).to_owned())
                .unwrap_or_default(),
        }
    }

    fn title(&self, room: RoomId) -> String {
        let known = |room: Room| self.session.title(&room);
        let room = self.session.client().room(room);
        room.map_or_else(|_| say!(self.session.lang(), "unnamed"), known)
    }
}
