//! Commit turns of all rooms: [`TurnQueue`] with tokio's clock and futures around it.

use super::turn_queue::{At, Ticket, TurnQueue, Verdict};
use lacre_wire::ids::{Millis, RoomId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

/// Rooms remembered before those that are idle are forgotten.
const SWEEP_FROM: usize = 1_024;

/// The room stands elsewhere than the asker would commit on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the room is at generation {}, epoch {}", .0.0, .0.1)]
pub struct WrongEpoch(pub At);

/// Who commits next, in every room. Cheap to clone; clones share the queues.
///
/// Must be used inside a tokio runtime with time: a room in which somebody waits has a task that
/// hands the turn on.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    origin: Instant,
    rooms: Mutex<Rooms>,
}

#[derive(Debug)]
struct Rooms {
    next_ticket: u64,
    sweep_at: usize,
    rooms: HashMap<RoomId, Room>,
}

#[derive(Debug)]
struct Room {
    queue: TurnQueue,
    answers: HashMap<Ticket, oneshot::Sender<Verdict>>,
    changed: Arc<Notify>,
    driven: bool,
}

impl Default for Turns {
    fn default() -> Self {
        Self::new()
    }
}

impl Turns {
    /// No turns are taken.
    pub fn new() -> Self {
        let rooms = Rooms {
            next_ticket: 0,
            sweep_at: SWEEP_FROM,
            rooms: HashMap::new(),
        };
        Self(Arc::new(Shared {
            origin: Instant::now(),
            rooms: Mutex::new(rooms),
        }))
    }

    /// Waits for the turn to commit on `at`. `current` is where the room's row says it stands;
    /// `removal` asks not to be spaced from the commit before and obliges the commit to remove
    /// somebody. Dropping the future gives up the place in the queue.
    ///
    /// # Errors
    /// [`WrongEpoch`] when the room stands, or comes to stand, elsewhere.
    pub async fn take(
        &self,
        room: RoomId,
        at: At,
        current: At,
        removal: bool,
    ) -> Result<Turn, WrongEpoch> {
        let (turn, answer) = self.ask(room, at, current, removal);
        match answer.await {
            Ok(Verdict::Granted) => Ok(turn),
            Ok(Verdict::WrongEpoch(at)) => Err(WrongEpoch(at)),
            // The sender goes only with the room, and the room not before its requests.
            Err(_) => Err(WrongEpoch(current)),
        }
    }

    fn ask(
        &self,
        room: RoomId,
        at: At,
        current: At,
        removal: bool,
    ) -> (Turn, oneshot::Receiver<Verdict>) {
        let (answer, receiver) = oneshot::channel();
        let mut rooms = self.lock();
        let ticket = Ticket(rooms.next_ticket);
        rooms.next_ticket += 1;
        let entry = rooms
            .rooms
            .entry(room)
            .or_insert_with(|| Room::new(current));
        entry.queue.stands_at(current);
        entry.queue.ask(ticket, at, removal);
        entry.answers.insert(ticket, answer);
        self.settle(room, entry);
        drop(rooms);
        (
            Turn {
                turns: self.clone(),
                room,
                ticket,
                at,
                removal,
            },
            receiver,
        )
    }

    /// Says that a commit moved a room to `at`, where it has so many devices. To be called once the
    /// commit is durable; all who wait learn of it.
    pub fn moved(&self, room: RoomId, at: At, devices: usize) {
        let now = self.now();
        let mut rooms = self.lock();
        if rooms.rooms.len() >= rooms.sweep_at {
            rooms.rooms.retain(|_, room| !room.queue.is_idle(now));
            rooms.sweep_at = SWEEP_FROM.max(rooms.rooms.len().saturating_mul(2));
        }
        let entry = rooms.rooms.entry(room).or_insert_with(|| Room::new(at));
        entry.queue.moved(at, devices, now);
        self.settle(room, entry);
    }

    fn give_up(&self, room: RoomId, ticket: Ticket) {
        let mut rooms = self.lock();
        if let Some(entry) = rooms.rooms.get_mut(&room) {
            entry.queue.give_up(ticket);
            entry.answers.remove(&ticket);
            self.settle(room, entry);
        }
    }

    /// Answers what can be answered and sees to it that somebody looks again.
    fn settle(&self, id: RoomId, room: &mut Room) {
        room.answer(self.now());
        if room.queue.wake().is_some() && !room.driven {
            room.driven = true;
            tokio::spawn(drive(Arc::downgrade(&self.0), id, room.changed.clone()));
        } else {
            room.changed.notify_one();
        }
    }

    fn now(&self) -> Millis {
        Millis::try_from(self.0.origin.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn new(at: At) -> Self {
        Self {
            queue: TurnQueue::new(at),
            answers: HashMap::new(),
            changed: Arc::default(),
            driven: false,
        }
    }

    fn answer(&mut self, now: Millis) {
        for (ticket, verdict) in self.queue.poll(now) {
            if let Some(answer) = self.answers.remove(&ticket) {
                // Whoever no longer listens gives the turn back when its guard is dropped.
                let _gone = answer.send(verdict);
            }
        }
    }
}

/// Hands the turn on in one room for as long as somebody waits there.
async fn drive(shared: Weak<Shared>, id: RoomId, changed: Arc<Notify>) {
    while let Some(turns) = shared.upgrade().map(Turns) {
        let wake = {
            let mut rooms = turns.lock();
            let Some(room) = rooms.rooms.get_mut(&id) else {
                return;
            };
            room.answer(turns.now());
            room.driven = room.queue.wake().is_some();
            room.queue.wake()
        };
        let Some(wake) = wake else { return };
        let at = turns.0.origin + Duration::from_millis(wake);
        drop(turns);
        tokio::select! {
            () = tokio::time::sleep_until(at) => {}
            () = changed.notified() => {}
        }
    }
}

/// The turn to commit in a room. Dropping it gives it back; a session that ends drops its turns.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    room: RoomId,
    ticket: Ticket,
    at: At,
    removal: bool,
}

impl Turn {
    /// The room.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// The generation and epoch to commit on.
    pub fn at(&self) -> At {
        self.at
    }

    /// Whether the turn was taken to remove somebody. Such a commit must do so.
    pub fn is_for_removal(&self) -> bool {
        self.removal
    }

    /// Whether the turn still counts: nobody else was given it and the room has not moved.
    pub fn is_held(&self) -> bool {
        self.turns
            .lock()
            .rooms
            .get(&self.room)
            .is_some_and(|room| room.queue.holds(self.ticket))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.give_up(self.room, self.ticket);
    }
}

#[cfg(test)]
mod tests {
    use super::super::turn_queue::LEASE_MS;
    use super::*;

    const ROOM: RoomId = RoomId([1; 16]);

    async fn pass(ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn turns_go_round_in_order() {
        let turns = Turns::new();
        let first = turns.take(ROOM, (0, 1), (0, 1), false).await.unwrap();
        let others: Vec<_> = (0..3)
            .map(|n| {
                let turns = turns.clone();
                tokio::spawn(async move {
                    pass(n).await;
                    let _turn = turns.take(ROOM, (0, 1), (0, 1), false).await.unwrap();
                    pass(100).await;
                    turns.now()
                })
            })
            .collect();
        pass(50).await;
        assert!(first.is_held());
        drop(first);
        let mut ends = Vec::new();
        for other in others {
            ends.push(other.await.unwrap());
        }
        assert_eq!(ends, [150, 250, 350]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_holder_that_does_nothing_loses_the_turn_to_who_waits() {
        let turns = Turns::new();
        let first = turns.take(ROOM, (0, 1), (0, 1), false).await.unwrap();
        let second = turns.take(ROOM, (0, 1), (0, 1), false).await.unwrap();
        assert_eq!(turns.now(), LEASE_MS);
        assert!(!first.is_held() && second.is_held());
        drop(first);
        assert!(second.is_held());
    }

    #[tokio::test(start_paused = true)]
    async fn a_commit_answers_who_waits_and_spaces_the_next() {
        let turns = Turns::new();
        let turn = turns.take(ROOM, (0, 1), (0, 1), false).await.unwrap();
        let waiting = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(ROOM, (0, 1), (0, 1), false).await.map(drop) }
        });
        pass(10).await;
        turns.moved(ROOM, (0, 2), 400);
        assert_eq!(waiting.await.unwrap(), Err(WrongEpoch((0, 2))));
        assert!(!turn.is_held());
        assert!(turns.take(ROOM, (0, 1), (0, 1), false).await.is_err());
        let _removal = turns.take(ROOM, (0, 2), (0, 2), true).await.unwrap();
        assert_eq!(turns.now(), 10);
        drop(_removal);
        let _spaced = turns.take(ROOM, (0, 2), (0, 2), false).await.unwrap();
        assert_eq!(turns.now(), 810);
    }

    #[tokio::test(start_paused = true)]
    async fn who_stops_waiting_leaves_the_queue() {
        let turns = Turns::new();
        let first = turns.take(ROOM, (0, 1), (0, 1), false).await.unwrap();
        let gone = tokio::time::timeout(
            Duration::from_millis(5),
            turns.take(ROOM, (0, 1), (0, 1), false),
        );
        assert!(gone.await.is_err());
        drop(first);
        let _next = turns.take(ROOM, (0, 1), (0, 1), false).await.unwrap();
        assert_eq!(turns.now(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn idle_rooms_are_forgotten() {
        let turns = Turns::new();
        for n in 0..SWEEP_FROM {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&n.to_be_bytes());
            turns.moved(RoomId(id), (0, 1), 2);
        }
        pass(500).await;
        turns.moved(ROOM, (0, 1), 2);
        assert_eq!(turns.lock().rooms.len(), 1);
    }
}
