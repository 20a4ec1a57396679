//! Objects that are too large for a frame, each on a stream of its own.

use super::mail::{Mailbox, Net};
use crate::engine::{Error, ErrorKind, Result};
use crate::transport::{Link, Receiver};
use lacre_wire::answer::ObjectAnswer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::frame::{self, Deframer};
use lacre_wire::hash::sha256;
use lacre_wire::ids::Hash;
use lacre_wire::limits::MAX_OBJECT;
use lacre_wire::request::ObjectRequest;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Streams at once; the relay allows a few more in all.
const AT_ONCE: usize = 4;

/// The objects of a session that are under way. Dropping it ends them.
pub(super) struct Objects {
    link: Link,
    mail: Arc<Mailbox>,
    turns: Arc<Semaphore>,
    tasks: JoinSet<()>,
}

impl Objects {
    pub(super) fn new(link: Link, mail: Arc<Mailbox>) -> Self {
        Self {
            link,
            mail,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            tasks: JoinSet::new(),
        }
    }

    /// Fetches an object and mails it, or why not.
    pub(super) fn fetch(&mut self, hash: Hash) {
        let link = self.link.clone();
        self.start(async move { Net::Fetched(hash, fetch(&link, hash).await) });
    }

    /// Uploads an object and mails that it is kept, or why not.
    pub(super) fn upload(&mut self, hash: Hash, object: Vec<u8>) {
        let link = self.link.clone();
        self.start(async move { Net::Uploaded(hash, upload(&link, hash, &object).await) });
    }

    fn start(&mut self, work: impl Future<Output = Net> + Send + 'static) {
        // Those that are over are forgotten here; what they said was mailed.
        while self.tasks.try_join_next().is_some() {}
        let (turns, mail) = (Arc::clone(&self.turns), self.mail.clone());
        self.tasks.spawn(async move {
            // Nobody closes the semaphore; a closed mailbox means that the session is over.
            let _turn = turns.acquire().await;
            let _ = mail.send(work.await);
        });
    }
}

async fn fetch(link: &Link, hash: Hash) -> Result<Vec<u8>> {
    let (mut sender, mut receiver) = link.open().await?;
    sender
        .send(&frame::encode(&ObjectRequest::Get { hash }))
        .await?;
    let (answer, mut object) = answer(&mut receiver).await?;
    let size = match answer {
        ObjectAnswer::Found { size } => usize::try_from(size)
            .ok()
            .filter(|size| *size <= MAX_OBJECT),
        ObjectAnswer::Failed(error) => return Err(error.into()),
        ObjectAnswer::Stored => return Err(unexpected()),
    };
    let size = size.ok_or_else(|| {
        WireError::new(
            ErrorCode::TooLarge,
            "the relay announced an object larger than any may be",
        )
    })?;
    while object.len() < size {
        let Some(bytes) = receiver.read().await? else {
            break;
        };
        object.extend_from_slice(&bytes);
    }
    if object.len() != size || sha256(&[&object]) != hash {
        return Err(WireError::new(
            ErrorCode::HashMismatch,
            "the relay sent another object than the one asked for",
        )
        .into());
    }
    Ok(object)
}

async fn upload(link: &Link, hash: Hash, object: &[u8]) -> Result<()> {
    let (mut sender, mut receiver) = link.open().await?;
    let size = u64::try_from(object.len()).unwrap_or(u64::MAX);
    sender
        .send(&frame::encode(&ObjectRequest::Put { hash, size }))
        .await?;
    // A relay that refuses answers before it has read all; its answer says more than the broken pipe.
    let sent = sender.send(object).await;
    match answer(&mut receiver).await {
        Ok((ObjectAnswer::Stored, _)) => Ok(()),
        Ok((ObjectAnswer::Failed(error), _)) => Err(error.into()),
        Ok((ObjectAnswer::Found { .. }, _)) => Err(unexpected()),
        Err(error) => sent.and(Err(error)),
    }
}

/// The answer, and the bytes after it that have come already.
async fn answer(receiver: &mut Receiver) -> Result<(ObjectAnswer, Vec<u8>)> {
    let mut deframer = Deframer::default();
    while let Some(bytes) = receiver.read().await? {
        deframer.push(&bytes);
        let unreadable = |error| {
            Error::new(
                ErrorKind::Relay,
                "Malformed",
                "the relay's answer is unreadable",
            )
            .with_source(error)
        };
        if let Some(answer) = deframer.next_message().map_err(unreadable)? {
            return Ok((answer, deframer.rest().to_vec()));
        }
    }
    Err(Error::new(
        ErrorKind::Offline,
        "Offline",
        "the relay ended the stream before its answer",
    ))
}

fn unexpected() -> Error {
    Error::new(
        ErrorKind::Relay,
        "UnexpectedMessage",
        "the relay gave the answer to another request",
    )
}
