//! What a session runs on: the streams of a QUIC connection, or WebSockets that stand in for them.
//!
//! A session knows these three types and not what is beneath. A stream delivers bytes in order, ends
//! or is cut off; a link brings streams, and hints that may be lost.

mod link;
mod socket;
mod tickets;

pub(crate) use link::WebLink;
pub(crate) use socket::{Socket, WebReceiver, WebSender};
pub(crate) use tickets::Tickets;

use bytes::Bytes;
use lacre_wire::relay::EXPORTER_LABEL;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// The stream or the whole connection is gone; nobody can be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gone;

/// A stream was given up.
const RESET: quinn::VarInt = quinn::VarInt::from_u32(1);

/// Bulk streams stand below the session stream and objects: whatever is live goes first.
const BULK: i32 = -1;

/// One client's connection.
#[derive(Clone)]
pub(crate) enum Link {
    /// A QUIC connection.
    Quic(quinn::Connection),
    /// A session socket and the sockets that belong to it.
    Web(Arc<WebLink>),
}

/// The way to the client on one stream.
pub(crate) enum Sender {
    /// A stream of QUIC.
    Quic(quinn::SendStream),
    /// A WebSocket.
    Web(WebSender),
}

/// The way from the client on one stream.
pub(crate) enum Receiver {
    /// A stream of QUIC.
    Quic(quinn::RecvStream),
    /// A WebSocket.
    Web(WebReceiver),
}

impl Link {
    /// The next stream the client opens, the session stream first; none when the link is over.
    pub(crate) async fn accept(&self) -> Option<(Sender, Receiver)> {
        match self {
            Self::Quic(connection) => {
                let (send, receive) = connection.accept_bi().await.ok()?;
                Some((Sender::Quic(send), Receiver::Quic(receive)))
            }
            Self::Web(link) => {
                let (send, receive) = link.accept().await?;
                Some((Sender::Web(send), Receiver::Web(receive)))
            }
        }
    }

    /// Opens a stream to the client, below the session stream; none when it does not come about.
    pub(crate) async fn open(&self) -> Option<Sender> {
        match self {
            Self::Quic(connection) => {
                let stream = connection.open_uni().await.ok()?;
                stream.set_priority(BULK).ok()?;
                Some(Sender::Quic(stream))
            }
            Self::Web(link) => link.open().await.map(Sender::Web),
        }
    }

    /// The next hint from the client; none when the link is over.
    pub(crate) async fn read_hint(&self) -> Option<Bytes> {
        match self {
            Self::Quic(connection) => connection.read_datagram().await.ok(),
            Self::Web(link) => link.read_hint().await,
        }
    }

    /// Sends a hint. Says whether it was taken; it may be dropped later all the same.
    pub(crate) fn send_hint(&self, hint: Bytes) -> bool {
        match self {
            Self::Quic(connection) => connection.send_datagram(hint).is_ok(),
            Self::Web(link) => link.send_hint(hint),
        }
    }

    /// The login is good: streams that the client opens from here on belong to it.
    pub(crate) fn admit(&self) {
        match self {
            Self::Quic(_) => {}
            Self::Web(link) => WebLink::admit(link),
        }
    }

    /// Ends the link. `code` is an error's number, or 0.
    pub(crate) fn close(&self, code: u32, reason: &str) {
        match self {
            Self::Quic(connection) => connection.close(code.into(), reason.as_bytes()),
            // `Closing` has said why.
            Self::Web(link) => link.close(),
        }
    }

    /// What a login is bound to: nobody has it on another connection.
    pub(crate) fn binding(&self) -> Option<[u8; 32]> {
        match self {
            Self::Quic(connection) => {
                let mut exporter = [0; 32];
                connection
                    .export_keying_material(&mut exporter, EXPORTER_LABEL, &[])
                    .ok()?;
                Some(exporter)
            }
            Self::Web(link) => Some(link.binding()),
        }
    }

    /// Where the client is.
    pub(crate) fn remote_address(&self) -> SocketAddr {
        match self {
            Self::Quic(connection) => connection.remote_address(),
            Self::Web(link) => link.remote_address(),
        }
    }

    /// Whether this is a WebSocket.
    pub(crate) fn is_web(&self) -> bool {
        matches!(self, Self::Web(_))
    }
}

impl Sender {
    /// Hands over chunks in order, as many as are taken, and says how many were taken whole. What is
    /// left of the next stays in its place.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &mut [Bytes],
    ) -> Poll<Result<usize, Gone>> {
        match self {
            Self::Quic(stream) => match ready!(pin!(stream.write_chunks(chunks)).poll(cx)) {
                Ok(written) => Poll::Ready(Ok(written.chunks)),
                Err(_) => Poll::Ready(Err(Gone)),
            },
            Self::Web(stream) => stream.poll_write(cx, chunks),
        }
    }

    /// Moves on what was handed over and what the link has to say beside it.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Result<(), Gone> {
        match self {
            Self::Quic(_) => Ok(()),
            Self::Web(stream) => stream.poll_flush(cx),
        }
    }

    /// Writes chunks to the last.
    pub(crate) async fn write_chunks(&mut self, mut chunks: &mut [Bytes]) -> Result<(), Gone> {
        while !chunks.is_empty() {
            let whole = poll_fn(|cx| self.poll_write(cx, chunks)).await?;
            chunks = chunks.get_mut(whole..).unwrap_or_default();
        }
        Ok(())
    }

    /// Writes bytes to the last.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<(), Gone> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.write_chunks(&mut [bytes]).await
    }

    /// Says that nothing more comes, and waits until the client has all of it.
    pub(crate) async fn finish(&mut self) -> Result<(), Gone> {
        match self {
            Self::Quic(stream) => {
                stream.finish().map_err(|_| Gone)?;
                match stream.stopped().await {
                    Ok(None) => Ok(()),
                    Ok(Some(_)) | Err(_) => Err(Gone),
                }
            }
            Self::Web(stream) => stream.finish().await,
        }
    }

    /// Gives the stream up; the client sees that it is not whole.
    pub(crate) fn reset(&mut self) {
        match self {
            Self::Quic(stream) => {
                let _already_closed = stream.reset(RESET);
            }
            // Dropped without a good-bye.
            Self::Web(_) => {}
        }
    }
}

impl Receiver {
    /// The next bytes, at most `most`; none at the end.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        most: usize,
    ) -> Poll<Result<Option<Bytes>, Gone>> {
        match self {
            Self::Quic(stream) => match ready!(pin!(stream.read_chunk(most, true)).poll(cx)) {
                Ok(chunk) => Poll::Ready(Ok(chunk.map(|chunk| chunk.bytes))),
                Err(_) => Poll::Ready(Err(Gone)),
            },
            Self::Web(stream) => stream.poll_read(cx, most),
        }
    }

    /// Whether the client has been silent for too long. QUIC sees to that by itself.
    pub(crate) fn poll_idle(&mut self, cx: &mut Context<'_>) -> Result<(), Gone> {
        match self {
            Self::Quic(_) => Ok(()),
            Self::Web(stream) => stream.poll_idle(cx),
        }
    }

    /// The next bytes, at most `most`; none at the end.
    pub(crate) async fn read(&mut self, most: usize) -> Result<Option<Bytes>, Gone> {
        poll_fn(|cx| self.poll_read(cx, most)).await
    }

    /// Fills `out`.
    pub(crate) async fn read_exact(&mut self, out: &mut [u8]) -> Result<(), Gone> {
        let mut out = out.iter_mut();
        while out.len() > 0 {
            let chunk = self.read(out.len()).await?.ok_or(Gone)?;
            out.by_ref().zip(&chunk).for_each(|(to, from)| *to = *from);
        }
        Ok(())
    }

    /// Wants no more of the stream.
    pub(crate) fn stop(&mut self) {
        match self {
            Self::Quic(stream) => {
                let _already_read = stream.stop(0u32.into());
            }
            Self::Web(_) => {}
        }
    }
}
