//! Welcomes: kept first, used when the tree has been fetched.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::mls::{invalid, join_from_welcome};
use crate::store::repair::Healing;
use crate::store::rooms::{RoomRow, Status};
use lacre_wire::codec;
use lacre_wire::ids::{AccountId, Hash, LogId, Millis};
use lacre_wire::push::WelcomeNotice;
use lacre_wire::request::Payload;
use lacre_wire::room::{RoomKind, RoomView};
use rusqlite::params;

impl Engine {
    /// Keeps a Welcome until its objects are here. An older one into the same room that waits is of no
    /// use any more: the relay delivers the log from the younger on.
    pub(crate) fn keep_welcome(&mut self, notice: &WelcomeNotice) -> Result<()> {
        for (id, bytes) in self.kept_welcomes()? {
            let is_older = codec::from_slice::<WelcomeNotice>(&bytes).is_ok_and(|kept| {
                kept.room == notice.room
                    && kept.generation == notice.generation
                    && kept.from_seq < notice.from_seq
            });
            if is_older {
                self.drop_welcome(id)?;
            }
        }
        self.db.with(|c| {
            c.execute(
                "INSERT INTO welcome (room, notice) VALUES (?1, ?2)",
                params![notice.room.0, codec::to_vec(notice)],
            )
        })?;
        Ok(())
    }

    /// Uses the Welcomes whose objects are here; fetches those of the others.
    pub(crate) fn use_welcomes(&mut self, now: Millis) -> Result<()> {
        for (id, bytes) in self.kept_welcomes()? {
            let Ok(notice) = codec::from_slice::<WelcomeNotice>(&bytes) else {
                self.drop_welcome(id)?;
                continue;
            };
            if self.comes_with_the_log(&notice)? {
                // The log has come to it, and waits.
                if self.live.held.contains_key(&LogId::Room(notice.room))
                    && self.payload(&notice.welcome).is_some()
                    && self.object(notice.tree).is_some()
                {
                    self.resume_held(now);
                }
                continue;
            }
            if self.comes_after_the_end(&notice)? {
                continue;
            }
            let (welcome, tree) = (self.payload(&notice.welcome), self.object(notice.tree));
            let (Some(welcome), Some(tree)) = (welcome, tree) else {
                continue;
            };
            let entered = self.atomically(|e| {
                e.drop_welcome(id)?;
                e.enter(&notice, &welcome, &tree, now)
            });
            match entered {
                // What waits of the log is delivered again, from where the room is entered.
                Ok(true) => {
                    self.live.held.remove(&LogId::Room(notice.room));
                    let live = self.live.room(notice.room);
                    (live.welcome_until, live.no_welcome) = (None, false);
                }
                Ok(false) => {}
                Err(error) => {
                    self.drop_welcome(id)?;
                    self.report(error);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn kept_welcomes(&self) -> Result<Vec<(i64, Vec<u8>)>> {
        self.db.with(|c| {
            let mut statement = c.prepare_cached("SELECT id, notice FROM welcome ORDER BY id")?;
            statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Whether a Welcome is to a new generation of a room that is read here: it is used where the
    /// log says that the generation began, so that what was said before is read first. Until the relay
    /// has said where the log stands, it may be another than the one that was read.
    fn comes_with_the_log(&self, notice: &WelcomeNotice) -> Result<bool> {
        let Some(row) = self.db.room(notice.room)? else {
            return Ok(false);
        };
        let here = self.db.position(LogId::Room(notice.room))?;
        let is_open = self.live.rooms.get(&row.id).is_some_and(|live| live.open);
        Ok(row.is_followed()
            && row.until_seq.is_none()
            && notice.generation > row.generation
            && (!is_open || here.is_none_or(|here| here.seq < notice.from_seq)))
    }

    /// Whether this person was taken out and let in again, and the log is still to be read up to where
    /// they were taken out: what was said until then comes first. A generation without this person ends
    /// it with an entry that is not for them.
    fn comes_after_the_end(&self, notice: &WelcomeNotice) -> Result<bool> {
        let Some(row) = self.db.room(notice.room)? else {
            return Ok(false);
        };
        let here = self.db.position(LogId::Room(notice.room))?;
        let left_out = u64::from(notice.generation > row.generation);
        let is_behind = here
            .zip(row.until_seq)
            .is_some_and(|(here, until)| here.seq + left_out < until && until < notice.from_seq);
        // A relay that goes on behind the end has nothing before it any more.
        Ok(is_behind && row.reads_on() && !self.live.late.contains_key(&row.id))
    }

    pub(crate) fn drop_welcome(&mut self, id: i64) -> Result<()> {
        self.db
            .with(|c| c.execute("DELETE FROM welcome WHERE id = ?1", [id]))?;
        Ok(())
    }

    /// The objects of a Welcome cannot be had: it is given up, and the room can be asked for again.
    pub(crate) fn give_up_welcomes(&mut self, hash: Hash, error: &Error) {
        for (id, bytes) in self.kept_welcomes().unwrap_or_default() {
            let needs = codec::from_slice::<WelcomeNotice>(&bytes)
                .is_ok_and(|notice| notice.tree == hash || notice.welcome == Payload::ByHash(hash));
            if needs
                && !error.is_retryable()
                && let Err(error) = self.drop_welcome(id)
            {
                self.report(error);
            }
        }
    }

    /// Enters a room, unless the Welcome is of no use any more; says whether it was used.
    fn enter(
        &mut self,
        notice: &WelcomeNotice,
        welcome: &[u8],
        tree: &[u8],
        now: Millis,
    ) -> Result<bool> {
        let room = notice.room;
        if let Some(row) = self.db.room(room)? {
            // A Welcome met twice, or one that lost against an own external commit.
            let still_in = row.status == Status::Joined
                && row.until_seq.is_none()
                && !self.enters_anew(&row, notice)?
                || row.healing == Some(Healing::Reset);
            if still_in && row.generation >= notice.generation {
                return Ok(false);
            }
            // One from before this person was out of the room, shown again.
            let is_out = matches!(row.status, Status::Left | Status::Removed | Status::Banned);
            let here = self.db.position(LogId::Room(room))?;
            if is_out && here.is_some_and(|here| notice.from_seq <= here.seq) {
                tracing::warn!(%room, "a Welcome from before the end of the membership is passed over");
                return Ok(false);
            }
            self.groups.forget(room, row.generation);
        }
        let (group, view, by) =
            join_from_welcome(&self.provider, welcome, tree, room, notice.generation)?;
        self.vouched(notice, by)?;
        let peer = self.peer_of(&view);
        let r = self.db.add_room(
            room,
            view.state.kind,
            notice.generation,
            Status::Joined,
            peer,
            now,
        )?;
        self.db.set_from_seq(r, notice.from_seq)?;
        self.db.forget_log(LogId::Room(room))?;
        self.groups.put(room, notice.generation, group);
        self.entered(r, room, &view)?;
        if let Some(row) = self.db.room(room)? {
            self.note_welcome(&row, by, view.state.join_rule, notice.from_seq, now)?;
        }
        Ok(true)
    }

    /// Whether a Welcome takes the place of an older one by which the room was entered, and nothing was
    /// read since: this person was taken out and let in again before the log was open.
    fn enters_anew(&self, row: &RoomRow, notice: &WelcomeNotice) -> Result<bool> {
        Ok(row.reads_on()
            && row.generation == notice.generation
            && (1..notice.from_seq).contains(&row.from_seq)
            && self.db.position(LogId::Room(row.id))?.is_none())
    }

    /// A Welcome into a room that this device is in, or that has stopped here, would take the place of
    /// what it has. Somebody who was in the room has to stand by it, or the relay could put people of its
    /// own there.
    fn vouched(&self, notice: &WelcomeNotice, by: Option<AccountId>) -> Result<()> {
        let Some(row) = self.db.room(notice.room)? else {
            return Ok(());
        };
        let members = self.db.member_accounts(row.r)?;
        let counts = match row.status {
            // The next generation of a room that goes on is entered where the log has come to it.
            Status::Joined => row.until_seq.is_some() || self.enters_anew(&row, notice)?,
            Status::Stopped => by.is_some_and(|by| members.contains(&by)),
            _ => true,
        };
        if counts {
            return Ok(());
        }
        Err(invalid(
            "a Welcome into a room that is here",
            "it is not where the log has come to, or nobody who was in the room stands by it",
        ))
    }

    /// The other person of a direct room.
    pub(crate) fn peer_of(&self, view: &RoomView) -> Option<AccountId> {
        let me = self.me().ok()?.card.account;
        match view.state.kind {
            RoomKind::Direct => view
                .state
                .roles
                .keys()
                .copied()
                .find(|account| *account != me),
            _ => None,
        }
    }

    /// A room was entered: it is shown, its log flows, and who waited for it is told.
    pub(crate) fn entered(
        &mut self,
        r: i64,
        room: lacre_wire::ids::RoomId,
        view: &RoomView,
    ) -> Result<()> {
        self.db.keep_view(r, view)?;
        if let Some(row) = self.db.room(room)? {
            self.open_profile_of(&row, view)?;
        }
        self.look_up_members(r)?;
        self.live.joining.remove(&room);
        self.tell(Event::RoomAdded(room));
        self.joins_done(room)?;
        self.open_room(room)
    }
}
