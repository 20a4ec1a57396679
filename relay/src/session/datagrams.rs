//! Hints from a session: each is judged by its head and passed on, or dropped without a word.
//!
//! Nothing is kept and nothing is logged. What the hint says is sealed, so the relay counts all
//! kinds alike: a steady one a second for a room, with a few at once, and a bound for the session.

use super::Context;
use crate::stream::Link;
use bytes::Bytes;
use lacre_wire::codec;
use lacre_wire::ephemeral::Ephemeral;
use lacre_wire::ids::RoomId;
use lacre_wire::limits::{MAX_EPHEMERAL, MAX_FOCUS};
use std::collections::HashMap;
use std::sync::Arc;

/// Into one room: one a second, eight at once: who comes, changes their mind and leaves again within
/// a second must not be taken to be there still.
const ROOM: Pace = Pace {
    every_us: 1_000_000,
    burst: 8,
};

/// Of one session: enough to say in every room that somebody has come, twice.
const SESSION: Pace = Pace {
    every_us: 1_000_000 / 16,
    burst: 2 * MAX_FOCUS as u64,
};

/// Rooms whose pace is remembered; a session watches fewer.
const ROOMS: usize = 2 * MAX_FOCUS;

/// A steady pace, and how much may come at once.
#[derive(Clone, Copy)]
struct Pace {
    every_us: u64,
    burst: u64,
}

/// When a bucket is full again (the generic cell rate algorithm).
#[derive(Default)]
struct Bucket(u64);

impl Bucket {
    fn take(&mut self, pace: Pace, now_us: u64) -> bool {
        let after = self.0.max(now_us) + pace.every_us;
        let fits = after - now_us <= pace.every_us * pace.burst;
        if fits {
            self.0 = after;
        }
        fits
    }
}

/// How fast a session has sent hints.
#[derive(Default)]
struct Paces {
    session: Bucket,
    rooms: HashMap<RoomId, Bucket>,
}

impl Paces {
    fn take(&mut self, room: RoomId, now_us: u64) -> bool {
        if self.rooms.len() >= ROOMS {
            self.rooms.retain(|_, bucket| bucket.0 > now_us);
        }
        let fits = self.rooms.len() < ROOMS || self.rooms.contains_key(&room);
        fits && self.session.take(SESSION, now_us)
            && self.rooms.entry(room).or_default().take(ROOM, now_us)
    }
}

/// Passes on the session's hints until the connection ends.
pub(super) async fn pass_on(context: Arc<Context>, link: Link) {
    let mut paces = Paces::default();
    while let Some(datagram) = link.read_hint().await {
        let metrics = &context.service.metrics;
        match pass(&context, &mut paces, &datagram) {
            Some(sessions) => metrics.ephemerals.add(sessions),
            None => metrics.ephemerals_dropped.one(),
        }
    }
}

/// To how many sessions of this relay a hint was passed on; none if it is dropped.
fn pass(context: &Context, paces: &mut Paces, datagram: &Bytes) -> Option<u64> {
    if datagram.len() > MAX_EPHEMERAL {
        return None;
    }
    let Ephemeral { room, device, .. } = codec::from_slice(datagram).ok()?;
    let (service, session) = (&context.service, context.mailbox.number);
    let allowed = device == context.device()
        && service.watchers.contains(room, session)
        && paces.take(room, service.clock.monotonic_us());
    if !allowed {
        return None;
    }
    let sessions = service.watchers.pass(room, Some(session), datagram);
    service.pass_to_others(room, datagram);
    Some(sessions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn a_few_at_once_then_one_a_second() {
        let (mut paces, room) = (Paces::default(), RoomId([1; 16]));
        let passed = |paces: &mut Paces, now| (0..20).filter(|_| paces.take(room, now)).count();
        assert_eq!(passed(&mut paces, 5 * SECOND), 8);
        assert_eq!(passed(&mut paces, 5 * SECOND + 999_999), 0);
        assert_eq!(passed(&mut paces, 6 * SECOND), 1);
        assert_eq!(passed(&mut paces, 60 * SECOND), 8);
    }

    #[test]
    fn a_session_is_bounded_over_all_rooms_and_so_is_its_memory() {
        let mut paces = Paces::default();
        let mut passed = 0;
        for n in 0..=u8::MAX {
            passed += usize::from(paces.take(RoomId([n; 16]), SECOND));
        }
        assert_eq!(passed, 2 * MAX_FOCUS);
        assert!(paces.rooms.len() <= ROOMS);
        // Who waits may send again.
        assert!(paces.take(RoomId([255; 16]), 3 * SECOND));
    }
}
