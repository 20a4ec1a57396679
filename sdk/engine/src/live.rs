//! What is known of the present session. Nothing here is durable: it is rebuilt at every login.

use crate::event::LocalId;
use lacre_wire::answer::ClaimedAccount;
use lacre_wire::ids::{
    AccountId, DeviceId, Epoch, Generation, Hash, Lineage, LogId, Millis, PublicKey, RoomId, Seq,
    SubmitId,
};
use lacre_wire::request::Request;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What an answer is for.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    Open,
    Submit {
        room: RoomId,
        row: i64,
    },
    Turn {
        room: RoomId,
    },
    Release,
    /// The commit by its SHA-256: an answer to an older one says nothing about the one under way.
    Commit {
        room: RoomId,
        hash: Hash,
    },
    Propose {
        room: RoomId,
        change: LocalId,
    },
    Create {
        room: RoomId,
        change: LocalId,
    },
    PutKeyPackages {
        first: bool,
    },
    Claim {
        change: LocalId,
        accounts: Vec<AccountId>,
    },
    LookupFor {
        id: LocalId,
        handle: String,
    },
    LookupAccount(AccountId),
    PutDeviceList {
        change: LocalId,
        device: DeviceId,
    },
    SendToDevice {
        change: LocalId,
    },
    Announce,
    Generation {
        room: RoomId,
        change: LocalId,
    },
    Rejoin {
        room: RoomId,
        change: LocalId,
    },
    Join {
        room: RoomId,
        change: LocalId,
    },
    GroupInfo {
        room: RoomId,
        change: LocalId,
    },
    BadCommit,
    Focus,
    Ping {
        id: LocalId,
    },
    List {
        id: LocalId,
        request: Box<Request>,
    },
}

/// Where the turn to commit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Turn {
    #[default]
    None,
    Asked,
    Mine,
}

/// A room in this session.
#[derive(Debug, Default)]
pub(crate) struct RoomLive {
    /// Entries flow.
    pub(crate) open: bool,
    /// The log's head when it was opened; sending waits until it is reached.
    pub(crate) head_at_open: Seq,
    /// Outbox rows that were sent and not answered.
    pub(crate) inflight: BTreeSet<i64>,
    /// Where the room stood when those were sealed.
    pub(crate) inflight_at: Option<(Generation, Epoch)>,
    /// The last outbox row that was sent, with all before it; 0 to look at all of them again.
    pub(crate) sent_to: i64,
    /// The submission of that row.
    pub(crate) last_sent: Option<SubmitId>,
    /// Outbox rows that were accepted and not met in the log yet.
    pub(crate) accepted: HashSet<i64>,
    /// The relay asked for patience until then.
    pub(crate) not_before: Millis,
    /// The relay is at this epoch; sending waits until it is reached here.
    pub(crate) behind: Option<(Generation, Epoch)>,
    pub(crate) turn: Turn,
    /// Waiting proposals should be committed from here.
    pub(crate) commit_wanted: bool,
    /// The ratchets of this epoch ran far; renew the keys.
    pub(crate) renew_wanted: bool,
    /// People whom the relay asked this device to let in.
    pub(crate) to_let_in: BTreeSet<AccountId>,
    /// When the room's keys are to be sent to somebody who came in from outside.
    pub(crate) keys_due: Option<Millis>,
    /// The relay takes nothing for this generation any more.
    pub(crate) frozen: bool,
    /// When it is decided how a room that stopped comes back.
    pub(crate) repair_at: Option<Millis>,
    /// How long the log waits for the Welcome of a new generation.
    pub(crate) welcome_until: Option<Millis>,
    /// That Welcome did not come.
    pub(crate) no_welcome: bool,
    /// An own commit was under way when the session began; its fate is not known yet.
    pub(crate) commit_open: bool,
}

impl RoomLive {
    /// Whether an outbox row was sent and needs nothing more.
    pub(crate) fn under_way(&self, row: i64) -> bool {
        self.inflight.contains(&row) || self.accepted.contains(&row)
    }

    /// The room goes on in another group: of this session only where its log stands is left, and whom the
    /// keys are owed to.
    pub(crate) fn begin_anew(&mut self) {
        *self = Self {
            open: self.open,
            head_at_open: self.head_at_open,
            keys_due: self.keys_due,
            ..Self::default()
        };
    }

    /// A submission was refused: what follows it is looked at again.
    pub(crate) fn rewind(&mut self) {
        (self.sent_to, self.last_sent) = (0, None);
    }

    /// Whether this device should do something for the room beside its own changes.
    pub(crate) fn has_duties(&self) -> bool {
        self.commit_wanted || self.renew_wanted || self.commit_open || !self.to_let_in.is_empty()
    }
}

/// An external commit in preparation.
#[derive(Debug)]
pub(crate) struct Joining {
    pub(crate) change: LocalId,
    /// When to stop waiting for a Welcome.
    pub(crate) commit_at: Option<Millis>,
    /// The relay says that this device is in the room.
    pub(crate) already_in: bool,
    pub(crate) info: Option<lacre_wire::answer::GroupInfoAnswer>,
}

impl Joining {
    /// For a change that has just begun.
    pub(crate) fn of(change: LocalId) -> Self {
        Self {
            change,
            commit_at: None,
            already_in: false,
            info: None,
        }
    }
}

/// The session.
#[derive(Default)]
pub(crate) struct Live {
    pub(crate) online: bool,
    /// The device is listed: it may do more than wait.
    pub(crate) listed: bool,
    pub(crate) lineage: Option<Lineage>,
    /// Signed chain heads that were not compared yet.
    pub(crate) checkpoints: HashMap<RoomId, lacre_wire::checkpoint::Checkpoint>,
    /// The relay's MLS external sender key.
    pub(crate) relay_key: Option<PublicKey>,
    pub(crate) checkpoint_key: Option<PublicKey>,
    last_request: u32,
    pub(crate) asked: HashMap<u32, Asked>,
    pub(crate) rooms: HashMap<RoomId, RoomLive>,
    pub(crate) inbox_open: bool,
    /// The inbox's head when it was opened.
    pub(crate) inbox_head: Seq,
    /// Rooms whose logs begin later for this device than they should, and where.
    pub(crate) late: HashMap<RoomId, Seq>,
    /// Rooms whose position was in a store of another lineage, and was asked for in the present one.
    pub(crate) asked_again: HashSet<RoomId>,
    /// Uploads of a new device's first key packages that were not answered.
    pub(crate) first_packages: usize,
    /// Key packages of changes whose requests for them are not all answered; `None` once one of
    /// the requests has to be repeated.
    pub(crate) claiming: HashMap<LocalId, Option<Vec<ClaimedAccount>>>,
    /// Claimed key packages, by change.
    pub(crate) claimed: HashMap<LocalId, Vec<ClaimedAccount>>,
    /// Device lists that were sent and not answered, by change.
    pub(crate) published: HashMap<LocalId, lacre_wire::identity::SignedDeviceList>,
    /// Changes whose request is under way.
    pub(crate) busy_changes: HashSet<LocalId>,
    pub(crate) joining: HashMap<RoomId, Joining>,
    /// Ways back into rooms in preparation: the change, and the state to enter.
    pub(crate) rejoining: HashMap<RoomId, (LocalId, lacre_wire::answer::GroupInfoAnswer)>,
    /// Objects that were fetched, by hash, until they are used.
    pub(crate) objects: HashMap<Hash, Vec<u8>>,
    pub(crate) fetching: HashSet<Hash>,
    /// Entries that wait for the body of the first of them.
    pub(crate) held: HashMap<LogId, Vec<lacre_wire::log::Entry>>,
    /// Requests that wait for uploads: what is still missing, then the request.
    pub(crate) uploads: Vec<(HashSet<Hash>, Request, Asked)>,
    /// Lookups that wait for a session.
    pub(crate) lookups: Vec<(LocalId, String)>,
    /// Questions about listed rooms that wait for a session.
    pub(crate) questions: Vec<(LocalId, Request)>,
    pub(crate) looking_up: HashSet<AccountId>,
    /// Who was looked up with them and is known now.
    pub(crate) newly_known: HashSet<AccountId>,
    pub(crate) acks: BTreeMap<LogId, Seq>,
    pub(crate) ack_at: Option<Millis>,
    last_unstored: LocalId,
}

impl Live {
    /// A request id that is not in use.
    pub(crate) fn next_request(&mut self) -> u32 {
        self.last_request = self.last_request.wrapping_add(1);
        self.last_request
    }

    /// An id for what is asked and not stored; negative, so that it never meets a change's id.
    pub(crate) fn unstored_id(&mut self) -> LocalId {
        self.last_unstored -= 1;
        self.last_unstored
    }

    /// A room's place in this session.
    pub(crate) fn room(&mut self, room: RoomId) -> &mut RoomLive {
        self.rooms.entry(room).or_default()
    }

    /// Forgets the session; what waits for one is kept.
    pub(crate) fn reset(&mut self) {
        let mut lookups = std::mem::take(&mut self.lookups);
        let mut questions = std::mem::take(&mut self.questions);
        for (_, asked) in self.asked.drain() {
            match asked {
                Asked::LookupFor { id, handle } => lookups.push((id, handle)),
                Asked::List { id, request } => questions.push((id, *request)),
                _ => {}
            }
        }
        *self = Self {
            lookups,
            questions,
            last_unstored: self.last_unstored,
            last_request: self.last_request,
            ..Self::default()
        };
    }
}
