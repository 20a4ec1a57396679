//! News on its way out, gathered for a moment; and what it looks like between relays.

use super::News;
use bytes::Bytes;
use lacre_wire::ids::{LogId, RoomId, Seq};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long news is gathered: far less than a commit takes.
pub(super) const GATHER: Duration = Duration::from_millis(3);
/// Hints that wait; late ones are worth nothing.
const HINTS: usize = 256;
/// Letters to other relays that wait. Those that matter are said again.
const LETTERS: usize = 4_096;
/// Letters that name one relay among those on the store.
const ORIGIN: usize = 16;

/// What is to be told.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

/// What was gathered.
#[derive(Default)]
pub(super) struct Waiting {
    logs: HashMap<LogId, Seq>,
    hints: Vec<(RoomId, Bytes)>,
    letters: Vec<Bytes>,
}

impl Outbox {
    pub(super) fn add(&self, news: News<'_>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match news {
            News::Logs(logs) => {
                for (log, head) in logs {
                    let known = waiting.logs.entry(*log).or_default();
                    *known = (*known).max(*head);
                }
            }
            News::Ephemeral { room, datagram } => {
                if waiting.hints.len() < HINTS {
                    waiting.hints.push((room, datagram.clone()));
                }
            }
            News::Peers(letter) => {
                if waiting.letters.len() < LETTERS {
                    waiting.letters.push(letter.clone());
                }
            }
            News::Missed => return,
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Completes when something waits.
    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }

    pub(super) fn take(&self) -> Waiting {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Payloads of about `most` bytes: who tells, `L` and runs of log and head, `E`, a room and a datagram, or `P`,
/// a letter; in hex.
pub(super) fn encode(origin: &str, waiting: &Waiting, most: usize) -> Vec<String> {
    let mut payloads = Vec::new();
    let mut open = String::new();
    for (log, head) in &waiting.logs {
        if open.is_empty() {
            open = format!("{origin}L");
        }
        open.push_str(&hex::encode(log.to_key()));
        open.push_str(&hex::encode(head.to_be_bytes()));
        if open.len() + 2 * LOG > most {
            payloads.push(std::mem::take(&mut open));
        }
    }
    payloads.extend(Some(open).filter(|open| !open.is_empty()));
    for (room, datagram) in &waiting.hints {
        let payload = format!("{origin}E{}{}", hex::encode(room.0), hex::encode(datagram));
        if payload.len() <= most {
            payloads.push(payload);
        }
    }
    for letter in &waiting.letters {
        payloads.push(format!("{origin}P{}", hex::encode(letter)));
    }
    payloads
}

/// Bytes of a log and its head.
const LOG: usize = 17 + 8;

/// Reads a payload of another relay; what cannot be read is passed over.
pub(super) fn decode(own: &str, payload: &str, mut tell: impl FnMut(News<'_>)) {
    let (Some(origin), Some(kind), Some(rest)) = (
        payload.get(..ORIGIN),
        payload.get(ORIGIN..=ORIGIN),
        payload.get(ORIGIN + 1..),
    ) else {
        return;
    };
    let Some(bytes) = hex::decode(rest).ok().filter(|_| origin != own) else {
        return;
    };
    match kind {
        "L" => {
            let read = |item: &[u8]| {
                let (key, head) = item.split_at_checked(17)?;
                Some((
                    LogId::from_key(key)?,
                    Seq::from_be_bytes(head.try_into().ok()?),
                ))
            };
            let logs: Vec<_> = bytes.chunks_exact(LOG).filter_map(read).collect();
            tell(News::Logs(&logs));
        }
        "E" => {
            let Some((room, datagram)) = bytes.split_at_checked(RoomId::SIZE) else {
                return;
            };
            let Some(room) = RoomId::from_slice(room) else {
                return;
            };
            let datagram = Bytes::copy_from_slice(datagram);
            tell(News::Ephemeral {
                room,
                datagram: &datagram,
            });
        }
        "P" => tell(News::Peers(&Bytes::from(bytes))),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::ids::DeviceId;

    fn heard(own: &str, payloads: &[String]) -> (Vec<(LogId, Seq)>, usize) {
        let (mut logs, mut hints) = (Vec::new(), 0);
        for payload in payloads {
            assert!(payload.len() < 8000);
            decode(own, payload, |news| match news {
                News::Logs(told) => logs.extend_from_slice(told),
                News::Ephemeral { .. } => hints += 1,
                News::Peers(_) | News::Missed => {}
            });
        }
        logs.sort_unstable();
        (logs, hints)
    }

    #[test]
    fn news_passes_between_relays_and_is_not_heard_by_its_own() {
        let outbox = Outbox::default();
        let mut told: Vec<(LogId, Seq)> = (0..400u16)
            .map(|n| {
                let mut id = [0; 16];
                id[..2].copy_from_slice(&n.to_be_bytes());
                let log = match n % 2 {
                    0 => LogId::Room(RoomId(id)),
                    _ => LogId::Inbox(DeviceId(id)),
                };
                (log, u64::from(n) << 40)
            })
            .collect();
        told.sort_unstable();
        outbox.add(News::Logs(&told));
        // An older head changes nothing.
        outbox.add(News::Logs(&[(told[7].0, 0)]));
        let datagram = Bytes::from(vec![3; 1200]);
        outbox.add(News::Ephemeral {
            room: RoomId([1; 16]),
            datagram: &datagram,
        });
        let origin = hex::encode([7; 8]);
        let payloads = encode(&origin, &outbox.take(), 7_900);
        assert!(payloads.len() > 2);
        assert_eq!(heard(&hex::encode([8; 8]), &payloads), (told, 1));
        assert_eq!(heard(&origin, &payloads), (vec![], 0));
        assert!(encode(&origin, &outbox.take(), 7_900).is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        for bad in [
            "",
            "x",
            "0707070707070707",
            "0707070707070707Lzz",
            "0707070707070707E00",
            "ä".repeat(20).as_str(),
        ] {
            decode("own", bad, |news| match news {
                News::Logs(logs) => assert!(logs.is_empty()),
                other => panic!("{other:?}"),
            });
        }
    }
}
