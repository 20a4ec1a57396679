//! Which rooms are watched: the one on screen, and those that a list shows.
//!
//! The relay passes hints only between sessions that watch a room, so these are also the rooms in
//! which this device says that it is there. It is told one set, of up to 64 rooms, and not which of
//! them is on screen. A crowded room is watched only while it is.

use super::Watched;
use super::beats::CROWD;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::live::Asked;
use crate::store::rooms::Status;
use lacre_wire::answer::Answer;
use lacre_wire::ids::{Millis, RoomId};
use lacre_wire::limits::MAX_FOCUS;
use lacre_wire::request::Request;
use std::collections::{BTreeMap, BTreeSet};

/// Changes are looked at together when they come this close.
const LOOK_EVERY: Millis = 250;

/// Between the first beats of two rooms after a login: each may load a group.
const STAGGER: Millis = 10;

impl Engine {
    /// The room on screen, if any. Its people see this one at once, and what is typed there is heard.
    pub fn focus(&mut self, room: Option<RoomId>, now: Millis) {
        self.hints.focus = room;
        (self.hints.stale, self.hints.look_after) = (true, now);
        if let Some(watched) = room.and_then(|room| self.hints.rooms.get_mut(&room)) {
            watched.want_beat(now);
        }
        self.watch(now);
    }

    /// Tells the relay which rooms to watch, if that has changed.
    pub(super) fn watch(&mut self, now: Millis) {
        let ready = self.live.online && self.live.listed && self.hints.asked.is_none();
        if !ready || !self.hints.stale || now < self.hints.look_after {
            return;
        }
        (self.hints.stale, self.hints.look_after) = (false, now.saturating_add(LOOK_EVERY));
        if let Err(error) = self.try_watch() {
            tracing::debug!(%error, "the rooms to watch could not be read");
        }
    }

    fn try_watch(&mut self) -> Result<()> {
        let wanted = self.rooms_to_watch()?;
        let rooms: BTreeSet<RoomId> = wanted.keys().copied().collect();
        for (room, accounts) in wanted {
            if let Some(watched) = self.hints.rooms.get_mut(&room) {
                watched.accounts = accounts;
            }
        }
        if self.hints.rooms.keys().copied().collect::<BTreeSet<_>>() != rooms {
            let request = Request::Focus(rooms.iter().copied().collect());
            self.hints.asked = Some(rooms);
            self.ask(request, Asked::Focus);
        }
        Ok(())
    }

    /// The rooms, with how many accounts are in each.
    fn rooms_to_watch(&self) -> Result<BTreeMap<RoomId, usize>> {
        let focus = self.hints.focus;
        let mut rows = self.db.rooms()?;
        // The one on screen first; the others stay in the order of their last activity.
        rows.sort_by_key(|row| Some(row.id) != focus);
        let mut rooms = BTreeMap::new();
        for row in rows {
            let open = self.live.rooms.get(&row.id).is_some_and(|room| room.open);
            if rooms.len() == MAX_FOCUS || !open || row.status != Status::Joined {
                continue;
            }
            let accounts = self.db.count_members(row.r)?;
            if accounts <= CROWD || Some(row.id) == focus {
                rooms.insert(row.id, accounts);
            }
        }
        Ok(rooms)
    }

    /// The relay passes on hints of these rooms from now on, and of no others.
    pub(crate) fn on_focused(&mut self, answer: Answer, now: Millis) -> Result<()> {
        let asked = self.hints.asked.take().unwrap_or_default();
        match answer {
            Answer::Ok => {}
            Answer::Failed(error) => return Err(Error::from(error)),
            _ => return Err(crate::session::unexpected()),
        }
        let focus = self.hints.focus;
        self.hints.rooms.retain(|room, _| asked.contains(room));
        let mut at = now;
        for room in asked {
            if self.hints.rooms.contains_key(&room) {
                continue;
            }
            let accounts = match self.db.room(room)? {
                Some(row) => self.db.count_members(row.r)?,
                None => continue,
            };
            let first = if Some(room) == focus { now } else { at };
            at = at.saturating_add(STAGGER);
            let watched = Watched {
                accounts,
                beat_at: Some(first),
                ..Watched::default()
            };
            self.hints.rooms.insert(room, watched);
        }
        self.beat(now);
        Ok(())
    }
}
