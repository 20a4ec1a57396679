//! SendToDevice: sealed bytes for another device of the same account.

use super::Handled;
use crate::session::Context;
use crate::store::command::{Command, SendToDevice};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::DeviceId;
use minicbor::bytes::ByteVec;
use std::sync::Arc;

/// A sealed key or a pointer to something larger.
const MAX_SEALED: usize = 16 * 1024;

pub(super) async fn send_to_device(
    context: Arc<Context>,
    to: DeviceId,
    sealed: ByteVec,
) -> Handled {
    if sealed.len() > MAX_SEALED {
        let text = format!(
            "at most {MAX_SEALED} bytes are sent to a device, got {}",
            sealed.len()
        );
        return Err(WireError::new(ErrorCode::TooLarge, text));
    }
    context.spend(None, 1)?;
    let service = &context.service;
    let command = SendToDevice {
        now_ms: service.clock.now_ms(),
        account: context.account(),
        from: context.device(),
        to,
        sealed: Vec::from(sealed).into(),
    };
    let outcome = service.store.submit(Command::SendToDevice(command)).await?;
    Ok(service.answer_verdict(None, outcome.verdict).await)
}
