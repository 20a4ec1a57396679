//! How much room the disk has, and when the store stops growing.
//!
//! A disk that is really full takes nothing any more, not even the deletions that would empty it. So
//! the store stops growing before that: below the **headroom** whatever adds data is refused, and
//! logins, acknowledgements and deletions go on with what is left. It grows again when there is a
//! quarter more than the headroom, so that it does not flicker. Pages that deletions left in the
//! database count as room: SQLite uses them first.

use super::options::StoreOptions;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Headroom: this part of the disk, within the bounds below.
const PART: u64 = 20;
/// A batch and a write-ahead log that grows a little must fit.
const LEAST: u64 = 16 * 1024 * 1024;
/// Nobody needs to keep more than this free.
const MOST: u64 = 1024 * 1024 * 1024;

/// A disk as it is now, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// All of it.
    pub total: u64,
    /// What this process may still write.
    pub free: u64,
}

impl Disk {
    /// The disk that holds a folder; none where the system does not say.
    pub fn of(folder: &Path) -> Option<Self> {
        measure(folder)
    }

    /// What must stay free of it: below that a store does not grow.
    pub fn headroom(self) -> u64 {
        headroom(self.total)
    }
}

/// Watches the room of one store.
pub(crate) struct Space {
    folder: PathBuf,
    measure: Option<super::faults::Measure>,
    full: AtomicBool,
    refused: AtomicU64,
}

impl Space {
    pub(crate) fn new(store: &Path, options: &StoreOptions) -> Self {
        let folder = match store.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Self {
            folder: folder.to_path_buf(),
            measure: options.disk.clone(),
            full: AtomicBool::new(false),
            refused: AtomicU64::new(0),
        }
    }

    /// The disk now; none where the system does not say.
    pub(crate) fn disk(&self) -> Option<Disk> {
        match &self.measure {
            Some(measure) => Some(measure.now()),
            None => measure(&self.folder),
        }
    }

    /// Looks whether the store may grow. `reusable` counts the bytes of the database's free pages;
    /// it is asked only when the disk is short.
    pub(crate) fn look(&self, reusable: impl FnOnce() -> u64) -> bool {
        let Some(disk) = self.disk() else {
            return false;
        };
        let was = self.is_full();
        let wanted = if was {
            headroom(disk.total) / 4 * 5
        } else {
            headroom(disk.total)
        };
        // Half of it must be real: the write-ahead log grows on the disk, not in the database.
        let full = disk.free < wanted
            && (disk.free < wanted / 2 || disk.free.saturating_add(reusable()) < wanted);
        if full != was {
            self.turn(full, disk);
        }
        full
    }

    /// SQLite has said that the disk is full, whatever the system says of it.
    pub(crate) fn struck(&self) {
        if !self.is_full() {
            let nothing = Disk { total: 0, free: 0 };
            self.turn(true, self.disk().unwrap_or(nothing));
        }
    }

    fn turn(&self, full: bool, disk: Disk) {
        self.full.store(full, Ordering::Relaxed);
        let (free, wanted) = (mib(disk.free), mib(headroom(disk.total)));
        if full {
            tracing::error!(
                "the disk of {} is almost full: {free} MiB are free, {wanted} MiB must stay free; messages are \
                 refused until then, reading and deleting go on. Free space on it or make it larger; no restart \
                 is needed",
                self.folder.display()
            );
        } else {
            tracing::warn!(
                "the disk of {} has room again: {free} MiB are free; messages are accepted",
                self.folder.display()
            );
        }
    }

    /// Whether the store has stopped growing.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Commands refused because of it.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    pub(crate) fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }
}

/// What must stay free of a disk of `total` bytes.
pub(crate) fn headroom(total: u64) -> u64 {
    (total / PART).clamp(LEAST, MOST)
}

fn mib(bytes: u64) -> u64 {
    bytes / (1024 * 1024)
}

#[cfg(unix)]
fn measure(folder: &Path) -> Option<Disk> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(Disk {
        total: found.f_blocks.saturating_mul(found.f_frsize),
        free: found.f_bavail.saturating_mul(found.f_frsize),
    })
}

#[cfg(not(unix))]
fn measure(_: &Path) -> Option<Disk> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::faults::Measure;
    use std::sync::Arc;

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn the_store_stops_below_the_headroom_and_goes_on_a_quarter_above() {
        let free = Arc::new(AtomicU64::new(0));
        let now = Arc::clone(&free);
        let measure = Measure::new(move || Disk {
            total: 1000 * MIB,
            free: now.load(Ordering::Relaxed) * MIB,
        });
        let options = StoreOptions {
            disk: Some(measure),
            ..StoreOptions::default()
        };
        let space = Space::new(Path::new("relay.db"), &options);
        let look = |mib: u64, reusable: u64| {
            free.store(mib, Ordering::Relaxed);
            space.look(|| reusable * MIB)
        };
        // A twentieth of the disk: 50 MiB.
        assert!(!look(50, 0));
        assert!(look(49, 0));
        assert!(look(61, 0));
        assert!(!look(63, 0));
        // Free pages count, down to half of the headroom.
        assert!(!look(30, 30));
        assert!(look(24, 500));
        assert!(!look(40, 40));
    }

    #[test]
    fn headroom_follows_the_disk_within_bounds() {
        assert_eq!(headroom(96 * MIB), 16 * MIB);
        assert_eq!(headroom(1000 * MIB), 50 * MIB);
        assert_eq!(headroom(1 << 50), 1024 * MIB);
    }

    #[cfg(unix)]
    #[test]
    fn the_system_says_how_much_there_is() {
        let disk = measure(&std::env::temp_dir()).unwrap();
        assert!(disk.free > 0 && disk.free <= disk.total);
    }
}
