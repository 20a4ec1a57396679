//! [`Joins`] and [`Pleas`] with tokio's clock: one task names members and pushes to them.

use super::joins::Joins;
use super::pleas::Pleas;
use super::rota::Sessions;
use lacre_wire::answer::JoinAnswer;
use lacre_wire::ids::{AccountId, DeviceId, Millis, RoomId};
use lacre_wire::push::ServerFrame;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// What members online are asked to do. Cheap to clone; clones share the requests.
#[derive(Debug, Clone)]
pub struct Nominations(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    origin: Instant,
    changed: Notify,
    wants: Mutex<Wants>,
}

#[derive(Debug, Default)]
struct Wants {
    joins: Joins,
    pleas: Pleas,
}

impl Default for Nominations {
    fn default() -> Self {
        Self::new()
    }
}

impl Nominations {
    /// Nothing is asked of anybody.
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            origin: Instant::now(),
            changed: Notify::new(),
            wants: Mutex::default(),
        }))
    }

    /// Names members and pushes to them, for as long as the future is polled.
    pub async fn run(self, sessions: Arc<dyn Sessions>) -> Infallible {
        loop {
            self.settle(&*sessions);
            let wake = {
                let wants = self.lock();
                wants
                    .joins
                    .wake()
                    .into_iter()
                    .chain(wants.pleas.wake())
                    .min()
            };
            let changed = self.0.changed.notified();
            match wake {
                Some(wake) => {
                    let at = self.0.origin + Duration::from_millis(wake);
                    tokio::select! {
                        () = tokio::time::sleep_until(at) => {}
                        () = changed => {}
                    }
                }
                None => changed.await,
            }
        }
    }

    fn settle(&self, sessions: &dyn Sessions) {
        let now = self.now();
        let (joins, pleas) = {
            let mut wants = self.lock();
            (wants.joins.due(now), wants.pleas.due(now))
        };
        for room in joins {
            let online = sessions.online(&room);
            let named = self.lock().joins.name(room, &online, now);
            if let Some(batch) = named {
                sessions.push(
                    batch.device,
                    ServerFrame::JoinRequests {
                        room,
                        accounts: batch.accounts,
                    },
                );
            }
        }
        for room in pleas {
            let online = sessions.online(&room);
            let named = self.lock().pleas.name(room, &online, now);
            if let Some(plea) = named {
                sessions.push(
                    plea.device,
                    ServerFrame::CommitPlease {
                        room,
                        reason: plea.reason,
                    },
                );
            }
        }
    }

    /// An account asks to join an open room of so many devices; see [`Joins::ask`]. The caller has
    /// checked that the account is not in the room and the join rule is open.
    pub fn join(
        &self,
        room: RoomId,
        account: AccountId,
        devices: usize,
        anyone_online: bool,
    ) -> JoinAnswer {
        let answer = self
            .lock()
            .joins
            .ask(room, account, devices, anyone_online, self.now());
        self.0.changed.notify_one();
        answer
    }

    /// Whether an account that is not in the room may enter it by an external commit now.
    pub fn may_commit_alone(&self, room: &RoomId, account: &AccountId) -> bool {
        self.lock()
            .joins
            .may_commit_alone(room, account, self.now())
    }

    /// An application message was accepted in a room.
    pub fn message(&self, room: RoomId) {
        if self.lock().pleas.message(room, self.now()) {
            self.0.changed.notify_one();
        }
    }

    /// Proposals wait in a room; `removes` are the devices they remove.
    pub fn proposals(&self, room: RoomId, removes: impl IntoIterator<Item = DeviceId>) {
        self.lock().pleas.proposals(room, removes, self.now());
        self.0.changed.notify_one();
    }

    /// A device asks for the turn to commit: if it was named to let people in, it is about to.
    pub fn answers(&self, room: &RoomId, device: &DeviceId) {
        self.lock().joins.answers(room, device, self.now());
    }

    /// A commit is durable; it added these accounts, and the room has so many devices now. Proposals
    /// that still wait after it are to be told again.
    pub fn moved<'a>(
        &self,
        room: &RoomId,
        added: impl IntoIterator<Item = &'a AccountId>,
        devices: usize,
    ) {
        let mut wants = self.lock();
        wants.pleas.moved(room);
        wants.joins.settled(room, added, devices, self.now());
        drop(wants);
        self.0.changed.notify_one();
    }

    fn now(&self) -> Millis {
        Millis::try_from(self.0.origin.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Wants> {
        self.0.wants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::push::CommitReason;
    use tokio::sync::mpsc;

    const ROOM: RoomId = RoomId([1; 16]);
    const A: DeviceId = DeviceId([1; 16]);
    const B: DeviceId = DeviceId([2; 16]);

    struct TwoOnline(mpsc::UnboundedSender<(DeviceId, ServerFrame)>);

    impl Sessions for TwoOnline {
        fn online(&self, _: &RoomId) -> Vec<DeviceId> {
            vec![A, B]
        }

        fn push(&self, device: DeviceId, frame: ServerFrame) {
            self.0.send((device, frame)).unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_joiners_are_few_commits() {
        let (push, mut pushed) = mpsc::unbounded_channel();
        let nominations = Nominations::new();
        let task = tokio::spawn(nominations.clone().run(Arc::new(TwoOnline(push))));
        for n in 0..100 {
            nominations.join(ROOM, AccountId([n; 32]), 4, true);
        }
        let mut batches = 0;
        let mut added = 0;
        while added < 100 {
            let (device, frame) = pushed.recv().await.unwrap();
            let ServerFrame::JoinRequests { accounts, .. } = frame else {
                panic!("{frame:?}")
            };
            assert_eq!(device, A);
            // The member commits after a round trip and a turn.
            tokio::time::sleep(Duration::from_millis(600)).await;
            nominations.moved(&ROOM, &accounts, 50);
            (batches, added) = (batches + 1, added + accounts.len());
        }
        assert_eq!(batches, 2);
        task.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_member_is_asked_when_one_is_silent() {
        let (push, mut pushed) = mpsc::unbounded_channel();
        let nominations = Nominations::new();
        let task = tokio::spawn(nominations.clone().run(Arc::new(TwoOnline(push))));
        nominations.join(ROOM, AccountId([1; 32]), 4, true);
        nominations.proposals(RoomId([2; 16]), [A]);
        let reason = CommitReason::ProposalsWait;
        let plea = (
            B,
            ServerFrame::CommitPlease {
                room: RoomId([2; 16]),
                reason,
            },
        );
        let joins = |device| {
            (
                device,
                ServerFrame::JoinRequests {
                    room: ROOM,
                    accounts: vec![AccountId([1; 32])],
                },
            )
        };
        assert_eq!(pushed.recv().await.unwrap(), plea);
        assert_eq!(pushed.recv().await.unwrap(), joins(A));
        assert_eq!(pushed.recv().await.unwrap(), joins(B));
        assert_eq!(nominations.now(), 1_050);
        assert!(!nominations.may_commit_alone(&ROOM, &AccountId([1; 32])));
        tokio::time::sleep(Duration::from_millis(950)).await;
        assert!(nominations.may_commit_alone(&ROOM, &AccountId([1; 32])));
        task.abort();
    }
}
