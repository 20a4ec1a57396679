//! Events as lines.
//!
//! An event tells what a message is now. What a person wants to read is what changed, so the
//! messages that were shown are remembered, and the same twice is told once.
//!
//! A room appears before its name can be read, and a person before the directory has said who it
//! is. What would be told without the name waits a moment for it, and what follows in that room
//! waits behind it.

use super::line::Line;
use super::polled::{Polled, polled};
use super::renamed::Names;
use super::said::{called, name, words};
use super::session::Session;
use crate::explain;
use crate::print::{brief, poll_line, safe};
use crate::session::is_nameless;
use crate::text::say;
use lacre::{
    AccountId, Connection, Event, Item, ItemBody, LocalId, Message, Millis, NotifyRule, Person,
    Poll, Presence, RoomId, RoomKind, SendState,
};
use std::collections::{HashMap, HashSet, VecDeque};

/// How many messages are remembered to tell a change from news.
const REMEMBERED: usize = 10_000;
/// How long a name is waited for, in milliseconds.
const NAME_PATIENCE: Millis = 3_000;

/// Turns the events of a session into lines.
pub(crate) struct Teller {
    session: Session,
    seen: HashMap<LocalId, Seen>,
    /// Whether the connection was up before; the first time is no news of a return.
    was_online: Option<bool>,
    /// Who is connected, and how.
    here: HashMap<AccountId, Presence>,
    /// What the people whose messages were shown are called.
    names: Names,
    /// Events that wait for a name, in order, and when they came.
    held: VecDeque<(Millis, RoomId, Event)>,
}

/// What was last told of a message.
#[derive(PartialEq)]
struct Seen {
    body: ItemBody,
    reactions: usize,
    pinned: bool,
}

impl Teller {
    /// For a session that starts now.
    pub(crate) fn new(session: Session) -> Self {
        let names = Names::of(&session);
        Self {
            session,
            seen: HashMap::new(),
            was_online: None,
            here: HashMap::new(),
            names,
            held: VecDeque::new(),
        }
    }

    /// What to show of an event, and of those that waited for what it brings.
    pub(crate) fn tell(&mut self, event: &Event) -> Vec<Line> {
        let mut lines = self.overdue();
        match room_of(event) {
            Some(room) if self.waits(room, event) => {
                let now = self.session.clock().now();
                self.held.push_back((now, room, event.clone()));
            }
            _ => lines.extend(self.lines(event)),
        }
        lines
    }

    /// Whether something waits; then ask [`Teller::overdue`] in a moment.
    pub(crate) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// What has waited long enough, or need not wait any more.
    pub(crate) fn overdue(&mut self) -> Vec<Line> {
        let (now, mut lines) = (self.session.clock().now(), Vec::new());
        let mut waiting = HashSet::new();
        for (since, room, event) in std::mem::take(&mut self.held) {
            let patient = now.saturating_sub(since) < NAME_PATIENCE;
            if waiting.contains(&room) || patient && self.is_nameless(room, &event) {
                waiting.insert(room);
                self.held.push_back((since, room, event));
            } else {
                lines.extend(self.lines(&event));
            }
        }
        lines
    }

    /// Whether an event has to wait: for a name, or behind one that waits for it.
    fn waits(&self, room: RoomId, event: &Event) -> bool {
        self.held.iter().any(|(_, held, _)| *held == room) || self.is_nameless(room, event)
    }

    /// Whether the room or the person of an event has no name yet.
    fn is_nameless(&self, room: RoomId, event: &Event) -> bool {
        let Ok(room) = self.session.client().room(room) else {
            return false;
        };
        if matches!(event, Event::RoomAdded { .. }) && self.session.is_entering() {
            return true;
        }
        let peer_unknown = || {
            let members = room.members();
            members
                .iter()
                .any(|peer| is_nameless(peer.account, &peer.handle) && peer.handle == room.name())
        };
        let person_unknown = match event {
            Event::Message(message) | Event::MessageChanged(message) => {
                let sender = message.sender();
                let handle = self
                    .session
                    .handle_in(&room, sender.account(), sender.name());
                is_nameless(sender.account(), &handle)
            }
            Event::Member { person, .. } => {
                let handle = self
                    .session
                    .handle_in(&room, person.account(), person.name());
                is_nameless(person.account(), &handle)
            }
            _ => false,
        };
        person_unknown || room.name().is_empty() || peer_unknown()
    }

    fn lines(&mut self, event: &Event) -> Vec<Line> {
        let lang = self.session.lang();
        let info = |text| vec![Line::Info(text)];
        match event {
            Event::Connection(state) => self.connection(*state == Connection::Online),
            Event::Message(message) | Event::MessageChanged(message) => self.message(message),
            Event::RoomAdded { room } => {
                self.names.added(&self.session, *room);
                if self.session.made(*room) {
                    return Vec::new();
                }
                let title = self.session.title_of(*room);
                info(match self.is_direct(*room) {
                    true => say!(lang, "told-direct", who = title),
                    false => say!(lang, "told-added", room = title),
                })
            }
            Event::RoomChanged { room } => self.names.told(&self.session, *room),
            Event::RoomRemoved { room, left, banned } => {
                let title = self.session.title_of(*room);
                if self.session.room().is_some_and(|here| here.id() == *room) {
                    self.session.look_at(None);
                }
                info(match left {
                    _ if *banned => say!(lang, "told-you-banned", room = title),
                    true => say!(lang, "told-you-left", room = title),
                    false => say!(lang, "told-you-removed", room = title),
                })
            }
            // The two of a direct room neither come nor go.
            Event::Member { room, .. } if self.is_direct(*room) => Vec::new(),
            Event::Member {
                room,
                person,
                joined,
                ..
            } => {
                let who = self.who(*room, person.account(), person.handle());
                let room = self.session.title_of(*room);
                info(match joined {
                    true => say!(lang, "told-joined", who = who, room = room),
                    false => say!(lang, "told-left", who = who, room = room),
                })
            }
            Event::RoomStopped { room, error } => {
                let title = self.session.title_of(*room);
                vec![self.failure(say!(lang, "told-stopped", room = title), error)]
            }
            Event::ScheduledFailed { scheduled, error } => {
                let room = self.session.title_of(scheduled.room);
                let text = brief(&safe(&scheduled.text));
                vec![self.failure(say!(lang, "told-refused", room = room, text = text), error)]
            }
            Event::ApprovalRequested(request) => info(say!(
                lang,
                "told-approval",
                name = safe(request.name()),
                device = request.device().to_string()
            )),
            Event::Presence { person, presence } => self.presence(person, *presence),
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

    /// Somebody connected or disconnected, went or came back, where that is wanted.
    fn presence(&mut self, person: &Person, now: Option<Presence>) -> Vec<Line> {
        let (account, handle) = (person.account(), person.handle());
        let before = match now {
            Some(now) => self.here.insert(account, now),
            None => self.here.remove(&account),
        };
        let named = !handle.is_empty() && !account.to_string().starts_with(handle);
        if before == now || !named || !self.session.preferences().notices {
            return Vec::new();
        }
        let lang = self.session.lang();
        let who = called(lang, person.name(), handle);
        vec![Line::Info(match (before, now) {
            (None, _) => say!(lang, "told-here", who = who),
            (_, None) => say!(lang, "told-gone", who = who),
            (_, Some(Presence::Away)) => say!(lang, "told-away", who = who),
            (Some(Presence::Away), _) => say!(lang, "told-returned", who = who),
            _ => return Vec::new(),
        })]
    }

    /// A message that is new, or what changed of one.
    fn message(&mut self, message: &Message) -> Vec<Line> {
        let (lang, mut item) = (self.session.lang(), message.item().clone());
        if item.own && item.state == SendState::Queued {
            return Vec::new();
        }
        // Who comes and goes is told by events of their own.
        if matches!(item.body, ItemBody::Notice(_)) {
            return Vec::new();
        }
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        let now = Seen {
            body: item.body.clone(),
            reactions: item.reactions.iter().map(|(_, who)| who.len()).sum(),
            pinned: item.pinned,
        };
        let before = self.seen.insert(item.id, now);
        let room = self.session.place(message.room_id(), &item);
        if item.own && item.state == SendState::Failed {
            return vec![Line::Error {
                what: say!(lang, "told-refused", room = room, text = words(lang, &item)),
                hint: String::new(),
            }];
        }
        if self.is_silent(message.room_id()) {
            return Vec::new();
        }
        let who = self.who(message.room_id(), item.sender, &item.sender_handle);
        let now = self.seen.get(&item.id);
        let line = match before {
            None if self.session.wrote(message.id()) => return Vec::new(),
            Some(ref before) if Some(before) == now => return Vec::new(),
            Some(Seen {
                body: ItemBody::Poll(ref before),
                ..
            }) if let ItemBody::Poll(now) = &item.body
                && let Some(change) = polled(before, now) =>
            {
                return self.polled(message.room_id(), &item, now, change);
            }
            Some(before) if before.body != item.body => {
                let text = words(lang, &item);
                Line::Info(match item.body {
                    ItemBody::Deleted => say!(lang, "told-deleted", who = who, room = room),
                    _ => say!(lang, "told-edited", who = who, room = room, text = text),
                })
            }
            Some(before) if before.pinned != item.pinned => {
                if self.session.told_pin(message.id()) {
                    return Vec::new();
                }
                let text = format!("{who}: {}", brief(&words(lang, &item)));
                Line::Info(match item.pinned {
                    true => say!(lang, "pin-done", room = room, text = text),
                    false => say!(lang, "unpin-done", room = room, text = text),
                })
            }
            // A change of reactions, or a message as it is first seen: shown as it stands.
            _ => {
                self.session.name_sender(message.room_id(), &mut item);
                self.names
                    .heard(&self.session, message.room_id(), item.sender);
                Line::Message {
                    room,
                    item: Box::new(item),
                }
            }
        };
        vec![line]
    }

    /// A vote of somebody else, or the end of a poll. Own ones were told by the command.
    fn polled(&self, room: RoomId, item: &Item, poll: &Poll, change: Polled) -> Vec<Line> {
        let (lang, me) = (self.session.lang(), self.session.client().me().account);
        let (title, text) = (self.session.place(room, item), poll_line(lang, poll));
        match change {
            Polled::Closed if item.own => Vec::new(),
            Polled::Closed => vec![Line::Info(say!(
                lang,
                "told-poll-closed",
                room = title,
                text = text
            ))],
            Polled::Voted(people) => {
                let others = people.into_iter().filter(|who| *who != me);
                let told = |who| {
                    let who = self.who(room, who, "");
                    let (room, text) = (title.clone(), text.clone());
                    Line::Info(say!(
                        lang,
                        "told-voted",
                        who = who,
                        room = room,
                        text = text
                    ))
                };
                others.map(told).collect()
            }
        }
    }

    /// Whether the room is silenced and not the one that is looked at.
    fn is_silent(&self, room: RoomId) -> bool {
        let elsewhere = self.session.room().is_none_or(|here| here.id() != room);
        let rule = self
            .session
            .client()
            .room(room)
            .and_then(|room| room.notify_rule());
        elsewhere && rule.is_ok_and(|(rule, _)| rule == NotifyRule::Nothing)
    }

    fn is_direct(&self, room: RoomId) -> bool {
        let room = self.session.client().room(room);
        room.is_ok_and(|room| room.kind() == RoomKind::Direct)
    }

    /// A person as they are known in a room.
    fn who(&self, room: RoomId, account: AccountId, handle: &str) -> String {
        let lang = self.session.lang();
        let members = self.session.client().room(room).map(|room| room.members());
        let mut known = members.into_iter().flatten();
        match known.find(|member| member.account == account) {
            Some(member) => called(lang, &member.name, &member.handle),
            None => name(lang, handle),
        }
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
}

/// The room whose names an event tells.
fn room_of(event: &Event) -> Option<RoomId> {
    match event {
        Event::Message(message) | Event::MessageChanged(message) => Some(message.room_id()),
        Event::RoomAdded { room } | Event::Member { room, .. } => Some(*room),
        _ => None,
    }
}
