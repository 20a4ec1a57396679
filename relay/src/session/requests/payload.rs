//! Payloads: bytes in the frame, or uploaded before.

use crate::session::Context;
use crate::store::read::ReadObjects;
use bytes::Bytes;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::limits::MAX_INLINE_BODY;
use lacre_wire::request::Payload;

/// The bytes of a payload.
pub(super) async fn fetch(context: &Context, payload: Payload) -> Result<Bytes, WireError> {
    match payload {
        Payload::Inline(bytes) if bytes.len() > MAX_INLINE_BODY => {
            let text = format!(
                "a payload inside a frame has at most {MAX_INLINE_BODY} bytes, this one {}; upload it as an object",
                bytes.len()
            );
            Err(WireError::new(ErrorCode::TooLarge, text))
        }
        Payload::Inline(bytes) => Ok(Vec::from(bytes).into()),
        Payload::ByHash(hash) => context.service.store.object(hash).await?.ok_or_else(|| {
            WireError::new(
                ErrorCode::NoSuchObject,
                format!("object {hash} is not here; upload it, then ask again"),
            )
        }),
    }
}

/// The bytes of a payload that may be absent.
pub(super) async fn fetch_optional(
    context: &Context,
    payload: Option<Payload>,
) -> Result<Option<Bytes>, WireError> {
    match payload {
        Some(payload) => fetch(context, payload).await.map(Some),
        None => Ok(None),
    }
}

/// Bytes as an answer carries them: by hash when they are large.
pub(super) fn carry(bytes: &Bytes, hash: lacre_wire::ids::Hash) -> Payload {
    if bytes.len() > MAX_INLINE_BODY {
        Payload::ByHash(hash)
    } else {
        Payload::Inline(bytes.to_vec().into())
    }
}
