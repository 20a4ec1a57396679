//! Connections and streams over QUIC.

use super::connect::offline;
use super::pin;
use crate::engine::{Error, Result};
use bytes::Bytes;
use lacre_wire::ids::Hash;
use lacre_wire::relay::EXPORTER_LABEL;
use quinn::{Connection, ConnectionError, Endpoint, RecvStream, SendStream, VarInt};
use rustls_pki_types::CertificateDer;
use std::time::Duration;

/// How long to wait for the relay's last acknowledgements.
const FAREWELL: Duration = Duration::from_secs(1);

/// How much is read from a stream at once.
const CHUNK: usize = 64 * 1024;

/// A connection to the relay. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Link {
    endpoint: Endpoint,
    connection: Connection,
    fingerprint: Hash,
}

impl Link {
    pub(super) fn new(endpoint: Endpoint, connection: Connection) -> Result<Self> {
        let chain = connection
            .peer_identity()
            .and_then(|chain| chain.downcast::<Vec<CertificateDer<'static>>>().ok());
        let chain = chain.ok_or_else(|| Error::internal("a handshake without certificates"))?;
        let fingerprint = pin::fingerprint_of(&chain)?;
        Ok(Self {
            endpoint,
            connection,
            fingerprint,
        })
    }

    /// The relay's fingerprint; it is a pinned one.
    pub(super) fn fingerprint(&self) -> Hash {
        self.fingerprint
    }

    /// What only the two ends of this connection know; a login signed over it is worth nothing
    /// elsewhere.
    pub(super) fn exporter(&self) -> Result<[u8; 32]> {
        let mut bytes = [0; 32];
        self.connection
            .export_keying_material(&mut bytes, EXPORTER_LABEL, &[])
            .map_err(|_| Error::internal("TLS exported no key for the login"))?;
        Ok(bytes)
    }

    /// Opens a stream both ways: the session's first, then one for each object.
    pub(super) async fn open(&self) -> Result<(Sender, Receiver)> {
        let (send, receive) = self
            .connection
            .open_bi()
            .await
            .map_err(|error| lost(error.into()))?;
        Ok((Sender(send), Receiver(receive)))
    }

    /// Waits for a stream that the relay opens, for catching up.
    pub(super) async fn accept(&self) -> Result<Receiver> {
        self.connection
            .accept_uni()
            .await
            .map(Receiver)
            .map_err(|error| lost(error.into()))
    }

    /// Sends a datagram, unless it finds no room; older ones that wait give way to it.
    pub(super) fn send_datagram(&self, bytes: Vec<u8>) {
        if let Err(error) = self.connection.send_datagram(bytes.into()) {
            tracing::debug!(%error, "a datagram was not sent");
        }
    }

    /// The next datagram. Cancelling loses nothing.
    pub(super) async fn read_datagram(&self) -> Result<Bytes> {
        let datagram = self.connection.read_datagram().await;
        datagram.map_err(|error| lost(error.into()))
    }

    /// Says good-bye and frees the socket.
    pub(super) async fn close(&self) {
        self.connection.close(VarInt::from_u32(0), b"");
        if tokio::time::timeout(FAREWELL, self.endpoint.wait_idle())
            .await
            .is_err()
        {
            tracing::debug!("the relay did not answer the good-bye");
        }
    }
}

/// The way to the relay.
pub(crate) struct Sender(SendStream);

impl Sender {
    /// Sends bytes; waits while the relay's window is full.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.0
            .write_all(bytes)
            .await
            .map_err(|error| lost(error.into()))
    }

    /// Ends the stream, and waits a moment until the relay has all of it.
    pub(super) async fn finish(&mut self) {
        if self.0.finish().is_ok()
            && tokio::time::timeout(FAREWELL, self.0.stopped())
                .await
                .is_err()
        {
            tracing::debug!("the relay did not acknowledge the end of a stream");
        }
    }
}

/// The way from the relay.
pub(crate) struct Receiver(RecvStream);

impl Receiver {
    /// The next bytes; `None` at the end. Cancelling loses nothing.
    pub(super) async fn read(&mut self) -> Result<Option<Bytes>> {
        let chunk = self
            .0
            .read_chunk(CHUNK, true)
            .await
            .map_err(|error| lost(error.into()))?;
        Ok(chunk.map(|chunk| chunk.bytes))
    }
}

/// Why a stream or connection ended.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    #[error(transparent)]
    Read(#[from] quinn::ReadError),
    #[error(transparent)]
    Write(#[from] quinn::WriteError),
}

fn lost(error: Broken) -> Error {
    offline("the connection to the relay broke".to_owned()).with_source(error)
}
