//! The rows behind the rules, and the look-ups every back end offers.
//!
//! A back end is a set of tables with these look-ups and with [`super::effect::Effect`]s that change
//! them. It holds no rule: which rows a command needs is [`super::view`]'s business, what becomes of
//! them is [`super::decide`]'s.

mod member;

pub(crate) use member::{MemberRow, Span};

use super::blame::Blame;
use super::read::{PageLimit, Run};
use super::record::{DeviceState, Interval, ListedRoom};
use super::runs::Runs;
use bytes::Bytes;
use lacre_wire::identity::SignedDeviceList;
use lacre_wire::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, LogId, Millis, PublicKey, RoomId, Seq,
};
use lacre_wire::log::{EntryKind, GoneReason, SenderOpening, chain_start};
use lacre_wire::room::RoomKind;
use lacre_wire::stamp::Stamp;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// 16 bytes of an HMAC: names a submission, or a sender's share of an inbox, without naming anybody.
pub(crate) type Blind = [u8; 16];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountRow {
    pub(crate) aik: PublicKey,
    pub(crate) handle: String,
    pub(crate) list: SignedDeviceList,
    pub(crate) list_version: u64,
    pub(crate) created_ms: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceRow {
    pub(crate) account: AccountId,
    pub(crate) key: PublicKey,
    pub(crate) counter: u64,
    pub(crate) state: DeviceState,
    pub(crate) seen_ms: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogRow {
    pub(crate) head: Seq,
    pub(crate) chain: Hash,
    /// `accepted_ms` of the head: time never goes back within a log.
    pub(crate) last_ms: Millis,
    /// First entry that is kept; `head + 1` when none is.
    pub(crate) first: Seq,
    /// The chain before `first`.
    pub(crate) before: Hash,
    /// Bytes of bodies kept; counted in inboxes only.
    pub(crate) bytes: u64,
    /// Messages up to here have no body any more.
    pub(crate) swept: Seq,
    /// When retention has to look at this log again.
    pub(crate) due_ms: Option<Millis>,
}

impl LogRow {
    pub(crate) fn new(log: LogId) -> Self {
        let start = chain_start(log);
        Self {
            head: 0,
            chain: start,
            last_ms: 0,
            first: 1,
            before: start,
            bytes: 0,
            swept: 0,
            due_ms: None,
        }
    }

    /// How many entries are kept.
    pub(crate) fn kept(&self) -> u64 {
        self.head.saturating_add(1).saturating_sub(self.first)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomRow {
    pub(crate) kind: RoomKind,
    pub(crate) generation: Generation,
    pub(crate) epoch: Epoch,
    pub(crate) epoch_seq: Seq,
    pub(crate) group_info: Hash,
    pub(crate) gi_mac: Hash,
    pub(crate) key_number: u32,
    pub(crate) tree: Hash,
    pub(crate) frozen: bool,
    pub(crate) join_open: bool,
    pub(crate) retention_ms: Option<Millis>,
    /// The name its rules give it; whether the list has it is another matter.
    pub(crate) listed: Option<String>,
    /// Where the kept snapshot stands.
    pub(crate) snapshot: Option<(Generation, Epoch)>,
    pub(crate) pending: Vec<Pending>,
    pub(crate) reports: Vec<Report>,
    pub(crate) blame: Blame,
}

/// A proposal that waits for a commit. CBOR, because it lives inside the room's row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Pending {
    #[n(0)]
    pub(crate) seq: Seq,
    #[n(1)]
    pub(crate) hash: Hash,
    #[n(2)]
    pub(crate) body: ByteVec,
    #[n(3)]
    pub(crate) accepted_ms: Millis,
    #[n(4)]
    pub(crate) evicts: Option<DeviceId>,
}

/// A report of a commit that somebody cannot apply.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Report {
    #[n(0)]
    pub(crate) generation: Generation,
    #[n(1)]
    pub(crate) seq: Seq,
    #[n(2)]
    pub(crate) account: AccountId,
    /// Who is to blame, as the reporter says.
    #[n(3)]
    pub(crate) blames: Option<AccountId>,
}

/// A body as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoredBody {
    Inline(Bytes),
    Object { hash: Hash, size: u64 },
    Gone { hash: Hash, reason: GoneReason },
}

/// An account sealed under a key that is not in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SealedSender {
    /// The number of the lineage it was sealed in: a restored store seals the same positions anew.
    pub(crate) lineage: u32,
    pub(crate) sealed: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryRow {
    pub(crate) seq: Seq,
    pub(crate) kind: EntryKind,
    pub(crate) generation: Generation,
    pub(crate) epoch: Epoch,
    pub(crate) accepted_ms: Millis,
    pub(crate) chain: Hash,
    pub(crate) body: StoredBody,
    pub(crate) stamp: Option<Stamp>,
    /// The sender's account; on messages only.
    pub(crate) sender: Option<SealedSender>,
    /// The opened sender, for delivery from memory; never stored.
    pub(crate) opening: Option<SenderOpening>,
    /// Whose share of the inbox it counts against.
    pub(crate) origin: Option<Blind>,
    /// Objects it refers to.
    pub(crate) refs: Vec<Hash>,
}

/// What retention has to know of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryMeta {
    pub(crate) seq: Seq,
    pub(crate) kind: EntryKind,
    pub(crate) generation: Generation,
    pub(crate) epoch: Epoch,
    pub(crate) accepted_ms: Millis,
    pub(crate) chain: Hash,
    /// SHA-256 of the body.
    pub(crate) body: Hash,
    pub(crate) gone: bool,
    pub(crate) size: u64,
    pub(crate) origin: Option<Blind>,
    pub(crate) refs: Vec<Hash>,
}

/// What one sender holds of an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Share {
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remembered {
    pub(crate) seq: Seq,
    pub(crate) accepted_ms: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) hash: Hash,
    pub(crate) last_resort: bool,
    pub(crate) package: Bytes,
}

/// Readers of a room who still take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Readers {
    /// Devices with an open interval that were seen of late.
    pub(crate) count: u64,
    /// The least of what they have acked.
    pub(crate) acked: Option<Seq>,
}

/// One log of a device, for the list of its logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceLog {
    pub(crate) log: LogId,
    pub(crate) head: Seq,
    pub(crate) last_ms: Millis,
    pub(crate) interval: Interval,
}

/// The look-ups of a back end. `&mut` because a back end may cache.
pub(crate) trait Rows {
    type Error;

    /// A remembered submission, however old.
    fn remembered(&mut self, key: &Blind) -> Result<Option<Remembered>, Self::Error>;

    fn account(&mut self, account: &AccountId) -> Result<Option<AccountRow>, Self::Error>;
    fn account_by_handle(&mut self, handle: &str) -> Result<Option<AccountId>, Self::Error>;
    fn device(&mut self, device: &DeviceId) -> Result<Option<DeviceRow>, Self::Error>;
    /// Ascending by id.
    fn devices_of(
        &mut self,
        account: &AccountId,
    ) -> Result<Vec<(DeviceId, DeviceRow)>, Self::Error>;
    /// Devices that have waited for approval since before `before`.
    fn forlorn(&mut self, before: Millis, limit: usize) -> Result<Vec<DeviceId>, Self::Error>;

    /// Listed devices seen before `before`, ascending by (`seen_ms`, id), from after `after` on.
    fn inactive(
        &mut self,
        after: (Millis, DeviceId),
        before: Millis,
        limit: usize,
    ) -> Result<Vec<(DeviceId, DeviceRow)>, Self::Error>;
    /// At most `limit` places of devices whose removal the relay has yet to propose, in any order.
    fn owed(&mut self, limit: usize) -> Result<Vec<(RoomId, DeviceId, AccountId)>, Self::Error>;

    fn log(&mut self, log: LogId) -> Result<Option<LogRow>, Self::Error>;
    /// The log with the earliest `due_ms` at or before `now`, by (`due_ms`, key).
    fn due_log(&mut self, now: Millis) -> Result<Option<LogId>, Self::Error>;
    /// Entries after `after`, ascending, of each of these logs, at most `limit` of each; nothing of a
    /// log that is not there, no entries behind a gap. In the order asked.
    fn runs(&mut self, asked: &[Run], limit: PageLimit) -> Result<Runs, Self::Error>;
    /// Commits, proposals and generations after `after`, of (generation, epoch) `from` or later, ascending.
    fn handshakes(
        &mut self,
        log: LogId,
        after: Seq,
        from: (Generation, Epoch),
        limit: PageBound,
    ) -> Result<Vec<EntryRow>, Self::Error>;
    fn metas(
        &mut self,
        log: LogId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<EntryMeta>, Self::Error>;
    /// The chain after a kept entry.
    fn chain(&mut self, log: LogId, seq: Seq) -> Result<Option<Hash>, Self::Error>;
    fn share(&mut self, device: &DeviceId, origin: &Blind) -> Result<Share, Self::Error>;

    fn room(&mut self, room: &RoomId) -> Result<Option<RoomRow>, Self::Error>;
    fn direct(&mut self, pair: &(AccountId, AccountId)) -> Result<Option<RoomId>, Self::Error>;
    fn member(
        &mut self,
        room: &RoomId,
        device: &DeviceId,
    ) -> Result<Option<MemberRow>, Self::Error>;
    /// Ascending by device.
    fn members(&mut self, room: &RoomId) -> Result<Vec<(DeviceId, MemberRow)>, Self::Error>;
    /// Rooms in which a device has an open interval, ascending.
    fn rooms_of(&mut self, device: &DeviceId) -> Result<Vec<RoomId>, Self::Error>;
    /// Readers with an open interval whose device was seen at or after `seen_since`.
    fn readers(&mut self, room: &RoomId, seen_since: Millis) -> Result<Readers, Self::Error>;
    /// Every room log of a device, in any order.
    fn logs_of(&mut self, device: &DeviceId) -> Result<Vec<DeviceLog>, Self::Error>;

    /// The room that a name on the list stands for, with members or without.
    fn listing(&mut self, name: &str) -> Result<Option<RoomId>, Self::Error>;
    /// Whether some device has an open interval.
    fn has_members(&mut self, room: &RoomId) -> Result<bool, Self::Error>;
    /// At most `limit` listed rooms with members, from `from` on, ascending by name.
    fn listings(&mut self, from: &str, limit: usize) -> Result<Vec<ListedRoom>, Self::Error>;

    /// Whether the device has this one-time package of the suite.
    fn has_package(
        &mut self,
        device: &DeviceId,
        suite: u16,
        hash: &Hash,
    ) -> Result<bool, Self::Error>;
    /// One-time packages and last-resort packages by suite, ascending.
    fn package_counts(&mut self, device: &DeviceId) -> Result<Vec<(u16, u32, u32)>, Self::Error>;
    /// The oldest one-time package stored at or after `since`, else the last resort.
    fn package(
        &mut self,
        device: &DeviceId,
        suite: u16,
        since: Millis,
    ) -> Result<Option<Package>, Self::Error>;
    /// One-time packages stored before `before`, oldest first.
    fn stale_packages(
        &mut self,
        before: Millis,
        limit: usize,
    ) -> Result<Vec<(DeviceId, u16, Hash)>, Self::Error>;

    /// Whether the object's bytes are here.
    fn has_object(&mut self, hash: &Hash) -> Result<bool, Self::Error>;
    fn object(&mut self, hash: &Hash) -> Result<Option<Bytes>, Self::Error>;
    /// Objects that nothing refers to, last touched before `before`, oldest first, then by hash.
    fn orphans(&mut self, before: Millis, limit: usize) -> Result<Vec<Hash>, Self::Error>;
    fn snapshot(
        &mut self,
        room: &RoomId,
    ) -> Result<Option<(Generation, Epoch, Bytes)>, Self::Error>;
}

/// Where a page ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageBound {
    /// Last entry, included.
    pub(crate) until: Seq,
    pub(crate) entries: usize,
    /// Bytes of inline bodies; the entry that reaches it is the last.
    pub(crate) bytes: usize,
}
