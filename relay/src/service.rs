//! The relay itself: what its sessions and tasks share.

use crate::acks::Acks;
use crate::builder::SignUp;
use crate::certificate::Shown;
use crate::clock::Clock;
use crate::fill::Holes;
use crate::groups::turn_queue::At;
use crate::groups::{Groups, Nominations, Turns};
use crate::hub::Hub;
use crate::hub::online::Online;
use crate::keys::RelayKeys;
use crate::metrics::Metrics;
use crate::peers::Peers;
use crate::rates::RateLimits;
use crate::session::mailbox::Mailbox;
use crate::session::{Context, Done};
use crate::store::Store;
use crate::store::command::{Append, Command, Hashed};
use crate::store::outcome::{ReaderChange, StoreError, Verdict};
use crate::store::read::ReadLogs;
use crate::stream::Tickets;
use crate::tasks::{Stage, Tasks};
use crate::wake::{News, Subscription, Wake};
use crate::watchers::Watchers;
use bytes::Bytes;
use lacre_wire::answer::{Accepted, Answer};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::frame;
use lacre_wire::ids::{DeviceId, Generation, Hash, LogId, Millis, RoomId, Seq, SubmitId};
use lacre_wire::limits::MAX_INLINE_BODY;
use lacre_wire::push::ServerFrame;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Everything the sessions of one relay share.
pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) keys: Arc<RelayKeys>,
    pub(crate) hub: Hub,
    /// What is missing in the hub's tails.
    pub(crate) holes: Holes,
    pub(crate) online: Online,
    pub(crate) watchers: Watchers,
    pub(crate) tickets: Arc<Tickets>,
    pub(crate) groups: Groups,
    pub(crate) turns: Turns,
    pub(crate) nominations: Nominations,
    pub(crate) peers: Peers,
    pub(crate) rates: RateLimits,
    pub(crate) acks: Acks,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Clock,
    pub(crate) sign_up: SignUp,
    /// The certificate from files.
    pub(crate) shown: Option<Arc<Shown>>,
    pub(crate) idle_timeout: Duration,
    pub(crate) tasks: Tasks,
    pub(crate) wake: Arc<dyn Wake>,
    /// This relay's place among those that wake each other.
    pub(crate) wakes: OnceLock<Subscription>,
    pub(crate) sessions: AtomicU64,
}

/// The shortest and longest time over which clients spread their reconnection.
const SPREAD_MS: (Millis, Millis) = (2_000, 60_000);

impl Service {
    /// Whether the relay has begun to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.tasks.stage() > Stage::Running
    }

    /// A number for the next session.
    pub(crate) fn next_session(&self) -> u64 {
        self.sessions.fetch_add(1, Ordering::Relaxed)
    }

    /// Over how long clients are to spread their reconnection: a relay makes about 500 handshakes a
    /// second beside its work.
    pub(crate) fn reconnect_spread_ms(&self) -> Millis {
        let sessions = u64::try_from(self.online.count()).unwrap_or(u64::MAX);
        sessions.saturating_mul(2).clamp(SPREAD_MS.0, SPREAD_MS.1)
    }

    /// Turns a verdict into an answer. `seen` is where the asker stood, if it may be shown the
    /// handshakes it lacks.
    pub(crate) async fn answer_verdict(
        &self,
        seen: Option<(RoomId, At)>,
        verdict: Verdict,
    ) -> Answer {
        match verdict {
            Verdict::Done
            | Verdict::LoggedIn { .. }
            | Verdict::Reported { .. }
            | Verdict::Housekept { .. } => Answer::Ok,
            Verdict::Accepted(accepted) => Answer::Accepted(accepted),
            Verdict::WrongEpoch { generation, epoch } => {
                let missed = match seen {
                    Some((room, at)) if at < (generation, epoch) => self
                        .store
                        .handshakes(room, at.0, at.1, MAX_INLINE_BODY)
                        .await
                        // A hint only: the log says the same.
                        .unwrap_or_default(),
                    _ => Vec::new(),
                };
                Answer::WrongEpoch {
                    generation,
                    epoch,
                    missed,
                }
            }
            Verdict::OutOfOrder { last } => Answer::OutOfOrder { last },
            Verdict::CommitFirst { proposals } => Answer::CommitFirst { proposals },
            Verdict::Exists { room } => Answer::Exists { room },
            Verdict::KeyPackages(accounts) => Answer::KeyPackages(accounts),
            Verdict::Refused(error) => Answer::Failed(error),
        }
    }

    /// What was answered to a submission that was accepted before. Handshakes are validated before
    /// the store sees them, so a repetition, whose epoch has passed, must be found first.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn remembered(
        &self,
        context: &Context,
        room: RoomId,
        submit_id: SubmitId,
    ) -> Result<Option<Accepted>, StoreError> {
        // A message of a generation no room reaches: the memory is looked up before all rules, and
        // the rules refuse it.
        let probe = Command::Append(Append {
            now_ms: self.clock.now_ms(),
            room,
            account: context.account(),
            device: context.device(),
            generation: Generation::MAX,
            epoch: u64::MAX >> 1,
            submit_id,
            prev: None,
            tag: Hash([0; 32]),
            channel: None,
            body: Hashed::new(Vec::new()),
        });
        match self.store.submit(probe).await?.verdict {
            Verdict::Accepted(accepted) => Ok(Some(accepted)),
            _ => Ok(None),
        }
    }

    /// Tells sessions whose reading of a room has ended.
    pub(crate) fn apply_readers(&self, changes: &[ReaderChange]) {
        for change in changes {
            self.end_reading(change.room, &change.device, change.until_seq);
        }
    }

    /// Tells a session that its device reads a room up to `until` only, if there is such an end.
    pub(crate) fn end_reading(&self, room: RoomId, device: &DeviceId, until: Option<Seq>) {
        if let Some(until) = until
            && let Some(session) = self.online.device(device)
        {
            let log = LogId::Room(room);
            session.done(Done::ReadsUntil { log, until });
        }
    }

    /// Sends a frame to sessions that have room for it.
    pub(crate) fn hint(&self, sessions: &[Arc<Mailbox>], frame: &ServerFrame) {
        let frame = Bytes::from(frame::encode(frame));
        let dropped = sessions
            .iter()
            .filter(|session| !session.hint(frame.clone()))
            .count();
        self.metrics
            .undelivered
            .add(u64::try_from(dropped).unwrap_or(u64::MAX));
    }

    /// Passes a hint on to the other relays on the store.
    pub(crate) fn pass_to_others(&self, room: RoomId, datagram: &Bytes) {
        if let Some(own) = self.wakes.get() {
            self.wake.publish(own, News::Ephemeral { room, datagram });
        }
    }

    /// The error for whoever comes while the relay stops.
    pub(crate) fn going_away(&self) -> WireError {
        WireError::retry(
            ErrorCode::GoingAway,
            "the relay is stopping; connect again",
            self.reconnect_spread_ms(),
        )
    }

    /// Metrics as Prometheus text.
    pub(crate) fn render_metrics(&self) -> String {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let store = self.store.stats();
        let shown = self.shown.as_ref();
        self.metrics.render(
            &[
                (
                    "certificate_expires_seconds",
                    "When the certificate from files ends, in seconds since 1970; 0 without one.",
                    shown.map_or(0, |shown| shown.expires()),
                ),
                (
                    "certificate_refused",
                    "1 while the files hold a certificate that cannot be used; the one before it is.",
                    shown.is_some_and(|shown| shown.is_refused()).into(),
                ),
                (
                    "sessions",
                    "Sessions that are logged in.",
                    count(self.online.count()),
                ),
                (
                    "tail_bytes",
                    "Bytes of entries in memory.",
                    count(self.hub.tail_bytes()),
                ),
                (
                    "group_bytes",
                    "Bytes of public groups in memory, about.",
                    count(self.groups.memory()),
                ),
                (
                    "peers",
                    "Other relays on the store that are there.",
                    count(self.peers.count()),
                ),
                (
                    "store_free_bytes",
                    "Bytes free on the store's disk, 0 if not known.",
                    store.free_bytes.unwrap_or(0),
                ),
                (
                    "store_headroom_bytes",
                    "Bytes that must stay free there, 0 if not known.",
                    store.headroom_bytes.unwrap_or(0),
                ),
                (
                    "store_full",
                    "1 while messages are refused because too little is free.",
                    store.full.into(),
                ),
            ],
            &[
                (
                    "store_batches",
                    "Durable batches; one fsync each in full durability.",
                    store.batches,
                ),
                (
                    "store_commands",
                    "Commands in those batches.",
                    store.commands,
                ),
                ("store_rows", "Rows written by them.", store.rows),
                (
                    "store_retried",
                    "Batches rolled back and run one by one.",
                    store.retried,
                ),
                (
                    "store_busy",
                    "Commands refused because the queue was full.",
                    store.busy,
                ),
                (
                    "store_full_refused",
                    "Commands refused because the disk was almost full.",
                    store.full_refused,
                ),
            ],
        )
    }
}
