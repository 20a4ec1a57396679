//! Getting a QUIC connection: sockets, settings, one attempt.

use super::connect::{offline, place, tls};
use super::pin::{Pins, Trusted};
use super::quic::Link;
use crate::engine::{Error, ErrorKind, Result};
use lacre_wire::relay::{ALPN, RelayAddress, SERVER_NAME};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::udp::UdpSocketState;
use quinn::{
    ClientConfig, ConnectionError, Endpoint, EndpointConfig, IdleTimeout, TokioRuntime,
    TransportConfig, VarInt,
};
use rustls::crypto::CryptoProvider;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long one handshake may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How often a silent session says that it is there. Home routers forget a UDP flow after 30 s.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// After so much silence the session is over.
const IDLE: VarInt = VarInt::from_u32(60_000);
/// Catch-up streams at once. The QUIC library sets memory aside for each that is allowed.
const CATCH_UPS: VarInt = VarInt::from_u32(16);
/// What one stream may be ahead of its reader: two frames of the largest size.
const STREAM_WINDOW: VarInt = VarInt::from_u32(1024 * 1024);
/// What all streams may be ahead of their readers.
const WINDOW: VarInt = VarInt::from_u32(4 * 1024 * 1024);
/// Kernel buffers; the usual 208 KiB overflow while a long absence is caught up with.
const SOCKET_BUFFER: usize = 2 * 1024 * 1024;
/// Datagrams that wait, either way: hints of a few seconds, and the newest count.
const DATAGRAMS: usize = 64 * 1024;

/// How QUIC connections to a relay are made. Cheap to clone; clones share TLS sessions.
#[derive(Clone)]
pub(super) struct Quic {
    config: ClientConfig,
    pins: Arc<Pins>,
    place: Arc<str>,
}

impl Quic {
    pub(super) fn new(
        address: &RelayAddress,
        trusted: Trusted,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self> {
        let pins = Arc::new(Pins::new(trusted, Arc::clone(&provider)));
        let tls = tls(&pins, provider, ALPN)?;
        let quic = QuicClientConfig::try_from(tls).map_err(|error| {
            Error::internal("the TLS settings do not fit QUIC").with_source(error)
        })?;
        let mut config = ClientConfig::new(Arc::new(quic));
        config.transport_config(Arc::new(transport()));
        Ok(Self {
            config,
            pins,
            place: place(address).into(),
        })
    }

    /// One attempt, with a socket of its own: after a change of network an old one may lead
    /// nowhere.
    pub(super) async fn connect(self, address: SocketAddr) -> Result<Link> {
        let no_socket =
            |error| offline("no UDP socket could be opened".to_owned()).with_source(error);
        let endpoint = endpoint(address).map_err(no_socket)?;
        let connecting = endpoint
            .connect_with(self.config.clone(), address, SERVER_NAME)
            .map_err(|error| {
                offline(format!("no connection to {address} could be begun")).with_source(error)
            })?;
        // In a task of its own: of an attempt that is given up before the relay has answered, the
        // end would be the first the relay hears, and the library keeps such connections for its
        // idle time. So it is brought to its end, and then closed.
        let (done, waiting) = oneshot::channel();
        tokio::spawn(async move {
            let connected = tokio::time::timeout(ATTEMPT, connecting).await;
            let connected = connected.map(|connected| connected.map(|it| (it, endpoint)));
            if let Err(Ok(Ok((connection, _)))) = done.send(connected) {
                connection.close(VarInt::from_u32(0), b"");
            }
        });
        match waiting.await {
            Ok(Ok(Ok((connection, endpoint)))) => {
                let link = Link::new(endpoint, connection)?;
                self.pins.admit(link.fingerprint())?;
                Ok(link)
            }
            Ok(Ok(Err(error))) => Err(self.explain(error)),
            Ok(Err(_)) | Err(_) => Err(offline(format!("{} did not answer over UDP", self.place))),
        }
    }

    fn explain(&self, error: ConnectionError) -> Error {
        if let Some(refusal) = self.pins.take_refusal() {
            return refusal;
        }
        /// TLS alert 120, `no_application_protocol` (RFC 7301 §3.2), as QUIC carries it.
        const NO_PROTOCOL: u64 = 0x100 + 120;
        /// `CONNECTION_REFUSED` (RFC 9000 §20.1).
        const REFUSED: u64 = 0x2;
        let code = match &error {
            ConnectionError::TransportError(error) => u64::from(error.code),
            ConnectionError::ConnectionClosed(close) => u64::from(close.error_code),
            _ => 0,
        };
        if code == NO_PROTOCOL {
            let text = format!(
                "{} answers, but does not speak this version of Lacre",
                self.place
            );
            return Error::new(ErrorKind::Outdated, "NoProtocol", text).with_source(error);
        }
        if code == REFUSED {
            let text = format!("{} takes in nobody else at the moment", self.place);
            return Error::new(ErrorKind::Busy, "Busy", text).with_source(error);
        }
        offline(format!("no connection to {} over UDP", self.place)).with_source(error)
    }
}

fn transport() -> TransportConfig {
    let mut config = TransportConfig::default();
    config
        .keep_alive_interval(Some(KEEP_ALIVE))
        .max_idle_timeout(Some(IdleTimeout::from(IDLE)))
        .max_concurrent_uni_streams(CATCH_UPS)
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .stream_receive_window(STREAM_WINDOW)
        .receive_window(WINDOW)
        .send_window(WINDOW.into_inner())
        .datagram_receive_buffer_size(Some(DATAGRAMS))
        .datagram_send_buffer_size(DATAGRAMS);
    config
}

fn endpoint(to: SocketAddr) -> std::io::Result<Endpoint> {
    let any: SocketAddr = match to {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any)?;
    let state = UdpSocketState::new((&socket).into())?;
    // The kernel may allow less; then it works all the same, slower at worst.
    let sizes = [
        state.set_recv_buffer_size((&socket).into(), SOCKET_BUFFER),
        state.set_send_buffer_size((&socket).into(), SOCKET_BUFFER),
    ];
    if let Some(error) = sizes.into_iter().find_map(std::result::Result::err) {
        tracing::debug!(%error, "the socket's buffers could not be enlarged");
    }
    Endpoint::new(
        EndpointConfig::default(),
        None,
        socket,
        Arc::new(TokioRuntime),
    )
}
