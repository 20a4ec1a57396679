//! What the relay counts, as Prometheus text (exposition format 0.0.4).
//!
//! Counters are single atomics and cost a nanosecond on the hot path. Nothing here names a person,
//! a device or a room.

use lacre_wire::error::ErrorCode;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows, or a gauge that is set.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn one(&self) {
        self.add(1);
    }

    pub(crate) fn sub(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident: $kind:literal, $help:literal,)*) => {
        /// Everything counted.
        #[derive(Debug)]
        pub(crate) struct Metrics {
            $($(#[$doc])* pub(crate) $name: Count,)*
            refused: Vec<(ErrorCode, Count)>,
        }

        impl Default for Metrics {
            fn default() -> Self {
                let refused = ErrorCode::ALL.iter().map(|code| (*code, Count::default())).collect();
                Self { $($name: Count::default(),)* refused }
            }
        }

        impl Metrics {
            fn render_counts(&self, out: &mut String) {
                $(push(out, concat!("lacre_", stringify!($name)), $kind, $help, self.$name.get());)*
            }
        }
    };
}

metrics! {
    /// Live connections that have not logged in are not counted.
    connections: "counter", "QUIC connections whose handshake completed.",
    handshake_retries: "counter", "Connection attempts answered with a stateless Retry.",
    handshakes_refused: "counter", "Connection attempts refused because too many were in flight.",
    websockets: "counter", "WebSockets opened over TLS: sessions and their streams.",
    proxied: "counter", "Of them, those of which a trusted proxy said whom they come from.",
    proxy_headers_refused: "counter", "TCP connections of trusted proxies that began with a malformed header.",
    logins: "counter", "Logins and sign-ups that succeeded.",
    websocket_logins: "counter", "Of them, over WebSocket.",
    requests: "counter", "Requests read from sessions.",
    accepted: "counter", "Messages, proposals and commits accepted.",
    batch_entries: "counter", "Log entries that became durable.",
    deliveries: "counter", "Log entries written to sessions.",
    delivered_bytes: "counter", "Bytes of log entries written to sessions.",
    store_reads: "counter", "Pages of entries read from the store for sessions.",
    catch_ups: "counter", "Catch-up streams opened.",
    entries_heard: "counter", "Messages that came from another relay and not from the store.",
    holes: "counter", "Holes in tails filled from the store.",
    sweeps: "counter", "Sweeps of heads.",
    sweep_finds: "counter", "Logs for which a sweep found a lost wake-up.",
    checkpoints: "counter", "Checkpoints signed.",
    objects_read: "counter", "Objects sent.",
    objects_stored: "counter", "Objects received.",
    ephemerals: "counter", "Typing, presence and other hints passed on to sessions.",
    ephemerals_dropped: "counter", "Hints dropped: too fast, or not from somebody who watches the room.",
    undelivered: "counter", "Hints dropped because a session was too slow.",
    in_flight: "gauge", "Requests being worked on.",
}

/// A metric that is counted elsewhere: name, help, value.
pub(crate) type Named<'a> = (&'a str, &'a str, u64);

impl Metrics {
    /// A request or connection was refused.
    pub(crate) fn refused(&self, code: ErrorCode) {
        if let Some((_, count)) = self.refused.iter().find(|(known, _)| *known == code) {
            count.one();
        }
    }

    /// How often something was refused, over all codes.
    pub(crate) fn refused_total(&self) -> u64 {
        self.refused.iter().map(|(_, count)| count.get()).sum()
    }

    /// All metrics, with the given gauges and counters (name, help, value) before them.
    pub(crate) fn render(&self, gauges: &[Named<'_>], counters: &[Named<'_>]) -> String {
        let mut out = String::with_capacity(4096);
        for (kind, named) in [("gauge", gauges), ("counter", counters)] {
            for (name, help, value) in named {
                push(&mut out, &format!("lacre_{name}"), kind, help, *value);
            }
        }
        self.render_counts(&mut out);
        out.push_str("# HELP lacre_refused_total Requests and connections refused, by code.\n");
        out.push_str("# TYPE lacre_refused_total counter\n");
        for (code, count) in self.refused.iter().filter(|(_, count)| count.get() > 0) {
            // Writing to a string cannot fail.
            let _infallible = writeln!(
                out,
                "lacre_refused_total{{code=\"{code}\"}} {}",
                count.get()
            );
        }
        out
    }
}

fn push(out: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    let total = if kind == "counter" { "_total" } else { "" };
    // Writing to a string cannot fail.
    let _infallible = write!(
        out,
        "# HELP {name}{total} {help}\n# TYPE {name}{total} {kind}\n{name}{total} {value}\n"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_prometheus_text() {
        let metrics = Metrics::default();
        metrics.accepted.add(3);
        metrics.refused(ErrorCode::RateLimited);
        let text = metrics.render(
            &[("sessions", "Sessions.", 2)],
            &[("store_busy", "Busy.", 7)],
        );
        assert!(text.contains("# TYPE lacre_sessions gauge\nlacre_sessions 2\n"));
        assert!(text.contains("# TYPE lacre_accepted_total counter\nlacre_accepted_total 3\n"));
        assert!(text.contains("lacre_refused_total{code=\"RateLimited\"} 1\n"));
        assert!(text.contains("# TYPE lacre_store_busy_total counter\nlacre_store_busy_total 7\n"));
        assert!(!text.contains("code=\"Busy\""));
        for line in text.lines() {
            assert!(
                line.starts_with('#')
                    || line
                        .rsplit_once(' ')
                        .is_some_and(|(_, n)| n.parse::<u64>().is_ok())
            );
        }
    }
}
