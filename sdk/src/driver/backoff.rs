//! When to try again, so that ten thousand clients of a restarted relay do not come at once.
//!
//! After a session: uniformly within the time the relay named. After failures: uniformly below a
//! limit that doubles ("full jitter").

use crate::platform;
use lacre_wire::ids::Millis;
use std::time::Duration;

/// The limit after the first failure.
const FIRST: Millis = 500;
/// The limit never grows beyond.
const LAST: Millis = 60_000;
/// Shorter waits help nobody.
const LEAST: Millis = 50;

#[derive(Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// A session was up and ended; the relay asked for this spread.
    pub(super) fn after_session(&mut self, spread: Millis) -> Duration {
        self.failures = 0;
        wait(spread, platform::entropy())
    }

    /// No session came about.
    pub(super) fn after_failure(&mut self) -> Duration {
        let limit = FIRST.saturating_mul(1 << self.failures.min(16)).min(LAST);
        self.failures = self.failures.saturating_add(1);
        wait(limit, platform::entropy())
    }

    /// Somebody asked to try now.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// A time below `limit`, uniform in `random`.
pub(super) fn wait(limit: Millis, random: u64) -> Duration {
    let product = u128::from(limit) * u128::from(random);
    let below = Millis::try_from(product >> 64).unwrap_or(limit);
    Duration::from_millis(below.max(LEAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_spread_over_the_whole_limit() {
        assert_eq!(wait(2000, 0), Duration::from_millis(LEAST));
        assert_eq!(wait(2000, u64::MAX / 2), Duration::from_millis(999));
        assert_eq!(wait(2000, u64::MAX), Duration::from_millis(1999));
        assert_eq!(wait(0, u64::MAX), Duration::from_millis(LEAST));
    }

    #[test]
    fn failures_never_wait_beyond_the_limit() {
        let mut backoff = Backoff::default();
        for _ in 0..100 {
            assert!(backoff.after_failure() < Duration::from_millis(LAST));
        }
    }
}
