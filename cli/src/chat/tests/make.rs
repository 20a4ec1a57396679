//! Rooms, people and messages with fixed names, ids and times.

use crate::chat::model::View;
use crate::chat::model::entry::{Body, Entry, Look, Poll, PollOption, Progress, Reaction, Run};
use crate::chat::model::page::Page;
use crate::chat::model::room::{Kind, Person, RoomLine, sort};
use crate::chat::model::search::Found;
use crate::chat::msg::Msg;
use crate::talk::Clock;
use crate::text::Lang;
use lacre::{AccountId, LocalId, MessageId, Millis, RoomId};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

/// 2026-11-21, 15:15 UTC: a Saturday.
pub(crate) const NOW: Millis = 1_795_274_100_000;

/// The person at the screen.
pub(crate) const ME: AccountId = AccountId([1; 32]);

pub(crate) fn message(id: LocalId) -> MessageId {
    MessageId::compute("sender", "room", &id.to_be_bytes(), &[0; 16]).unwrap()
}

pub(crate) fn room_id(number: u8) -> RoomId {
    RoomId([number; 16])
}

/// A message of bruno, a minute before now.
pub(crate) fn entry(id: LocalId, text: &str) -> Entry {
    Entry {
        id,
        message: message(id),
        sender: AccountId([2; 32]),
        name: "bruno".to_owned(),
        own: false,
        at: NOW - 60_000,
        body: Body::Text {
            lines: text
                .split('\n')
                .map(|line| vec![Run::plain(line)])
                .collect(),
            source: text.to_owned(),
        },
        reply_to: None,
        mentions_me: false,
        edited: false,
        pinned: false,
        forwarded: None,
        thread: None,
        replies: 0,
        reactions: Vec::new(),
        progress: Progress::Sent,
    }
}

/// An own message.
pub(crate) fn own(id: LocalId, text: &str, progress: Progress) -> Entry {
    Entry {
        sender: ME,
        name: "ana".to_owned(),
        own: true,
        progress,
        ..entry(id, text)
    }
}

pub(crate) fn person(number: u8, handle: &str) -> Person {
    Person {
        account: AccountId([number; 32]),
        handle: handle.to_owned(),
        name: match handle {
            "clara" => "Clara Nunes".to_owned(),
            handle => handle.to_owned(),
        },
        owner: number == 1,
        presence: (number == 2).then_some(lacre::Presence::Available),
        seen: None,
    }
}

fn room(number: u8, kind: Kind, name: &str, people: &[(u8, &str)]) -> RoomLine {
    RoomLine {
        id: room_id(number),
        kind,
        name: name.to_owned(),
        people: people
            .iter()
            .map(|(number, handle)| person(*number, handle))
            .collect(),
        joined: true,
        stopped: None,
        unread: 0,
        mentions: 0,
        first: None,
        marked: false,
    }
}

/// Rooms without messages; the first one is on the screen.
pub(crate) fn view() -> View {
    let mut view = View::new(Lang::En, Clock::fixed(NOW, 0), ME, "ana".to_owned());
    let everybody = [(1, "ana"), (2, "bruno"), (3, "clara")];
    let mut rooms = vec![
        room(10, Kind::Group, "Álgebra 3", &everybody),
        room(11, Kind::Group, "História", &everybody[..2]),
        room(12, Kind::Group, "Projetos", &everybody[..2]),
        room(13, Kind::Direct, "bruno", &everybody[..2]),
    ];
    sort(&mut rooms);
    view.rooms = rooms;
    view.ready = true;
    view.enter(room_id(10));
    for (number, unread, mentions) in [(11, 3, 1), (13, 12, 0)] {
        let room = view
            .rooms
            .iter_mut()
            .find(|room| room.id == room_id(number));
        let room = room.unwrap();
        (room.unread, room.mentions) = (unread, mentions);
    }
    view
}

/// A conversation with one of everything.
pub(crate) fn conversation() -> View {
    let mut view = view();
    let day = 86_400_000;
    let mut entries = vec![
        Entry {
            at: NOW - 4 * day,
            ..entry(1, "Why is x negative in question 4?")
        },
        Entry {
            sender: AccountId([3; 32]),
            name: "clara".to_owned(),
            at: NOW - 4 * day + 60_000,
            reply_to: Some(message(1)),
            reactions: vec![
                Reaction {
                    emoji: "👍".to_owned(),
                    count: 2,
                    mine: true,
                },
                Reaction {
                    emoji: "❤\u{fe0f}".to_owned(),
                    count: 1,
                    mine: false,
                },
            ],
            ..entry(
                2,
                "Because the parabola opens downwards, and so its vertex lies above the axis.",
            )
        },
        Entry {
            at: NOW - day,
            edited: true,
            progress: Progress::Read(2, 2),
            ..own(3, "Thank you! 👩\u{200d}👩\u{200d}👧 你好", Progress::Sent)
        },
        Entry {
            at: NOW - 30 * 60_000,
            body: Body::Deleted,
            ..entry(4, "")
        },
    ];
    entries.push(Entry {
        at: NOW - 20 * 60_000,
        mentions_me: true,
        ..entry(5, "let me see\n    x = -b / 2a\nthat is it")
    });
    entries.push(own(6, "And in question 5?", Progress::Queued));
    entries.push(own(7, "Refused", Progress::Failed));
    let page = Page {
        entries,
        ready: true,
        whole: true,
        new_from: Some(message(5)),
        ..Page::default()
    };
    view.pages.insert(room_id(10), page);
    view.link = crate::chat::model::Link::Online;
    view
}

/// A hit of a search.
pub(crate) fn found(room: u8, id: LocalId) -> Found {
    let marked = Look {
        mention: true,
        ..Look::default()
    };
    Found {
        room: room_id(room),
        id,
        name: "bruno".to_owned(),
        at: NOW - 3_600_000,
        text: vec![
            Run::plain("the "),
            Run {
                text: "parabola".to_owned(),
                look: marked,
            },
            Run::plain(" opens downwards, and so its vertex lies above the axis"),
        ],
    }
}

/// A conversation with what people do beside writing.
pub(crate) fn gathering() -> View {
    let mut view = view();
    let option = |text: &str, votes, mine| PollOption {
        text: text.to_owned(),
        votes,
        mine,
    };
    let poll = Poll {
        question: vec![vec![Run::plain("When shall we meet?")]],
        options: vec![
            option("Monday", 3, false),
            option("Tuesday, after the last lesson of the afternoon", 1, true),
            option("never", 0, false),
        ],
        multiple: true,
        closed: false,
    };
    let minutes = |count: u64| NOW - count * 60_000;
    let entries = vec![
        Entry {
            at: minutes(40),
            body: Body::Notice("@ana created the room".to_owned()),
            ..own(1, "", Progress::Sent)
        },
        Entry {
            at: minutes(39),
            body: Body::Notice(
                "@ana added @bruno, @clara, and many others whose names do not fit".to_owned(),
            ),
            ..own(2, "", Progress::Sent)
        },
        Entry {
            at: minutes(30),
            pinned: true,
            replies: 2,
            ..entry(3, "The exam is on the 3rd of December.")
        },
        Entry {
            at: minutes(20),
            body: Body::Poll(poll),
            ..entry(4, "")
        },
        Entry {
            at: minutes(10),
            thread: Some(message(3)),
            ..own(5, "In which room?", Progress::Sent)
        },
        Entry {
            at: minutes(5),
            forwarded: Some("clara".to_owned()),
            ..entry(6, "Room 12.")
        },
    ];
    let page = Page {
        entries,
        ready: true,
        whole: true,
        ..Page::default()
    };
    view.pages.insert(room_id(10), page);
    view.link = crate::chat::model::Link::Online;
    view
}

/// The thread of the exam in [`gathering`].
pub(crate) fn thread() -> Vec<Entry> {
    let mut entries = gathering().pages.remove(&room_id(10)).unwrap().entries;
    entries.retain(|entry| entry.id == 3 || entry.id == 5);
    entries.push(Entry {
        thread: Some(message(3)),
        reply_to: Some(message(5)),
        at: NOW - 4 * 60_000,
        ..entry(8, "The one with the clock, on the first floor.")
    });
    entries
}

impl View {
    /// Presses a key.
    pub(crate) fn press(
        &mut self,
        code: KeyCode,
        held: KeyModifiers,
    ) -> Vec<crate::chat::act::Act> {
        self.update(Msg::Key(KeyEvent::new(code, held)))
    }

    /// Presses a key alone.
    pub(crate) fn tap(&mut self, code: KeyCode) -> Vec<crate::chat::act::Act> {
        self.press(code, KeyModifiers::NONE)
    }

    /// Types a text.
    pub(crate) fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.tap(KeyCode::Char(c));
        }
    }

    /// Another size of the screen.
    pub(crate) fn sized(mut self, width: u16, height: u16) -> Self {
        self.size = Size::new(width, height);
        self
    }
}
