//! What can be read, as small traits by noun. [`super::Store`] implements all of them.
//!
//! A read sees what is durable and nothing else, holds no transaction between calls, and never
//! waits for the writer.

use super::command::Member;
use super::outcome::StoreError;
use super::record::{
    AccountRecord, DeviceRecord, IdleDevice, Interval, ListedRoom, MemberRecord, RoomRecord,
    Snapshot,
};
use bytes::Bytes;
use lacre_wire::answer::OpenedLog;
use lacre_wire::hello::{KeyPackageCount, LogHead};
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, RoomId, Seq};
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::request::OpenLog;
use std::future::Future;

/// The result of a read.
pub type Read<T> = Result<T, StoreError>;

/// Bounds of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit {
    /// Entries at most; more than [`lacre_wire::limits::MAX_RUN`] are never returned.
    pub entries: usize,
    /// Bytes of bodies at most; one entry is returned whatever its size.
    pub bytes: usize,
}

impl Default for PageLimit {
    fn default() -> Self {
        Self {
            entries: lacre_wire::limits::MAX_RUN,
            bytes: 256 * 1024,
        }
    }
}

/// A run of entries without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The entries, ascending. Empty at the head, and when `after` lies before what is kept.
    pub entries: Vec<Entry>,
    /// The chain after the last of them; none when there are none.
    pub chain: Option<Hash>,
    /// The log's head.
    pub head: Seq,
    /// First entry that is kept. A reader at `after + 1 < first` was trimmed past.
    pub first: Seq,
}

impl Page {
    /// What there is of a log that is not there.
    pub(crate) const EMPTY: Self = Self {
        entries: Vec::new(),
        chain: None,
        head: 0,
        first: 1,
    };

    /// Whether something in it may end somebody's reading of a room.
    pub(crate) fn has_handshakes(&self) -> bool {
        use EntryKind::{Commit, Generation, Proposal};
        let is_handshake = |kind| matches!(kind, Commit | Proposal | Generation);
        self.entries.iter().any(|entry| is_handshake(entry.kind))
    }
}

/// Entries of one log that are asked for, as in [`ReadLogs::entries`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The log.
    pub log: LogId,
    /// The entry before the first that is wanted.
    pub after: Seq,
    /// The last that is wanted; none for all.
    pub until: Option<Seq>,
}

/// Where a log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Last entry; 0 in an empty log.
    pub seq: Seq,
    /// The chain there.
    pub chain: Hash,
    /// First entry that is kept; `seq + 1` when none is.
    pub first: Seq,
}

/// Reads of logs.
pub trait ReadLogs {
    /// Where a log stands; none if there is no such log.
    fn head(&self, log: LogId) -> impl Future<Output = Read<Option<Head>>> + Send;

    /// The heads of several logs, in the order asked; what a sweep compares.
    fn heads(&self, logs: Vec<LogId>) -> impl Future<Output = Read<Vec<Option<Head>>>> + Send;

    /// Entries after `after`, up to `until` (a closed reader's end). Bodies above
    /// [`lacre_wire::limits::MAX_INLINE_BODY`] come by hash; senders of messages are opened.
    /// Whether the asker reads the log was decided at `open`.
    fn entries(
        &self,
        log: LogId,
        after: Seq,
        until: Option<Seq>,
        limit: PageLimit,
    ) -> impl Future<Output = Read<Page>> + Send;

    /// As [`ReadLogs::entries`] of several logs in one go, in the order asked; `limit` bounds each page.
    /// A store that is away for a moment is an error: nobody waits for it here.
    fn runs(
        &self,
        asked: Vec<Run>,
        limit: PageLimit,
    ) -> impl Future<Output = Read<Vec<Page>>> + Send;

    /// The chain after entry `seq`; none for an entry that is not there or was trimmed.
    fn chain_at(&self, log: LogId, seq: Seq) -> impl Future<Output = Read<Option<Hash>>> + Send;

    /// Where each log stands for this device and its cursor, in the order asked (contract 3 and 9).
    fn open(
        &self,
        device: DeviceId,
        logs: Vec<OpenLog>,
    ) -> impl Future<Output = Read<Vec<OpenedLog>>> + Send;

    /// The part of a log that a device reads; none if it never did. A device always reads its inbox.
    fn interval(
        &self,
        device: DeviceId,
        log: LogId,
    ) -> impl Future<Output = Read<Option<Interval>>> + Send;

    /// Every log of a device: its inbox first, then rooms, those with the latest news first. The
    /// head is the log's, or where the device's reading ended.
    fn logs_of(&self, device: DeviceId) -> impl Future<Output = Read<Vec<LogHead>>> + Send;

    /// Commits, proposals and generations of a room from `generation` and `epoch` on, ascending,
    /// with large bodies by hash, until `max_bytes` of bodies are reached (the last may be cut off:
    /// ask again from where it ended).
    fn handshakes(
        &self,
        room: RoomId,
        generation: Generation,
        epoch: Epoch,
        max_bytes: usize,
    ) -> impl Future<Output = Read<Vec<Entry>>> + Send;
}

/// Reads of accounts and devices.
pub trait ReadAccounts {
    /// An account by id.
    fn account(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Read<Option<AccountRecord>>> + Send;

    /// An account by handle, without `@`.
    fn account_by_handle(
        &self,
        handle: String,
    ) -> impl Future<Output = Read<Option<AccountRecord>>> + Send;

    /// A device, whatever its state.
    fn device(&self, device: DeviceId) -> impl Future<Output = Read<Option<DeviceRecord>>> + Send;

    /// The devices of an account, whatever their state, by id.
    fn devices_of(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Read<Vec<DeviceRecord>>> + Send;

    /// How many key packages a device has left, by suite.
    fn key_package_counts(
        &self,
        device: DeviceId,
    ) -> impl Future<Output = Read<Vec<KeyPackageCount>>> + Send;
}

/// Reads of rooms.
pub trait ReadRooms {
    /// A room's row.
    fn room(&self, room: RoomId) -> impl Future<Output = Read<Option<RoomRecord>>> + Send;

    /// The devices that read or have read a room, by id.
    fn members(&self, room: RoomId) -> impl Future<Output = Read<Vec<MemberRecord>>> + Send;

    /// The direct room of a pair of accounts, in any order.
    fn direct_room(
        &self,
        one: AccountId,
        other: AccountId,
    ) -> impl Future<Output = Read<Option<RoomId>>> + Send;

    /// The room with members that is listed under a name.
    fn listed_room(&self, name: String) -> impl Future<Output = Read<Option<ListedRoom>>> + Send;

    /// At most `limit` listed rooms with members, ascending by name, after `after`.
    fn listed_rooms(
        &self,
        after: Option<String>,
        limit: usize,
    ) -> impl Future<Output = Read<Vec<ListedRoom>>> + Send;

    /// The newest snapshot of a room's public group.
    fn snapshot(&self, room: RoomId) -> impl Future<Output = Read<Option<Snapshot>>> + Send;
}

/// Reads of devices that are to go.
pub trait ReadIdle {
    /// Listed devices that were seen before `before`, with the rooms they read, ascending by when
    /// they were seen and id; from after `after` on.
    fn inactive(
        &self,
        after: (Millis, DeviceId),
        before: Millis,
        limit: usize,
    ) -> impl Future<Output = Read<Vec<IdleDevice>>> + Send;

    /// At most `limit` devices that were cut off from a room, and whose removal the relay has yet to
    /// propose there.
    fn owed(&self, limit: usize) -> impl Future<Output = Read<Vec<(RoomId, Member)>>> + Send;
}

/// Reads of objects.
pub trait ReadObjects {
    /// An object's bytes, at most [`lacre_wire::limits::MAX_OBJECT`].
    fn object(&self, hash: Hash) -> impl Future<Output = Read<Option<Bytes>>> + Send;
}
