//! Opening WebSockets: TCP, TLS with the pinned identity, the upgrade.

use super::connect::{host, offline};
use super::pin::{self, Pins, Trusted};
use super::socket::Link;
use crate::engine::{Error, ErrorKind, Result};
use bytes::Bytes;
use futures_util::StreamExt;
use lacre_wire::codec;
use lacre_wire::hello::VERSION;
use lacre_wire::ids::Hash;
use lacre_wire::limits::MAX_PIECE;
use lacre_wire::relay::{RelayAddress, SERVER_NAME};
use lacre_wire::socket::{ALPN, Message, RelayHello, SESSION_PATH, binding};
use rustls::crypto::CryptoProvider;
use rustls_pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config, tungstenite};

/// A socket whose upgrade is complete.
pub(super) type Raw = WebSocketStream<TlsStream<TcpStream>>;

/// How long TCP, TLS and upgrade may take together.
const DIAL: Duration = Duration::from_secs(10);

/// What is read at once: a catch-up comes in large pieces.
const READ_BUFFER: usize = 32 * 1024;

/// Frames that wait for a socket that takes no more: one of ours and what the library answers.
const WRITE_BUFFER: usize = 2 * (MAX_PIECE + 1024);

/// How sockets to a relay are opened. Cheap to clone; clones share TLS sessions.
#[derive(Clone)]
pub(super) struct Sockets {
    tls: TlsConnector,
    pins: Arc<Pins>,
    /// For the Host header.
    authority: Arc<str>,
}

/// Opens sockets to one address of the relay.
#[derive(Clone)]
pub(super) struct Dialer {
    sockets: Sockets,
    to: SocketAddr,
}

impl Sockets {
    pub(super) fn new(
        address: &RelayAddress,
        trusted: Trusted,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self> {
        let pins = Arc::new(Pins::new(trusted, Arc::clone(&provider)));
        let tls = super::connect::tls(&pins, provider, ALPN)?;
        Ok(Self {
            tls: TlsConnector::from(Arc::new(tls)),
            pins,
            authority: host(address).into(),
        })
    }

    /// Opens a session socket and waits for the relay's hello.
    pub(super) async fn connect(self, to: SocketAddr) -> Result<Link> {
        let dialer = Dialer { sockets: self, to };
        let (mut raw, fingerprint) = dialer.dial(SESSION_PATH).await?;
        let first = tokio::time::timeout(DIAL, hello(&mut raw)).await;
        let bytes = first.map_err(|_| slow(to))??;
        let hello: RelayHello = codec::from_slice(&bytes).map_err(|error| {
            Error::new(
                ErrorKind::Relay,
                "Malformed",
                "the relay's hello is unreadable",
            )
            .with_source(error)
        })?;
        if !hello.versions.contains(&VERSION) {
            let text = format!(
                "the relay speaks the versions {:?} of the protocol, this client {VERSION}; update the older one",
                hello.versions
            );
            return Err(Error::new(ErrorKind::Outdated, "NoProtocol", text));
        }
        let binding = binding(&bytes);
        Ok(Link::new(dialer, raw, fingerprint, binding, hello.ticket))
    }
}

impl Dialer {
    /// Opens a socket; also the relay's fingerprint, which is a pinned one.
    pub(super) async fn dial(&self, path: &str) -> Result<(Raw, Hash)> {
        match tokio::time::timeout(DIAL, self.upgrade(path)).await {
            Ok(dialed) => dialed,
            Err(_) => Err(slow(self.to)),
        }
    }

    async fn upgrade(&self, path: &str) -> Result<(Raw, Hash)> {
        let to = self.to;
        let failed = |what: &str| offline(format!("no connection to {to} over TCP: {what}"));
        let tcp = TcpStream::connect(to)
            .await
            .map_err(|error| failed("it was not accepted").with_source(error))?;
        // Frames are joined before they are written; nothing is gained by waiting for more.
        tcp.set_nodelay(true)
            .map_err(|error| failed("the socket broke").with_source(error))?;
        let name = ServerName::try_from(SERVER_NAME)
            .map_err(|error| Error::internal("the server name is none").with_source(error))?;
        let tls = self.sockets.tls.connect(name, tcp).await.map_err(|error| {
            let refusal = self.sockets.pins.take_refusal();
            refusal.unwrap_or_else(|| failed("TLS did not come about").with_source(error))
        })?;
        let chain = tls.get_ref().1.peer_certificates();
        let chain = chain.ok_or_else(|| Error::internal("a handshake without certificates"))?;
        let fingerprint = pin::fingerprint_of(chain)?;
        self.sockets.pins.admit(fingerprint)?;
        let request = format!("wss://{}{path}", self.sockets.authority)
            .into_client_request()
            .map_err(|error| failed("its name is no host").with_source(error))?;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(MAX_PIECE + 1))
            .max_frame_size(Some(MAX_PIECE + 1));
        match client_async_with_config(request, tls, Some(config)).await {
            Ok((raw, _)) => Ok((raw, fingerprint)),
            Err(tungstenite::Error::Http(response)) => Err(Error::new(
                ErrorKind::Outdated,
                "NoProtocol",
                format!(
                    "the relay at {to} answers over TCP, but offers no sessions there (HTTP {}); update it",
                    response.status().as_u16()
                ),
            )),
            Err(error) => {
                Err(failed("the upgrade to WebSocket did not come about").with_source(error))
            }
        }
    }
}

/// The bytes of the relay's hello, which is the first message.
async fn hello(raw: &mut Raw) -> Result<Bytes> {
    let unexpected = || offline("the relay ended the socket before its hello".to_owned());
    loop {
        match raw.next().await {
            Some(Ok(tungstenite::Message::Binary(message))) => {
                return match Message::read(&message) {
                    Ok(Message::Hello(_)) => Ok(message.slice(1..)),
                    _ => Err(unexpected()),
                };
            }
            Some(Ok(tungstenite::Message::Ping(_) | tungstenite::Message::Pong(_))) => {}
            Some(Ok(_)) | None => return Err(unexpected()),
            Some(Err(error)) => return Err(unexpected().with_source(error)),
        }
    }
}

fn slow(to: SocketAddr) -> Error {
    offline(format!(
        "{to} did not open a socket over TCP within {} seconds",
        DIAL.as_secs()
    ))
}
