//! Commits the relay wants but cannot make, without a clock of its own: when proposals wait, and
//! when an epoch has grown so long that ratchets should not run further.
//!
//! One member is asked; the next one after three seconds, until the room has moved.

use super::rota::Rota;
use lacre_wire::ids::{DeviceId, Millis, RoomId};
use lacre_wire::push::CommitReason;
use std::collections::{HashMap, HashSet};

/// Envelopes in one epoch after which a commit is wanted.
pub const LONG_EPOCH: u32 = 1_000;
/// How long a member has to commit before the next one is asked, in milliseconds.
pub const NEXT_MEMBER_MS: Millis = 3_000;

/// A device is to commit in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plea {
    /// The room.
    pub room: RoomId,
    /// The member's device.
    pub device: DeviceId,
    /// Why.
    pub reason: CommitReason,
}

#[derive(Debug, Default)]
struct Room {
    messages: u32,
    wanted: Option<Wanted>,
}

#[derive(Debug)]
struct Wanted {
    reason: CommitReason,
    /// Devices that are to go; they are not asked.
    except: HashSet<DeviceId>,
    due: Millis,
    rota: Rota,
}

/// The commits wanted in all rooms. Counts start over with the relay: a long epoch is asked for a
/// little later then.
#[derive(Debug, Default)]
pub struct Pleas(HashMap<RoomId, Room>);

impl Pleas {
    /// An envelope was accepted in a room. Says whether that made a commit wanted.
    pub fn message(&mut self, room: RoomId, now: Millis) -> bool {
        let room = self.0.entry(room).or_default();
        room.messages = room.messages.saturating_add(1);
        let long = room.messages >= LONG_EPOCH && room.wanted.is_none();
        if long {
            room.wanted = Some(Wanted::new(CommitReason::LongEpoch, now));
        }
        long
    }

    /// Proposals wait in a room. The devices they remove are not asked to commit them.
    pub fn proposals(
        &mut self,
        room: RoomId,
        removes: impl IntoIterator<Item = DeviceId>,
        now: Millis,
    ) {
        let wanted = &mut self.0.entry(room).or_default().wanted;
        let wanted = match wanted {
            Some(wanted) if wanted.reason == CommitReason::ProposalsWait => wanted,
            other => other.insert(Wanted::new(CommitReason::ProposalsWait, now)),
        };
        wanted.except.extend(removes);
    }

    /// The room has moved; what waited is done. Proposals that still wait are to be told again.
    pub fn moved(&mut self, room: &RoomId) {
        self.0.remove(room);
    }

    /// Rooms in which a member is to be asked now.
    pub fn due(&self, now: Millis) -> Vec<RoomId> {
        let wanted = self
            .0
            .iter()
            .filter_map(|(id, room)| room.wanted.as_ref().map(|wanted| (id, wanted.due)));
        wanted
            .filter(|(_, due)| *due <= now)
            .map(|(id, _)| *id)
            .collect()
    }

    /// Names the member to be asked. None if nobody fit is online, or the room is not due.
    pub fn name(&mut self, id: RoomId, online: &[DeviceId], now: Millis) -> Option<Plea> {
        let wanted = self
            .0
            .get_mut(&id)?
            .wanted
            .as_mut()
            .filter(|wanted| wanted.due <= now)?;
        wanted.due = now.saturating_add(NEXT_MEMBER_MS);
        let fit: Vec<_> = online
            .iter()
            .copied()
            .filter(|device| !wanted.except.contains(device))
            .collect();
        let device = wanted.rota.next(&fit)?;
        Some(Plea {
            room: id,
            device,
            reason: wanted.reason,
        })
    }

    /// When [`Pleas::due`] may next name a room.
    pub fn wake(&self) -> Option<Millis> {
        self.0
            .values()
            .filter_map(|room| room.wanted.as_ref())
            .map(|wanted| wanted.due)
            .min()
    }
}

impl Wanted {
    fn new(reason: CommitReason, now: Millis) -> Self {
        Self {
            reason,
            except: HashSet::new(),
            due: now,
            rota: Rota::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId([1; 16]);
    const A: DeviceId = DeviceId([1; 16]);
    const B: DeviceId = DeviceId([2; 16]);

    fn plea(device: DeviceId, reason: CommitReason) -> Option<Plea> {
        Some(Plea {
            room: ROOM,
            device,
            reason,
        })
    }

    #[test]
    fn a_long_epoch_is_ended_by_one_member_after_the_other() {
        let mut pleas = Pleas::default();
        let crossed = (0..LONG_EPOCH + 5)
            .filter(|_| pleas.message(ROOM, 7))
            .count();
        assert_eq!((crossed, pleas.due(7)), (1, vec![ROOM]));
        assert_eq!(
            pleas.name(ROOM, &[A, B], 7),
            plea(A, CommitReason::LongEpoch)
        );
        assert_eq!(
            (pleas.name(ROOM, &[A, B], 8), pleas.wake()),
            (None, Some(3_007))
        );
        assert_eq!(
            pleas.name(ROOM, &[A, B], 3_007),
            plea(B, CommitReason::LongEpoch)
        );
        pleas.moved(&ROOM);
        assert_eq!((pleas.due(9_000), pleas.wake()), (vec![], None));
        assert!(!pleas.message(ROOM, 9_000));
    }

    #[test]
    fn those_to_be_removed_are_not_asked() {
        let mut pleas = Pleas::default();
        assert!((0..LONG_EPOCH).any(|_| pleas.message(ROOM, 0)));
        pleas.name(ROOM, &[B], 0);
        // Proposals press more than a long epoch, and are asked for at once.
        pleas.proposals(ROOM, [A], 10);
        assert_eq!(
            pleas.name(ROOM, &[A, B], 10),
            plea(B, CommitReason::ProposalsWait)
        );
        pleas.proposals(ROOM, [B], 20);
        assert_eq!(pleas.name(ROOM, &[A, B], 3_010), None);
        assert_eq!(pleas.wake(), Some(6_010));
    }
}
