//! A message on its way into a room's log: the hot path.
//!
//! Nothing here waits before the store has the command, and the store's queue is first in, first
//! out, so messages of one session are decided in the order they came.

use super::Context;
use crate::store::command::{Append, Command, Hashed};
use crate::store::outcome::Verdict;
use bytes::Bytes;
use lacre_wire::answer::Answer;
use lacre_wire::codec;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::RoomId;
use lacre_wire::limits::MAX_MESSAGE;
use lacre_wire::request::Submit;
use lacre_wire::room::{ContentType, PrivateMessageHeader};
use lacre_wire::stamp::MessageAad;
use std::sync::Arc;

/// Appends a message. Comes back when it is durable, or refused.
pub(super) async fn submit(context: Arc<Context>, message: Submit) -> Answer {
    let room = message.room;
    let (command, at) = match prepare(&context, message) {
        Ok(prepared) => prepared,
        Err(error) => return Answer::Failed(error),
    };
    let outcome = match context.service.store.submit(command).await {
        Ok(outcome) => outcome,
        Err(error) => return Answer::Failed(error.into()),
    };
    match outcome.verdict {
        Verdict::Accepted(accepted) => {
            context.service.metrics.accepted.one();
            Answer::Accepted(accepted)
        }
        verdict => {
            context
                .service
                .answer_verdict(Some((room, at)), verdict)
                .await
        }
    }
}

/// Reads the clear header and puts the command together.
fn prepare(context: &Context, message: Submit) -> Result<(Command, (u32, u64)), WireError> {
    let Submit {
        room,
        submit_id,
        prev,
        message,
    } = message;
    if message.len() > MAX_MESSAGE {
        let text = format!(
            "a message has at most {MAX_MESSAGE} bytes, this one {}",
            message.len()
        );
        return Err(WireError::new(ErrorCode::TooLarge, text));
    }
    context.spend(Some(room), 1)?;
    let body = Bytes::from(Vec::from(message));
    let header = PrivateMessageHeader::parse(&body)
        .map_err(|e| WireError::new(ErrorCode::Malformed, e.to_string()))?;
    if header.content != ContentType::Application {
        let text =
            "expected an application message; commits and proposals have requests of their own";
        return Err(WireError::new(ErrorCode::NotAllowed, text));
    }
    let generation = match RoomId::from_group_id(header.group_id) {
        Some((named, generation)) if named == room => generation,
        _ => {
            return Err(WireError::new(
                ErrorCode::WrongGroup,
                "the message's group is not one of this room",
            ));
        }
    };
    let aad: MessageAad = codec::from_slice(header.authenticated_data).map_err(|e| {
        WireError::new(ErrorCode::Malformed, format!("the authenticated data: {e}"))
    })?;
    let epoch = header.epoch;
    let append = Append {
        now_ms: context.service.clock.now_ms(),
        room,
        account: context.account(),
        device: context.device(),
        generation,
        epoch,
        submit_id,
        prev,
        tag: aad.tag,
        channel: aad.channel,
        body: Hashed::new(body),
    };
    Ok((Command::Append(append), (generation, epoch)))
}
