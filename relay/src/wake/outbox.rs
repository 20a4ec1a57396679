//! News on its way out, gathered for a moment.

use super::{Fresh, News};
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

/// What is to be told.
#[derive(Default)]
pub(super) struct Outbox {
    /// Bytes of messages that may wait; of the others only is told how far their logs reach.
    room: usize,
    waiting: Mutex<Waiting>,
    filled: Notify,
}

/// What was gathered.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) messages: Vec<Fresh>,
    message_bytes: usize,
    pub(super) logs: HashMap<LogId, Seq>,
    pub(super) hints: Vec<(RoomId, Bytes)>,
    pub(super) letters: Vec<Bytes>,
}

impl Outbox {
    /// For a way that carries messages: so many bytes of them may wait.
    #[cfg(any(feature = "nats", test))]
    pub(super) fn with_messages(room: usize) -> Self {
        Self {
            room,
            ..Self::default()
        }
    }

    pub(super) fn add(&self, news: News<'_>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match news {
            News::Logs(logs) => logs.iter().for_each(|(log, head)| waiting.log(*log, *head)),
            News::Messages(messages) => {
                for message in messages {
                    waiting.message(message, self.room);
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

impl Waiting {
    fn log(&mut self, log: LogId, head: Seq) {
        let known = self.logs.entry(log).or_default();
        *known = (*known).max(head);
    }

    fn message(&mut self, message: &Fresh, room: usize) {
        let bytes = self.message_bytes + message.entry.len();
        if bytes > room {
            return self.log(message.log, message.seq);
        }
        self.message_bytes = bytes;
        self.messages.push(message.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_beyond_the_room_are_told_by_their_place_alone() {
        let log = LogId::Room(RoomId([1; 16]));
        let messages: Vec<_> = (1..=3)
            .map(|seq| Fresh {
                log,
                seq,
                entry: vec![0; 40].into(),
            })
            .collect();
        for (outbox, carried, heads) in [
            (Outbox::with_messages(100), 2, vec![(log, 3)]),
            (Outbox::with_messages(120), 3, vec![]),
            (Outbox::default(), 0, vec![(log, 3)]),
        ] {
            outbox.add(News::Messages(&messages));
            let waiting = outbox.take();
            assert_eq!(waiting.messages, messages[..carried]);
            assert_eq!(waiting.logs.into_iter().collect::<Vec<_>>(), heads);
            // There is room again.
            outbox.add(News::Messages(&messages[..1]));
            assert_eq!(outbox.take().messages.len(), carried.min(1));
        }
        // An older head changes nothing.
        let outbox = Outbox::default();
        outbox.add(News::Logs(&[(log, 3)]));
        outbox.add(News::Logs(&[(log, 2)]));
        assert_eq!(outbox.take().logs[&log], 3);
    }
}
