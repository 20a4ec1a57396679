//! People who wait to be let into open rooms, without a clock of its own.
//!
//! A joiner could enter by an external commit, but five hundred pupils at eight o'clock would be
//! five hundred epochs. So joining is a request: the relay collects requests for a moment, names one
//! member online, and that member adds up to fifty people in one commit. Only who is not added in
//! time commits alone.

use super::rota::Rota;
use super::turn_queue::{LEASE_MS, MIN_SPACING_MS, spacing_ms};
use lacre_wire::answer::JoinAnswer;
use lacre_wire::ids::{AccountId, DeviceId, Millis, RoomId};
use std::collections::{HashMap, HashSet};

/// Accounts one member is asked to add at once.
pub const BATCH: usize = 50;
/// How long requests are collected before a member is named, in milliseconds.
pub const COLLECT_MS: Millis = 50;
/// How long a member has to answer before the next one is named, in milliseconds.
pub const ANSWER_MS: Millis = 1_000;
/// How long a joiner waits before it commits alone, in milliseconds. Who stands behind others, or
/// joins a large room, waits longer, by the pauses between their commits.
pub const WAIT_MS: Millis = 2_000;
/// How long one joiner alone may take to come in by itself before the next one may try, in
/// milliseconds: two at once would be two commits of one epoch.
pub const ALONE_MS: Millis = 2_000;
/// Who waits while others are let in waits at most this long, in milliseconds: two thousand take a
/// minute and a half.
const PATIENCE_MS: Millis = 180_000;
/// A request is forgotten this long after its joiner could have committed alone, in milliseconds.
const FORGET_MS: Millis = 10_000;

/// A member is to add these accounts to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinBatch {
    /// The room.
    pub room: RoomId,
    /// The member's device.
    pub device: DeviceId,
    /// At most [`BATCH`].
    pub accounts: Vec<AccountId>,
}

#[derive(Debug)]
struct Asked {
    account: AccountId,
    asked_at: Millis,
    alone_from: Millis,
}

#[derive(Debug)]
struct Room {
    /// In the order they asked; those a member was asked to add stay until they are in.
    waiting: Vec<Asked>,
    /// Those the last named member has not added yet.
    named: HashSet<AccountId>,
    /// The member that was named last, while it may still answer.
    asked: Option<DeviceId>,
    /// The joiner that comes in by itself now, and until when the others leave it the way.
    alone: Option<(AccountId, Millis)>,
    /// Devices in the room, as far as is known here.
    devices: usize,
    /// When a member is named, or the next one.
    due: Millis,
    rota: Rota,
}

/// The join requests of all rooms.
#[derive(Debug, Default)]
pub struct Joins(HashMap<RoomId, Room>);

impl Joins {
    /// An account asks to join a room of so many devices. `anyone_online` says whether a member is
    /// there who could add it. Asking again keeps the place.
    pub fn ask(
        &mut self,
        room: RoomId,
        account: AccountId,
        devices: usize,
        anyone_online: bool,
        now: Millis,
    ) -> JoinAnswer {
        let room = self.0.entry(room).or_insert_with(|| Room::new(now));
        room.devices = devices;
        let found = room
            .waiting
            .iter()
            .find(|asked| asked.account == account)
            .map(|asked| asked.alone_from);
        let alone_from = match found {
            Some(alone_from) => alone_from,
            None => {
                let alone_from = if anyone_online {
                    now.saturating_add(room.wait_ms(room.waiting.len()))
                } else {
                    now
                };
                if room.waiting.is_empty() {
                    room.due = now.saturating_add(COLLECT_MS);
                }
                room.waiting.push(Asked {
                    account,
                    asked_at: now,
                    alone_from,
                });
                alone_from
            }
        };
        let wait_ms = match alone_from.saturating_sub(now) {
            0 => room.way_is_taken(&account, now),
            wait_ms => wait_ms,
        };
        if wait_ms > 0 {
            return JoinAnswer::Asked { wait_ms };
        }
        room.alone = Some((account, now.saturating_add(ALONE_MS)));
        JoinAnswer::CommitYourself
    }

    /// Whether an account that is not in the room may enter it by an external commit: it asked, its
    /// time to be added has passed, and nobody else is on the way.
    pub fn may_commit_alone(&self, room: &RoomId, account: &AccountId, now: Millis) -> bool {
        self.0.get(room).is_some_and(|room| {
            let due = |asked: &Asked| asked.account == *account && asked.alone_from <= now;
            room.waiting.iter().any(due) && room.way_is_taken(account, now) == 0
        })
    }

    /// The member that was named is about to commit: it is given the time that a commit takes.
    pub fn answers(&mut self, room: &RoomId, device: &DeviceId, now: Millis) {
        if let Some(room) = self.0.get_mut(room)
            && room.asked == Some(*device)
            && !room.named.is_empty()
        {
            room.asked = None;
            let within = LEASE_MS.saturating_add(spacing_ms(room.devices));
            room.due = room.due.max(now.saturating_add(within));
            room.go_on_waiting(within, now);
        }
    }

    /// A commit added these accounts to the room, which has so many devices now.
    pub fn settled<'a>(
        &mut self,
        room: &RoomId,
        accounts: impl IntoIterator<Item = &'a AccountId>,
        devices: usize,
        now: Millis,
    ) {
        let Some(entry) = self.0.get_mut(room) else {
            return;
        };
        entry.devices = devices;
        let accounts: HashSet<_> = accounts.into_iter().collect();
        let waited = entry.waiting.len();
        entry
            .waiting
            .retain(|asked| !accounts.contains(&asked.account));
        let was_named = !entry.named.is_empty();
        entry.named.retain(|account| !accounts.contains(account));
        if was_named && entry.named.is_empty() {
            // Whoever was asked has done it, and may be asked for the next ones.
            entry.rota = Rota::default();
            (entry.asked, entry.due) = (None, now);
        }
        if entry.waiting.len() < waited {
            if entry
                .alone
                .is_some_and(|(alone, _)| accounts.contains(&alone))
            {
                // One more is in who can add the others.
                (entry.alone, entry.due) = (None, now);
            }
            // Somebody lets people in: the others wait for their place, as if they asked now.
            entry.go_on_waiting(0, now);
        }
        if entry.waiting.is_empty() {
            self.0.remove(room);
        }
    }

    /// Rooms in which a member is to be named now.
    pub fn due(&mut self, now: Millis) -> Vec<RoomId> {
        self.0.retain(|_, room| {
            room.waiting
                .retain(|asked| asked.alone_from.saturating_add(FORGET_MS) > now);
            !room.waiting.is_empty()
        });
        self.0
            .iter()
            .filter(|(_, room)| room.due <= now)
            .map(|(id, _)| *id)
            .collect()
    }

    /// Names the member who is to add the first ones waiting. None if nobody is online, or the room
    /// is not due.
    pub fn name(&mut self, id: RoomId, online: &[DeviceId], now: Millis) -> Option<JoinBatch> {
        let room = self.0.get_mut(&id).filter(|room| room.due <= now)?;
        room.due = now.saturating_add(ANSWER_MS);
        // Large rooms need longer for each commit.
        let spacing = spacing_ms(room.devices).saturating_sub(MIN_SPACING_MS);
        room.due = room.due.saturating_add(spacing);
        let device = room.rota.next(online)?;
        room.asked = Some(device);
        let accounts: Vec<_> = room
            .waiting
            .iter()
            .take(BATCH)
            .map(|asked| asked.account)
            .collect();
        room.named = accounts.iter().copied().collect();
        Some(JoinBatch {
            room: id,
            device,
            accounts,
        })
    }

    /// When [`Joins::due`] may next name a room.
    pub fn wake(&self) -> Option<Millis> {
        self.0.values().map(|room| room.due).min()
    }
}

impl Room {
    fn new(now: Millis) -> Self {
        Self {
            waiting: Vec::new(),
            named: HashSet::new(),
            asked: None,
            alone: None,
            devices: 0,
            due: now,
            rota: Rota::default(),
        }
    }

    /// How long the way in from outside is somebody else's, in milliseconds.
    fn way_is_taken(&self, account: &AccountId, now: Millis) -> Millis {
        self.alone
            .filter(|(alone, _)| alone != account)
            .map_or(0, |(_, until)| until.saturating_sub(now))
    }

    /// Everybody who waits gets the time that their place needs from now on, and `more`; nobody
    /// loses any, or waits for ever.
    fn go_on_waiting(&mut self, more: Millis, now: Millis) {
        for place in 0..self.waiting.len() {
            let wait = self.wait_ms(place).saturating_add(more);
            if let Some(asked) = self.waiting.get_mut(place) {
                let until = now
                    .saturating_add(wait)
                    .min(asked.asked_at.saturating_add(PATIENCE_MS));
                asked.alone_from = asked.alone_from.max(until);
            }
        }
    }

    /// [`WAIT_MS`] for the first batch of a small room. Every batch before it takes a commit, and
    /// commits in large rooms stand further apart.
    fn wait_ms(&self, place: usize) -> Millis {
        let spacing = spacing_ms(self.devices.saturating_add(place));
        let ahead = Millis::try_from(place / BATCH).unwrap_or(Millis::MAX);
        WAIT_MS
            .saturating_add(spacing - MIN_SPACING_MS)
            .saturating_add(ahead.saturating_mul(spacing.saturating_add(MIN_SPACING_MS)))
    }
}
