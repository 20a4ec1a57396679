//! What this disk's fsync costs, now.

use super::Scale;
use super::table::percentile;
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Times of an append of 4 KiB with fdatasync.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Probe {
    /// Half of them are faster.
    pub(crate) median: Duration,
    /// One in a hundred is slower.
    pub p99: Duration,
    /// How many were made.
    pub(crate) count: usize,
}

/// Measures on the file system of `folder`.
pub(crate) fn fsync(folder: &Path, scale: Scale) -> Probe {
    Probe::of(times(folder, scale))
}

/// As [`fsync`], before and after `work`: a disk has its moods.
pub(crate) async fn around<T>(
    folder: &Path,
    scale: Scale,
    work: impl Future<Output = T>,
) -> (T, Probe) {
    let mut before = times(folder, scale);
    let done = work.await;
    before.extend(times(folder, scale));
    (done, Probe::of(before))
}

fn times(folder: &Path, scale: Scale) -> Vec<Duration> {
    let mut file = File::create(folder.join("probe")).unwrap();
    let time = |_| {
        file.write_all(&[0x5a; 4096]).unwrap();
        let began = Instant::now();
        file.sync_data().unwrap();
        began.elapsed()
    };
    (0..scale.of(500, 100)).map(time).collect()
}

impl Probe {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self {
            median: percentile(&times, 50.0),
            p99: percentile(&times, 99.0),
            count: times.len(),
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "fsync of 4 KiB, {} times: median {:?}, p99 {:?}",
            self.count, self.median, self.p99
        )
    }
}
