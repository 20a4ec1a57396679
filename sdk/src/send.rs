//! How far a sent message came.

use crate::engine::{Error, ErrorKind, LocalId, MessageId, Result, SendState};
use lacre_wire::ids::RoomId;
use tokio::sync::watch;

/// Where a message stands; why, once it has failed.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    pub(crate) state: SendState,
    pub(crate) error: Option<Error>,
}

/// A message on its way. Cheap to clone; dropping it changes nothing: the message goes out anyway.
#[derive(Clone)]
pub struct SendHandle {
    pub(crate) room: RoomId,
    pub(crate) id: LocalId,
    pub(crate) message: MessageId,
    pub(crate) progress: watch::Receiver<Progress>,
}

impl SendHandle {
    /// The room it goes to.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// Names the message everywhere, from now on.
    pub fn message_id(&self) -> MessageId {
        self.message
    }

    /// Names its item in the [`crate::Timeline`] on this device.
    pub fn local_id(&self) -> LocalId {
        self.id
    }

    /// How far it came.
    pub fn state(&self) -> SendState {
        self.progress.borrow().state
    }

    /// Waits until the relay has it durably.
    ///
    /// # Errors
    /// Why it was refused for good; or `Offline` when the client was closed first: the message is
    /// safe and goes out after the next open.
    pub async fn sent(&self) -> Result<()> {
        let mut progress = self.progress.clone();
        let end = progress
            .wait_for(|progress| progress.state != SendState::Queued)
            .await;
        match end.map(|progress| progress.clone()) {
            Ok(Progress {
                state: SendState::Sent,
                ..
            }) => Ok(()),
            Ok(Progress { error, .. }) => Err(error.unwrap_or_else(|| {
                Error::new(
                    ErrorKind::NotAllowed,
                    "SendFailed",
                    "the message was refused for good",
                )
            })),
            Err(_) => Err(Error::new(
                ErrorKind::Offline,
                "Closed",
                "the client was closed before the relay had the message; it goes out after the next open",
            )),
        }
    }
}

impl std::fmt::Debug for SendHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendHandle")
            .field("message", &self.message)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}
