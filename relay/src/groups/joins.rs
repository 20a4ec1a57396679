//! People who wait to be let into open rooms, without a clock of its own.
//!
//! A joiner could enter by an external commit, but five hundred pupils at eight o'clock would be
//! five hundred epochs. So joining is a request: the relay collects requests for a moment, names one
//! member online, and that member adds up to fifty people in one commit. Only who is not added in
//! time commits alone.

use super::rota::Rota;
use super::turn_queue::{MIN_SPACING_MS, spacing_ms};
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
    alone_from: Millis,
}

#[derive(Debug)]
struct Room {
    /// In the order they asked; those a member was asked to add stay until they are in.
    waiting: Vec<Asked>,
    /// Those the last named member has not added yet.
    named: HashSet<AccountId>,
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
        let found = room
            .waiting
            .iter()
            .find(|asked| asked.account == account)
            .map(|asked| asked.alone_from);
        let alone_from = match found {
            Some(alone_from) => alone_from,
            None => {
                let alone_from = if anyone_online {
                    now.saturating_add(room.wait_ms(devices))
                } else {
                    now
                };
                if room.waiting.is_empty() {
                    room.due = now.saturating_add(COLLECT_MS);
                }
                room.waiting.push(Asked {
                    account,
                    alone_from,
                });
                alone_from
            }
        };
        match alone_from.saturating_sub(now) {
            0 => JoinAnswer::CommitYourself,
            wait_ms => JoinAnswer::Asked { wait_ms },
        }
    }

    /// Whether an account that is not in the room may enter it by an external commit: it asked, and
    /// its time to be added has passed.
    pub fn may_commit_alone(&self, room: &RoomId, account: &AccountId, now: Millis) -> bool {
        let waiting = self.0.get(room).map_or(&[][..], |room| &room.waiting);
        waiting
            .iter()
            .any(|asked| asked.account == *account && asked.alone_from <= now)
    }

    /// These accounts are in the room now, or gave up.
    pub fn settled<'a>(
        &mut self,
        room: &RoomId,
        accounts: impl IntoIterator<Item = &'a AccountId>,
        now: Millis,
    ) {
        let Some(entry) = self.0.get_mut(room) else {
            return;
        };
        let accounts: HashSet<_> = accounts.into_iter().collect();
        entry
            .waiting
            .retain(|asked| !accounts.contains(&asked.account));
        let was_named = !entry.named.is_empty();
        entry.named.retain(|account| !accounts.contains(account));
        if was_named && entry.named.is_empty() {
            // Whoever was asked has done it, and may be asked for the next ones.
            entry.rota = Rota::default();
            entry.due = now;
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
        let device = room.rota.next(online)?;
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
            due: now,
            rota: Rota::default(),
        }
    }

    /// [`WAIT_MS`] for the first batch of a small room. Every batch before it takes a commit, and
    /// commits in large rooms stand further apart.
    fn wait_ms(&self, devices: usize) -> Millis {
        let spacing = spacing_ms(devices);
        let ahead = Millis::try_from(self.waiting.len() / BATCH).unwrap_or(Millis::MAX);
        WAIT_MS
            .saturating_add(spacing - MIN_SPACING_MS)
            .saturating_add(ahead.saturating_mul(spacing.saturating_add(MIN_SPACING_MS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId([1; 16]);
    const A: DeviceId = DeviceId([1; 16]);
    const B: DeviceId = DeviceId([2; 16]);

    fn account(n: u8) -> AccountId {
        AccountId([n; 32])
    }

    #[test]
    fn a_hundred_joiners_are_two_batches() {
        let mut joins = Joins::default();
        // They come over 40 ms, all before the first member is named.
        let waits: Vec<_> = (0..100)
            .map(|n| joins.ask(ROOM, account(n), 10, true, u64::from(n) * 40 / 100))
            .collect();
        assert_eq!(waits[0], JoinAnswer::Asked { wait_ms: 2_000 });
        assert_eq!(waits[99], JoinAnswer::Asked { wait_ms: 3_000 });
        assert_eq!((joins.due(49), joins.wake()), (vec![], Some(50)));
        assert_eq!(joins.due(50), [ROOM]);
        let first = joins.name(ROOM, &[A, B], 50).unwrap();
        assert_eq!((first.device, first.accounts.len()), (A, 50));
        assert_eq!(joins.name(ROOM, &[A, B], 51), None);
        joins.settled(&ROOM, &first.accounts, 300);
        // The member that did it is asked again, and gets the rest.
        let second = joins.name(ROOM, &[A, B], 300).unwrap();
        assert_eq!((second.device, second.accounts.len()), (A, 50));
        assert!(
            second
                .accounts
                .iter()
                .all(|account| !first.accounts.contains(account))
        );
        joins.settled(&ROOM, &second.accounts, 900);
        assert_eq!((joins.due(900), joins.wake()), (vec![], None));
    }

    #[test]
    fn a_member_that_does_not_answer_is_passed_over() {
        let mut joins = Joins::default();
        joins.ask(ROOM, account(1), 10, true, 0);
        assert_eq!(joins.name(ROOM, &[A, B], 50).unwrap().device, A);
        joins.ask(ROOM, account(2), 10, true, 60);
        assert_eq!(joins.due(1_049), []);
        let next = joins.name(ROOM, &[A, B], 1_050).unwrap();
        assert_eq!(
            (next.device, next.accounts),
            (B, vec![account(1), account(2)])
        );
    }

    #[test]
    fn who_is_not_added_in_time_commits_alone() {
        let mut joins = Joins::default();
        assert!(!joins.may_commit_alone(&ROOM, &account(1), 5_000));
        joins.ask(ROOM, account(1), 10, true, 0);
        assert_eq!(
            joins.ask(ROOM, account(1), 10, true, 500),
            JoinAnswer::Asked { wait_ms: 1_500 }
        );
        assert!(!joins.may_commit_alone(&ROOM, &account(1), 1_999));
        assert!(joins.may_commit_alone(&ROOM, &account(1), 2_000));
        assert_eq!(
            joins.ask(ROOM, account(1), 10, true, 2_000),
            JoinAnswer::CommitYourself
        );
        // Nobody online: at once.
        assert_eq!(
            joins.ask(ROOM, account(2), 10, false, 2_000),
            JoinAnswer::CommitYourself
        );
        assert!(joins.may_commit_alone(&ROOM, &account(2), 2_000));
        // Long after, both are forgotten.
        assert_eq!(joins.due(12_000), []);
        assert!(!joins.may_commit_alone(&ROOM, &account(1), 12_000));
    }

    #[test]
    fn large_rooms_give_their_members_more_time() {
        let mut joins = Joins::default();
        assert_eq!(
            joins.ask(ROOM, account(1), 2_000, true, 0),
            JoinAnswer::Asked { wait_ms: 5_500 }
        );
    }
}
