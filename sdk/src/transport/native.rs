//! Connections and streams, over whichever of the two transports won.

use super::{quic, socket};
use crate::engine::Result;
use crate::path::Path;
use bytes::Bytes;
use lacre_wire::ids::Hash;
use std::convert::Infallible;

/// A connection to the relay. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Link {
    /// A QUIC connection.
    Quic(quic::Link),
    /// A session socket and those that belong to it.
    Web(socket::Link),
}

/// The way to the relay.
pub(crate) enum Sender {
    /// A stream of QUIC.
    Quic(quic::Sender),
    /// A WebSocket.
    Web(socket::Sender),
}

/// The way from the relay.
pub(crate) enum Receiver {
    /// A stream of QUIC.
    Quic(quic::Receiver),
    /// A WebSocket.
    Web(socket::Receiver),
}

impl Link {
    /// Which transport this is.
    pub(crate) fn path(&self) -> Path {
        match self {
            Self::Quic(_) => Path::Quic,
            Self::Web(_) => Path::WebSocket,
        }
    }

    /// The relay's fingerprint; it is a pinned one.
    pub(crate) fn fingerprint(&self) -> Hash {
        match self {
            Self::Quic(link) => link.fingerprint(),
            Self::Web(link) => link.fingerprint(),
        }
    }

    /// What is of this connection alone; a login signed over it is worth nothing elsewhere.
    pub(crate) fn binding(&self) -> Result<[u8; 32]> {
        match self {
            Self::Quic(link) => link.exporter(),
            Self::Web(link) => Ok(link.binding()),
        }
    }

    /// Opens a stream both ways: the session's first, then one for each object.
    pub(crate) async fn open(&self) -> Result<(Sender, Receiver)> {
        match self {
            Self::Quic(link) => {
                let (sender, receiver) = link.open().await?;
                Ok((Sender::Quic(sender), Receiver::Quic(receiver)))
            }
            Self::Web(link) => {
                let (sender, receiver) = link.open().await?;
                Ok((Sender::Web(sender), Receiver::Web(receiver)))
            }
        }
    }

    /// Waits for a stream that the relay opens, for catching up.
    pub(crate) async fn accept(&self) -> Result<Receiver> {
        match self {
            Self::Quic(link) => link.accept().await.map(Receiver::Quic),
            Self::Web(link) => link.accept().await.map(Receiver::Web),
        }
    }

    /// Sends a datagram, unless it finds no room.
    pub(crate) async fn send_datagram(&self, bytes: Vec<u8>) {
        match self {
            Self::Quic(link) => link.send_datagram(bytes),
            Self::Web(link) => link.send_hint(&bytes).await,
        }
    }

    /// The next datagram. Cancelling loses nothing.
    pub(crate) async fn read_datagram(&self) -> Result<Bytes> {
        match self {
            Self::Quic(link) => link.read_datagram().await,
            Self::Web(link) => link.read_hint().await,
        }
    }

    /// Says now and then that this side is there; ends when the other no longer is. QUIC does so by
    /// itself.
    pub(crate) async fn keep_alive(&self) -> Result<Infallible> {
        match self {
            Self::Quic(_) => std::future::pending().await,
            Self::Web(link) => link.keep_alive().await,
        }
    }

    /// Says good-bye and frees the sockets.
    pub(crate) async fn close(&self) {
        match self {
            Self::Quic(link) => link.close().await,
            Self::Web(link) => link.close().await,
        }
    }
}

impl Sender {
    /// Sends bytes; waits while the relay takes no more.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Quic(sender) => sender.send(bytes).await,
            Self::Web(sender) => sender.send(bytes).await,
        }
    }

    /// Ends the stream, and waits a moment until the relay has all of it.
    pub(crate) async fn finish(&mut self) {
        match self {
            Self::Quic(sender) => sender.finish().await,
            Self::Web(sender) => sender.finish().await,
        }
    }
}

impl Receiver {
    /// The next bytes; `None` at the end. Cancelling loses nothing once the first bytes came.
    pub(crate) async fn read(&mut self) -> Result<Option<Bytes>> {
        match self {
            Self::Quic(receiver) => receiver.read().await,
            Self::Web(receiver) => receiver.read().await,
        }
    }

    /// All that was wanted is here: lets the relay know, where QUIC would by itself.
    pub(crate) async fn acknowledge(&mut self) {
        match self {
            Self::Quic(_) => {}
            Self::Web(receiver) => receiver.acknowledge().await,
        }
    }
}
