//! Heartbeats: saying in every watched room, again and again, that one is there.
//!
//! Every 20 s in rooms of up to 50 accounts, slower in larger ones, so that what a room costs grows
//! with its people and not with their square. Who misses two beats and a half is gone; both sides
//! count the same members and so agree on the time. A newcomer's first beat is answered by the
//! others a moment later, spread over time, so that it need not wait for theirs.

use super::{Presence, Watched};
use crate::engine::Engine;
use crate::random;
use lacre_wire::ephemeral::{self as wire, Hint};
use lacre_wire::ids::{Millis, RoomId};

/// The heartbeat of rooms of up to [`CROWD`] accounts.
const EVERY: Millis = 20_000;

/// Accounts from which on a room beats slower, and newcomers are not answered.
pub(super) const CROWD: usize = 50;

/// Between a beat and one that was not due.
const GAP: Millis = 3000;

/// Over this time, for each account, the answers to a newcomer are spread.
const SPREAD: Millis = 40;

/// The time between two beats in a room of so many accounts.
pub(super) fn interval(accounts: usize) -> Millis {
    let crowds = accounts.div_ceil(CROWD).max(1);
    EVERY.saturating_mul(u64::try_from(crowds).unwrap_or(u64::MAX))
}

/// How long a beat counts in a room of so many accounts.
pub(super) fn life(accounts: usize) -> Millis {
    interval(accounts).saturating_mul(5) / 2
}

impl Presence {
    /// As the others are told.
    fn said(self) -> wire::Presence {
        match self {
            Self::Available => wire::Presence::Available,
            Self::Away => wire::Presence::Away,
            Self::Busy => wire::Presence::Busy,
            Self::Invisible => wire::Presence::Gone,
        }
    }

    /// As others said; none is gone.
    pub(super) fn heard(said: wire::Presence) -> Option<Self> {
        match said {
            wire::Presence::Available => Some(Self::Available),
            wire::Presence::Away => Some(Self::Away),
            wire::Presence::Busy => Some(Self::Busy),
            wire::Presence::Gone => None,
        }
    }
}

impl Watched {
    /// Wants a beat at a moment, but not right after another.
    pub(super) fn want_beat(&mut self, at: Millis) {
        let earliest = self.beaten_at.map_or(0, |at| at.saturating_add(GAP));
        let at = at.max(earliest);
        self.beat_at = Some(self.beat_at.map_or(at, |due| due.min(at)));
    }

    /// Somebody new is there and knows nobody yet.
    pub(super) fn greet(&mut self, now: Millis) {
        if self.accounts <= CROWD {
            let spread = SPREAD.saturating_mul(u64::try_from(self.accounts).unwrap_or(0));
            self.want_beat(now.saturating_add(within(spread)));
        }
    }
}

/// A random time up to `most`. Without entropy none: it only spreads load.
fn within(most: Millis) -> Millis {
    let random = random::bytes().map_or(0, u16::from_be_bytes);
    most.saturating_mul(u64::from(random)) / u64::from(u16::MAX)
}

impl Engine {
    /// How this person wants to be seen from now on, in this process. Told at once.
    pub fn set_presence(&mut self, presence: Presence, now: Millis) {
        let before = std::mem::replace(&mut self.hints.own, presence);
        if before == presence {
            return;
        }
        if presence == Presence::Invisible {
            return self.say_goodbye();
        }
        for watched in self.hints.rooms.values_mut() {
            watched.beat_at = Some(now);
        }
        self.beat(now);
    }

    /// How this person wants to be seen.
    pub fn presence(&self) -> Presence {
        self.hints.own
    }

    /// The session is about to be closed from here: the others need not wait for the silence.
    pub fn farewell(&mut self) {
        if self.live.online && self.hints.own != Presence::Invisible {
            self.say_goodbye();
        }
    }

    fn say_goodbye(&mut self) {
        let said: Vec<RoomId> = self
            .hints
            .rooms
            .iter_mut()
            .filter_map(|(room, watched)| {
                watched.beat_at = None;
                watched.typed_at = None;
                watched.beaten_at.take().map(|_| *room)
            })
            .collect();
        for room in said {
            self.send_hint(room, Hint::Presence(wire::Presence::Gone));
        }
    }

    /// Beats where it is due.
    pub(super) fn beat(&mut self, now: Millis) {
        let own = self.hints.own;
        let due: Vec<RoomId> = self
            .hints
            .rooms
            .iter()
            .filter(|(_, watched)| watched.beat_at.is_some_and(|at| at <= now))
            .map(|(room, _)| *room)
            .collect();
        for room in due {
            if own != Presence::Invisible {
                self.send_hint(room, Hint::Presence(own.said()));
            }
            if let Some(watched) = self.hints.rooms.get_mut(&room) {
                let every = interval(watched.accounts);
                // Never later than the others expect, and not all at once.
                let next = now.saturating_add(every - within(every / 10));
                (watched.beaten_at, watched.beat_at) = match own {
                    Presence::Invisible => (None, None),
                    _ => (Some(now), Some(next)),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_rooms_beat_slower_and_the_others_wait_as_much_longer() {
        for (accounts, every) in [(0, 20), (2, 20), (50, 20), (51, 40), (1000, 400)] {
            assert_eq!(interval(accounts), every * 1000, "{accounts}");
            assert_eq!(life(accounts), every * 2500, "{accounts}");
        }
        // Shorter than the time after which a silent connection is given up.
        assert!(life(CROWD) < 60_000);
    }

    #[test]
    fn a_newcomer_is_greeted_soon_but_not_twice_in_a_row() {
        let mut watched = Watched {
            accounts: 10,
            beat_at: Some(20_000),
            beaten_at: Some(0),
            ..Watched::default()
        };
        watched.greet(1000);
        assert_eq!(watched.beat_at, Some(3000));
        watched.greet(2000);
        assert_eq!(watched.beat_at, Some(3000));
        watched.beaten_at = None;
        watched.beat_at = Some(20_000);
        watched.greet(10_000);
        assert!((10_000..=10_400).contains(&watched.beat_at.unwrap()));
        let mut crowded = Watched {
            accounts: 51,
            beat_at: Some(40_000),
            ..Watched::default()
        };
        crowded.greet(1000);
        assert_eq!(crowded.beat_at, Some(40_000));
    }
}
