//! The QUIC endpoint: one UDP port, handshakes in bounds, connections by protocol name.

use crate::error::{RelayError, RelayErrorKind};
use crate::keys::RelayKeys;
use crate::reset;
use crate::service::Service;
use crate::session::login;
use crate::stream::Link;
use crate::tasks::Stage;
use lacre_wire::limits::MAX_OBJECT_STREAMS;
use lacre_wire::relay::ALPN;
use quinn::crypto::rustls::{HandshakeData, QuicServerConfig};
use quinn::{IdleTimeout, Incoming, ServerConfig, TransportConfig, VarInt};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Handshakes in flight before addresses must be proven by a stateless Retry; twice as many before
/// connections are refused.
pub(crate) const HANDSHAKES: usize = 256;

/// From the first datagram to the end of the handshake.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Streams a client may have open: the session and some objects. Quinn allocates for every stream
/// that is permitted, so this is memory of idle connections.
const STREAMS: u32 = 1 + MAX_OBJECT_STREAMS as u32;

/// What a peer may send ahead of being read: bounds an attacker's memory.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// What is sent ahead of being acknowledged: the memory a slow reader can hold.
const SEND_WINDOW: u64 = 1024 * 1024;

/// Datagrams carry typing and presence, nothing that must arrive.
const DATAGRAMS: usize = 32 * 1024;

/// Socket buffers: the default of 208 KiB loses datagrams in a burst.
const SOCKET_BUFFER: usize = 8 * 1024 * 1024;

/// Binds the socket and starts the endpoint.
///
/// # Errors
/// When the address cannot be bound or TLS cannot be configured.
pub(crate) fn bind(
    address: SocketAddr,
    keys: &RelayKeys,
    idle_timeout: Duration,
) -> Result<quinn::Endpoint, RelayError> {
    let network = |text: String, error| RelayError::with(RelayErrorKind::Network, text, error);
    let socket = UdpSocket::bind(address).map_err(|e| {
        network(
            format!("UDP address {address} cannot be bound; is another relay running there?"),
            e,
        )
    })?;
    grow_buffers(&socket);
    let config = server_config(keys, idle_timeout)?;
    let local = socket
        .local_addr()
        .map_err(|e| network("the UDP socket has no address".to_owned(), e))?;
    quinn::Endpoint::new(
        reset::endpoint_config(keys, local),
        Some(config),
        socket,
        Arc::new(quinn::TokioRuntime),
    )
    .map_err(|e| {
        network(
            format!("the QUIC endpoint on {address} cannot be started"),
            e,
        )
    })
}

/// Larger buffers where the system allows it. Without them a relay works, and loses more datagrams.
fn grow_buffers(socket: &UdpSocket) {
    let grown = quinn::udp::UdpSocketState::new(socket.into()).and_then(|state| {
        state.set_recv_buffer_size(socket.into(), SOCKET_BUFFER)?;
        state.set_send_buffer_size(socket.into(), SOCKET_BUFFER)?;
        Ok((
            state.recv_buffer_size(socket.into())?,
            state.send_buffer_size(socket.into())?,
        ))
    });
    match grown {
        Ok((recv, send)) if recv.min(send) < SOCKET_BUFFER => {
            tracing::info!(
                recv,
                send,
                "socket buffers are small; raise net.core.rmem_max and wmem_max"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "socket buffers cannot be set"),
    }
}

fn server_config(keys: &RelayKeys, idle_timeout: Duration) -> Result<ServerConfig, RelayError> {
    let tls_error = |error| {
        RelayError::with(
            RelayErrorKind::Tls,
            "the relay's certificate cannot be used",
            error,
        )
    };
    let rustls = keys
        .tls()
        .server_config(ALPN, keys.tickets())
        .map_err(tls_error)?;
    let quic = QuicServerConfig::try_from(rustls)
        .map_err(|e| RelayError::with(RelayErrorKind::Tls, "TLS cannot be used for QUIC", e))?;
    let idle = IdleTimeout::try_from(idle_timeout)
        .map_err(|e| RelayError::with(RelayErrorKind::Config, "the idle timeout is too long", e))?;
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS))
        // Clients open no unidirectional streams.
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW))
        .send_window(SEND_WINDOW)
        // The client keeps the connection alive: it knows when its device sleeps.
        .max_idle_timeout(Some(idle))
        .datagram_receive_buffer_size(Some(DATAGRAMS))
        .datagram_send_buffer_size(DATAGRAMS);
    let mut config = ServerConfig::with_crypto(Arc::new(quic));
    config
        .transport_config(Arc::new(transport))
        .max_incoming(HANDSHAKES * 4)
        .incoming_buffer_size(64 * 1024)
        .incoming_buffer_size_total(8 * 1024 * 1024);
    Ok(config)
}

/// Accepts connections until the relay drains.
pub(crate) async fn accept(service: Arc<Service>, endpoint: quinn::Endpoint) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES * 2));
    loop {
        let incoming = tokio::select! {
            incoming = endpoint.accept() => incoming,
            () = service.tasks.reached(Stage::Draining) => return refuse_rest(&service, &endpoint).await,
        };
        let Some(incoming) = incoming else { return };
        admit(&service, &handshakes, incoming);
        // One a round of all tasks: where there is more to do than the processor can, those who are
        // connected come before those who knock.
        tokio::task::yield_now().await;
    }
}

/// While the relay drains, whoever comes is refused at once instead of timing out.
async fn refuse_rest(service: &Service, endpoint: &quinn::Endpoint) {
    loop {
        tokio::select! {
            incoming = endpoint.accept() => match incoming {
                Some(incoming) => incoming.refuse(),
                None => return,
            },
            () = service.tasks.reached(Stage::Stopped) => return,
        }
    }
}

fn admit(service: &Arc<Service>, handshakes: &Arc<Semaphore>, incoming: Incoming) {
    let crowded = handshakes.available_permits() <= HANDSHAKES;
    if crowded && !incoming.remote_address_validated() {
        service.metrics.handshake_retries.one();
        // An address that is not validated may always be asked to try again.
        let _sent = incoming.retry();
        return;
    }
    let Ok(permit) = handshakes.clone().try_acquire_owned() else {
        service.metrics.handshakes_refused.one();
        return incoming.refuse();
    };
    let serving = service.clone();
    service
        .tasks
        .spawn(async move { serve(serving, incoming, permit).await });
}

/// A connection from its handshake to its login.
async fn serve(service: Arc<Service>, incoming: Incoming, permit: OwnedSemaphorePermit) {
    let Ok(connecting) = incoming.accept() else {
        return;
    };
    let connection = tokio::select! {
        connected = tokio::time::timeout(HANDSHAKE_TIMEOUT, connecting) => match connected {
            Ok(Ok(connection)) => connection,
            // Too slow, or not TLS we speak.
            Ok(Err(_)) | Err(_) => return,
        },
        () = service.tasks.reached(Stage::Stopped) => return,
    };
    drop(permit);
    service.metrics.connections.one();
    let protocol = connection
        .handshake_data()
        .and_then(|data| data.downcast::<HandshakeData>().ok()?.protocol);
    match protocol.as_deref() {
        Some(ALPN) => login::serve(service, Link::Quic(connection)).await,
        _ => connection.close(0u32.into(), b"no such protocol here"),
    }
}
