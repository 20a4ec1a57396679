//! What can be asked of the store: one enum of atomic intentions.
//!
//! A command carries everything it needs, the time included, and names no SQL. Whatever takes
//! cryptography or MLS to check was checked by the caller; whatever depends on the rows of the
//! moment (epochs, predecessors, quotas, versions) is decided inside the transaction.

mod account;
mod housekeeping;
mod inbox;
mod room;

pub use account::{
    ClaimKeyPackages, Login, PutDeviceList, PutKeyPackages, RequestDevice, Seen, SignUp,
};
pub use housekeeping::{Housekeep, PutObject, PutSnapshot};
pub use inbox::{Ack, SendToDevice};
pub use room::{
    Append, Commit, CreateRoom, GroupStep, Member, OpenGeneration, Propose, RelayPropose,
    RelayRemove, ReportBadCommit, RoomSummary, Tree, Welcome,
};

use bytes::Bytes;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{DeviceId, Hash, LogId, Millis, SubmitId};

/// Bytes with their SHA-256, computed once, where the bytes came in: not on the writer. Of a large
/// object they may be kept elsewhere: then the tables get the note that says where (`large`).
#[derive(Clone, PartialEq, Eq)]
pub struct Hashed {
    bytes: Bytes,
    size: usize,
    hash: Hash,
}

impl Hashed {
    /// Hashes `bytes`.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            hash: sha256(&[&bytes]),
            size: bytes.len(),
            bytes,
        }
    }

    /// The same with a note in the place of the bytes.
    pub(crate) fn noted(&self, note: Bytes) -> Self {
        Self {
            bytes: note,
            size: self.size,
            hash: self.hash,
        }
    }

    /// How many bytes there are, wherever they are kept.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The bytes. Cheap to clone.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Their SHA-256.
    pub fn hash(&self) -> Hash {
        self.hash
    }
}

impl std::fmt::Debug for Hashed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hashed({} bytes, {})", self.size, self.hash)
    }
}

/// One atomic intention. Its outcome is durable when it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A new account with its first device. → `LoggedIn`
    SignUp(Box<SignUp>),
    /// A device connects; its counter must have risen. → `LoggedIn`
    Login(Login),
    /// A new device of an account asks to be approved. → `LoggedIn`
    RequestDevice(Box<RequestDevice>),
    /// The next device list of an account. → `Done`
    PutDeviceList(Box<PutDeviceList>),
    /// Devices are connected. → `Done`
    Seen(Seen),
    /// Key packages of a device. → `Done`
    PutKeyPackages(PutKeyPackages),
    /// Takes one key package of every device of some accounts. → `KeyPackages`
    ClaimKeyPackages(ClaimKeyPackages),
    /// Appends a message to a room. → `Accepted`, `WrongEpoch`, `OutOfOrder`, `CommitFirst`
    Append(Append),
    /// Appends a member's proposal. → `Accepted`, `WrongEpoch`
    Propose(Propose),
    /// Appends Removes of the relay and closes delivery to the devices. → `Accepted`, `Done`, `WrongEpoch`
    RelayPropose(RelayPropose),
    /// Moves a room to its next epoch. → `Accepted`, `WrongEpoch`, `CommitFirst`
    Commit(Box<Commit>),
    /// Creates a room. → `Accepted`, `Exists`
    CreateRoom(Box<CreateRoom>),
    /// Puts the next generation of a room's group in place. → `Accepted`, `WrongEpoch`
    OpenGeneration(Box<OpenGeneration>),
    /// Sealed bytes for another device of the same account. → `Done`
    SendToDevice(SendToDevice),
    /// What a device has durably applied. → `Done`
    Ack(Ack),
    /// A device cannot apply a commit. → `Reported`
    ReportBadCommit(ReportBadCommit),
    /// Keeps an uploaded object for an hour, or for as long as something refers to it. → `Done`
    PutObject(PutObject),
    /// Keeps the public group of a room's epoch, to go on from after a restart. → `Done`
    PutSnapshot(PutSnapshot),
    /// One step of retention. → `Housekept`
    Housekeep(Housekeep),
}

/// Whose submission a command is: what idempotency is keyed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Submission {
    pub(crate) log: LogId,
    pub(crate) device: DeviceId,
    pub(crate) submit_id: SubmitId,
    pub(crate) now_ms: Millis,
}

impl Command {
    /// The submission this command carries, for those that are remembered.
    pub(crate) fn submission(&self) -> Option<Submission> {
        let of = |room, device, submit_id, now_ms| {
            Some(Submission {
                log: LogId::Room(room),
                device,
                submit_id,
                now_ms,
            })
        };
        match self {
            Self::Append(c) => of(c.room, c.device, c.submit_id, c.now_ms),
            Self::Propose(c) => of(c.room, c.device, c.submit_id, c.now_ms),
            Self::Commit(c) => of(c.room, c.device, c.submit_id, c.now_ms),
            Self::CreateRoom(c) => of(c.room, c.device, c.submit_id, c.now_ms),
            Self::OpenGeneration(c) => of(c.room, c.device, c.submit_id, c.now_ms),
            _ => None,
        }
    }

    /// About how many bytes the command holds: what the writer's queue is bounded by.
    pub(crate) fn weight(&self) -> usize {
        const FLAT: usize = 256;
        FLAT + match self {
            Self::Append(c) => c.body.bytes().len(),
            Self::Propose(c) => c.body.bytes().len(),
            Self::RelayPropose(c) => c.removes.iter().map(|r| r.body.bytes().len()).sum(),
            Self::Commit(c) => {
                c.step.weight()
                    + c.reproposals
                        .iter()
                        .map(|r| r.body.bytes().len())
                        .sum::<usize>()
            }
            Self::CreateRoom(c) => {
                c.group_info.bytes().len()
                    + c.tree.weight()
                    + c.first.as_ref().map_or(0, GroupStep::weight)
            }
            Self::OpenGeneration(c) => c.step.weight(),
            Self::PutObject(c) => c.object.bytes().len(),
            Self::PutSnapshot(c) => c.snapshot.len(),
            Self::PutKeyPackages(c) => c
                .one_time
                .iter()
                .chain(&c.last_resort)
                .map(Bytes::len)
                .sum(),
            Self::SendToDevice(c) => c.sealed.len(),
            Self::SignUp(c) => c.list.list.len(),
            Self::PutDeviceList(c) => c.list.list.len(),
            Self::Login(_)
            | Self::Seen(_)
            | Self::RequestDevice(_)
            | Self::ClaimKeyPackages(_)
            | Self::Ack(_)
            | Self::ReportBadCommit(_)
            | Self::Housekeep(_) => 0,
        }
    }

    /// Whether the store may do without this when its disk is almost full. What lets people read,
    /// leave and delete passes, and so do logins, revocations and bans, which are small.
    pub(crate) fn grows(&self) -> bool {
        match self {
            Self::SignUp(_)
            | Self::RequestDevice(_)
            | Self::PutKeyPackages(_)
            | Self::Append(_)
            | Self::Propose(_)
            | Self::Commit(_)
            | Self::CreateRoom(_)
            | Self::OpenGeneration(_)
            | Self::SendToDevice(_)
            | Self::PutObject(_)
            | Self::PutSnapshot(_) => true,
            Self::Login(_)
            | Self::Seen(_)
            | Self::PutDeviceList(_)
            | Self::ClaimKeyPackages(_)
            | Self::RelayPropose(_)
            | Self::Ack(_)
            | Self::ReportBadCommit(_)
            | Self::Housekeep(_) => false,
        }
    }

    /// Acks and deletions have a lane of their own, so that a full store can be emptied.
    pub(crate) fn frees_space(&self) -> bool {
        matches!(self, Self::Ack(_) | Self::Housekeep(_))
    }
}
