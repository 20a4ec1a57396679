//! Connections and streams over WebSocket, for networks that let no UDP through.
//!
//! Every stream is a socket. The session socket carries hints and the relay's offers beside its
//! stream; an offer is the ticket of a catch-up stream, which is fetched when it is read.

use super::connect::offline;
use super::dial::{Dialer, Raw};
use crate::engine::{Error, Result};
use crate::queue::lock;
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{Sink, SinkExt, StreamExt};
use lacre_wire::ids::{Hash, Ticket};
use lacre_wire::limits::MAX_PIECE;
use lacre_wire::socket::{Message, STREAM_PATH};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite;

/// How often a session says that it is there, as on QUIC.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// After so much silence the session is over.
const IDLE: Duration = Duration::from_secs(60);

/// How long to wait for the relay's last word.
const FAREWELL: Duration = Duration::from_secs(1);

/// Hints that wait to be read; more are dropped.
const HINTS: usize = 256;

/// Offers that wait to be taken. A relay makes at most 16 at once.
const OFFERS: usize = 64;

/// A session over WebSocket. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Link(Arc<Inner>);

struct Inner {
    dialer: Dialer,
    fingerprint: Hash,
    binding: [u8; 32],
    ticket: Ticket,
    /// The session stream, until it is opened.
    session: Mutex<Option<(Sender, Receiver)>>,
    shared: Arc<Shared>,
    offers: tokio::sync::Mutex<mpsc::Receiver<Ticket>>,
    hints: tokio::sync::Mutex<mpsc::Receiver<Bytes>>,
}

/// What both halves of a socket share.
struct Shared {
    /// One at a time: a socket wakes only who waited last.
    sink: tokio::sync::Mutex<SplitSink<Raw, tungstenite::Message>>,
    /// Since when the reader has waited and heard nothing; none while it does something else.
    silent: Mutex<Option<Instant>>,
    /// The relay has said its last word, or the socket broke.
    ended: Notify,
}

/// The way to the relay on one socket.
pub(crate) struct Sender(Arc<Shared>);

/// The way from the relay on one socket.
pub(crate) struct Receiver(State);

enum State {
    /// A stream that was offered and is not fetched yet.
    Offered(Dialer, Ticket),
    Open(Open),
}

struct Open {
    stream: SplitStream<Raw>,
    shared: Arc<Shared>,
    /// On the session socket.
    beside: Option<Beside>,
}

/// Where what travels beside the session stream goes.
struct Beside {
    offers: mpsc::Sender<Ticket>,
    hints: mpsc::Sender<Bytes>,
}

fn split(raw: Raw, beside: Option<Beside>) -> (Sender, Receiver) {
    let (sink, stream) = raw.split();
    let shared = Arc::new(Shared {
        sink: tokio::sync::Mutex::new(sink),
        silent: Mutex::new(None),
        ended: Notify::new(),
    });
    let open = Open {
        stream,
        shared: Arc::clone(&shared),
        beside,
    };
    (Sender(shared), Receiver(State::Open(open)))
}

impl Link {
    /// A link on a session socket whose relay hello has come.
    pub(super) fn new(
        dialer: Dialer,
        raw: Raw,
        fingerprint: Hash,
        binding: [u8; 32],
        ticket: Ticket,
    ) -> Self {
        let (offers, offered) = mpsc::channel(OFFERS);
        let (hints, heard) = mpsc::channel(HINTS);
        let session = split(raw, Some(Beside { offers, hints }));
        Self(Arc::new(Inner {
            dialer,
            fingerprint,
            binding,
            ticket,
            shared: Arc::clone(&session.0.0),
            session: Mutex::new(Some(session)),
            offers: tokio::sync::Mutex::new(offered),
            hints: tokio::sync::Mutex::new(heard),
        }))
    }

    pub(super) fn fingerprint(&self) -> Hash {
        self.0.fingerprint
    }

    pub(super) fn binding(&self) -> [u8; 32] {
        self.0.binding
    }

    pub(super) async fn open(&self) -> Result<(Sender, Receiver)> {
        let session = lock(&self.0.session).take();
        match session {
            Some(session) => Ok(session),
            None => join(&self.0.dialer, self.0.ticket).await,
        }
    }

    pub(super) async fn accept(&self) -> Result<Receiver> {
        let ticket = self.0.offers.lock().await.recv().await;
        let ticket = ticket.ok_or_else(ended)?;
        Ok(Receiver(State::Offered(self.0.dialer.clone(), ticket)))
    }

    /// Sends a hint, unless the socket is behind. To be called where the session is written.
    pub(super) async fn send_hint(&self, hint: &[u8]) {
        let Ok(mut sink) = self.0.shared.sink.try_lock() else {
            return;
        };
        let message = tungstenite::Message::binary(Message::Hint(hint).write());
        poll_fn(|cx| {
            let mut sink = Pin::new(&mut *sink);
            if let Poll::Ready(Ok(())) = sink.as_mut().poll_ready(cx)
                && sink.as_mut().start_send(message.clone()).is_ok()
            {
                // What does not leave now leaves before what is written next.
                let _later = sink.poll_flush(cx);
            }
            Poll::Ready(())
        })
        .await;
    }

    pub(super) async fn read_hint(&self) -> Result<Bytes> {
        let hint = self.0.hints.lock().await.recv().await;
        hint.ok_or_else(ended)
    }

    pub(super) async fn keep_alive(&self) -> Result<Infallible> {
        loop {
            tokio::time::sleep(KEEP_ALIVE).await;
            let silent = lock(&self.0.shared.silent).map(|since| since.elapsed());
            if silent.is_some_and(|silent| silent > IDLE) {
                return Err(offline(format!(
                    "the relay has been silent for {} seconds",
                    IDLE.as_secs()
                )));
            }
            let ping = tungstenite::Message::Ping(Bytes::new());
            let sent = tokio::time::timeout(IDLE, self.0.shared.say(ping)).await;
            sent.map_err(|_| offline("the relay takes nothing any more".to_owned()))??;
        }
    }

    pub(super) async fn close(&self) {
        let closing = async { self.0.shared.sink.lock().await.close().await };
        if !matches!(tokio::time::timeout(FAREWELL, closing).await, Ok(Ok(()))) {
            tracing::debug!("the relay did not take the good-bye");
        }
    }
}

/// A socket of its own for a stream.
async fn join(dialer: &Dialer, ticket: Ticket) -> Result<(Sender, Receiver)> {
    let (raw, _) = dialer.dial(STREAM_PATH).await?;
    let (sender, receiver) = split(raw, None);
    let join = Message::Join(ticket).write();
    sender.0.say(tungstenite::Message::binary(join)).await?;
    Ok((sender, receiver))
}

impl Shared {
    async fn say(&self, message: tungstenite::Message) -> Result<()> {
        self.sink.lock().await.send(message).await.map_err(lost)
    }
}

impl Sender {
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        for piece in bytes.chunks(MAX_PIECE) {
            let message = tungstenite::Message::binary(Message::Bytes(piece).write());
            self.0.say(message).await?;
        }
        Ok(())
    }

    pub(super) async fn finish(&mut self) {
        let closed = async {
            let ended = self.0.ended.notified();
            if self.0.sink.lock().await.close().await.is_ok() {
                ended.await;
            }
        };
        if tokio::time::timeout(FAREWELL, closed).await.is_err() {
            tracing::debug!("the relay did not acknowledge the end of a stream");
        }
    }
}

impl Receiver {
    pub(super) async fn read(&mut self) -> Result<Option<Bytes>> {
        if let State::Offered(dialer, ticket) = &self.0 {
            let (_, Self(opened)) = join(dialer, *ticket).await?;
            self.0 = opened;
        }
        match &mut self.0 {
            State::Open(open) => open.read().await,
            State::Offered(..) => Err(Error::internal("a stream was opened and is not")),
        }
    }

    pub(super) async fn acknowledge(&mut self) {
        // The library answers the relay's Close while it waits for the end.
        let ended = async { while let Ok(Some(_)) = self.read().await {} };
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            tracing::debug!("the relay did not end a stream it had sent");
        }
    }
}

impl Open {
    async fn read(&mut self) -> Result<Option<Bytes>> {
        loop {
            *lock(&self.shared.silent) = Some(Instant::now());
            let next = self.stream.next().await;
            *lock(&self.shared.silent) = None;
            match next {
                Some(Ok(tungstenite::Message::Binary(message))) => {
                    if let Some(bytes) = self.take(message)? {
                        return Ok(Some(bytes));
                    }
                }
                Some(Ok(tungstenite::Message::Text(_))) => return Err(odd("text")),
                // A Close is answered when the end is waited for, which is what comes next.
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    self.shared.ended.notify_waiters();
                    return Err(lost(error));
                }
                None => {
                    self.shared.ended.notify_waiters();
                    return Ok(None);
                }
            }
        }
    }

    /// The bytes of the stream, if they are any.
    fn take(&self, message: Bytes) -> Result<Option<Bytes>> {
        let read = Message::read(&message)
            .map_err(|error| odd("a message of no known kind").with_source(error))?;
        match (read, &self.beside) {
            (Message::Bytes([]), _) => {}
            (Message::Bytes(_), _) => return Ok(Some(message.slice(1..))),
            (Message::Hint(_), Some(beside)) => {
                // Hints may be lost; so is what finds no room.
                let _room = beside.hints.try_send(message.slice(1..));
            }
            (Message::Offer(ticket), Some(beside)) => {
                let taken = beside.offers.try_send(ticket);
                taken.map_err(|_| odd("more catch-up streams than it may open"))?;
            }
            _ => return Err(odd("a message that belongs elsewhere")),
        }
        Ok(None)
    }
}

fn odd(what: &str) -> Error {
    offline(format!(
        "the relay's socket carries {what}; connecting again"
    ))
}

fn ended() -> Error {
    offline("the connection to the relay ended".to_owned())
}

fn lost(error: tungstenite::Error) -> Error {
    offline("the connection to the relay broke".to_owned()).with_source(error)
}
