//! Receipts: telling others that their messages came and were read, and hearing it of them.
//!
//! They are sealed messages like any other, without a line in any timeline. One receipt speaks for
//! everything before it, waits until the room is caught up with, and is sent at most every five
//! seconds; receipts answer messages, never receipts. So they cannot pile up and cannot loop.

use super::Reading;
use crate::content::{Content, MessageId, MessageStatus};
use crate::engine::Engine;
use crate::error::Result;
use crate::event::Event;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::ids::{AccountId, Millis, RoomId, Seq};
use std::collections::HashMap;

/// Rooms of more accounts than this get no "delivered".
const DELIVERED_ACCOUNTS: usize = 8;
/// Rooms of more accounts than this get no "read" either: n readers are n messages to n members.
pub(crate) const READ_ACCOUNTS: usize = 50;
/// One receipt of a reader in this time.
const EVERY_MS: Millis = 5000;
/// What comes and is read at once goes into one receipt.
const GATHER_MS: Millis = 300;
/// How long to leave a room alone that cannot be sent to yet.
const LATER_MS: Millis = 1000;
/// Own messages that are told anew when somebody read them all at once; older ones show it when
/// they are read from the store.
const TOLD_ANEW: u32 = 256;
/// Name of the stored setting.
pub(super) const SEND_READ: &str = "send-read";

/// How many of the others have an own message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Receipt {
    /// People on one of whose devices it is. In rooms of 9 to 50 people only reading is told, and
    /// who read it has it.
    pub delivered: u32,
    /// People who have read it, and say so.
    pub read: u32,
    /// People in the room now who were there when it came.
    pub of: u32,
}

/// What is known of one person and one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBy {
    /// The person.
    pub account: AccountId,
    /// Their handle; the start of their id until the directory has answered.
    pub handle: String,
    /// What to call them.
    pub name: String,
    /// When they said that it had come to one of their devices.
    pub delivered_ms: Option<Millis>,
    /// When they said that they had read it.
    pub read_ms: Option<Millis>,
}

/// Receipts that a run brought, until its end.
#[derive(Default)]
pub(super) struct Arrived(HashMap<(i64, AccountId, MessageStatus), (Seq, Millis)>);

impl Engine {
    /// Whether others are told what was read here. On at first.
    ///
    /// # Errors
    /// `Store` if the setting cannot be read.
    pub fn sends_read_receipts(&self) -> Result<bool> {
        Ok(self.db.meta(SEND_READ)?.as_deref() != Some(&[0]))
    }

    /// Says whether others are told what is read here. What was read before is not told later.
    ///
    /// # Errors
    /// `Store` if the setting cannot be kept.
    pub fn set_send_read_receipts(&mut self, send: bool, _now: Millis) -> Result<()> {
        self.atomically(|e| {
            e.db.set_meta(SEND_READ, &[u8::from(send)])?;
            e.db.forgive_read_receipts()
        })
    }

    /// A receipt of somebody, or of another device of this account.
    pub(crate) fn receipt_arrived(
        &mut self,
        row: &RoomRow,
        sender: AccountId,
        report: &[(MessageId, MessageStatus)],
        at: Millis,
    ) -> Result<()> {
        let own = sender == self.me()?.card.account;
        for (message, status) in report {
            let known = matches!(*status, MessageStatus::DELIVERED | MessageStatus::READ);
            // What a device has not, it came too late for.
            let Some(seq) = self.db.seq_of(row.r, *message)?.flatten().filter(|_| known) else {
                continue;
            };
            if own {
                let read = *status == MessageStatus::READ;
                if read {
                    self.db.set_read(row.r, sender, seq)?;
                }
                let read = if read { seq } else { 0 };
                self.db.set_sent_receipts(row.r, seq, read)?;
            } else {
                self.reading.arrived.add((row.r, sender, *status), seq, at);
            }
        }
        Ok(())
    }

    /// The end of a run: what it brought of receipts is kept, and shown by the messages they are about.
    pub(super) fn keep_receipts(&mut self, row: &RoomRow) -> Result<()> {
        let arrived = std::mem::take(&mut self.reading.arrived);
        let (mut after, mut upto) = (Seq::MAX, 0);
        // What a run left that failed belongs to its own room.
        let arrived = arrived.0.into_iter().filter(|((r, ..), _)| *r == row.r);
        for ((_, account, status), (seq, at)) in arrived {
            if let Some(before) = self.db.keep_receipt(row.r, account, status, seq, at)? {
                (after, upto) = (after.min(before), upto.max(seq));
            }
        }
        if after >= upto || self.db.count_members(row.r)? > READ_ACCOUNTS {
            return Ok(());
        }
        let me = self.me()?.card.account;
        for id in self.db.own_items(row.r, me, after, upto, TOLD_ANEW)? {
            if let Some(item) = self.db.item_by_id(row.r, me, id)? {
                self.tell(Event::Item { room: row.id, item });
            }
        }
        Ok(())
    }

    /// A session began: what rooms could not be told before is looked at again.
    pub(crate) fn owe_rooms(&mut self, now: Millis) -> Result<()> {
        for r in self.db.rooms_to_report()? {
            if let Some(row) = self.db.room_by_ref(r)? {
                self.reading.owe(row.id, now);
            }
        }
        self.owe_profiles(now)
    }

    /// Tells rooms what is due: how far this account is, and who it is.
    pub(crate) fn pay_rooms(&mut self, now: Millis) -> Result<()> {
        for room in self.reading.due(now) {
            let Some(row) = self
                .db
                .room(room)?
                .filter(|row| row.status == Status::Joined)
            else {
                self.reading.due.remove(&room);
                continue;
            };
            // Also while a room is being caught up with: one receipt then speaks for all of it.
            if !self.may_send(&row, now)? {
                self.reading.due.insert(room, now + LATER_MS);
                continue;
            }
            self.reading.due.remove(&room);
            self.reading.sent_at.insert(room, now);
            self.atomically(|e| {
                e.send_profile(&row, now)?;
                e.send_receipt(&row)?;
                e.seal_waiting(&row, now)
            })?;
        }
        Ok(())
    }

    fn send_receipt(&mut self, row: &RoomRow) -> Result<()> {
        let accounts = self.db.count_members(row.r)?;
        if !(2..=READ_ACCOUNTS).contains(&accounts) {
            return Ok(());
        }
        let me = self.me()?.card.account;
        let marker = self.db.marker(row.r)?;
        let (sent_delivered, sent_read) = self.db.sent_receipts(row.r)?;
        let mut report = Vec::new();
        if self.sends_read_receipts()?
            && let Some((message, seq)) =
                self.db
                    .newest_of_others(row.r, me, sent_read, marker.read)?
        {
            report.push((message, MessageStatus::READ, seq));
        }
        // Reading implies having: only what goes further needs to be said.
        let said = report
            .last()
            .map_or(sent_delivered, |(_, _, seq)| sent_delivered.max(*seq));
        if accounts <= DELIVERED_ACCOUNTS
            && let Some((message, seq)) =
                self.db.newest_of_others(row.r, me, said, marker.counted)?
        {
            report.push((message, MessageStatus::DELIVERED, seq));
        }
        if report.is_empty() {
            return Ok(());
        }
        for (_, status, seq) in &report {
            let read = if *status == MessageStatus::READ {
                *seq
            } else {
                0
            };
            self.db.set_sent_receipts(row.r, *seq, read)?;
        }
        let report = report
            .into_iter()
            .map(|(message, status, _)| (message, status))
            .collect();
        self.queue_silent(row, Content::Receipt { report })
    }
}

impl Reading {
    /// A room has to be told something, soon.
    pub(crate) fn owe(&mut self, room: RoomId, now: Millis) {
        let last = self.sent_at.get(&room).map_or(0, |at| at + EVERY_MS);
        self.owe_at(room, last.max(now + GATHER_MS));
    }

    pub(super) fn owe_at(&mut self, room: RoomId, at: Millis) {
        let due = self.due.entry(room).or_insert(at);
        *due = at.min(*due);
    }

    fn due(&self, now: Millis) -> Vec<RoomId> {
        let due = self.due.iter().filter(|(_, at)| **at <= now);
        due.map(|(room, _)| *room).collect()
    }

    /// When a room has to be told something.
    pub(crate) fn next_due(&self) -> Option<Millis> {
        self.due.values().min().copied()
    }
}

impl Arrived {
    fn add(&mut self, who: (i64, AccountId, MessageStatus), seq: Seq, at: Millis) {
        let latest = self.0.entry(who).or_insert((seq, at));
        if latest.0 < seq {
            *latest = (seq, at);
        }
    }
}
