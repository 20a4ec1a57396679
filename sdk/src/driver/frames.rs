//! Frames out of a byte stream, as they come.

use crate::engine::{Error, ErrorKind, Result};
use crate::transport::Receiver;
use lacre_wire::frame::Deframer;
use lacre_wire::push::ServerFrame;

/// Cuts a stream into frames.
#[derive(Default)]
pub(super) struct Frames {
    deframer: Deframer,
    size: usize,
}

impl Frames {
    /// The frames that have come, at least one, and how many bytes they took; `None` at the end.
    pub(super) async fn next(
        &mut self,
        receiver: &mut Receiver,
    ) -> Result<Option<(Vec<ServerFrame>, usize)>> {
        while let Some(bytes) = receiver.read().await? {
            self.size += bytes.len();
            self.deframer.push(&bytes);
            let mut frames = Vec::new();
            while let Some(frame) = self.deframer.next_message().map_err(|error| {
                Error::new(
                    ErrorKind::Relay,
                    "Malformed",
                    "the relay sent something unreadable",
                )
                .with_source(error)
            })? {
                frames.push(frame);
            }
            if !frames.is_empty() {
                let size = self.size - self.deframer.rest().len();
                self.size -= size;
                return Ok(Some((frames, size)));
            }
        }
        Ok(None)
    }
}
