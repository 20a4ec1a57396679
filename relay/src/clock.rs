//! The relay's clock: wall time for stamps, monotonic time for leases and buckets.
//!
//! One handle is shared by everything in a relay, so that a test can move time by hand and see
//! leases lapse and buckets fill without waiting.

use lacre_wire::ids::Millis;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where a relay takes its time from. Cheap to clone; clones share the time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicU64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `start_ms` until it is advanced.
    pub fn manual(start_ms: Millis) -> Self {
        Self(Some(Arc::new(AtomicU64::new(start_ms))))
    }

    /// Moves a manual clock forward. The machine's clock is not touched.
    pub fn advance(&self, by_ms: Millis) {
        if let Some(now) = &self.0 {
            now.fetch_add(by_ms, Ordering::SeqCst);
        }
    }

    /// Milliseconds since the Unix epoch. May step when the machine's clock is set.
    pub fn now_ms(&self) -> Millis {
        match &self.0 {
            Some(now) => now.load(Ordering::SeqCst),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| {
                    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
                }),
        }
    }

    /// Microseconds since some fixed moment; never goes back. For intervals, not for stamps.
    pub(crate) fn monotonic_us(&self) -> u64 {
        static START: OnceLock<Instant> = OnceLock::new();
        match &self.0 {
            Some(now) => now.load(Ordering::SeqCst).saturating_mul(1000),
            None => u64::try_from(START.get_or_init(Instant::now).elapsed().as_micros())
                .unwrap_or(u64::MAX),
        }
    }
}
