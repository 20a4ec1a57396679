//! Notices in this device's inbox.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::store::rooms::Status;
use lacre_wire::codec;
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::push::{ApprovalRequested, DeviceMessage, Evicted, WelcomeNotice};
use minicbor::Decode;

impl Engine {
    pub(crate) fn apply_notice(&mut self, entry: &Entry) -> Result<()> {
        let Some(bytes) = entry.body.bytes() else {
            tracing::warn!(seq = entry.seq, "an inbox entry came without its body");
            return Ok(());
        };
        match entry.kind {
            EntryKind::Welcome => {
                let notice: WelcomeNotice = read(bytes)?;
                self.keep_welcome(&notice)
            }
            EntryKind::Evicted => {
                let evicted: Evicted = read(bytes)?;
                self.evicted(&evicted)
            }
            EntryKind::ApprovalRequested => {
                let request: ApprovalRequested = read(bytes)?;
                self.on_approval_requested(&request)
            }
            EntryKind::DeviceMessage => {
                let message: DeviceMessage = read(bytes)?;
                self.on_device_message(&message)
            }
            _ => Err(Error::new(
                ErrorKind::Outdated,
                "UnknownNotice",
                "the inbox holds something this version does not know",
            )),
        }
    }

    /// The relay stopped delivery: this device is being removed from a room.
    fn evicted(&mut self, evicted: &Evicted) -> Result<()> {
        let Some(row) = self.db.room(evicted.room)? else {
            return Ok(());
        };
        if row.status != Status::Joined {
            return Ok(());
        }
        let left = self.leaving(row.id)?;
        self.db.set_status(
            row.r,
            if left { Status::Left } else { Status::Removed },
            None,
        )?;
        self.live.rooms.remove(&row.id);
        self.tell(Event::RoomRemoved { room: row.id, left });
        self.changes_end_with_room(row.id, left)
    }
}

fn read<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T> {
    codec::from_slice(bytes).map_err(|e| {
        Error::new(
            ErrorKind::Relay,
            "BadNotice",
            "an inbox entry cannot be read",
        )
        .with_source(e)
    })
}
