//! The rows of commands about rooms.

use super::{Loader, Reading};
use crate::store::command::{Commit, CreateRoom, GroupStep, Member, OpenGeneration};
use crate::store::decide::pair;
use crate::store::limits;
use crate::store::rows::Rows;
use lacre_wire::ids::{AccountId, DeviceId, LogId, RoomId};
use std::collections::BTreeSet;

impl<R: Rows> Loader<'_, R> {
    pub(super) fn room_row(&mut self, room: &RoomId) -> Result<(), R::Error> {
        self.view.room = self.rows.room(room)?;
        self.view.log = self.rows.log(LogId::Room(*room))?;
        Ok(())
    }

    pub(super) fn room(&mut self, room: &RoomId, device: &DeviceId) -> Result<(), R::Error> {
        self.room_row(room)?;
        self.view.member = self.rows.member(room, device)?;
        Ok(())
    }

    pub(super) fn touched(&mut self, room: &RoomId, device: &DeviceId) -> Result<(), R::Error> {
        if let Some(row) = self.rows.member(room, device)? {
            self.view.members.insert(*device, row);
        }
        Ok(())
    }

    pub(super) fn step(
        &mut self,
        room: &RoomId,
        by: &AccountId,
        step: &GroupStep,
    ) -> Result<(), R::Error> {
        self.name(room, step.summary.listed.as_deref())?;
        for Member { device, .. } in step.adds.iter().chain(&step.removes) {
            self.touched(room, device)?;
            self.device(device)?;
            self.inbox(device)?;
        }
        for welcome in &step.welcomes {
            let device = welcome.member.device;
            self.share(&device, self.keys.origin(&device, by))?;
        }
        self.view.has_tree = step.tree.bytes.is_some() || self.rows.has_object(&step.tree.hash)?;
        Ok(())
    }

    /// Who has a name that the room did not have before.
    fn name(&mut self, room: &RoomId, listed: Option<&str>) -> Result<(), R::Error> {
        let before = self
            .view
            .room
            .as_ref()
            .and_then(|row| row.listed.as_deref());
        let Some(name) = listed.filter(|_| listed != before) else {
            return Ok(());
        };
        if let Some(of) = self.rows.listing(name)?.filter(|of| of != room)
            && self.rows.has_members(&of)?
        {
            self.view.name_of = Some(of);
        }
        Ok(())
    }

    pub(super) fn commit(&mut self, c: &Commit) -> Result<(), R::Error> {
        self.room(&c.room, &c.device)?;
        self.step(&c.room, &c.account, &c.step)
    }

    pub(super) fn create(&mut self, c: &CreateRoom) -> Result<(), R::Error> {
        self.room(&c.room, &c.device)?;
        self.device(&c.device)?;
        if let Some(peer) = c.peer {
            self.view.direct = self.rows.direct(&pair(c.account, peer))?;
        }
        match &c.first {
            Some(step) => self.step(&c.room, &c.account, step),
            None => self.name(&c.room, c.summary.listed.as_deref()),
        }
    }

    pub(super) fn generation(&mut self, c: &OpenGeneration) -> Result<(), R::Error> {
        self.room(&c.room, &c.device)?;
        self.step(&c.room, &c.account, &c.step)
    }

    pub(super) fn reading(&mut self, device: &DeviceId, room: &RoomId) -> Result<(), R::Error> {
        if self.view.rooms.contains_key(&(*device, *room)) {
            return Ok(());
        }
        if let (Some(member), Some(log)) = (
            self.rows.member(room, device)?,
            self.rows.log(LogId::Room(*room))?,
        ) {
            self.view
                .rooms
                .insert((*device, *room), Reading { member, log });
        }
        Ok(())
    }

    pub(super) fn acked_inbox(&mut self, device: &DeviceId, seq: u64) -> Result<(), R::Error> {
        self.inbox(device)?;
        let Some(log) = self.view.inboxes.get(device) else {
            return Ok(());
        };
        let (after, upto) = (log.first.saturating_sub(1), seq.min(log.head));
        let count = usize::try_from(upto.saturating_sub(after)).unwrap_or(usize::MAX);
        if count > self.view.metas.len() {
            self.view.metas =
                self.rows
                    .metas(LogId::Inbox(*device), after, count.min(limits::INBOX_ACK))?;
            let origins: BTreeSet<_> = self
                .view
                .metas
                .iter()
                .filter_map(|meta| meta.origin)
                .collect();
            origins
                .into_iter()
                .try_for_each(|origin| self.share(device, origin))?;
        }
        Ok(())
    }
}
