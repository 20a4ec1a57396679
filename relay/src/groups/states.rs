//! The rules of rooms at hand, without their groups: joiners ask for them, many at once.

use super::turn_queue::At;
use lacre_wire::ids::RoomId;
use lacre_wire::room::RoomState;
use std::collections::HashMap;
use std::sync::Arc;

/// Rooms above which all are forgotten: a state is read again from its group.
const ROOMS: usize = 10_000;

/// Each room's state at the epoch that was seen last.
#[derive(Debug, Default)]
pub(super) struct States(HashMap<RoomId, (At, Arc<RoomState>)>);

impl States {
    pub(super) fn get(&self, room: &RoomId, at: At) -> Option<Arc<RoomState>> {
        let (known_at, state) = self.0.get(room)?;
        (*known_at == at).then(|| Arc::clone(state))
    }

    pub(super) fn put(&mut self, room: RoomId, at: At, state: Arc<RoomState>) {
        if self.0.len() >= ROOMS && !self.0.contains_key(&room) {
            self.0.clear();
        }
        let newer = |(known_at, _): &(At, _)| *known_at > at;
        if !self.0.get(&room).is_some_and(newer) {
            self.0.insert(room, (at, state));
        }
    }
}
