//! The writer's queue: bounded, in two lanes, taken in batches.
//!
//! There is no timer: while one batch is made durable the next one gathers, so the fsync is the
//! window. Acks and deletions have a lane of their own that a full main lane does not block.

use super::command::Command;
use super::outcome::{Outcome, StoreError};
use super::rows::Blind;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Commands of one batch.
pub(crate) const BATCH_COMMANDS: usize = 512;
/// Bytes of one batch.
pub(crate) const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Commands of the freeing lane in one batch: they must not crowd out the others.
const BATCH_FREEING: usize = 128;
/// When to try again after `Busy`: a few batches' time.
const RETRY_MS: u64 = 100;

pub(crate) type Reply = oneshot::Receiver<Result<Outcome, StoreError>>;

pub(crate) struct Job {
    pub(crate) command: Command,
    pub(crate) key: Option<Blind>,
    pub(crate) reply: oneshot::Sender<Result<Outcome, StoreError>>,
    weight: usize,
}

#[derive(Default)]
struct Lanes {
    main: VecDeque<Job>,
    main_bytes: usize,
    freeing: VecDeque<Job>,
    closed: bool,
}

pub(crate) struct Queue {
    lanes: Mutex<Lanes>,
    filled: Condvar,
    commands: usize,
    bytes: usize,
}

impl Queue {
    pub(crate) fn new(commands: usize, bytes: usize) -> Self {
        Self {
            lanes: Mutex::default(),
            filled: Condvar::new(),
            commands,
            bytes,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a command in.
    ///
    /// # Errors
    /// `Busy` when its lane is full, `Closed`.
    pub(crate) fn push(&self, command: Command, key: Option<Blind>) -> Result<Reply, StoreError> {
        let (reply, receiver) = oneshot::channel();
        let (weight, frees) = (command.weight(), command.frees_space());
        let mut lanes = self.lock();
        if lanes.closed {
            return Err(StoreError::Closed);
        }
        let was_empty = lanes.main.is_empty() && lanes.freeing.is_empty();
        let job = Job {
            command,
            key,
            reply,
            weight,
        };
        if frees {
            if lanes.freeing.len() >= self.commands {
                return Err(StoreError::Busy {
                    retry_after_ms: RETRY_MS,
                });
            }
            lanes.freeing.push_back(job);
        } else {
            // One command above the limit of bytes still passes when it is alone.
            let heavy =
                lanes.main_bytes > 0 && lanes.main_bytes.saturating_add(weight) > self.bytes;
            if heavy || lanes.main.len() >= self.commands {
                return Err(StoreError::Busy {
                    retry_after_ms: RETRY_MS,
                });
            }
            lanes.main_bytes = lanes.main_bytes.saturating_add(weight);
            lanes.main.push_back(job);
        }
        drop(lanes);
        if was_empty {
            self.filled.notify_one();
        }
        Ok(receiver)
    }

    /// Waits for work and takes a batch; none when the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<Vec<Job>> {
        let mut lanes = self.lock();
        while lanes.main.is_empty() && lanes.freeing.is_empty() {
            if lanes.closed {
                return None;
            }
            lanes = self
                .filled
                .wait(lanes)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let freeing = lanes.freeing.len().min(BATCH_FREEING);
        let mut batch: Vec<Job> = lanes.freeing.drain(..freeing).collect();
        let mut bytes = 0;
        while batch.len() < BATCH_COMMANDS && bytes < BATCH_BYTES {
            let Some(job) = lanes.main.pop_front() else {
                break;
            };
            bytes += job.weight;
            lanes.main_bytes = lanes.main_bytes.saturating_sub(job.weight);
            batch.push(job);
        }
        Some(batch)
    }

    /// Takes nothing more in; what is there is still taken out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::command::{Ack, Housekeep, PutObject};
    use lacre_wire::ids::DeviceId;

    fn object(size: usize) -> Command {
        Command::PutObject(PutObject {
            now_ms: 0,
            object: crate::store::command::Hashed::new(vec![0; size]),
        })
    }

    #[test]
    fn a_full_main_lane_leaves_the_freeing_lane_open() {
        let queue = Queue::new(2, 1 << 20);
        let _kept: Vec<_> = (0..2)
            .map(|_| queue.push(object(1), None).unwrap())
            .collect();
        assert_eq!(
            queue.push(object(1), None).err(),
            Some(StoreError::Busy {
                retry_after_ms: RETRY_MS
            })
        );
        queue
            .push(
                Command::Ack(Ack {
                    now_ms: 0,
                    device: DeviceId([0; 16]),
                    acks: vec![],
                }),
                None,
            )
            .unwrap();
        let batch = queue.take().unwrap();
        assert!(batch[0].command.frees_space());
        assert_eq!(batch.len(), 3);
    }

    #[test]
    fn bytes_bound_the_queue_and_the_batch() {
        let queue = Queue::new(100, 10 * 1024 * 1024);
        let _kept: Vec<_> = (0..3)
            .map(|_| queue.push(object(3 * 1024 * 1024), None).unwrap())
            .collect();
        assert!(matches!(
            queue.push(object(3 * 1024 * 1024), None),
            Err(StoreError::Busy { .. })
        ));
        assert_eq!(queue.take().unwrap().len(), 2);
        queue.push(object(3 * 1024 * 1024), None).unwrap();
    }

    #[test]
    fn a_closed_queue_gives_out_what_it_holds() {
        let queue = Queue::new(10, 100_000);
        let _reply = queue
            .push(
                Command::Housekeep(Housekeep {
                    now_ms: 0,
                    limit: 1,
                }),
                None,
            )
            .unwrap();
        queue.close();
        assert_eq!(queue.push(object(1), None).err(), Some(StoreError::Closed));
        assert!(queue.take().is_some());
        assert!(queue.take().is_none());
    }
}
