//! The order in which the members of one room commit, without a clock of its own.
//!
//! Two commits on one epoch cannot both be accepted, so members that raced would build commits of
//! hundreds of kilobytes for nothing. They take turns instead: first come, first served, five
//! seconds each, and with a pause after every commit in which messages get through. A commit that
//! removes somebody does not wait for the pause.

use lacre_wire::ids::{Epoch, Generation, Millis};
use std::collections::VecDeque;

/// How long a turn lasts when others wait, in milliseconds.
pub const LEASE_MS: Millis = 5_000;

/// The shortest pause after a commit, in milliseconds.
pub const MIN_SPACING_MS: Millis = 500;

/// The pause grows by this much for every device, in milliseconds: each has the commit to apply.
pub const SPACING_PER_DEVICE_MS: Millis = 2;

/// Where a room stands.
pub type At = (Generation, Epoch);

/// Names one request for the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(pub u64);

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The turn is the asker's.
    Granted,
    /// The room stands elsewhere than the asker would commit on.
    WrongEpoch(At),
}

#[derive(Debug)]
struct Request {
    ticket: Ticket,
    at: At,
    removal: bool,
}

/// The turns of one room.
#[derive(Debug)]
pub struct TurnQueue {
    at: At,
    holder: Option<(Ticket, Millis)>,
    waiting: VecDeque<Request>,
    spaced_until: Millis,
}

/// The pause after a commit in a room of so many devices, in milliseconds.
pub fn spacing_ms(devices: usize) -> Millis {
    let devices = Millis::try_from(devices).unwrap_or(Millis::MAX);
    MIN_SPACING_MS.max(devices.saturating_mul(SPACING_PER_DEVICE_MS))
}

impl TurnQueue {
    /// The queue of a room that stands at `at`.
    pub const fn new(at: At) -> Self {
        Self {
            at,
            holder: None,
            waiting: VecDeque::new(),
            spaced_until: 0,
        }
    }

    /// Asks for the turn to commit on `at`.
    pub fn ask(&mut self, ticket: Ticket, at: At, removal: bool) {
        self.waiting.push_back(Request {
            ticket,
            at,
            removal,
        });
    }

    /// Gives the turn back, or stops waiting for it.
    pub fn give_up(&mut self, ticket: Ticket) {
        self.holder = self.holder.filter(|(holder, _)| *holder != ticket);
        self.waiting.retain(|request| request.ticket != ticket);
    }

    /// Says that the room stands at `at`, which has no effect if it stands there or further already.
    pub fn stands_at(&mut self, at: At) {
        if at > self.at {
            self.at = at;
            self.holder = None;
        }
    }

    /// Says that a commit moved the room to `at`, where it has so many devices.
    pub fn moved(&mut self, at: At, devices: usize, now: Millis) {
        self.stands_at(at);
        self.spaced_until = self
            .spaced_until
            .max(now.saturating_add(spacing_ms(devices)));
    }

    /// Whether the turn is this asker's. A turn outlives its lease until somebody else waits.
    pub fn holds(&self, ticket: Ticket) -> bool {
        self.holder.is_some_and(|(holder, _)| holder == ticket)
    }

    /// Settles what can be settled now, in order.
    pub fn poll(&mut self, now: Millis) -> Vec<(Ticket, Verdict)> {
        let at = self.at;
        let late = self.waiting.iter().filter(|request| request.at != at);
        let mut verdicts: Vec<_> = late
            .map(|request| (request.ticket, Verdict::WrongEpoch(at)))
            .collect();
        self.waiting.retain(|request| request.at == at);
        if self.holder.is_none_or(|(_, until)| until <= now)
            && let Some(request) = self.next(now)
        {
            self.holder = Some((request.ticket, now.saturating_add(LEASE_MS)));
            verdicts.push((request.ticket, Verdict::Granted));
        }
        verdicts
    }

    fn next(&mut self, now: Millis) -> Option<Request> {
        let spaced = now < self.spaced_until;
        let next = self
            .waiting
            .iter()
            .position(|request| request.removal || !spaced)?;
        self.waiting.remove(next)
    }

    /// When [`TurnQueue::poll`] will have more to say, if nothing else happens.
    pub fn wake(&self) -> Option<Millis> {
        let spaced = if self.waiting.iter().any(|request| request.removal) {
            0
        } else {
            self.spaced_until
        };
        let leased = self.holder.map_or(0, |(_, until)| until);
        (!self.waiting.is_empty()).then_some(spaced.max(leased))
    }

    /// Whether nothing here is worth remembering.
    pub fn is_idle(&self, now: Millis) -> bool {
        self.holder.is_none() && self.waiting.is_empty() && self.spaced_until <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRANTED: Verdict = Verdict::Granted;

    fn queue(tickets: &[(u64, bool)]) -> TurnQueue {
        let mut queue = TurnQueue::new((0, 3));
        tickets
            .iter()
            .for_each(|(ticket, removal)| queue.ask(Ticket(*ticket), (0, 3), *removal));
        queue
    }

    #[test]
    fn first_come_first_served_and_a_lapsed_lease_goes_on() {
        let mut queue = queue(&[(1, false), (2, false), (3, false)]);
        assert_eq!(queue.poll(10), [(Ticket(1), GRANTED)]);
        assert_eq!(queue.wake(), Some(10 + LEASE_MS));
        assert_eq!(queue.poll(9 + LEASE_MS), []);
        assert_eq!(queue.poll(10 + LEASE_MS), [(Ticket(2), GRANTED)]);
        assert!(!queue.holds(Ticket(1)) && queue.holds(Ticket(2)));
        queue.give_up(Ticket(2));
        assert_eq!(queue.poll(5_020), [(Ticket(3), GRANTED)]);
        // Nobody else waits: the turn stays where it is.
        assert_eq!((queue.poll(60_000), queue.wake()), (vec![], None));
        assert!(queue.holds(Ticket(3)));
    }

    #[test]
    fn a_commit_makes_the_others_late_and_spaces_the_next() {
        let mut queue = queue(&[(1, false), (2, false)]);
        queue.poll(0);
        queue.moved((0, 4), 1_000, 100);
        assert_eq!(queue.poll(100), [(Ticket(2), Verdict::WrongEpoch((0, 4)))]);
        queue.ask(Ticket(3), (0, 4), false);
        assert_eq!((queue.poll(100), queue.wake()), (vec![], Some(2_100)));
        // A removal does not wait, and goes first.
        queue.ask(Ticket(4), (0, 4), true);
        assert_eq!(
            (queue.wake(), queue.poll(101)),
            (Some(0), vec![(Ticket(4), GRANTED)])
        );
        queue.give_up(Ticket(4));
        assert_eq!(queue.poll(2_100), [(Ticket(3), GRANTED)]);
    }

    #[test]
    fn a_room_only_moves_forward() {
        let mut queue = queue(&[(1, false)]);
        queue.poll(0);
        queue.stands_at((0, 2));
        assert!(queue.holds(Ticket(1)));
        queue.stands_at((1, 0));
        assert!(!queue.holds(Ticket(1)));
        assert!(queue.is_idle(0));
    }

    #[test]
    fn pauses_grow_with_the_room() {
        assert_eq!([0, 250, 251, 2_000].map(spacing_ms), [500, 500, 502, 4_000]);
    }
}
