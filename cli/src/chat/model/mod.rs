//! What the screen shows, as plain data. Nothing here waits, reads or sends.

pub(crate) mod complete;
pub(crate) mod composer;
pub(crate) mod entry;
pub(crate) mod overlay;
pub(crate) mod page;
pub(crate) mod room;
pub(crate) mod search;
pub(crate) mod thread;

use crate::talk::clock::Clock;
use crate::text::Lang;
use complete::Completion;
use composer::Composer;
use lacre::{AccountId, LocalId, MessageId, Millis, RoomId};
use overlay::Overlay;
use page::Page;
use ratatui::layout::Size;
use room::{Kind, Person, RoomLine};
use std::collections::{HashMap, VecDeque};
use thread::Thread;

/// Whether the relay can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Not tried long enough to say.
    Connecting,
    Online,
    Offline,
}

/// A short word in the status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) text: String,
    pub(crate) bad: bool,
    /// When it goes.
    pub(crate) until: Millis,
}

/// Where something is written: in a room or nowhere, in a thread of it or not.
pub(crate) type Seat = (Option<RoomId>, Option<MessageId>);

/// How many rooms stay loaded.
const LOADED: usize = 8;

/// Everything the screen shows.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) lang: Lang,
    pub(crate) clock: Clock,
    pub(crate) now: Millis,
    pub(crate) size: Size,
    /// False where `NO_COLOR` says so.
    pub(crate) colour: bool,
    pub(crate) me: AccountId,
    pub(crate) handle: String,
    pub(crate) link: Link,
    pub(crate) rooms: Vec<RoomLine>,
    /// The rooms were read at least once.
    pub(crate) ready: bool,
    pub(crate) current: Option<RoomId>,
    pub(crate) pages: HashMap<RoomId, Page>,
    /// Loaded rooms, the one entered last at the end.
    pub(crate) recent: VecDeque<RoomId>,
    /// The thread of the room that is on the screen in its place.
    pub(crate) thread: Option<Thread>,
    /// By place; without a room, commands are written.
    pub(crate) composers: HashMap<Seat, Composer>,
    /// What is kept of what is being written; nothing where there is no entry.
    pub(crate) kept: HashMap<RoomId, String>,
    pub(crate) completion: Option<Completion>,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) toast: Option<Toast>,
    /// Whether the terminal's window has the focus; true where it does not tell.
    pub(crate) focused: bool,
    pub(crate) mouse: bool,
    /// When the person last did something.
    pub(crate) active: Millis,
    /// The others see that the person is away.
    pub(crate) away: bool,
    /// Until when a second Ctrl-C quits.
    pub(crate) quitting: Option<Millis>,
    /// Who is writing, by room, in the order they began.
    pub(crate) typing: HashMap<RoomId, Vec<(AccountId, String)>>,
    /// The room that was told that this person writes, and when.
    pub(crate) wrote: Option<(RoomId, Millis)>,
    /// A message that is gone back to.
    pub(crate) seeking: Option<(RoomId, LocalId)>,
    /// The number of the last search.
    pub(crate) searches: u64,
    /// A room that should be entered as soon as it is there.
    pub(crate) wanted: Option<RoomId>,
}

impl View {
    /// An empty screen.
    pub(crate) fn new(lang: Lang, clock: Clock, me: AccountId, handle: String) -> Self {
        Self {
            lang,
            now: clock.now(),
            active: clock.now(),
            away: false,
            clock,
            size: Size::new(80, 24),
            colour: true,
            me,
            handle,
            link: Link::Connecting,
            rooms: Vec::new(),
            ready: false,
            current: None,
            pages: HashMap::new(),
            recent: VecDeque::new(),
            thread: None,
            composers: HashMap::new(),
            kept: HashMap::new(),
            completion: None,
            overlay: None,
            toast: None,
            focused: true,
            mouse: false,
            quitting: None,
            typing: HashMap::new(),
            wrote: None,
            seeking: None,
            searches: 0,
            wanted: None,
        }
    }

    /// The room on the screen.
    pub(crate) fn room(&self) -> Option<&RoomLine> {
        self.line(self.current?)
    }

    /// A room by its id.
    pub(crate) fn line(&self, id: RoomId) -> Option<&RoomLine> {
        self.rooms.iter().find(|room| room.id == id)
    }

    /// The messages on the screen.
    pub(crate) fn page(&self) -> Option<&Page> {
        match &self.thread {
            Some(thread) => Some(&thread.page),
            None => self.pages.get(&self.current?),
        }
    }

    /// The messages on the screen, to change.
    pub(crate) fn page_mut(&mut self) -> Option<&mut Page> {
        match &mut self.thread {
            Some(thread) => Some(&mut thread.page),
            None => self.pages.get_mut(&self.current?),
        }
    }

    /// The messages of the room, whether or not a thread is in their place.
    pub(crate) fn room_page_mut(&mut self) -> Option<&mut Page> {
        self.pages.get_mut(&self.current?)
    }

    /// Where the person writes.
    pub(crate) fn seat(&self) -> Seat {
        (self.current, self.thread.as_ref().map(|thread| thread.root))
    }

    /// What is being written on the screen.
    pub(crate) fn composer(&self) -> Option<&Composer> {
        self.composers.get(&self.seat())
    }

    /// What is being written on the screen, to change.
    pub(crate) fn composer_mut(&mut self) -> &mut Composer {
        self.composers.entry(self.seat()).or_default()
    }

    /// Shows a short word for a while.
    pub(crate) fn toast(&mut self, text: impl Into<String>, bad: bool) {
        let stays = if bad { 8_000 } else { 3_000 };
        self.toast = Some(Toast {
            text: text.into(),
            bad,
            until: self.now + stays,
        });
    }

    /// How many own messages of loaded rooms are not with the relay yet.
    pub(crate) fn unsent(&self) -> usize {
        self.pages
            .values()
            .flat_map(|page| &page.entries)
            .filter(|entry| entry.own && entry.progress == entry::Progress::Queued)
            .count()
    }

    /// Whether an own message has waited longer than it should on a good line.
    pub(crate) fn waits(&self) -> bool {
        const LONG: Millis = 5_000;
        let entries = self.pages.values().flat_map(|page| &page.entries);
        entries
            .filter(|entry| entry.own && entry.progress == entry::Progress::Queued)
            .any(|entry| entry.at + LONG < self.now)
    }

    /// Everybody known from rooms, once each, without this account.
    pub(crate) fn people(&self) -> Vec<&Person> {
        let mut people: Vec<&Person> = self
            .rooms
            .iter()
            .flat_map(|room| &room.people)
            .filter(|person| person.account != self.me)
            .collect();
        people.sort_by_key(|person| (&person.handle, person.account));
        people.dedup_by_key(|person| person.account);
        people
    }

    /// The direct room with a person, if there is one.
    pub(crate) fn direct(&self, account: AccountId) -> Option<&RoomLine> {
        self.rooms.iter().find(|room| {
            room.kind == Kind::Direct && room.people.iter().any(|person| person.account == account)
        })
    }

    /// Notes that a room was entered; the one that was left longest ago when too many are loaded.
    pub(crate) fn entered(&mut self, room: RoomId) -> Option<RoomId> {
        self.recent.retain(|known| *known != room);
        self.recent.push_back(room);
        if self.recent.len() <= LOADED {
            return None;
        }
        let oldest = self.recent.pop_front()?;
        self.pages.remove(&oldest);
        Some(oldest)
    }
}
