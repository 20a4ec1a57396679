//! What the handlers of one session share: whose it is, and what it holds elsewhere.

use super::Done;
use super::mailbox::Mailbox;
use crate::peers::CommitTurn;
use crate::service::Service;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{AccountId, DeviceId, RoomId};
use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// The shared part of a session.
pub(crate) struct Context {
    /// The relay.
    pub(crate) service: Arc<Service>,
    /// The session's mailbox.
    pub(crate) mailbox: Arc<Mailbox>,
    turns: Mutex<HashMap<RoomId, CommitTurn>>,
    over: AtomicBool,
    ended: Notify,
}

impl Context {
    pub(crate) fn new(service: Arc<Service>, mailbox: Arc<Mailbox>) -> Self {
        Self {
            service,
            mailbox,
            turns: Mutex::default(),
            over: AtomicBool::new(false),
            ended: Notify::new(),
        }
    }

    /// The session's account.
    pub(crate) fn account(&self) -> AccountId {
        self.mailbox.account
    }

    /// The session's device.
    pub(crate) fn device(&self) -> DeviceId {
        self.mailbox.device
    }

    /// Works on a request apart from the session's task, and hands the answer back to it.
    pub(crate) fn answer_later(
        self: &Arc<Self>,
        id: u32,
        work: impl Future<Output = Result<Answer, WireError>> + Send + 'static,
    ) {
        let context = self.clone();
        self.service.tasks.spawn(async move {
            let answer = work.await.unwrap_or_else(Answer::Failed);
            context.mailbox.done(Done::Answer { id, answer });
        });
    }

    /// Takes `cost` from the session's rates.
    ///
    /// # Errors
    /// `RateLimited`, with the time to wait.
    pub(crate) fn spend(&self, room: Option<RoomId>, cost: u32) -> Result<(), WireError> {
        self.service
            .rates
            .take(self.account(), self.device(), room, cost)
            .map_err(|wait_ms| {
                WireError::retry(
                    ErrorCode::RateLimited,
                    format!("too fast; wait {wait_ms} ms"),
                    wait_ms,
                )
            })
    }

    /// Keeps a commit turn until it is used, given back, or the session ends.
    pub(crate) fn keep_turn(&self, turn: CommitTurn) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.over.load(Ordering::SeqCst) {
            turns.insert(turn.room(), turn);
        }
    }

    /// Takes the turn of a room out.
    pub(crate) fn take_turn(&self, room: &RoomId) -> Option<CommitTurn> {
        self.turns
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(room)
    }

    /// Completes when the session has ended.
    pub(crate) async fn over(&self) {
        let ended = self.ended.notified();
        if !self.over.load(Ordering::SeqCst) {
            ended.await;
        }
    }

    /// The session has ended: what it holds elsewhere is given back.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.ended.notify_waiters();
        let turns = std::mem::take(&mut *self.turns.lock().unwrap_or_else(PoisonError::into_inner));
        drop(turns);
    }
}
