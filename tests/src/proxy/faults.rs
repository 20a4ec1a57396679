//! Which faults there are, how often they are wanted, and how often they happened.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What happens to each datagram, in either direction. The default is a perfect line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Every datagram takes at least so long.
    pub delay: Duration,
    /// And up to so much longer, at random; alone enough to reorder.
    pub jitter: Duration,
    /// Lost, times in a thousand.
    pub loss: u16,
    /// Delivered twice, times in a thousand.
    pub repeat: u16,
    /// Held back by 20 ms so that later ones overtake it, times in a thousand.
    pub reorder: u16,
    /// TCP connections break, pieces in ten thousand.
    pub breaks: u16,
    /// Nothing gets through; a TCP connection waits.
    pub cut: bool,
}

impl Faults {
    /// A bad mobile network: 2 % loss each way, 5 to 25 ms, some reordering and repetition.
    pub fn mobile() -> Self {
        Self {
            delay: Duration::from_millis(5),
            jitter: Duration::from_millis(20),
            loss: 20,
            repeat: 10,
            reorder: 30,
            breaks: 20,
            cut: false,
        }
    }
}

/// How often each fault happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fired {
    /// Datagrams that came in.
    pub datagrams: u64,
    /// Delayed by more than a perfect line.
    pub delayed: u64,
    /// Lost at random.
    pub lost: u64,
    /// Delivered twice.
    pub repeated: u64,
    /// Held back for others to overtake.
    pub reordered: u64,
    /// Lost because the line was cut.
    pub cut: u64,
    /// Clients that got another address.
    pub readdressed: u64,
    /// Datagrams lost because UDP is blocked.
    pub blocked: u64,
    /// Pieces of TCP connections.
    pub pieces: u64,
    /// Pieces that were cut smaller than they came.
    pub split: u64,
    /// Pieces delayed.
    pub slowed: u64,
    /// Pieces held because the line was cut.
    pub stalled: u64,
    /// TCP connections that broke.
    pub broken: u64,
}

impl Fired {
    /// Whether every lever of the proxy has moved something on the way that is open; one that never did has shown nothing.
    pub fn all(&self, blocks_udp: bool) -> bool {
        if blocks_udp {
            let fired = [
                self.blocked,
                self.split,
                self.slowed,
                self.stalled,
                self.broken,
            ];
            return !fired.contains(&0);
        }
        let fired = [
            self.delayed,
            self.lost,
            self.repeated,
            self.reordered,
            self.cut,
            self.readdressed,
        ];
        !fired.contains(&0)
    }
}

/// Counts faults as they happen.
#[derive(Debug, Default)]
pub struct Counts {
    datagrams: AtomicU64,
    delayed: AtomicU64,
    lost: AtomicU64,
    repeated: AtomicU64,
    reordered: AtomicU64,
    cut: AtomicU64,
    readdressed: AtomicU64,
    blocked: AtomicU64,
    pieces: AtomicU64,
    split: AtomicU64,
    slowed: AtomicU64,
    stalled: AtomicU64,
    broken: AtomicU64,
}

macro_rules! counts {
    ($($name:ident),*) => {
        impl Counts {
            $(pub(crate) fn $name(&self) {
                self.$name.fetch_add(1, Ordering::Relaxed);
            })*

            pub(crate) fn read(&self) -> Fired {
                Fired { $($name: self.$name.load(Ordering::Relaxed)),* }
            }
        }
    };
}

counts!(
    datagrams,
    delayed,
    lost,
    repeated,
    reordered,
    cut,
    readdressed,
    blocked,
    pieces,
    split,
    slowed,
    stalled,
    broken
);
