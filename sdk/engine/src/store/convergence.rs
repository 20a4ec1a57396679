//! Whatever was shown before a message had its place: all devices end up with what the log says.
//!
//! One random log is delivered to several stores. The devices that wrote parts of it show their own
//! messages at once, and meet them later where the log has them; others only read.

use super::items;
use super::take::{Incoming, Taken};
use super::{Db, schema};
use crate::content::{Content, MessageId, MimiContent, Origin};
use crate::timeline::{Item, ItemBody};
use lacre_wire::ids::{AccountId, RoomId};
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const ROOM: i64 = 1;
/// Three people, of whom the first has two devices: the account of each device.
const DEVICES: [AccountId; 4] = [
    AccountId([1; 32]),
    AccountId([1; 32]),
    AccountId([2; 32]),
    AccountId([3; 32]),
];

/// Something a person does, about a message that stands somewhere before.
#[derive(Debug, Clone)]
enum Deed {
    Say,
    Reply(usize),
    Edit(usize),
    Delete(usize),
    React(usize, bool),
    Unreact(usize),
    Pin(usize, bool),
    Poll,
    Vote(usize, u8),
    Close(usize),
}

/// A deed of a device. `early`: how many entries before its place it is shown on that device.
#[derive(Debug, Clone)]
struct Written {
    device: usize,
    deed: Deed,
    early: usize,
    /// The relay refuses it: it never gets a place.
    refused: bool,
}

fn deeds() -> impl Strategy<Value = Deed> {
    let at = || 0..1000_usize;
    prop_oneof![
        3 => Just(Deed::Say),
        1 => at().prop_map(Deed::Reply),
        3 => at().prop_map(Deed::Edit),
        1 => at().prop_map(Deed::Delete),
        3 => (at(), any::<bool>()).prop_map(|(at, which)| Deed::React(at, which)),
        2 => at().prop_map(Deed::Unreact),
        2 => (at(), any::<bool>()).prop_map(|(at, up)| Deed::Pin(at, up)),
        1 => Just(Deed::Poll),
        2 => (at(), 0..3_u8).prop_map(|(at, option)| Deed::Vote(at, option)),
        1 => at().prop_map(Deed::Close),
    ]
}

fn stories() -> impl Strategy<Value = Vec<Written>> {
    let written = (
        0..DEVICES.len(),
        deeds(),
        0..6_usize,
        prop::bool::weighted(0.1),
    );
    vec(
        written.prop_map(|(device, deed, early, refused)| Written {
            device,
            deed,
            early,
            refused,
        }),
        1..40,
    )
}

/// A message as everybody reads it.
struct Sealed {
    sender: AccountId,
    id: MessageId,
    message: MimiContent,
    encoded: Vec<u8>,
}

/// The messages of a story. Deeds name messages and reactions that were written before.
fn sealed(story: &[Written]) -> Vec<Sealed> {
    let mut all: Vec<Sealed> = Vec::new();
    let mut reactions: Vec<MessageId> = Vec::new();
    let mut polls: Vec<MessageId> = Vec::new();
    for (number, written) in story.iter().enumerate() {
        let say = |all: &Vec<Sealed>| Content::Text {
            markdown: format!("{} by {}", all.len(), written.device),
        };
        let target =
            |at: &usize, all: &Vec<Sealed>| (!all.is_empty()).then(|| all[at % all.len()].id);
        let content = match &written.deed {
            Deed::Say => None,
            Deed::Reply(at) => target(at, &all).map(|to| Content::Reply {
                to,
                markdown: format!("answer {number}"),
            }),
            Deed::Edit(at) => target(at, &all).map(|replaces| Content::Edit {
                replaces,
                markdown: format!("edited {number}"),
            }),
            Deed::Delete(at) => target(at, &all).map(|replaces| Content::Delete { replaces }),
            Deed::React(at, which) => target(at, &all).map(|to| Content::Reaction {
                to,
                emoji: if *which { "👍" } else { "🎉" }.to_owned(),
            }),
            Deed::Pin(..) | Deed::Poll | Deed::Vote(..) | Deed::Close(_) => None,
            Deed::Unreact(at) => (!reactions.is_empty()).then(|| Content::Unreact {
                replaces: reactions[at % reactions.len()],
            }),
        };
        let content = match &written.deed {
            Deed::Pin(at, pinned) => target(at, &all).map(|to| Content::Pin {
                to,
                pinned: *pinned,
            }),
            Deed::Poll => Some(Content::Poll {
                markdown: format!("question {number}"),
                options: ["a", "b", "c"].map(str::to_owned).into(),
                multiple: false,
            }),
            Deed::Vote(at, option) => {
                polls
                    .get(at % polls.len().max(1))
                    .map(|poll| Content::Vote {
                        poll: *poll,
                        chosen: vec![*option],
                    })
            }
            Deed::Close(at) => polls
                .get(at % polls.len().max(1))
                .map(|poll| Content::ClosePoll { poll: *poll }),
            _ => content,
        };
        let content = content.unwrap_or_else(|| say(&all));
        let sender = DEVICES[written.device];
        let origin = Origin {
            sender,
            room: RoomId([1; 16]),
            channel: None,
            salt: [u8::try_from(number).unwrap(); 16],
        };
        let message = content.build(&origin).unwrap();
        let encoded = message.encode().unwrap();
        let id = message.message_id(&encoded).unwrap();
        if matches!(content, Content::Reaction { .. }) {
            reactions.push(id);
        }
        if matches!(content, Content::Poll { .. }) {
            polls.push(id);
        }
        all.push(Sealed {
            sender,
            id,
            message,
            encoded,
        });
    }
    all
}

/// A device: its store, and what it has shown before it had its place.
struct Device {
    db: Db,
    me: AccountId,
    own: HashMap<usize, Taken>,
}

impl Device {
    fn new(me: AccountId) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        schema::migrate(&connection).unwrap();
        let db = Db(Arc::new(Mutex::new(connection)));
        let own = HashMap::new();
        Self { db, me, own }
    }

    fn take(&self, sealed: &Sealed, seq: Option<u64>) -> Taken {
        let incoming = Incoming {
            room: ROOM,
            me: self.me,
            seq,
            sender: sealed.sender,
            at_ms: 0,
            id: sealed.id,
            message: &sealed.message,
            encoded: &sealed.encoded,
            stamp: None,
        };
        self.db.take(&incoming).unwrap()
    }

    /// Shows an own message at once.
    fn write(&mut self, number: usize, sealed: &Sealed) {
        let taken = self.take(sealed, None);
        self.own.insert(number, taken);
    }

    /// Meets a message in the log.
    fn reach(&mut self, number: usize, sealed: &Sealed, seq: u64) {
        match self.own.remove(&number) {
            None => drop(self.take(sealed, Some(seq))),
            Some(Taken::Line(line)) => self.db.place_message(line, seq, 0, None).unwrap(),
            Some(Taken::Act { id, .. }) => {
                self.db.act_reached(ROOM, self.me, id, seq, None).unwrap();
            }
            Some(_) => {}
        }
    }

    fn refused(&mut self, number: usize) {
        if let Some(Taken::Act { id, .. }) = self.own.remove(&number) {
            self.db.act_refused(ROOM, self.me, id).unwrap();
        }
    }

    /// What it shows of the messages that have a place, without what may differ between people.
    fn shown(&self) -> Vec<Item> {
        let items = self
            .db
            .with(|c| items::page(c, ROOM, self.me, None, None, 1000));
        let mut items = items.unwrap();
        items.retain(|item| item.seq.is_some());
        for item in &mut items {
            (item.id, item.own, item.mentions_me) = (0, false, false);
        }
        items
    }
}

/// Plays a story to the devices; returns them after the last entry.
fn play(story: &[Written], devices: Vec<Device>) -> Vec<Device> {
    let sealed = sealed(story);
    let mut devices = devices;
    let mut seq = 0;
    // A device writes in order: nothing is shown before what it wrote earlier.
    let shown_at = |number: usize| number.saturating_sub(story[number].early);
    for now in 0..story.len() {
        for (number, written) in story.iter().enumerate().skip(now) {
            let later = story[now..number]
                .iter()
                .enumerate()
                .any(|(at, other)| other.device == written.device && shown_at(now + at) > now);
            let device = &mut devices[written.device];
            let is_due = shown_at(number) <= now && !later;
            if is_due
                && !device.own.contains_key(&number)
                && needs_are_there(&sealed, number, device)
            {
                device.write(number, &sealed[number]);
            }
        }
        if story[now].refused {
            devices[story[now].device].refused(now);
            continue;
        }
        seq += 1;
        for device in &mut devices {
            device.reach(now, &sealed[now], seq);
        }
    }
    devices
}

/// A person does something only to what is on their device.
fn needs_are_there(sealed: &[Sealed], number: usize, device: &Device) -> bool {
    let needed = &sealed[number].message;
    needed.replaces.or(needed.in_reply_to).is_none_or(|target| {
        let line = device.db.item(ROOM, device.me, target).unwrap().is_some();
        line || device
            .db
            .shows_on(ROOM, super::acts::ActKind::Unreact, target)
            .unwrap()
            .is_some()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn all_devices_end_up_with_what_the_log_says(story in stories()) {
        let devices = DEVICES.map(Device::new);
        let devices = play(&story, devices.into());
        let reference = devices[3].shown();
        for (number, device) in devices.iter().enumerate() {
            prop_assert_eq!(&device.shown(), &reference, "device {}", number);
        }
    }
}

/// What was done to a message may stand in the log, or come, before the message itself.
#[test]
fn acts_wait_for_their_message() {
    let written = |device, deed| Written {
        device,
        deed,
        early: 0,
        refused: false,
    };
    let story = [
        written(0, Deed::Say),
        written(1, Deed::Edit(0)),
        written(2, Deed::React(0, true)),
        written(2, Deed::Edit(0)),
    ];
    let all = sealed(&story);
    let device = Device::new(DEVICES[3]);
    for late in [1, 2, 3, 0] {
        drop(device.take(&all[late], Some(10 + late as u64)));
    }
    let shown = device.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].body, ItemBody::Text("edited 1".to_owned()));
    assert!(shown[0].edited);
    assert_eq!(shown[0].reactions, [("👍".to_owned(), vec![DEVICES[2]])]);
}

/// A deletion that is refused gives the text back; one that has its place leaves nothing.
#[test]
fn only_a_placed_deletion_wipes() {
    let story: Vec<_> = [Deed::Say, Deed::Edit(0), Deed::Delete(0)]
        .map(|deed| Written {
            device: 0,
            deed,
            early: 0,
            refused: false,
        })
        .into();
    let all = sealed(&story);
    let mut device = Device::new(DEVICES[0]);
    drop(device.take(&all[0], Some(1)));
    drop(device.take(&all[1], Some(2)));
    device.write(2, &all[2]);
    assert_eq!(device.shown()[0].body, ItemBody::Deleted);
    device.refused(2);
    assert_eq!(
        device.shown()[0].body,
        ItemBody::Text("edited 1".to_owned())
    );
    device.write(2, &all[2]);
    device.reach(2, &all[2], 3);
    assert_eq!(device.shown()[0].body, ItemBody::Deleted);
    let kept: i64 = device
        .db
        .with(|c| {
            c.query_row(
                "SELECT count(*) FROM (SELECT 1 FROM act WHERE value <> x'' UNION ALL
                     SELECT 1 FROM message WHERE content IS NOT NULL OR text IS NOT NULL)",
                [],
                |row| row.get(0),
            )
        })
        .unwrap();
    assert_eq!(kept, 0, "nothing of the words is left");
}
