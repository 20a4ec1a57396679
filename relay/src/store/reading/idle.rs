//! Devices that are to go.

use super::{Reading, device_record};
use crate::store::command::Member;
use crate::store::record::IdleDevice;
use crate::store::rows::Rows;
use lacre_wire::ids::{DeviceId, Millis, RoomId};

impl<R: Rows> Reading<'_, R> {
    pub(crate) fn inactive(
        &mut self,
        after: (Millis, DeviceId),
        before: Millis,
        limit: usize,
    ) -> Result<Vec<IdleDevice>, R::Error> {
        let mut idle = Vec::new();
        for (device, row) in self.rows.inactive(after, before, limit)? {
            let rooms = self.rows.rooms_of(&device)?;
            let device = device_record(device, row);
            idle.push(IdleDevice { device, rooms });
        }
        Ok(idle)
    }

    pub(crate) fn owed(&mut self, limit: usize) -> Result<Vec<(RoomId, Member)>, R::Error> {
        let owed = self.rows.owed(limit)?.into_iter();
        Ok(owed
            .map(|(room, device, account)| (room, Member { account, device }))
            .collect())
    }
}
