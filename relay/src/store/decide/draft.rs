//! A decision in the making: appends to logs, and what follows from an append.

use super::{Decision, Env};
use crate::store::command::Hashed;
use crate::store::effect::Effect;
use crate::store::limits::{APPROVALS, INBOX_MS, SHARE_BYTES, SHARE_ENTRIES};
use crate::store::outcome::{Outcome, ReaderChange, Verdict};
use crate::store::rows::{Blind, EntryRow, LogRow, MemberRow, SealedSender, Share, StoredBody};
use crate::store::view::View;
use lacre_wire::answer::Accepted;
use lacre_wire::ids::{DeviceId, Epoch, Generation, Hash, LogId, Millis, RoomId, Seq};
use lacre_wire::limits::{INBOX_BYTES, INBOX_ENTRIES, MAX_INLINE_BODY};
use lacre_wire::log::{EntryKind, Link, SenderOpening};
use lacre_wire::push::Evicted;
use lacre_wire::stamp::Stamp;
use std::collections::BTreeMap;

/// An entry before it has a place.
pub(super) struct NewEntry {
    pub(super) kind: EntryKind,
    pub(super) generation: Generation,
    pub(super) epoch: Epoch,
    pub(super) body: StoredBody,
    pub(super) body_hash: Hash,
    pub(super) stamp: Option<Stamp>,
    pub(super) sender: Option<(SealedSender, SenderOpening)>,
    pub(super) origin: Option<Blind>,
    pub(super) refs: Vec<Hash>,
}

impl NewEntry {
    /// An inline entry without stamp or references.
    pub(super) fn plain(
        kind: EntryKind,
        generation: Generation,
        epoch: Epoch,
        body: &Hashed,
    ) -> Self {
        Self {
            kind,
            generation,
            epoch,
            body: StoredBody::Inline(body.bytes().clone()),
            body_hash: body.hash(),
            stamp: None,
            sender: None,
            origin: None,
            refs: Vec::new(),
        }
    }

    /// The bytes it takes in its log.
    fn size(&self) -> u64 {
        match &self.body {
            StoredBody::Inline(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            StoredBody::Object { .. } | StoredBody::Gone { .. } => 0,
        }
    }
}

/// Where the next entry of a log stands, and when it was accepted: time never goes back in a log.
pub(super) fn next(log: &LogRow, now: Millis) -> (Seq, Millis) {
    (log.head.saturating_add(1), now.max(log.last_ms))
}

/// Gives an entry its place and moves the log's head.
pub(super) fn extend(log: &mut LogRow, entry: NewEntry, now: Millis) -> EntryRow {
    let (seq, accepted_ms) = next(log, now);
    let NewEntry {
        kind,
        generation,
        epoch,
        body,
        body_hash,
        stamp,
        sender,
        origin,
        refs,
    } = entry;
    let link = Link {
        seq,
        kind,
        generation,
        epoch,
        accepted_ms,
        body: body_hash,
        stamp,
    };
    let chain = link.chain(&log.chain);
    log.head = seq;
    log.chain = chain;
    log.last_ms = accepted_ms;
    EntryRow {
        seq,
        kind,
        generation,
        epoch,
        accepted_ms,
        chain,
        body,
        stamp: link.stamp,
        sender: sender.map(|(sealed, _)| sealed),
        opening: sender.map(|(_, opening)| opening),
        origin,
        refs,
    }
}

/// Whose entry goes into an inbox.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    /// The relay's own; never refused.
    Relay,
    /// A request to be approved.
    Approval,
    /// A person, by the name of their share.
    Sender(Blind),
}

/// A decision in the making.
pub(super) struct Draft<'a> {
    pub(super) view: &'a View,
    pub(super) env: &'a Env<'a>,
    pub(super) now: Millis,
    pub(super) effects: Vec<Effect>,
    pub(super) touched: Vec<(LogId, Seq)>,
    pub(super) readers: Vec<ReaderChange>,
    inboxes: BTreeMap<DeviceId, LogRow>,
    shares: BTreeMap<(DeviceId, Blind), Share>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(view: &'a View, env: &'a Env<'a>, now: Millis) -> Self {
        Self {
            view,
            env,
            now,
            effects: Vec::new(),
            touched: Vec::new(),
            readers: Vec::new(),
            inboxes: BTreeMap::new(),
            shares: BTreeMap::new(),
        }
    }

    pub(super) fn finish(mut self, verdict: Verdict) -> Decision {
        for (device, row) in self.inboxes {
            let log = LogId::Inbox(device);
            self.touched.push((log, row.head));
            self.effects.push(Effect::Log(log, row));
        }
        for ((device, origin), share) in self.shares {
            self.effects.push(Effect::Share(device, origin, share));
        }
        let outcome = Outcome {
            verdict,
            touched: self.touched,
            readers: self.readers,
        };
        Decision {
            outcome,
            effects: self.effects,
        }
    }

    /// Appends to a room's log. The caller writes the log's row at the end.
    pub(super) fn append(&mut self, room: RoomId, log: &mut LogRow, entry: NewEntry) -> Accepted {
        let row = extend(log, entry, self.now);
        let accepted = Accepted {
            seq: row.seq,
            chain: row.chain,
            accepted_ms: row.accepted_ms,
        };
        self.effects
            .extend(row.refs.iter().map(|hash| Effect::Ref(*hash, self.now)));
        self.effects
            .push(Effect::Append(LogId::Room(room), Box::new(row)));
        accepted
    }

    /// Writes a room's log and says that it has a new head.
    pub(super) fn touch(&mut self, room: RoomId, log: LogRow) {
        self.touched.push((LogId::Room(room), log.head));
        self.effects.push(Effect::Log(LogId::Room(room), log));
    }

    /// A handshake's body: inline, or an object when it is too large for a frame.
    pub(super) fn handshake(
        &mut self,
        kind: EntryKind,
        generation: Generation,
        epoch: Epoch,
        body: &Hashed,
    ) -> NewEntry {
        let mut entry = NewEntry::plain(kind, generation, epoch, body);
        if body.size() > MAX_INLINE_BODY {
            let size = u64::try_from(body.size()).unwrap_or(u64::MAX);
            entry.body = StoredBody::Object {
                hash: body.hash(),
                size,
            };
            entry.refs.push(body.hash());
            self.object(body);
        }
        entry
    }

    /// Keeps an object; the caller refers to it.
    pub(super) fn object(&mut self, object: &Hashed) {
        self.effects.push(Effect::Object(
            object.hash(),
            object.bytes().clone(),
            self.now,
        ));
    }

    /// Appends to a device's inbox. Says false when the sender's share is full or there is no inbox.
    pub(super) fn push(
        &mut self,
        device: DeviceId,
        origin: Origin,
        kind: EntryKind,
        body: &Hashed,
        refs: Vec<Hash>,
    ) -> bool {
        let Some(mut log) = self
            .inboxes
            .get(&device)
            .or_else(|| self.view.inboxes.get(&device))
            .cloned()
        else {
            return false;
        };
        let mut entry = NewEntry::plain(kind, 0, 0, body);
        entry.refs = refs;
        let size = entry.size();
        if !self.take_share(device, origin, size, &mut entry) {
            return false;
        }
        log.bytes = log.bytes.saturating_add(size);
        let row = extend(&mut log, entry, self.now);
        let full = log.kept() > INBOX_ENTRIES || log.bytes > INBOX_BYTES;
        let due = if full {
            0
        } else {
            row.accepted_ms.saturating_add(INBOX_MS)
        };
        log.due_ms = Some(log.due_ms.map_or(due, |before| before.min(due)));
        self.effects
            .extend(row.refs.iter().map(|hash| Effect::Ref(*hash, self.now)));
        self.effects
            .push(Effect::Append(LogId::Inbox(device), Box::new(row)));
        self.inboxes.insert(device, log);
        true
    }

    fn take_share(
        &mut self,
        device: DeviceId,
        origin: Origin,
        size: u64,
        entry: &mut NewEntry,
    ) -> bool {
        let (name, entries, bytes) = match origin {
            Origin::Relay => return true,
            Origin::Approval => (self.env.keys.approvals(&device), APPROVALS, SHARE_BYTES),
            Origin::Sender(name) => (name, SHARE_ENTRIES, SHARE_BYTES),
        };
        let key = (device, name);
        let held = self
            .shares
            .get(&key)
            .or_else(|| self.view.shares.get(&key))
            .copied()
            .unwrap_or_default();
        let share = Share {
            entries: held.entries.saturating_add(1),
            bytes: held.bytes.saturating_add(size),
        };
        if share.entries > entries || share.bytes > bytes {
            return false;
        }
        entry.origin = Some(name);
        self.shares.insert(key, share);
        true
    }

    /// Ends a device's reading of a room at `until`, and tells it so.
    pub(super) fn evict(
        &mut self,
        room: RoomId,
        device: DeviceId,
        mut member: MemberRow,
        until: Seq,
    ) {
        member.until_seq = Some(until);
        let notice = Evicted {
            room,
            until_seq: until,
        };
        let body = Hashed::new(lacre_wire::codec::to_vec(&notice));
        self.push(device, Origin::Relay, EntryKind::Evicted, &body, Vec::new());
        self.member(room, device, member);
    }

    /// The removal of a device that was cut off is proposed, or made.
    pub(super) fn no_longer_owed(&mut self, room: RoomId, device: DeviceId, member: &MemberRow) {
        let member = MemberRow {
            owed: false,
            ..member.clone()
        };
        self.effects.push(Effect::Member(room, device, member));
    }

    /// Writes a device's place in a room and says that its reading changed.
    pub(super) fn member(&mut self, room: RoomId, device: DeviceId, member: MemberRow) {
        let (from_seq, until_seq) = (member.from_seq, member.until_seq);
        self.readers.push(ReaderChange {
            room,
            device,
            from_seq,
            until_seq,
        });
        self.effects.push(Effect::Member(room, device, member));
    }
}
