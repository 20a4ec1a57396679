//! `lacre relay status`: what a running relay does.

use super::run::{folder, notice};
use super::{http, watch};
use crate::args::RelayStatus;
use crate::failure::{Exit, Failure, Outcome};
use crate::print::{self, Paint};
use crate::text;
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is asked of a relay.
pub(super) struct Status {
    pub(super) health: String,
    sessions: u64,
    accepted: u64,
    deliveries: u64,
    uptime: Duration,
    store_bytes: u64,
    free_bytes: u64,
    headroom_bytes: u64,
    pub(super) full: bool,
    /// None without a certificate from files.
    certificate_expires_ms: Option<u64>,
    certificate_refused: bool,
}

impl Status {
    /// Whether the relay's files hold a certificate that it does not use.
    pub(super) fn refuses_certificate(&self) -> bool {
        self.certificate_refused
    }
}

/// Prints it.
pub(crate) async fn run(arguments: RelayStatus) -> Outcome {
    let folder = folder(arguments.place.data.as_deref())?;
    let status = ask(&folder).await?;
    if arguments.json {
        return print::json_line(&json!({
            "health": status.health,
            "sessions": status.sessions,
            "accepted": status.accepted,
            "deliveries": status.deliveries,
            "uptime_seconds": status.uptime.as_secs(),
            "store_bytes": status.store_bytes,
            "free_bytes": status.free_bytes,
            "headroom_bytes": status.headroom_bytes,
            "full": status.full,
            "certificate_expires_ms": status.certificate_expires_ms,
            "certificate_refused": status.certificate_refused,
        }));
    }
    if arguments.watch {
        return watch::run(&folder, status).await;
    }
    print::out(&page(&folder, &status, None))
}

/// The page for people; with what was counted a second before, as rates.
pub(super) fn page(folder: &Path, status: &Status, before: Option<&Status>) -> String {
    let paint = Paint::output();
    let counted = |count: u64, before: Option<u64>| match before {
        Some(before) => text::relay::rate(count, count.saturating_sub(before)),
        None => format!("{count} {}", text::relay::since_start()),
    };
    let mut rows = vec![
        (text::relay::health(), status.health.clone()),
        (text::relay::sessions(), status.sessions.to_string()),
        (
            text::relay::accepted(),
            counted(status.accepted, before.map(|before| before.accepted)),
        ),
        (
            text::relay::deliveries(),
            counted(status.deliveries, before.map(|before| before.deliveries)),
        ),
        (text::relay::uptime(), duration(status.uptime)),
    ];
    // A database keeps its own count of its disk.
    if status.headroom_bytes > 0 {
        let size = print::size(status.store_bytes);
        let free = print::size(status.free_bytes);
        let headroom = print::size(status.headroom_bytes);
        rows.push((text::relay::store_size(), size));
        rows.push((text::relay::free(), text::relay::free_of(free, headroom)));
    }
    if let Some(ends) = status.certificate_expires_ms {
        rows.push((text::relay::certificate(), expiry(ends)));
    }
    rows.push((text::relay::data(), folder.display().to_string()));
    let mut page = print::facts(&rows, paint);
    if status.certificate_refused {
        let refused = text::relay::certificate_refused();
        page.push_str(&format!("\n  {}", paint.bad(&refused)));
    }
    if status.full {
        page.push_str(&format!("\n  {}", paint.bad(&text::relay::disk_full())));
    }
    page
}

/// Asks a running relay.
pub(super) async fn ask(folder: &Path) -> Outcome<Status> {
    let path = notice(folder);
    let absent = || {
        Failure::new(
            "RelayNotRunning",
            text::failure::relay_not_running(folder.display()),
            Exit::Unreachable,
        )
    };
    let line = std::fs::read_to_string(&path).map_err(|_| absent())?;
    let address: SocketAddr = line.trim().parse().map_err(|_| absent())?;
    let silent = |error| {
        Failure::new(
            "RelayNotRunning",
            text::failure::relay_silent(address, error),
            Exit::Unreachable,
        )
    };
    let (_, page) = http::get(address, "/metrics").await.map_err(silent)?;
    let (code, health) = http::get(address, "/health").await.map_err(silent)?;
    let number = |name| http::metric(&page, name).unwrap_or_default();
    let expires = number("lacre_certificate_expires_seconds");
    // The notice is written when the relay starts, and never again.
    let started = std::fs::metadata(&path)
        .and_then(|metadata| metadata.modified())
        .ok();
    Ok(Status {
        health: if code == 200 {
            health.trim().to_owned()
        } else {
            format!("{} ({code})", health.trim())
        },
        sessions: number("lacre_sessions"),
        accepted: number("lacre_accepted_total"),
        deliveries: number("lacre_deliveries_total"),
        uptime: started
            .and_then(|started| started.elapsed().ok())
            .unwrap_or_default(),
        store_bytes: store_bytes(folder),
        free_bytes: number("lacre_store_free_bytes"),
        headroom_bytes: number("lacre_store_headroom_bytes"),
        full: number("lacre_store_full") > 0,
        certificate_expires_ms: (expires > 0).then(|| expires.saturating_mul(1000)),
        certificate_refused: number("lacre_certificate_refused") > 0,
    })
}

/// Bytes of the store's files, with the write-ahead log.
fn store_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let size = |entry: std::fs::DirEntry| {
        let is_store = entry.file_name().to_string_lossy().contains(".db");
        entry
            .metadata()
            .ok()
            .filter(|metadata| metadata.is_file() && is_store)
            .map(|metadata| metadata.len())
    };
    entries.flatten().filter_map(size).sum()
}

/// `3 d 4 h`, `4 h 5 min`, `5 min 6 s`.
fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min {} s", seconds % 60),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// `until 2027-02-19, in 90 d`; in UTC.
pub(super) fn expiry(ends_ms: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let left = Duration::from_millis(ends_ms).saturating_sub(now.unwrap_or_default());
    let moment = i64::try_from(ends_ms).ok();
    let moment = moment.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let date = moment.map(|moment| moment.strftime("%Y-%m-%d").to_string());
    text::relay::certificate_until(date.unwrap_or_default(), left.as_secs() / 86_400)
}
