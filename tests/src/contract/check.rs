//! The judgement: evidence in, violations out, each in words that say who misses what.

use super::record::{Evidence, Fate, Shown};
use lacre::{Item, ItemBody, MessageId, RoomId, Seq};
use lacre_wire::log::EntryKind;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Where messages stand, as all devices together say.
type Places = HashMap<(RoomId, MessageId), Seq>;

/// Every line of the contract that the evidence breaks; empty if it holds.
pub fn violations(evidence: &Evidence) -> Vec<String> {
    let mut found: Vec<String> = evidence
        .rooms
        .iter()
        .flat_map(|room| room.flaws())
        .collect();
    let places = places(evidence, &mut found);
    for device in &evidence.devices {
        for (room, timeline) in &device.timelines {
            check_timeline(device, *room, timeline, evidence, &mut found);
        }
        let twice = device.told.iter().filter(|(_, times)| **times > 1);
        found.extend(twice.map(|((room, message), times)| {
            format!(
                "{}: message {message:?} of room {room} was told {times} times",
                device.name
            )
        }));
    }
    check_arrivals(evidence, &places, &mut found);
    check_senders(evidence, &places, &mut found);
    found
}

/// One place for each message, whoever is asked.
fn places(evidence: &Evidence, found: &mut Vec<String>) -> Places {
    let mut places: HashMap<(RoomId, MessageId), (Seq, &str)> = HashMap::new();
    for device in &evidence.devices {
        for (room, timeline) in &device.timelines {
            for (message, seq) in timeline
                .iter()
                .filter_map(|item| Some((item.message, item.seq?)))
            {
                let (known, by) = *places
                    .entry((*room, message))
                    .or_insert((seq, &device.name));
                if known != seq {
                    found.push(format!(
                        "message {message:?} of room {room} stands at {known} for {by} and at {seq} for {}",
                        device.name
                    ));
                }
            }
        }
    }
    places
        .into_iter()
        .map(|(message, (seq, _))| (message, seq))
        .collect()
}

/// What one device shows of one room.
fn check_timeline(
    device: &Shown,
    room: RoomId,
    timeline: &[Item],
    evidence: &Evidence,
    found: &mut Vec<String>,
) {
    let mut flaw = |text: String| found.push(format!("{}, room {room}: {text}", device.name));
    let (mut messages, mut texts, mut last) = (HashSet::new(), HashSet::new(), 0);
    let logged = evidence.rooms.iter().find(|logged| logged.room == room);
    for item in timeline {
        if !messages.insert(item.message) {
            flaw(format!("message {:?} is shown twice", item.message));
        }
        match &item.body {
            ItemBody::Text(text) if !texts.insert(text) => {
                flaw(format!("the text {text:?} is shown twice"))
            }
            ItemBody::Unreadable(why) if !evidence.may_be_unreadable => {
                flaw(format!(
                    "the message at {:?} is unreadable: {why}",
                    item.seq
                ));
            }
            _ => {}
        }
        let Some(seq) = item.seq else { continue };
        if seq <= last {
            flaw(format!(
                "the message at {seq} is shown after the one at {last}"
            ));
        }
        last = seq;
        let Some(logged) = logged else {
            flaw(format!(
                "the relay has no such room, but a message at {seq} is shown"
            ));
            continue;
        };
        let entry = logged.entries.iter().find(|entry| entry.link.seq == seq);
        if entry.is_none_or(|entry| entry.link.kind != EntryKind::Message) && seq >= logged.first {
            flaw(format!(
                "a message is shown at {seq}, where the relay has none"
            ));
        }
        let before = evidence.ended.iter().filter(|(ended, _)| *ended == room);
        let mut parts = logged
            .readers
            .iter()
            .chain(before.map(|(_, reader)| reader));
        if !parts.any(|reader| reader.device == device.device && reader.reads(seq)) {
            flaw(format!(
                "the message at {seq} is shown, but the device does not read that part of the log"
            ));
        }
    }
}

/// Everything that was reported sent is somewhere, and whatever anybody shows is shown to all who
/// read that part of the log.
fn check_arrivals(evidence: &Evidence, places: &Places, found: &mut Vec<String>) {
    for sending in &evidence.sendings {
        let (room, message) = (sending.room, sending.message);
        match sending.fate {
            Fate::Sent if !places.contains_key(&(room, message)) => {
                found.push(format!(
                    "message {message:?} of room {room} was reported sent, and nobody shows it"
                ));
            }
            Fate::Durable => {
                found.push(format!(
                    "message {message:?} of room {room} was durable on its device and never sent"
                ));
            }
            Fate::Sent | Fate::Forgiven => {}
        }
    }
    for device in &evidence.devices {
        for logged in &evidence.rooms {
            let timeline = device
                .timelines
                .get(&logged.room)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let shown: HashSet<MessageId> = timeline.iter().map(|item| item.message).collect();
            let reader = logged
                .readers
                .iter()
                .find(|reader| reader.device == device.device);
            let misses = places.iter().filter(|((room, message), seq)| {
                *room == logged.room
                    && reader.is_some_and(|reader| reader.reads(**seq))
                    && !shown.contains(message)
            });
            found.extend(misses.map(|((room, message), seq)| {
                format!(
                    "{} misses message {message:?} at {seq} of room {room}",
                    device.name
                )
            }));
        }
    }
}

/// What a device sent to a room stands in the order in which it sent it.
fn check_senders(evidence: &Evidence, places: &Places, found: &mut Vec<String>) {
    let mut last = BTreeMap::new();
    for sending in &evidence.sendings {
        let Some(seq) = places.get(&(sending.room, sending.message)) else {
            continue;
        };
        let before = last
            .insert((sending.device, sending.room), *seq)
            .unwrap_or(0);
        if *seq <= before {
            found.push(format!(
                "device {}, room {}: message {:?} stands at {seq}, one sent before it at {before}",
                sending.device, sending.room, sending.message
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Sending;
    use super::*;
    use crate::ledger::{LoggedEntry, LoggedReader, LoggedRoom};
    use lacre::{AccountId, DeviceId, Hash, SendState};
    use lacre_wire::ids::LogId;
    use lacre_wire::log::{Link, chain_start};

    const ROOM: RoomId = RoomId([1; 16]);

    fn message(number: u8) -> MessageId {
        MessageId::compute("sender", "room", &[number], &[0; 16]).unwrap()
    }

    fn item(number: u8, seq: Seq) -> Item {
        Item {
            id: i64::from(number),
            message: message(number),
            seq: Some(seq),
            sender: AccountId([1; 32]),
            sender_name: String::new(),
            sender_handle: String::new(),
            own: false,
            at_ms: 0,
            body: ItemBody::Text(number.to_string()),
            reply_to: None,
            mentions: Vec::new(),
            mentions_me: false,
            thread: None,
            replies_in_thread: 0,
            pinned: false,
            forwarded: None,
            edited: false,
            reactions: Vec::new(),
            state: SendState::Sent,
            receipt: None,
            expires: None,
        }
    }

    /// A log of a commit and three messages, read by two devices; the second from entry 3 on.
    fn good() -> Evidence {
        let mut chain = chain_start(LogId::Room(ROOM));
        let entries = (1..=4).map(|seq| {
            let kind = if seq == 1 {
                EntryKind::Commit
            } else {
                EntryKind::Message
            };
            let link = Link {
                seq,
                kind,
                generation: 0,
                epoch: 1,
                accepted_ms: seq,
                body: Hash([7; 32]),
                stamp: None,
            };
            chain = link.chain(&chain);
            LoggedEntry { link, chain }
        });
        let entries: Vec<_> = entries.collect();
        let reader = |number: u8, from| LoggedReader {
            device: DeviceId([number; 16]),
            account: AccountId([number; 32]),
            from,
            until: None,
        };
        let before = chain_start(LogId::Room(ROOM));
        let readers = vec![reader(1, 1), reader(2, 3)];
        let shown = |number: u8, items: &[(u8, Seq)]| Shown {
            name: number.to_string(),
            device: DeviceId([number; 16]),
            timelines: [(
                ROOM,
                items
                    .iter()
                    .map(|(number, seq)| item(*number, *seq))
                    .collect(),
            )]
            .into(),
            told: HashMap::new(),
        };
        let sending = |number: u8| Sending {
            device: DeviceId([1; 16]),
            room: ROOM,
            message: message(number),
            fate: Fate::Sent,
        };
        Evidence {
            sendings: vec![sending(2), sending(3), sending(4)],
            rooms: vec![LoggedRoom {
                room: ROOM,
                generation: 0,
                epoch: 1,
                head: 4,
                chain,
                first: 1,
                before,
                entries,
                readers,
            }],
            ended: Vec::new(),
            devices: vec![
                shown(1, &[(2, 2), (3, 3), (4, 4)]),
                shown(2, &[(3, 3), (4, 4)]),
            ],
            may_be_unreadable: false,
        }
    }

    fn timeline(evidence: &mut Evidence, device: usize) -> &mut Vec<Item> {
        evidence.devices[device].timelines.get_mut(&ROOM).unwrap()
    }

    #[test]
    fn a_log_that_is_whole_and_shown_in_order_passes() {
        assert_eq!(violations(&good()), Vec::<String>::new());
    }

    #[test]
    fn every_breach_is_found() {
        type Break = fn(&mut Evidence);
        let breaches: [(&str, Break); 12] = [
            ("misses", |e| drop(timeline(e, 1).remove(0))),
            ("nobody shows", |e| {
                (0..2).for_each(|device| timeline(e, device).retain(|i| i.seq != Some(4)))
            }),
            ("shown twice", |e| timeline(e, 0).push(item(2, 5))),
            ("text", |e| {
                timeline(e, 0)[1].body = ItemBody::Text("2".to_owned())
            }),
            ("shown after", |e| timeline(e, 0).swap(0, 1)),
            ("stands at", |e| timeline(e, 1)[0].seq = Some(4)),
            ("does not read", |e| timeline(e, 1).insert(0, item(2, 2))),
            ("where the relay has none", |e| {
                timeline(e, 0).insert(0, item(9, 1))
            }),
            ("told 2 times", |e| {
                e.devices[0].told = HashMap::from([((ROOM, message(3)), 2)])
            }),
            ("sent before it", |e| e.sendings.swap(0, 1)),
            ("never sent", |e| e.sendings[0].fate = Fate::Durable),
            ("chain", |e| e.rooms[0].entries[2].link.accepted_ms += 1),
        ];
        for (words, breach) in breaches {
            let mut evidence = good();
            breach(&mut evidence);
            let found = violations(&evidence);
            assert!(
                found.iter().any(|text| text.contains(words)),
                "{words:?} is not among {found:?}"
            );
        }
    }

    #[test]
    fn gaps_and_unreadable_messages_are_found() {
        let mut evidence = good();
        evidence.rooms[0].entries.remove(1);
        assert!(
            violations(&evidence)
                .iter()
                .any(|text| text.contains("expected entry 2"))
        );
        let mut evidence = good();
        timeline(&mut evidence, 1)[0].body = ItemBody::Unreadable("sealed for nobody".to_owned());
        assert!(
            violations(&evidence)
                .iter()
                .any(|text| text.contains("unreadable"))
        );
        evidence.may_be_unreadable = true;
        assert_eq!(violations(&evidence), Vec::<String>::new());
    }
}
