//! Objects: trees, Welcomes, GroupInfos and large commits, fetched and uploaded by their SHA-256 on
//! streams of their own, so that they never delay a message.

use crate::session::Context;
use crate::store::command::{Command, Hashed, PutObject};
use crate::store::outcome::Verdict;
use crate::store::read::ReadObjects;
use crate::stream::{Gone, Link, Receiver, Sender};
use crate::tasks::Stage;
use bytes::Bytes;
use lacre_wire::answer::ObjectAnswer;
use lacre_wire::codec;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::frame;
use lacre_wire::ids::Hash;
use lacre_wire::limits::MAX_OBJECT;
use lacre_wire::request::ObjectRequest;
use std::sync::Arc;
use std::time::Duration;

/// A request names a hash and a size.
const MAX_REQUEST: usize = 256;

/// A stream that takes longer is given up: 8 MiB at 30 KB a second.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Takes the session's further streams until the link ends.
pub(crate) async fn accept(context: Arc<Context>, link: Link) {
    while let Some((send, recv)) = link.accept().await {
        let serving = context.clone();
        context.service.tasks.spawn(async move {
            tokio::select! {
                // What goes wrong with a stream is told on it, or it is gone.
                _ = tokio::time::timeout(TIMEOUT, serve(&serving, send, recv)) => {}
                () = serving.over() => {}
                () = serving.service.tasks.reached(Stage::Stopped) => {}
            }
        });
    }
}

async fn serve(context: &Context, mut send: Sender, mut recv: Receiver) -> Result<(), Gone> {
    let done = match read_request(&mut recv).await? {
        Err(error) => Err(error),
        Ok(_) if !context.mailbox.is_listed() => Err(WireError::new(
            ErrorCode::NoSuchDevice,
            "this device waits to be approved",
        )),
        Ok(ObjectRequest::Get { hash }) => get(context, hash, &mut send).await?,
        Ok(ObjectRequest::Put { hash, size }) => {
            put(context, hash, size, &mut send, &mut recv).await?
        }
    };
    if let Err(error) = done {
        context.service.metrics.refused(error.code);
        say(&mut send, &ObjectAnswer::Failed(error)).await?;
        // The rest of an upload that was refused is not wanted.
        recv.stop();
    }
    send.finish().await
}

async fn read_request(recv: &mut Receiver) -> Result<Result<ObjectRequest, WireError>, Gone> {
    let mut length = [0; 4];
    recv.read_exact(&mut length).await?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MAX_REQUEST {
        let text =
            format!("an object request has at most {MAX_REQUEST} bytes, {length} were announced");
        return Ok(Err(WireError::new(ErrorCode::TooLarge, text)));
    }
    let mut payload = vec![0; length];
    recv.read_exact(&mut payload).await?;
    Ok(
        codec::from_slice(&payload)
            .map_err(|e| WireError::new(ErrorCode::Malformed, e.to_string())),
    )
}

async fn get(
    context: &Context,
    hash: Hash,
    send: &mut Sender,
) -> Result<Result<(), WireError>, Gone> {
    let object = match context.service.store.object(hash).await {
        Ok(Some(object)) => object,
        Ok(None) => {
            return Ok(Err(WireError::new(
                ErrorCode::NoSuchObject,
                format!("object {hash} is not here"),
            )));
        }
        Err(error) => return Ok(Err(error.into())),
    };
    let size = object.len() as u64;
    say(send, &ObjectAnswer::Found { size }).await?;
    send.write(object).await?;
    context.service.metrics.objects_read.one();
    Ok(Ok(()))
}

async fn put(
    context: &Context,
    hash: Hash,
    size: u64,
    send: &mut Sender,
    recv: &mut Receiver,
) -> Result<Result<(), WireError>, Gone> {
    let Some(size) = usize::try_from(size)
        .ok()
        .filter(|size| *size <= MAX_OBJECT)
    else {
        let text = format!("an object has at most {MAX_OBJECT} bytes, {size} were announced");
        return Ok(Err(WireError::new(ErrorCode::TooLarge, text)));
    };
    // An object weighs as much as the messages that would fill it.
    let cost = u32::try_from(size / lacre_wire::limits::MAX_MESSAGE)
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    if let Err(error) = context.spend(None, cost) {
        return Ok(Err(error));
    }
    // Grows with what comes, not with what was announced.
    let mut bytes = Vec::new();
    while bytes.len() < size {
        let most = size - bytes.len();
        match recv.read(most).await? {
            Some(chunk) => bytes.extend_from_slice(&chunk),
            None => {
                let text = format!("{size} bytes were announced, {} came", bytes.len());
                return Ok(Err(WireError::new(ErrorCode::Malformed, text)));
            }
        }
    }
    let object = Hashed::new(Bytes::from(bytes));
    if object.hash() != hash {
        let text = format!("the bytes have the hash {}, not {hash}", object.hash());
        return Ok(Err(WireError::new(ErrorCode::HashMismatch, text)));
    }
    let command = Command::PutObject(PutObject {
        now_ms: context.service.clock.now_ms(),
        object,
    });
    match context
        .service
        .store
        .submit(command)
        .await
        .map(|outcome| outcome.verdict)
    {
        Ok(Verdict::Refused(error)) => Ok(Err(error)),
        Ok(_) => {
            context.service.metrics.objects_stored.one();
            say(send, &ObjectAnswer::Stored).await?;
            Ok(Ok(()))
        }
        Err(error) => Ok(Err(error.into())),
    }
}

async fn say(send: &mut Sender, answer: &ObjectAnswer) -> Result<(), Gone> {
    send.write(frame::encode(answer).into()).await
}
