//! One WebSocket as a stream: bytes in messages, its end a Close frame that the other side answers.
//!
//! Both halves are used by one task, so they share the socket behind a lock that nobody waits for.

use super::Gone;
use super::link::Lane;
use bytes::Bytes;
use futures_util::{Sink, Stream};
use lacre_wire::limits::MAX_PIECE;
use lacre_wire::socket::Message;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite;

type Raw = WebSocketStream<TlsStream<TcpStream>>;

/// A socket whose upgrade is complete.
pub(crate) struct Socket(Raw);

/// What the two halves share.
struct Shared {
    raw: Raw,
    /// When something last moved, either way.
    moved: Instant,
}

/// The way to the client.
pub(crate) struct WebSender {
    shared: Arc<Mutex<Shared>>,
    /// On the session socket.
    lane: Option<Arc<Lane>>,
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

/// The way from the client.
pub(crate) struct WebReceiver {
    shared: Arc<Mutex<Shared>>,
    lane: Option<Arc<Lane>>,
    /// What was received and not taken.
    rest: Bytes,
    /// On the session socket: how long it may be silent, and until when to sleep over it.
    idle: Option<(Duration, Pin<Box<Sleep>>)>,
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

impl Socket {
    pub(crate) fn new(raw: Raw) -> Self {
        Self(raw)
    }

    /// Sends one message, before the socket is a stream.
    pub(crate) async fn say(&mut self, message: &Message<'_>) -> Result<(), Gone> {
        let message = tungstenite::Message::binary(message.write());
        poll_fn(|cx| Pin::new(&mut self.0).poll_ready(cx))
            .await
            .map_err(|_| Gone)?;
        Pin::new(&mut self.0)
            .start_send(message)
            .map_err(|_| Gone)?;
        poll_fn(|cx| Pin::new(&mut self.0).poll_flush(cx))
            .await
            .map_err(|_| Gone)
    }

    /// The first message, before the socket is a stream.
    pub(crate) async fn first(&mut self) -> Result<Bytes, Gone> {
        loop {
            match poll_fn(|cx| Pin::new(&mut self.0).poll_next(cx)).await {
                Some(Ok(tungstenite::Message::Binary(message))) => return Ok(message),
                Some(Ok(tungstenite::Message::Ping(_) | tungstenite::Message::Pong(_))) => {}
                _ => return Err(Gone),
            }
        }
    }

    /// The session stream.
    pub(super) fn session(self, lane: Arc<Lane>, idle: Duration) -> (WebSender, WebReceiver) {
        let timer = Box::pin(tokio::time::sleep(idle));
        self.split(Some(lane), Some((idle, timer)), None)
    }

    /// Any other stream. The permit is given back with the last half.
    pub(super) fn stream(self, permit: OwnedSemaphorePermit) -> (WebSender, WebReceiver) {
        self.split(None, None, Some(Arc::new(permit)))
    }

    fn split(
        self,
        lane: Option<Arc<Lane>>,
        idle: Option<(Duration, Pin<Box<Sleep>>)>,
        permit: Option<Arc<OwnedSemaphorePermit>>,
    ) -> (WebSender, WebReceiver) {
        let shared = Arc::new(Mutex::new(Shared {
            raw: self.0,
            moved: Instant::now(),
        }));
        let sender = WebSender {
            shared: shared.clone(),
            lane: lane.clone(),
            _permit: permit.clone(),
        };
        let receiver = WebReceiver {
            shared,
            lane,
            rest: Bytes::new(),
            idle,
            _permit: permit,
        };
        (sender, receiver)
    }
}

impl Shared {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Pin::new(&mut self.raw).poll_ready(cx).map_err(|_| Gone)
    }

    fn send(&mut self, message: Vec<u8>) -> Result<(), Gone> {
        self.moved = Instant::now();
        Pin::new(&mut self.raw)
            .start_send(tungstenite::Message::binary(message))
            .map_err(|_| Gone)
    }

    /// What does not leave now leaves when the task is polled next.
    fn flush(&mut self, cx: &mut Context<'_>) -> Result<(), Gone> {
        match Pin::new(&mut self.raw).poll_flush(cx) {
            Poll::Ready(Err(_)) => Err(Gone),
            Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
        }
    }
}

impl WebSender {
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &mut [Bytes],
    ) -> Poll<Result<usize, Gone>> {
        let mut shared = lock(&self.shared);
        ready!(shared.poll_ready(cx))?;
        let (message, whole) = take_piece(chunks);
        shared.send(message)?;
        shared.flush(cx)?;
        Poll::Ready(Ok(whole))
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Result<(), Gone> {
        let mut shared = lock(&self.shared);
        if let Some(lane) = &self.lane {
            // First, so that nothing is missed that comes while the rest leaves.
            lane.wake(cx.waker());
            loop {
                match shared.poll_ready(cx) {
                    Poll::Ready(ready) => ready?,
                    Poll::Pending => return Ok(()),
                }
                let Some(message) = lane.next() else { break };
                shared.send(message)?;
            }
        }
        shared.flush(cx)
    }

    pub(super) async fn finish(&mut self) -> Result<(), Gone> {
        poll_fn(|cx| Pin::new(&mut lock(&self.shared).raw).poll_close(cx))
            .await
            .map_err(|_| Gone)?;
        // The answer to the Close comes after all that the client sent.
        loop {
            let next = poll_fn(|cx| Pin::new(&mut lock(&self.shared).raw).poll_next(cx)).await;
            match next {
                Some(Ok(tungstenite::Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(_)) => return Err(Gone),
            }
        }
    }
}

/// Moves the next piece of a stream out of the chunks into a message; how many chunks are empty now.
fn take_piece(chunks: &mut [Bytes]) -> (Vec<u8>, usize) {
    let size: usize = chunks.iter().map(Bytes::len).sum();
    let mut message = Vec::with_capacity(size.min(MAX_PIECE) + 1);
    message.extend(Message::Bytes(&[]).write());
    let mut whole = 0;
    for chunk in chunks {
        let room = (MAX_PIECE + 1).saturating_sub(message.len());
        message.extend_from_slice(&chunk.split_to(room.min(chunk.len())));
        if !chunk.is_empty() {
            break;
        }
        whole += 1;
    }
    (message, whole)
}

impl WebReceiver {
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        most: usize,
    ) -> Poll<Result<Option<Bytes>, Gone>> {
        while self.rest.is_empty() {
            let next = Pin::new(&mut lock(&self.shared).raw).poll_next(cx);
            let Poll::Ready(next) = next else {
                self.poll_idle(cx)?;
                return Poll::Pending;
            };
            lock(&self.shared).moved = Instant::now();
            match next {
                Some(Ok(tungstenite::Message::Binary(message))) => self.take(message)?,
                Some(Ok(tungstenite::Message::Ping(_) | tungstenite::Message::Pong(_))) => {}
                Some(Ok(tungstenite::Message::Close(_))) | None => return Poll::Ready(Ok(None)),
                Some(Ok(_) | Err(_)) => return Poll::Ready(Err(Gone)),
            }
        }
        let chunk = self.rest.split_to(most.min(self.rest.len()));
        Poll::Ready(Ok(Some(chunk)))
    }

    fn take(&mut self, message: Bytes) -> Result<(), Gone> {
        match (Message::read(&message).map_err(|_| Gone)?, &self.lane) {
            (Message::Bytes(_), _) => self.rest = message.slice(1..),
            (Message::Hint(_), Some(lane)) => lane.heard(message.slice(1..)),
            _ => return Err(Gone),
        }
        Ok(())
    }

    pub(super) fn poll_idle(&mut self, cx: &mut Context<'_>) -> Result<(), Gone> {
        let Some((idle, timer)) = &mut self.idle else {
            return Ok(());
        };
        while timer.as_mut().poll(cx).is_ready() {
            let until = lock(&self.shared).moved + *idle;
            if until <= Instant::now() {
                return Err(Gone);
            }
            timer.as_mut().reset(until);
        }
        Ok(())
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_cut_and_joined() {
        let mut chunks = [
            Bytes::from_static(b"ab"),
            Bytes::from(vec![7; MAX_PIECE]),
            Bytes::from_static(b"c"),
        ];
        let (first, whole) = take_piece(&mut chunks);
        assert_eq!((first.len(), whole), (MAX_PIECE + 1, 1));
        assert_eq!(first[..3], [0, b'a', b'b']);
        assert_eq!(chunks[1].len(), 2);
        let (second, whole) = take_piece(&mut chunks[1..]);
        assert_eq!((second.as_slice(), whole), (&[0, 7, 7, b'c'][..], 2));
    }
}
