//! What the operating system gives: a clock, buffers, descriptors.

use super::super::settings::Settings;
use crate::print::{self, Check};
use crate::text::doctor as text;
use std::time::{Duration, SystemTime};

/// A clock may be so much behind a file.
const SLACK: Duration = Duration::from_secs(60);

/// What a socket's buffers should be allowed to hold: less drops datagrams under load.
const BUFFER: u64 = 4 * 1024 * 1024;

/// Connections over TCP and streams of files need some.
const DESCRIPTORS: u64 = 4096;

/// Whether the clock has gone back behind what the relay wrote.
pub(super) fn clock(settings: &Settings) -> Check {
    let check = |found: String| Check::good("clock", text::clock(), found);
    let entries = std::fs::read_dir(&settings.folder)
        .into_iter()
        .flatten()
        .flatten();
    let newest = entries
        .filter_map(|entry| entry.metadata().ok()?.modified().ok())
        .max();
    let ahead = newest.and_then(|newest| newest.duration_since(SystemTime::now()).ok());
    match ahead.filter(|ahead| *ahead > SLACK) {
        Some(ahead) => check(text::clock_behind(ahead.as_secs())).bad(text::set_clock()),
        None => check(text::clock_fits()),
    }
}

/// Whether the kernel allows large buffers. Nothing where it does not say.
pub(super) fn buffers() -> Option<Check> {
    let largest = |name: &str| -> Option<u64> {
        let text = std::fs::read_to_string(format!("/proc/sys/net/core/{name}")).ok()?;
        text.trim().parse().ok()
    };
    let least = largest("rmem_max")?.min(largest("wmem_max")?);
    let check = Check::good("buffers", text::buffers(), text::up_to(print::size(least)));
    Some(match least >= BUFFER {
        true => check,
        false => check.warning(text::larger_buffers(BUFFER)),
    })
}

/// Whether the process may open enough. Nothing where the kernel does not say.
pub(super) fn descriptors() -> Option<Check> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    let soft = line.split_whitespace().nth(3)?;
    let check = Check::good("descriptors", text::descriptors(), soft);
    Some(match soft.parse::<u64>() {
        Ok(few) if few < DESCRIPTORS => check.warning(text::more_descriptors(DESCRIPTORS)),
        _ => check,
    })
}
