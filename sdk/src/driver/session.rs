//! One session: hello, then frames both ways until something ends it.

use super::frames::Frames;
use super::lanes::Lanes;
use super::mail::{Mailbox, Net, Outgoing};
use super::network::Wish;
use super::objects::Objects;
use super::{backoff, closed};
use crate::engine::{Error, ErrorKind, Result};
use crate::platform;
use crate::queue::lock;
use crate::transport::{Link, Receiver, Sender};
use lacre_wire::frame;
use lacre_wire::ids::{LogId, Millis};
use lacre_wire::push::ServerFrame;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinSet;

/// How long the relay may take to answer a hello.
const HELLO: Duration = Duration::from_secs(15);
/// How long what was handed to a session may take to go out at its end.
const FLUSH: Duration = Duration::from_secs(2);
/// Bytes of frames that wait for the engine. Beyond, they wait in the connection.
const INBOUND: usize = 4 * 1024 * 1024;
/// Frames are joined up to this size before they are written.
const WRITE: usize = 64 * 1024;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was up.
    Served {
        /// The time over which to come back.
        spread_ms: Millis,
    },
    /// The relay did not let this device in.
    Failed,
    /// The engine said that it is useless to try again.
    Fatal,
}

/// What the parts of a session share.
struct Session {
    link: Link,
    mail: Arc<Mailbox>,
    lanes: Lanes,
    room: Arc<Semaphore>,
    heard: Mutex<Heard>,
    /// Something of interest was heard.
    news: Notify,
}

/// What the relay said about the session itself.
#[derive(Default)]
struct Heard {
    /// The session is up; the time over which to come back after it.
    ready: Option<Millis>,
    /// The relay will close; the time over which to leave and come back.
    going_away: Option<Millis>,
}

/// How a part of a session ended.
enum Part {
    /// The engine has no more to say, and all of it went out.
    Flushed,
    /// The engine ended the session.
    Disconnected { fatal: bool },
    /// The connection broke, or the relay closed it.
    Broken(Error),
}

/// Runs a session on a fresh connection. Nothing of it is mailed after this returns.
pub(super) async fn serve(
    link: &Link,
    mail: &mpsc::UnboundedSender<Net>,
    wish: &mut watch::Receiver<Wish>,
) -> Ended {
    let session = Arc::new(Session {
        link: link.clone(),
        mail: Arc::new(Mailbox::new(mail.clone())),
        lanes: Lanes::default(),
        room: Arc::new(Semaphore::new(INBOUND)),
        heard: Mutex::default(),
        news: Notify::new(),
    });
    let mut parts = JoinSet::new();
    let begun = tokio::select! {
        biased;
        _ = wish.wait_for(|wish| *wish == Wish::End) => Err(closed()),
        begun = begin(&session, &mut parts) => begun,
    };
    let part = match begun {
        Ok(()) => watch_over(&session, &mut parts, wish).await,
        Err(error) => Part::Broken(error),
    };
    session.mail.close();
    parts.shutdown().await;
    let heard = lock(&session.heard);
    match (part, heard.ready) {
        (Part::Disconnected { fatal: true }, _) => Ended::Fatal,
        (part, ready) => {
            if let Part::Broken(error) = part {
                tracing::info!(%error, "the session ended");
            }
            match (ready, heard.going_away) {
                // It has waited for its turn already.
                (Some(_), Some(_)) => Ended::Served { spread_ms: 0 },
                (Some(spread_ms), None) => Ended::Served { spread_ms },
                (None, _) => Ended::Failed,
            }
        }
    }
}

/// Says hello and starts the parts.
async fn begin(session: &Arc<Session>, parts: &mut JoinSet<Part>) -> Result<()> {
    let (fingerprint, binding) = (session.link.fingerprint(), session.link.binding()?);
    let (out, outgoing) = mpsc::unbounded_channel();
    let (reply, hello) = oneshot::channel();
    session.mail.send(Net::Hello {
        path: session.link.path(),
        fingerprint,
        binding,
        out,
        reply,
    })?;
    let hello = hello.await.map_err(|_| closed())??;
    let (mut sender, receiver) = session.link.open().await?;
    sender.send(&frame::encode(&hello)).await?;
    let objects = Objects::new(session.link.clone(), Arc::clone(&session.mail));
    parts.spawn(write(session.link.clone(), sender, outgoing, objects));
    parts.spawn(broken(read_session(Arc::clone(session), receiver)));
    parts.spawn(broken(accept(Arc::clone(session))));
    parts.spawn(broken(read_datagrams(Arc::clone(session))));
    let link = session.link.clone();
    parts.spawn(broken(async move { link.keep_alive().await }));
    Ok(())
}

/// Waits for whatever ends the session first.
async fn watch_over(
    session: &Session,
    parts: &mut JoinSet<Part>,
    wish: &mut watch::Receiver<Wish>,
) -> Part {
    let overdue = async {
        platform::sleep(HELLO).await;
        if lock(&session.heard).ready.is_some() {
            std::future::pending::<()>().await;
        }
    };
    let leave = async {
        loop {
            let spread = lock(&session.heard).going_away;
            if let Some(spread) = spread {
                return platform::sleep(backoff::wait(spread, platform::entropy())).await;
            }
            session.news.notified().await;
        }
    };
    let asked_to_end = async {
        // Said again, "connect" means nothing to a session that is up.
        let _ = wish.wait_for(|wish| *wish == Wish::End).await;
        // The engine has let go of its end, so the writer flushes and ends.
        platform::sleep(FLUSH).await;
    };
    tokio::select! {
        part = parts.join_next() => match part {
            Some(Ok(part)) => part,
            Some(Err(error)) => Part::Broken(Error::internal("a task of the session failed").with_source(error)),
            None => Part::Flushed,
        },
        () = overdue => Part::Broken(Error::new(ErrorKind::Offline, "Offline", "the relay did not answer the login")),
        () = leave => Part::Disconnected { fatal: false },
        () = asked_to_end => Part::Flushed,
    }
}

async fn broken(part: impl Future<Output = Result<std::convert::Infallible>>) -> Part {
    match part.await {
        Err(error) => Part::Broken(error),
    }
}

/// Writes what the engine wants said, joined as far as it has come.
async fn write(
    link: Link,
    mut sender: Sender,
    mut outgoing: mpsc::UnboundedReceiver<Outgoing>,
    mut objects: Objects,
) -> Part {
    let mut bytes = Vec::new();
    loop {
        let Some(mut next) = outgoing.recv().await else {
            sender.finish().await;
            return Part::Flushed;
        };
        let mut end = None;
        loop {
            match next {
                Outgoing::Frame(frame) => bytes.extend_from_slice(&frame),
                Outgoing::Datagram(datagram) => link.send_datagram(datagram).await,
                Outgoing::Fetch(hash) => objects.fetch(hash),
                Outgoing::Upload(hash, object) => objects.upload(hash, object),
                Outgoing::Disconnect { reason, fatal } => {
                    tracing::info!(reason, fatal, "the session is ended from here");
                    end = Some(fatal);
                    break;
                }
            }
            match outgoing.try_recv() {
                Ok(more) if bytes.len() < WRITE => next = more,
                Ok(more) => {
                    if let Err(error) = sender.send(&bytes).await {
                        return Part::Broken(error);
                    }
                    bytes.clear();
                    next = more;
                }
                Err(_) => break,
            }
        }
        if let Err(error) = sender.send(&bytes).await {
            return Part::Broken(error);
        }
        bytes.clear();
        if let Some(fatal) = end {
            sender.finish().await;
            return Part::Disconnected { fatal };
        }
    }
}

/// Reads the session stream.
async fn read_session(
    session: Arc<Session>,
    mut receiver: Receiver,
) -> Result<std::convert::Infallible> {
    let mut frames = Frames::default();
    loop {
        let Some((batch, size)) = frames.next(&mut receiver).await? else {
            return Err(Error::new(
                ErrorKind::Offline,
                "Offline",
                "the relay ended the session",
            ));
        };
        let mut ready = Vec::new();
        for frame in batch {
            if !session.lanes.is_open(&frame) {
                // What came before must not wait for another stream.
                session.deliver(std::mem::take(&mut ready), 0).await?;
                session.lanes.session(&frame).await;
            }
            session.note(&frame);
            if Lanes::moves(&frame) {
                let moved = frame.clone();
                ready.push(frame);
                session.deliver(std::mem::take(&mut ready), 0).await?;
                session.lanes.handed_on(&moved);
            } else {
                ready.push(frame);
            }
        }
        session.deliver(ready, size).await?;
    }
}

/// Reads the datagrams. They may be lost on the way, so what finds no room is dropped here.
async fn read_datagrams(session: Arc<Session>) -> Result<std::convert::Infallible> {
    loop {
        let bytes = session.link.read_datagram().await?;
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        if let Ok(permit) = Arc::clone(&session.room).try_acquire_many_owned(size) {
            session.mail.send(Net::Datagram { bytes, permit })?;
        }
    }
}

/// Takes the catch-up streams that the relay opens.
async fn accept(session: Arc<Session>) -> Result<std::convert::Infallible> {
    let mut streams = JoinSet::new();
    loop {
        tokio::select! {
            stream = session.link.accept() => {
                streams.spawn(catch_up(Arc::clone(&session), stream?));
            }
            Some(done) = streams.join_next() => {
                done.map_err(|error| Error::internal("reading a catch-up stream failed").with_source(error))??;
            }
        }
    }
}

/// Reads one catch-up stream: one log, from its announcement to its end.
async fn catch_up(session: Arc<Session>, mut receiver: Receiver) -> Result<()> {
    let (mut frames, mut open) = (Frames::default(), None::<LogId>);
    loop {
        let (batch, size) = match frames.next(&mut receiver).await {
            Ok(Some(batch)) => batch,
            Ok(None) => return Err(bad_stream("it ended without its last frame")),
            // Given up by the relay because this side closed the log, or the connection is gone;
            // the session stream will say which.
            Err(error) if error.kind() == ErrorKind::Offline => break,
            Err(error) => return Err(error),
        };
        let mut ended = false;
        for frame in &batch {
            let (log, first) = match frame {
                ServerFrame::Entries { log, entries } => {
                    (*log, entries.first().map(|entry| entry.seq))
                }
                ServerFrame::CatchUpEnd { log, next } => {
                    ended = true;
                    (*log, Some(*next))
                }
                _ => {
                    return Err(bad_stream(
                        "it holds a frame that belongs on the session stream",
                    ));
                }
            };
            match (open, first) {
                (Some(open), _) if open != log => return Err(bad_stream("it holds two logs")),
                (None, Some(first)) => {
                    session.lanes.catch_up(log, first).await;
                    open = Some(log);
                }
                _ => {}
            }
        }
        session.deliver(batch, size).await?;
        if let Some(log) = open.filter(|_| ended) {
            session.lanes.caught_up(log);
            receiver.acknowledge().await;
            return Ok(());
        }
    }
    if let Some(log) = open {
        session.lanes.caught_up(log);
    }
    Ok(())
}

fn bad_stream(what: &str) -> Error {
    Error::new(
        ErrorKind::Offline,
        "BadStream",
        format!("a catch-up stream of the relay is not in order: {what}; connecting again"),
    )
}

impl Session {
    /// Hands frames to the engine, once there is room for their bytes.
    async fn deliver(&self, frames: Vec<ServerFrame>, size: usize) -> Result<()> {
        if frames.is_empty() {
            return Ok(());
        }
        let size = u32::try_from(size.min(INBOUND)).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.room)
            .acquire_many_owned(size)
            .await
            .map_err(|_| closed())?;
        self.mail.send(Net::Frames { frames, permit })
    }

    /// What concerns the session itself.
    fn note(&self, frame: &ServerFrame) {
        let mut heard = lock(&self.heard);
        match frame {
            ServerFrame::Ready(ready) => heard.ready = Some(ready.reconnect_spread_ms),
            ServerFrame::GoAway { spread_ms } => heard.going_away = Some(*spread_ms),
            _ => return,
        }
        drop(heard);
        self.news.notify_one();
    }
}
