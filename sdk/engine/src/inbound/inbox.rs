//! Notices in this device's inbox.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
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
                self.read_until(evicted.room, evicted.until_seq)
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
