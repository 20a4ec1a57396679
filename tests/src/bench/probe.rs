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
    let count = scale.of(500, 100);
    let mut file = File::create(folder.join("probe")).unwrap();
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        file.write_all(&[0x5a; 4096]).unwrap();
        let began = Instant::now();
        file.sync_data().unwrap();
        times.push(began.elapsed());
    }
    times.sort();
    Probe { median: percentile(&times, 50.0), p99: percentile(&times, 99.0), count }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fsync of 4 KiB, {} times: median {:?}, p99 {:?}", self.count, self.median, self.p99)
    }
}
