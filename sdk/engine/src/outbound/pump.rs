//! Sealing and sending. A run of messages is sealed in one committed transaction before a byte of
//! it leaves: a ratchet step that was sent must never roll back.

use crate::content::{MimiContent, frank, pad};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::live::Asked;
use crate::mls::failed;
use crate::store::outbox::{OutboxRow, Sealed};
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::codec;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{LogId, Millis, SubmitId};
use lacre_wire::request::{Request, Submit};
use lacre_wire::stamp::MessageAad;
use openmls::prelude::tls_codec::Serialize;

/// Messages of a room that are under way at once, and that are sealed in one transaction.
const WINDOW: usize = 64;

impl Engine {
    /// Whether a room's messages may go out now.
    pub(crate) fn may_send(&mut self, row: &RoomRow, now: Millis) -> Result<bool> {
        if !self.live.online
            || !self.live.listed
            || row.status != Status::Joined
            || row.commit_hash.is_some()
            || row.until_seq.is_some()
        {
            return Ok(false);
        }
        let here = self
            .db
            .position(LogId::Room(row.id))?
            .map_or(0, |position| position.seq);
        let live = self.live.room(row.id);
        if live.not_before > now || !live.open || here < live.head_at_open {
            return Ok(false);
        }
        live.not_before = 0;
        if let Some((generation, epoch)) = live.behind {
            let group = self.groups.get(&self.provider, row.id, row.generation)?;
            if (row.generation, group.epoch().as_u64()) < (generation, epoch) {
                return Ok(false);
            }
            self.live.room(row.id).behind = None;
        }
        Ok(true)
    }

    /// Whether something is under way that was sealed before the room went on. It will be refused and
    /// sealed again. What was sealed meanwhile would have the earlier ratchet steps and the later
    /// places in the log, and receivers keep the keys of few steps that they were not shown.
    fn awaits_refusals(&mut self, row: &RoomRow) -> Result<bool> {
        let live = self.live.room(row.id);
        if live.inflight.is_empty() {
            return Ok(false);
        }
        let at = live.inflight_at;
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        Ok(at != Some((row.generation, group.epoch().as_u64())))
    }

    /// Sends what waits in a room's outbox, up to the window.
    pub(crate) fn pump(&mut self, row: &RoomRow, now: Millis) -> Result<()> {
        if !self.may_send(row, now)? || self.awaits_refusals(row)? {
            return Ok(());
        }
        let unsealed = self.unsealed(row)?;
        if !unsealed.is_empty() {
            self.atomically(|e| unsealed.iter().try_for_each(|w| e.seal(row, w)))?;
        }
        let live = self.live.room(row.id);
        let mut prev = live.last_sent.or(row.last_accepted);
        for w in self.window(row)? {
            let live = self.live.room(row.id);
            if !live.under_way(w.id) {
                live.inflight.insert(w.id);
                live.inflight_at = w.sealed.as_ref().map(|s| (s.generation, s.epoch));
                self.submit(row, &w, prev)?;
            }
            prev = Some(w.submit);
            let live = self.live.room(row.id);
            (live.sent_to, live.last_sent) = (w.id, prev);
        }
        Ok(())
    }

    /// What may be under way beside what is: the rows after the last one sent. After a refusal it
    /// starts again at the first.
    fn window(&mut self, row: &RoomRow) -> Result<Vec<OutboxRow>> {
        let live = self.live.room(row.id);
        let free = WINDOW.saturating_sub(live.inflight.len());
        let (after, limit) = match live.sent_to {
            0 => (0, WINDOW),
            sent => (sent, free),
        };
        match limit {
            0 => Ok(Vec::new()),
            _ => self.db.outbox(row.r, after, limit),
        }
    }

    /// Seals what waits, inside the transaction that is open: a message that is sent at once costs
    /// one fsync, not two.
    pub(crate) fn seal_waiting(&mut self, row: &RoomRow, now: Millis) -> Result<()> {
        if !self.may_send(row, now)? || self.awaits_refusals(row)? {
            return Ok(());
        }
        self.unsealed(row)?
            .iter()
            .try_for_each(|w| self.seal(row, w))
    }

    /// What stands in the window and has no bytes for the present epoch.
    fn unsealed(&mut self, row: &RoomRow) -> Result<Vec<OutboxRow>> {
        let mut waiting = self.window(row)?;
        if waiting.is_empty() {
            return Ok(waiting);
        }
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        let present = (row.generation, group.epoch().as_u64());
        let live = self.live.room(row.id);
        waiting.retain(|w| {
            let fresh = w
                .sealed
                .as_ref()
                .is_some_and(|s| (s.generation, s.epoch) == present);
            !fresh && !live.under_way(w.id)
        });
        // What went meanwhile needs no new bytes: it had not arrived.
        let (gone, waiting): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|w| w.content.is_empty());
        gone.iter().try_for_each(|w| self.db.dequeue(w.id))?;
        Ok(waiting)
    }

    fn seal(&mut self, row: &RoomRow, w: &OutboxRow) -> Result<()> {
        let content = MimiContent::decode(&w.content).map_err(|e| {
            Error::new(
                ErrorKind::Store,
                "StoreDamaged",
                format!("a queued message cannot be read: {e}"),
            )
        })?;
        let seen = self
            .db
            .position(LogId::Room(row.id))?
            .ok_or_else(|| Error::internal("sealing in a room that was not opened"))?;
        let aad = MessageAad {
            tag: frank(&content.salt, &w.content),
            seen_seq: seen.seq,
            seen_chain: seen.chain,
            channel: content.channel(),
        };
        let me = self
            .me
            .as_ref()
            .ok_or_else(|| Error::internal("sealing without an account"))?;
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        group.set_aad(codec::to_vec(&aad));
        let message = group
            .create_message(&self.provider, &me.signer, &pad(&w.content))
            .map_err(|e| failed("a message could not be sealed", e))?;
        let bytes = message
            .tls_serialize_detached()
            .map_err(|e| failed("a message could not be written", e))?;
        let epoch = group.epoch().as_u64();
        let hash = sha256(&[&bytes]);
        self.db.set_sealed(
            w.id,
            &Sealed {
                bytes,
                generation: row.generation,
                epoch,
            },
            hash,
        )
    }

    fn submit(&mut self, row: &RoomRow, w: &OutboxRow, prev: Option<SubmitId>) -> Result<()> {
        let sealed = w
            .sealed
            .as_ref()
            .ok_or_else(|| Error::internal("a message was not sealed"))?;
        let submit = Submit {
            room: row.id,
            submit_id: w.submit,
            prev,
            message: sealed.bytes.clone().into(),
        };
        self.ask(
            Request::Submit(submit),
            Asked::Submit {
                room: row.id,
                row: w.id,
            },
        );
        Ok(())
    }
}
