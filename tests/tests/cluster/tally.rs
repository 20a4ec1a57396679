//! What happened, how often. A fault that never struck has shown nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

/// Counts by what they count.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<BTreeMap<&'static str, u64>>);

impl Tally {
    /// It happened so often.
    pub(crate) fn add(&self, what: &'static str, times: u64) {
        *self.0.lock().unwrap().entry(what).or_default() += times;
    }

    /// How often it happened.
    pub(crate) fn get(&self, what: &str) -> u64 {
        self.0.lock().unwrap().get(what).copied().unwrap_or(0)
    }

    /// Adds another's counts.
    pub(crate) fn take(&self, other: &Self) {
        for (what, times) in other.0.lock().unwrap().iter() {
            self.add(what, *times);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.lock().unwrap();
        let counts: Vec<_> = counts
            .iter()
            .map(|(what, times)| format!("{times} {what}"))
            .collect();
        f.write_str(&counts.join(", "))
    }
}
