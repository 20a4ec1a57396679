//! What the rest of the relay may tell a session: a set of marks, never a queue of messages.
//!
//! A wake-up sets a bit for a log; the session reads the log when its stream has room. Answers of
//! requests that ran elsewhere and the few frames the relay sends by itself wait here too; both are
//! bounded, the first by the requests in flight, the second by dropping hints.

use super::Done;
use bytes::Bytes;
use lacre_wire::error::WireError;
use lacre_wire::ids::{AccountId, DeviceId};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

/// The place of an open log in its session.
pub(crate) type Slot = u32;

/// Hints that wait for a slow session; above this they are dropped.
const MAX_HINT_BYTES: usize = 64 * 1024;

/// The mailbox of one session.
pub(crate) struct Mailbox {
    /// Whose session.
    pub(crate) account: AccountId,
    /// Which device's.
    pub(crate) device: DeviceId,
    /// Tells two sessions of one device apart.
    pub(crate) number: u64,
    listed: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mail: Mail,
    marked: Vec<u64>,
    hint_bytes: usize,
    waker: Option<Waker>,
}

/// Everything that came since the last look.
#[derive(Default)]
pub(crate) struct Mail {
    /// Logs with news.
    pub(crate) dirty: Vec<Slot>,
    /// Frames to send, encoded.
    pub(crate) hints: Vec<Bytes>,
    /// Requests that ran elsewhere and have ended.
    pub(crate) done: Vec<Done>,
    /// Why the session must end.
    pub(crate) ended: Option<WireError>,
}

impl Mail {
    fn is_empty(&self) -> bool {
        self.dirty.is_empty()
            && self.hints.is_empty()
            && self.done.is_empty()
            && self.ended.is_none()
    }
}

impl Mailbox {
    pub(crate) fn new(account: AccountId, device: DeviceId, number: u64, listed: bool) -> Self {
        Self {
            account,
            device,
            number,
            listed: AtomicBool::new(listed),
            state: Mutex::default(),
        }
    }

    /// Whether the device is in its account's list. One that waits to be approved reads its inbox
    /// and nothing else.
    pub(crate) fn is_listed(&self) -> bool {
        self.listed.load(Ordering::Relaxed)
    }

    /// The device was approved.
    pub(crate) fn approve(&self) {
        self.listed.store(true, Ordering::Relaxed);
    }

    /// There are entries the session may not have.
    pub(crate) fn mark(&self, slot: Slot) {
        let mut state = self.lock();
        let (word, bit) = ((slot / 64) as usize, 1u64 << (slot % 64));
        if state.marked.len() <= word {
            state.marked.resize(word + 1, 0);
        }
        let Some(marks) = state.marked.get_mut(word) else {
            return;
        };
        if *marks & bit == 0 {
            *marks |= bit;
            state.mail.dirty.push(slot);
            wake(state);
        }
    }

    /// Sends a frame when there is room for it, and says whether there was. The protocol must be
    /// able to do without it.
    pub(crate) fn hint(&self, frame: Bytes) -> bool {
        let mut state = self.lock();
        let fits = state.hint_bytes + frame.len() <= MAX_HINT_BYTES;
        if fits {
            state.hint_bytes += frame.len();
            state.mail.hints.push(frame);
            wake(state);
        }
        fits
    }

    /// A request that ran elsewhere has ended.
    pub(crate) fn done(&self, done: Done) {
        let mut state = self.lock();
        state.mail.done.push(done);
        wake(state);
    }

    /// Ends the session. The first reason counts.
    pub(crate) fn end(&self, reason: WireError) {
        let mut state = self.lock();
        if state.mail.ended.is_none() {
            state.mail.ended = Some(reason);
            wake(state);
        }
    }

    /// Swaps what came into `mail`, which must be empty. When nothing came, the task of `cx` is
    /// woken by what comes next.
    pub(super) fn collect(&self, mail: &mut Mail, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        if state.mail.is_empty() {
            match &mut state.waker {
                Some(waker) => waker.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
            return false;
        }
        state.marked.iter_mut().for_each(|marks| *marks = 0);
        state.hint_bytes = 0;
        std::mem::swap(&mut state.mail, mail);
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}
