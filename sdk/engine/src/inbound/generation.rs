//! A room goes on in the next generation of its group: entered by a Welcome, like a room, but where
//! the log has come to it, so that what was said before it is read first.

use crate::change::Opening;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::mls::{invalid, join_from_welcome};
use crate::store::messages::Kind;
use crate::store::repair::Healing;
use crate::store::rooms::RoomRow;
use lacre_wire::codec;
use lacre_wire::ids::{AccountId, Millis, RoomId, Seq};
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::push::{GenerationOpened, WelcomeNotice};
use lacre_wire::room::{RoomView, authorize_generation};
use std::collections::BTreeSet;

/// How long a room's log waits for the Welcome of a new generation, before this device looks for
/// another way in.
const WELCOME_MS: Millis = 5_000;

/// How long after a commit another way back is tried.
const AGAIN_MS: Millis = 1_000;

impl Engine {
    /// An entry of a room that stopped: what it did to the group is not followed any more. Messages
    /// are noted as missed, but those of before a reset: they are here already.
    pub(crate) fn pass_over(&mut self, row: &RoomRow, entry: &Entry) -> Result<()> {
        match entry.kind {
            EntryKind::Message => match self.db.own_envelope(row.r, entry.body.hash())? {
                Some(own) => self.own_message_reached(row, entry, own),
                None if row.healing == Some(Healing::Reset) => Ok(()),
                None => self.placeholder(row, entry, Kind::Unreadable, "WhileRepaired"),
            },
            EntryKind::Commit if row.commit_hash == Some(entry.body.hash()) => {
                self.rejoined(row, entry)
            }
            // Whoever made it may vouch for the room as it is now.
            EntryKind::Commit => {
                let at = self.later.now + AGAIN_MS;
                self.live.room(row.id).repair_at.get_or_insert(at);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether a generation's entry has to wait for its Welcome.
    pub(crate) fn welcome_awaited(&mut self, room: RoomId, entry: &Entry) -> bool {
        let Ok(Some(row)) = self.db.room(room) else {
            return false;
        };
        let Ok(opened) = read(entry) else {
            return false;
        };
        let given_up = self.live.room(room).no_welcome;
        if given_up
            || self.opened_here(&row, &opened)
            || self.generation_welcome(room, entry.seq).is_some()
        {
            return false;
        }
        let now = self.later.now;
        self.live
            .room(room)
            .welcome_until
            .get_or_insert(now + WELCOME_MS);
        true
    }

    /// Waited long enough: the log is read on, and the way in is from outside.
    pub(crate) fn welcomes_missed(&mut self, now: Millis) {
        let mut any = false;
        for live in self.live.rooms.values_mut() {
            if live.welcome_until.is_some_and(|until| until <= now) {
                (live.welcome_until, live.no_welcome) = (None, true);
                any = true;
            }
        }
        if any {
            self.resume_held(now);
        }
    }

    /// The Welcome to a generation that begins at `seq`, with its objects, if all of it is here.
    fn generation_welcome(
        &mut self,
        room: RoomId,
        seq: Seq,
    ) -> Option<(i64, WelcomeNotice, Vec<u8>, Vec<u8>)> {
        for (id, bytes) in self.kept_welcomes().ok()? {
            let Ok(notice) = codec::from_slice::<WelcomeNotice>(&bytes) else {
                continue;
            };
            if notice.room == room && notice.from_seq == seq {
                let welcome = self.payload(&notice.welcome)?;
                let tree = self.object(notice.tree)?;
                return Some((id, notice, welcome, tree));
            }
        }
        None
    }

    /// Whether the generation that was opened is this device's own attempt.
    fn opened_here(&self, row: &RoomRow, opened: &GenerationOpened) -> bool {
        let frame = self.db.commit_frame(row.r).ok().flatten();
        frame
            .and_then(|frame| Opening::of(&frame))
            .is_some_and(|own| own.is(opened))
    }

    /// A generation's entry is reached: the room goes on in its group.
    pub(crate) fn reach_generation(&mut self, row: &RoomRow, entry: &Entry) -> Result<()> {
        let opened = read(entry)?;
        // Its Welcome was used before the log was opened.
        if opened.generation == row.generation && entry.seq == row.from_seq {
            return Ok(());
        }
        if opened.generation <= row.generation {
            return Err(Error::new(
                ErrorKind::Relay,
                "WrongGeneration",
                "a generation stands in the log that the room has left behind",
            ));
        }
        let before = self.view(row)?;
        let (view, own) = match self.opened_here(row, &opened) {
            true => (self.enter_own(row, &opened)?, true),
            false => match self.generation_welcome(row.id, entry.seq) {
                Some((id, notice, welcome, tree)) => {
                    self.drop_welcome(id)?;
                    (self.enter_by(&before, &notice, &welcome, &tree)?, false)
                }
                // No Welcome came: a way in from outside is looked for.
                None if row.healing == Some(Healing::Reset) => return self.left_alone(row, entry),
                None if row.healing.is_some() => return Ok(()),
                None => return Err(no_welcome()),
            },
        };
        let accounts = before.members.accounts().copied().collect();
        self.go_on(row, entry, &accounts, &view, own)
    }

    /// The others have gone on without this device: from here on it is one that was cut off, and comes
    /// in by itself.
    fn left_alone(&mut self, row: &RoomRow, entry: &Entry) -> Result<()> {
        self.fold_back(row, entry)?;
        self.db.set_healing(row.r, Healing::Cut)?;
        let at = self.later.now + AGAIN_MS;
        self.live.room(row.id).repair_at.get_or_insert(at);
        Ok(())
    }

    /// What was lost with the relay's store stands where a generation begins.
    fn fold_back(&mut self, row: &RoomRow, entry: &Entry) -> Result<()> {
        let me = self.me()?.card.account;
        for line in self.db.fold_back(row.r, entry.seq.saturating_sub(1))? {
            if let Some(item) = self.db.item_by_id(row.r, me, line)? {
                self.tell(Event::Item { room: row.id, item });
            }
        }
        Ok(())
    }

    /// The own new group, of which the first commit waits.
    fn enter_own(&mut self, row: &RoomRow, opened: &GenerationOpened) -> Result<RoomView> {
        let group = self.groups.get(&self.provider, row.id, opened.generation)?;
        if group.pending_commit().is_some() {
            group
                .merge_pending_commit(&self.provider)
                .map_err(|e| invalid("the own new group could not be entered", e))?;
        }
        let mut next = row.clone();
        next.generation = opened.generation;
        self.view(&next)
    }

    /// Enters the group of a Welcome, if whoever made it may open a generation of the room.
    fn enter_by(
        &mut self,
        before: &RoomView,
        notice: &WelcomeNotice,
        welcome: &[u8],
        tree: &[u8],
    ) -> Result<RoomView> {
        let (room, generation) = (notice.room, notice.generation);
        let (group, view, by) = join_from_welcome(&self.provider, welcome, tree, room, generation)?;
        let by = by.ok_or_else(|| invalid("a new generation", "nobody stands by its Welcome"))?;
        authorize_generation(by, before, &view)
            .map_err(|refusal| invalid("a new generation is refused", refusal))?;
        self.groups.put(room, generation, group);
        Ok(view)
    }

    /// The room is what its new group says.
    pub(crate) fn go_on(
        &mut self,
        row: &RoomRow,
        entry: &Entry,
        before: &BTreeSet<AccountId>,
        view: &RoomView,
        own: bool,
    ) -> Result<()> {
        if entry.generation != row.generation {
            self.forget_group(row)?;
        }
        if row.healing == Some(Healing::Reset) {
            self.fold_back(row, entry)?;
        }
        self.db.go_on(row.r, entry.generation)?;
        let row = self
            .db
            .room(row.id)?
            .ok_or_else(|| Error::internal("a room vanished while it was repaired"))?;
        tracing::info!(room = %row.id, generation = row.generation, "the room goes on");
        self.live.room(row.id).begin_anew();
        self.note_view(&row, view, before, entry)?;
        self.note_repair(&row, entry.seq, entry.accepted_ms)?;
        self.repairs_done(row.id)?;
        if own {
            self.readmit(row.id, before, view)?;
            self.send_room_keys(&row)?;
        }
        self.hints.changed(row.id);
        self.tell(Event::RoomChanged(row.id));
        Ok(())
    }
}

fn read(entry: &Entry) -> Result<GenerationOpened> {
    let broken = || {
        Error::new(
            ErrorKind::Relay,
            "WrongKind",
            "the beginning of a generation cannot be read",
        )
    };
    let bytes = entry.body.bytes().ok_or_else(broken)?;
    codec::from_slice(bytes).map_err(|_| broken())
}

fn no_welcome() -> Error {
    Error::new(
        ErrorKind::Security,
        "NoWelcome",
        "the room was repaired by opening a new group, and this device was not asked into it; it looks for another way in",
    )
}
