//! Turns to commit in rooms that are at home at another relay, and those that are kept here for others.
//!
//! Who asks says so until it is answered, and asks anew where the room has another home by then. The
//! home waits in its own queue in the asker's place. Whatever gets lost on the way costs time, or
//! lets two commit on one epoch, of which the store accepts one.

use super::letter::Say;
use super::{Name, Peers};
use crate::groups::turn_queue::{At, Verdict};
use crate::groups::turns::{Turn, WrongEpoch};
use crate::service::Service;
use lacre_wire::ids::RoomId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// A request that is not answered is said again after so long.
const AGAIN: Duration = Duration::from_millis(500);
/// How often the home looks whether a turn that it gave to another relay still counts.
const LOOK: Duration = Duration::from_millis(250);

/// Requests under way, in either direction.
#[derive(Default)]
pub(super) struct Book {
    next: AtomicU64,
    /// Asked of other relays.
    asked: Mutex<HashMap<u64, Asked>>,
    /// Kept here for others.
    kept: Mutex<HashMap<(Name, u64), Kept>>,
}

struct Asked {
    /// Until it was answered.
    answer: Option<oneshot::Sender<Verdict>>,
    lost: Arc<AtomicBool>,
}

/// A place in the queue, or the turn itself.
#[derive(Clone, Default)]
struct Kept {
    granted: Arc<AtomicBool>,
    over: Arc<Notify>,
}

/// A turn, wherever it is kept. Dropping it gives it back.
pub(crate) enum CommitTurn {
    /// Here.
    Here(Turn),
    /// At another relay.
    There(FarTurn),
}

/// A turn that is kept at another relay.
pub(crate) struct FarTurn {
    service: Arc<Service>,
    home: Name,
    ticket: u64,
    room: RoomId,
    at: At,
    removal: bool,
    lost: Arc<AtomicBool>,
}

impl CommitTurn {
    /// The room.
    pub(crate) fn room(&self) -> RoomId {
        match self {
            Self::Here(turn) => turn.room(),
            Self::There(turn) => turn.room,
        }
    }

    /// The generation and epoch to commit on.
    pub(crate) fn at(&self) -> At {
        match self {
            Self::Here(turn) => turn.at(),
            Self::There(turn) => turn.at,
        }
    }

    /// Whether the turn was taken to remove somebody.
    pub(crate) fn is_for_removal(&self) -> bool {
        match self {
            Self::Here(turn) => turn.is_for_removal(),
            Self::There(turn) => turn.removal,
        }
    }

    /// Whether the turn still counts, as far as is known here.
    pub(crate) fn is_held(&self) -> bool {
        match self {
            Self::Here(turn) => turn.is_held(),
            Self::There(turn) => !turn.lost.load(Ordering::SeqCst),
        }
    }
}

impl Drop for FarTurn {
    fn drop(&mut self) {
        let ticket = self.ticket;
        self.service.peers.turns.asked().remove(&ticket);
        self.service
            .tell_peers(Some(self.home), Say::GiveUp { ticket });
    }
}

impl Book {
    fn asked(&self) -> MutexGuard<'_, HashMap<u64, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<(Name, u64), Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the home said of a request.
    fn answered(&self, ticket: u64, verdict: Verdict) {
        if let Some(asked) = self.asked().get_mut(&ticket)
            && let Some(answer) = asked.answer.take()
        {
            // Whoever no longer listens gives the turn back when its guard is dropped.
            let _gone = answer.send(verdict);
        }
    }
}

/// Waits for the turn to commit, at the room's home; as [`crate::groups::Turns::take`].
///
/// # Errors
/// [`WrongEpoch`] when the room stands, or comes to stand, elsewhere.
pub(crate) async fn take(
    service: &Arc<Service>,
    room: RoomId,
    at: At,
    current: At,
    removal: bool,
) -> Result<CommitTurn, WrongEpoch> {
    let peers = &service.peers;
    loop {
        let Some(home) = peers.home(&room) else {
            let turn = service.turns.take(room, at, current, removal).await?;
            return Ok(CommitTurn::Here(turn));
        };
        let (turn, mut answer) = far(service, home, room, at, removal);
        while peers.home(&room) == Some(home) {
            let ask = Say::Ask {
                ticket: turn.ticket,
                room,
                at: at.into(),
                current: current.into(),
                removal,
            };
            service.tell_peers(Some(home), ask);
            match tokio::time::timeout(AGAIN, &mut answer).await {
                Ok(Ok(Verdict::Granted)) => return Ok(CommitTurn::There(turn)),
                Ok(Ok(Verdict::WrongEpoch(at))) => return Err(WrongEpoch(at)),
                // The sender goes only with the turn.
                Ok(Err(_)) => return Err(WrongEpoch(current)),
                Err(_) => {}
            }
        }
    }
}

fn far(
    service: &Arc<Service>,
    home: Name,
    room: RoomId,
    at: At,
    removal: bool,
) -> (FarTurn, oneshot::Receiver<Verdict>) {
    let book = &service.peers.turns;
    let (answer, receiver) = oneshot::channel();
    let (ticket, lost) = (book.next.fetch_add(1, Ordering::Relaxed), Arc::default());
    let asked = Asked {
        answer: Some(answer),
        lost: Arc::clone(&lost),
    };
    book.asked().insert(ticket, asked);
    let turn = FarTurn {
        service: Arc::clone(service),
        home,
        ticket,
        room,
        at,
        removal,
        lost,
    };
    (turn, receiver)
}

/// Hears what another relay says of turns.
pub(super) fn hear(service: &Arc<Service>, from: Name, say: Say) {
    let book = &service.peers.turns;
    match say {
        Say::Ask {
            ticket,
            room,
            at,
            current,
            removal,
        } => {
            let mut kept = book.kept();
            let known = kept.get(&(from, ticket)).cloned();
            let entry = kept.entry((from, ticket)).or_default().clone();
            drop(kept);
            let keeping = Arc::clone(service);
            match known {
                None => service.tasks.spawn(async move {
                    let wanted = (room, at.into(), current.into(), removal);
                    keep(&keeping, from, ticket, wanted, entry).await;
                    keeping.peers.turns.kept().remove(&(from, ticket));
                }),
                // The answer was lost.
                Some(known) if known.granted.load(Ordering::SeqCst) => {
                    service.tasks.spawn(async move {
                        keeping.tell_peers(Some(from), Say::Granted { ticket });
                    });
                }
                Some(_) => {}
            }
        }
        Say::GiveUp { ticket } => {
            if let Some(kept) = book.kept().get(&(from, ticket)) {
                kept.over.notify_one();
            }
        }
        Say::Granted { ticket } => book.answered(ticket, Verdict::Granted),
        Say::Elsewhere { ticket, at } => book.answered(ticket, Verdict::WrongEpoch(at.into())),
        Say::Lost { ticket } => {
            if let Some(asked) = book.asked().get(&ticket) {
                asked.lost.store(true, Ordering::SeqCst);
            }
        }
        Say::Moved { room, at, devices } => {
            let devices = usize::try_from(devices).unwrap_or(usize::MAX);
            service.turns.moved(room, at.into(), devices);
        }
        Say::Here | Say::Gone | Say::Taken { .. } => {}
    }
}

/// Waits in the queue in another relay's place, and holds the turn for it for as long as it counts.
async fn keep(
    service: &Arc<Service>,
    asker: Name,
    ticket: u64,
    (room, at, current, removal): (RoomId, At, At, bool),
    kept: Kept,
) {
    let peers: &Peers = &service.peers;
    let gone = async {
        while peers.is_there(asker) {
            tokio::time::sleep(LOOK).await;
        }
    };
    let turn = tokio::select! {
        turn = service.turns.take(room, at, current, removal) => turn,
        () = kept.over.notified() => return,
        () = gone => return,
        () = service.tasks.reached(crate::tasks::Stage::Stopped) => return,
    };
    let turn = match turn {
        Ok(turn) => turn,
        Err(WrongEpoch(at)) => {
            let at = at.into();
            return service.tell_peers(Some(asker), Say::Elsewhere { ticket, at });
        }
    };
    kept.granted.store(true, Ordering::SeqCst);
    service.tell_peers(Some(asker), Say::Granted { ticket });
    while turn.is_held() && peers.is_there(asker) {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = kept.over.notified() => return,
            () = service.tasks.reached(crate::tasks::Stage::Stopped) => return,
        }
    }
    service.tell_peers(Some(asker), Say::Lost { ticket });
}

impl Service {
    /// A commit moved a room, which has so many devices now: its turns, wherever they are kept, go on.
    pub(crate) fn room_moved(&self, room: RoomId, at: At, devices: usize) {
        self.turns.moved(room, at, devices);
        let devices = u64::try_from(devices).unwrap_or(u64::MAX);
        let at = at.into();
        self.tell_peers(None, Say::Moved { room, at, devices });
    }
}
