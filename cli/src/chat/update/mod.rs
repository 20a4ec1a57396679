//! How the screen changes by what happens. Pure: what is to be done is returned.

mod enter;
mod scroll;
mod seek;
mod thread;

use super::act::Act;
use super::model::composer::{Aim, Composer};
use super::model::entry::Seen;
use super::model::overlay::Overlay;
use super::model::room::{RoomLine, sort};
use super::model::{Seat, View};
use super::msg::{Msg, News};
use crate::text::say;

/// After how many milliseconds without a key a person is away.
const IDLE: lacre::Millis = 10 * 60_000;

impl View {
    /// Takes a message; returns what is to be done.
    pub(crate) fn update(&mut self, msg: Msg) -> Vec<Act> {
        match msg {
            Msg::Key(key) => {
                let mut acts = self.awake();
                acts.extend(self.key(key));
                return acts;
            }
            Msg::Mouse(mouse) => {
                let mut acts = self.awake();
                acts.extend(self.mouse_event(mouse));
                return acts;
            }
            Msg::Paste(text) => {
                self.pasted(&text);
                return self.awake();
            }
            Msg::Away => self.away = true,
            Msg::Size(size) => self.size = size,
            Msg::Focus(focused) => {
                self.focused = focused;
                let mut acts = vec![self.in_focus()];
                // What comes while nobody looks is new when somebody does.
                if !focused
                    && let Some(page) = self.room_page_mut()
                    && page.anchor.is_none()
                {
                    page.new_from = None;
                }
                acts.extend(self.looked());
                return acts;
            }
            Msg::Tick(now) => {
                self.tick(now);
                let mut acts = self.keep();
                acts.extend(self.idle());
                return acts;
            }
            Msg::Draft { room, text } => {
                let composer = self.composers.entry((Some(room), None)).or_default();
                if composer.is_blank() && composer.aim == Aim::New {
                    *composer = Composer::holding(&text);
                }
                self.kept.insert(room, text);
            }
            Msg::Link(link) => self.link = link,
            Msg::Rooms(rooms) => return self.rooms_read(rooms),
            Msg::Typing {
                room,
                who,
                name,
                active,
            } => {
                let typing = self.typing.entry(room).or_default();
                typing.retain(|(known, _)| *known != who);
                if active {
                    typing.push((who, name));
                }
            }
            Msg::Presence { who, presence } => {
                let people = self.rooms.iter_mut().flat_map(|room| &mut room.people);
                people
                    .filter(|person| person.account == who)
                    .for_each(|person| person.presence = presence);
            }
            Msg::Unread { room, unread } => return self.unread(room, unread),
            Msg::Page { room, entries } => {
                let page = self.pages.entry(room).or_default();
                page.entries = entries;
                page.ready = true;
                page.settle();
                let mut acts = self.looked();
                acts.extend(self.seek_on(room));
                return acts;
            }
            Msg::Changes { room, changes } => {
                if let Some(page) = self.pages.get_mut(&room) {
                    changes.into_iter().for_each(|change| page.apply(change));
                    page.settle();
                }
                let mut acts = self.looked();
                acts.extend(self.sought(room));
                return acts;
            }
            Msg::Older { room, count } => {
                if let Some(page) = self.pages.get_mut(&room) {
                    page.loading = false;
                    page.whole |= count == 0;
                }
                return self.seek_on(room);
            }
            Msg::Thread { root, told } => self.thread_told(root, told),
            Msg::Found { number, hits } => {
                if let Some(Overlay::Search(found)) = &mut self.overlay {
                    found.take(number, hits);
                }
            }
            Msg::Info { message, seen } => self.told(message, seen),
            Msg::Pins(pins) if pins.is_empty() => {
                let text = say!(self.lang, "chat-no-pins");
                self.toast(text, false);
            }
            Msg::Pins(pins) => {
                self.open(Overlay::Pins { pins, chosen: 0 });
            }
            Msg::News(news) => return self.news(news),
            Msg::Entered(room) => {
                if self.line(room).is_some() {
                    return self.enter(room);
                }
                self.wanted = Some(room);
            }
            Msg::Written { seat, text } => {
                let aim = self.composers.remove(&seat).map(|old| old.aim);
                let mut composer = Composer::holding(&text);
                composer.aim = aim.unwrap_or_default();
                self.composers.insert(seat, composer);
            }
            Msg::Said {
                lines,
                room,
                thread,
            } => return self.said(lines, room, thread),
            Msg::Failed(why) => self.toast(why, true),
            Msg::Refused { seat, text, why } => {
                let composer = self.composers.entry(seat).or_default();
                if composer.is_blank() {
                    *composer = Composer::holding(&text);
                }
                self.toast(why, true);
            }
        }
        Vec::new()
    }

    fn tick(&mut self, now: lacre::Millis) {
        self.now = now;
        if self.toast.as_ref().is_some_and(|toast| toast.until <= now) {
            self.toast = None;
        }
        if self.quitting.is_some_and(|until| until <= now) {
            self.quitting = None;
        }
    }

    /// The person is back at the keyboard, if they were not.
    fn awake(&mut self) -> Vec<Act> {
        self.active = self.now;
        match std::mem::take(&mut self.away) {
            true => vec![Act::Away(false)],
            false => Vec::new(),
        }
    }

    /// The person has left the keyboard, if they have.
    fn idle(&mut self) -> Vec<Act> {
        if self.away || self.now < self.active.saturating_add(IDLE) {
            return Vec::new();
        }
        self.away = true;
        vec![Act::Away(true)]
    }

    fn pasted(&mut self, text: &str) {
        if self.overlay.is_some() {
            return self.typed_into_overlay(text);
        }
        self.completion = None;
        if let Some(page) = self.page_mut() {
            page.selected = None;
        }
        self.composer_mut().paste(text);
    }

    fn rooms_read(&mut self, mut rooms: Vec<RoomLine>) -> Vec<Act> {
        sort(&mut rooms);
        self.rooms = rooms;
        self.ready = true;
        if let Some(wanted) = self.wanted
            && self.line(wanted).is_some()
        {
            self.wanted = None;
            return self.enter(wanted);
        }
        match (self.current, self.rooms.first()) {
            (None, Some(first)) => {
                let first = first.id;
                self.enter(first)
            }
            _ => self.looked(),
        }
    }

    /// Somebody wrote: told of unless it is looked at.
    fn news(&mut self, news: News) -> Vec<Act> {
        let seen = self.current == Some(news.room)
            && self.focused
            && self.page().is_some_and(|page| page.anchor.is_none());
        if seen {
            return Vec::new();
        }
        vec![Act::Tell(news)]
    }

    /// A command has answered: a short word in the status line, more in a box. It may have gone
    /// to another room.
    fn said(
        &mut self,
        lines: Vec<String>,
        room: Option<lacre::RoomId>,
        thread: Option<Seat>,
    ) -> Vec<Act> {
        match thread {
            // The person has gone elsewhere meanwhile.
            Some((room, _)) if room != self.current => {}
            // It shows what the answer says.
            Some((_, Some(root))) => return self.open_thread(root),
            Some((_, None)) => return self.close_thread(),
            None => {}
        }
        match lines.as_slice() {
            [] => {}
            [line] => self.toast(line.clone(), false),
            _ => {
                let title = say!(self.lang, "chat-answer");
                self.open(Overlay::Lines {
                    title,
                    lines,
                    from: 0,
                });
            }
        }
        match room {
            Some(room) => self.update(Msg::Entered(room)),
            None => Vec::new(),
        }
    }

    /// Adds to the box of a message who has it and who read it.
    fn told(&mut self, message: lacre::MessageId, seen: Vec<Seen>) {
        let (lang, clock) = (self.lang, self.clock.clone());
        let Some(Overlay::Info {
            message: shown,
            lines,
            ..
        }) = &mut self.overlay
        else {
            return;
        };
        if *shown != message {
            return;
        }
        lines.extend(seen.into_iter().map(|seen| {
            let name = seen.name.as_str();
            match (seen.delivered, seen.read) {
                (_, Some(at)) => {
                    say!(
                        lang,
                        "chat-info-read",
                        name = name,
                        at = clock.stamp(lang, at)
                    )
                }
                (Some(at), None) => {
                    say!(
                        lang,
                        "chat-info-has",
                        name = name,
                        at = clock.stamp(lang, at)
                    )
                }
                (None, None) => say!(lang, "chat-info-not", name = name),
            }
        }));
    }

    /// Asks before something that cannot be undone.
    pub(crate) fn sure(&mut self, then: Act) {
        let question = say!(self.lang, "chat-sure-delete");
        self.overlay = Some(Overlay::Confirm { question, then });
    }
}
