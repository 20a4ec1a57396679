//! How fast an account, a device and a room may send.
//!
//! One number a bucket (the generic cell rate algorithm): the moment at which the bucket would be
//! full again. A bucket that is full says nothing and is forgotten at the next sweep, so memory
//! follows the senders of the last seconds, not everybody who ever sent.

use crate::clock::Clock;
use lacre_wire::ids::{AccountId, DeviceId, Millis, RoomId};
use minicbor::{Decode, Encode};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// A steady rate and how much may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second, at least 1.
    pub per_second: u32,
    /// Requests at once after a quiet time, at least 1.
    pub burst: u32,
}

impl Rate {
    /// A rate of `per_second` with bursts of twice as many.
    pub const fn per_second(per_second: u32) -> Self {
        Self {
            per_second,
            burst: per_second.saturating_mul(2),
        }
    }
}

/// The rates of a relay. Messages, commits, proposals and messages to devices cost 1, new rooms 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// All devices of one account together.
    pub account: Rate,
    /// One device.
    pub device: Rate,
    /// Everybody in one room together.
    pub room: Rate,
    /// New accounts from one IP address.
    pub sign_up: Rate,
}

impl Default for Rates {
    /// Generous: they stop runaways, not conversations.
    fn default() -> Self {
        Self {
            account: Rate::per_second(10_000),
            device: Rate::per_second(5_000),
            room: Rate::per_second(10_000),
            sign_up: Rate {
                per_second: 5,
                burst: 300,
            },
        }
    }
}

/// Whose bucket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub(crate) enum Who {
    #[n(0)]
    Account(#[n(0)] AccountId),
    #[n(1)]
    Device(#[n(0)] DeviceId),
    #[n(2)]
    Room(#[n(0)] RoomId),
    #[n(3)]
    Address(#[n(0)] IpAddr),
}

/// Buckets above this number are swept before another is made.
const SWEEP_AT: usize = 4096;

/// The buckets.
pub(crate) struct RateLimits {
    rates: Rates,
    clock: Clock,
    buckets: Mutex<Buckets>,
}

struct Buckets {
    full_at_us: HashMap<Who, u64>,
    /// What was taken here since it was last told to other relays, where there are some.
    taken_us: Option<HashMap<Who, u64>>,
    sweep_at: usize,
}

impl RateLimits {
    pub(crate) fn new(rates: Rates, clock: Clock) -> Self {
        let buckets = Mutex::new(Buckets {
            full_at_us: HashMap::new(),
            taken_us: None,
            sweep_at: SWEEP_AT,
        });
        Self {
            rates,
            clock,
            buckets,
        }
    }

    /// Takes `cost` from every bucket concerned, or from none.
    ///
    /// # Errors
    /// How long to wait until all of them hold enough.
    pub(crate) fn take(
        &self,
        account: AccountId,
        device: DeviceId,
        room: Option<RoomId>,
        cost: u32,
    ) -> Result<(), Millis> {
        self.take_all(
            [
                Some((Who::Account(account), self.rates.account)),
                Some((Who::Device(device), self.rates.device)),
                room.map(|room| (Who::Room(room), self.rates.room)),
            ],
            cost,
        )
    }

    /// Takes one sign-up from an address.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn take_sign_up(&self, address: IpAddr) -> Result<(), Millis> {
        self.take_all([Some((Who::Address(address), self.rates.sign_up))], 1)
    }

    /// What was taken since the last time from buckets that are more than half empty, in microseconds
    /// of their rate: other relays on the store are to hear of it, if there are `others`. Who stays
    /// below half a burst is nobody's business.
    pub(crate) fn taken(&self, others: bool) -> Vec<(Who, u64)> {
        let now = self.clock.monotonic_us();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = std::mem::replace(&mut buckets.taken_us, others.then(HashMap::new));
        let half_empty = |who: &Who| {
            let full_at = buckets.full_at_us.get(who).copied().unwrap_or(0);
            full_at.saturating_sub(now) > self.rate_of(who).burst_us(1) / 2
        };
        let taken = taken.unwrap_or_default().into_iter();
        taken.filter(|(who, _)| half_empty(who)).collect()
    }

    /// Another relay has let somebody take so much: it is missing here, too. Nobody waits longer for it
    /// than a bucket takes to fill.
    pub(crate) fn taken_elsewhere(&self, who: Who, us: u64) {
        let now = self.clock.monotonic_us();
        let most = now.saturating_add(self.rate_of(&who).burst_us(1).saturating_mul(2));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.full_at_us.entry(who).or_insert(0);
        let after = (*full_at).max(now).saturating_add(us);
        *full_at = after.min(most).max(*full_at);
    }

    fn rate_of(&self, who: &Who) -> Rate {
        match who {
            Who::Account(_) => self.rates.account,
            Who::Device(_) => self.rates.device,
            Who::Room(_) => self.rates.room,
            Who::Address(_) => self.rates.sign_up,
        }
    }

    fn take_all<const N: usize>(
        &self,
        asked: [Option<(Who, Rate)>; N],
        cost: u32,
    ) -> Result<(), Millis> {
        let now = self.clock.monotonic_us();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wait = 0;
        for (who, rate) in asked.into_iter().flatten() {
            let full_at = buckets.full_at_us.get(&who).copied().unwrap_or(0).max(now);
            let after = full_at + rate.interval_us().saturating_mul(cost.into());
            let room_for = rate.burst_us(cost);
            wait = wait.max(after.saturating_sub(now).saturating_sub(room_for));
        }
        if wait > 0 {
            return Err(wait.div_ceil(1000));
        }
        for (who, rate) in asked.into_iter().flatten() {
            let full_at = buckets.full_at_us.entry(who).or_insert(0);
            *full_at = (*full_at).max(now) + rate.interval_us().saturating_mul(cost.into());
            if let Some(taken) = &mut buckets.taken_us {
                let taken = taken.entry(who).or_default();
                *taken = taken.saturating_add(rate.interval_us().saturating_mul(cost.into()));
            }
        }
        if buckets.full_at_us.len() > buckets.sweep_at {
            buckets.full_at_us.retain(|_, full_at| *full_at > now);
            buckets.sweep_at = SWEEP_AT.max(buckets.full_at_us.len() * 2);
        }
        Ok(())
    }
}

impl Rate {
    fn interval_us(self) -> u64 {
        (1_000_000 / u64::from(self.per_second.max(1))).max(1)
    }

    /// How long an empty bucket takes to fill, where a request may cost so much.
    fn burst_us(self, cost: u32) -> u64 {
        self.interval_us()
            .saturating_mul(self.burst.max(cost).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(clock: &Clock) -> RateLimits {
        let slow = Rate {
            per_second: 10,
            burst: 2,
        };
        let rates = Rates {
            account: Rate::per_second(1000),
            device: slow,
            room: Rate {
                per_second: 10,
                burst: 3,
            },
            sign_up: slow,
        };
        RateLimits::new(rates, clock.clone())
    }

    const A: AccountId = AccountId([1; 32]);

    #[test]
    fn a_burst_passes_and_the_rest_waits() {
        let clock = Clock::manual(1000);
        let limits = limits(&clock);
        let device = DeviceId([2; 16]);
        assert_eq!(limits.take(A, device, None, 1), Ok(()));
        assert_eq!(limits.take(A, device, None, 1), Ok(()));
        assert_eq!(limits.take(A, device, None, 1), Err(100));
        clock.advance(99);
        assert_eq!(limits.take(A, device, None, 1), Err(1));
        clock.advance(1);
        assert_eq!(limits.take(A, device, None, 1), Ok(()));
    }

    #[test]
    fn a_room_limits_its_devices_together_and_a_refusal_costs_nobody() {
        let clock = Clock::manual(1000);
        let limits = limits(&clock);
        let room = Some(RoomId([9; 16]));
        for device in 0..3 {
            assert_eq!(limits.take(A, DeviceId([device; 16]), room, 1), Ok(()));
        }
        assert!(limits.take(A, DeviceId([3; 16]), room, 1).is_err());
        // The refused device still has its own burst, in another room.
        assert_eq!(limits.take(A, DeviceId([3; 16]), None, 2), Ok(()));
    }

    /// How much a room gets through in 20 s at two relays, which tell each other what was taken or do
    /// not.
    fn through_two(tell: bool) -> u32 {
        let clock = Clock::manual(1000);
        let relays = [limits(&clock), limits(&clock)];
        let mut through = 0;
        for ms in 0..20_000u32 {
            if ms % 250 == 0 && tell {
                let told = relays.each_ref().map(|relay| relay.taken(true));
                for (who, us) in &told[0] {
                    relays[1].taken_elsewhere(*who, *us);
                }
                for (who, us) in &told[1] {
                    relays[0].taken_elsewhere(*who, *us);
                }
            }
            for (at, relay) in relays.iter().enumerate() {
                // A device of its own each: it is the room that is full.
                let device = DeviceId([
                    u8::try_from(ms % 200).unwrap(),
                    u8::try_from(at).unwrap(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                ]);
                through += u32::from(relay.take(A, device, Some(RoomId([9; 16])), 1).is_ok());
            }
            clock.advance(1);
        }
        through
    }

    #[test]
    fn two_relays_that_tell_each_other_let_through_what_one_would() {
        // Ten a second and a burst of three.
        assert!((400..=406).contains(&through_two(false)));
        let told = through_two(true);
        assert!((190..=230).contains(&told), "{told}");
    }

    #[test]
    fn what_was_taken_elsewhere_keeps_nobody_waiting_for_long() {
        let clock = Clock::manual(1000);
        let limits = limits(&clock);
        let device = DeviceId([2; 16]);
        limits.taken_elsewhere(Who::Device(device), u64::MAX);
        let wait = limits.take(A, device, None, 1).unwrap_err();
        assert!(wait <= 300, "{wait}");
        clock.advance(wait);
        assert_eq!(limits.take(A, device, None, 1), Ok(()));
        // Alone, nothing is written down.
        assert_eq!(limits.taken(false), []);
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let clock = Clock::manual(1000);
        let limits = limits(&clock);
        for n in 0..6000u32 {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            assert_eq!(
                limits.take(AccountId([0; 32]), DeviceId(id), None, 1),
                Ok(())
            );
            clock.advance(1000);
        }
        assert!(limits.buckets.lock().unwrap().full_at_us.len() <= SWEEP_AT);
    }
}
