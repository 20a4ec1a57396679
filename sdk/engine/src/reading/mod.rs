//! What a person has seen of the rooms, what they want to be told, and what others learn of them.
//!
//! A room's log comes in runs, and so does everything here: whatever a run brought is counted, kept
//! and told once, at its end. How much that is does not depend on what is unread. See
//! `specs/reading.md`.

mod notify;
mod profile;
mod reader;
mod receipts;
mod run;
mod unread;

pub(crate) use notify::Notable;
pub use notify::{NotifyReason, NotifyRule, NotifySetting};
pub(crate) use receipts::READ_ACCOUNTS;
pub use receipts::{Receipt, SeenBy};
pub use unread::Unread;

use lacre_wire::ids::{Millis, RoomId};
use std::collections::HashMap;

/// What is remembered between runs; none of it outlives the engine.
#[derive(Default)]
pub(crate) struct Reading {
    /// What was last told to be unread.
    told: HashMap<RoomId, Unread>,
    /// By how much this device's clock is ahead of the relay's, in milliseconds.
    ahead: i64,
    clock_read: bool,
    /// Receipts that the present run brought.
    arrived: receipts::Arrived,
    /// Rooms that have to be told something, and when.
    due: HashMap<RoomId, Millis>,
    /// When rooms were last sent a receipt.
    sent_at: HashMap<RoomId, Millis>,
    /// When rooms were last told the own profile, and which version.
    profiles: HashMap<RoomId, (Millis, u64)>,
    /// The version of the own profile, once it was read.
    version: Option<u64>,
}

impl Reading {
    /// The relay's clock was read.
    pub(crate) fn set_clock(&mut self, relay: Millis, here: Millis) {
        let signed = |at: Millis| i64::try_from(at).unwrap_or(i64::MAX);
        self.ahead = signed(here).saturating_sub(signed(relay));
        self.clock_read = true;
    }

    /// How far the clock here is ahead of the relay's, once that was read.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        self.clock_read.then_some(self.ahead)
    }

    /// The time at the relay, as far as it is known.
    fn relay_time(&self, now: Millis) -> Millis {
        now.saturating_add_signed(self.ahead.saturating_neg())
    }
}
