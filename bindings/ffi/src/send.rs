//! A message on its way.

use crate::error::Result;
use crate::id;
use crate::message::SendState;

/// A message on its way. Letting go of it changes nothing: the message goes out anyway.
#[derive(uniffi::Object)]
pub struct SendHandle(pub(crate) lacre::SendHandle);

#[uniffi::export]
impl SendHandle {
    /// Names the message everywhere, from now on.
    pub fn message_id(&self) -> String {
        id::of_message(self.0.message_id())
    }

    /// How far it came.
    pub fn state(&self) -> SendState {
        self.0.state().into()
    }

    /// Waits until the relay has it durably.
    pub async fn sent(&self) -> Result<()> {
        Ok(self.0.sent().await?)
    }
}
