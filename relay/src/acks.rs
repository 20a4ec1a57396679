//! What devices have applied, gathered before it is written.
//!
//! An acknowledgement only moves retention on, so losing one costs a redelivery at most. It is
//! cumulative: of many, the last counts, and all of a few seconds are one command per device.

use crate::service::Service;
use crate::store::command::{Ack, Command};
use crate::tasks::Stage;
use lacre_wire::ids::{DeviceId, LogId, Seq};
use lacre_wire::request::LogSeq;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long acknowledgements are gathered.
const EVERY: Duration = Duration::from_secs(5);

/// Logs of one device noted at most between two writes; a device is in far fewer.
const MAX_LOGS: usize = 8192;

/// Acknowledgements not written yet.
#[derive(Default)]
pub(crate) struct Acks(Mutex<HashMap<DeviceId, HashMap<LogId, Seq>>>);

impl Acks {
    /// Notes what a device has applied.
    pub(crate) fn note(&self, device: DeviceId, acks: &[LogSeq]) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let logs = noted.entry(device).or_default();
        for ack in acks {
            if logs.len() < MAX_LOGS || logs.contains_key(&ack.log) {
                let seq = logs.entry(ack.log).or_insert(0);
                *seq = (*seq).max(ack.seq);
            }
        }
    }

    fn take(&self) -> HashMap<DeviceId, HashMap<LogId, Seq>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes acknowledgements every few seconds, and a last time when the relay stops.
pub(crate) async fn run(service: Arc<Service>) {
    loop {
        let last = tokio::select! {
            () = tokio::time::sleep(EVERY) => false,
            () = service.tasks.reached(Stage::Stopped) => true,
        };
        let now_ms = service.clock.now_ms();
        for (device, logs) in service.acks.take() {
            let acks = logs
                .into_iter()
                .map(|(log, seq)| LogSeq { log, seq })
                .collect();
            if let Err(error) = service
                .store
                .submit(Command::Ack(Ack {
                    now_ms,
                    device,
                    acks,
                }))
                .await
            {
                tracing::debug!(%device, %error, "an acknowledgement was not written");
            }
        }
        if last {
            return;
        }
    }
}
