//! What a relay did, and what it cost, between two moments.

use super::load::Load;
use crate::process;
use crate::relay::{Host, Metrics};
use std::time::{Duration, Instant};

/// The value in the middle of what rounds have measured.
pub(crate) fn median<T>(rounds: &[T], of: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A moment.
pub(crate) struct Moment {
    at: Instant,
    cpu: Duration,
    own: Duration,
    machine: Duration,
    metrics: Metrics,
    accepted: u64,
    received: u64,
}

/// What lies between two moments.
pub(crate) struct Between {
    /// Seconds.
    pub(crate) seconds: f64,
    /// Processor time of the relay.
    pub(crate) cpu: Duration,
    /// How much of its core the load used, of 1.
    pub(crate) load: f64,
    /// How much of a core everything else on the machine used: above 0.1 the run says little.
    pub(crate) others: f64,
    /// Messages whose acceptance has reached its sender.
    pub(crate) accepted: f64,
    /// Entries that have reached their receivers.
    pub(crate) received: f64,
    /// Durable batches: fsyncs in class D.
    pub(crate) batches: f64,
}

/// Now.
pub(crate) async fn now(relay: &Host, load: &Load) -> Moment {
    let metrics = relay.metrics().await;
    Moment {
        at: Instant::now(),
        cpu: process::cpu_time(relay.pid()),
        own: process::cpu_time(std::process::id()),
        machine: process::machine_time(),
        metrics,
        accepted: load.accepted.get(),
        received: load.received.get(),
    }
}

impl Moment {
    /// What has happened since this moment.
    pub(crate) async fn until_now(&self, relay: &Host, load: &Load) -> Between {
        let end = now(relay, load).await;
        let seconds = (end.at - self.at).as_secs_f64();
        #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
        let more = |now: u64, before: u64| (now - before) as f64;
        let metric = |name: &str| more(end.metrics.get(name), self.metrics.get(name));
        let (cpu, own) = (end.cpu - self.cpu, end.own - self.own);
        let others = (end.machine - self.machine).saturating_sub(cpu + own);
        Between {
            seconds,
            cpu,
            load: own.as_secs_f64() / seconds,
            others: others.as_secs_f64() / seconds,
            accepted: more(end.accepted, self.accepted),
            received: more(end.received, self.received),
            batches: metric("lacre_store_batches_total"),
        }
    }
}

impl Between {
    /// How much of its core the relay used, of 1.
    pub(crate) fn server(&self) -> f64 {
        self.cpu.as_secs_f64() / self.seconds
    }

    /// Says so when something else on the machine was at work.
    pub(crate) fn warn(&self, what: &str) {
        if self.others > 0.1 {
            println!(
                "! {what}: others used {:.0} % of a core meanwhile; this says little",
                self.others * 100.0
            );
        }
    }

    /// Microseconds of the relay's processor for each of so many things.
    pub(crate) fn cpu_each(&self, count: f64) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / count.max(1.0)
    }
}
