//! The TCP port of the same number: WebSocket over TLS, for networks that let no UDP through.
//!
//! The TLS identity is that of the QUIC endpoint. A socket has ten seconds for TLS and upgrade, and
//! ten more for its first frame; until then it counts against a bound, in all and for its address.

use crate::endpoint::{HANDSHAKE_TIMEOUT, HANDSHAKES};
use crate::error::{RelayError, RelayErrorKind};
use crate::keys::RelayKeys;
use crate::service::Service;
use crate::session::login;
use crate::stream::{Gone, Link, Socket, Tickets, WebLink};
use crate::tasks::Stage;
use lacre_wire::codec;
use lacre_wire::hello::VERSION;
use lacre_wire::ids::Hash;
use lacre_wire::limits::MAX_PIECE;
use lacre_wire::socket::{ALPN, Message, RelayHello, SESSION_PATH, STREAM_PATH, binding};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Sockets of one address that are not logged in: a school behind one address starts with many at
/// once, each for some milliseconds.
const PER_ADDRESS: usize = HANDSHAKES / 4;

/// What a socket reads at once. Sessions are many and mostly idle.
const READ_BUFFER: usize = 8 * 1024;

/// Frames that wait for a socket that takes no more: one of ours and a Pong.
const WRITE_BUFFER: usize = 2 * (MAX_PIECE + 1024);

/// The TCP port.
pub(crate) struct Port {
    listener: TcpListener,
    tls: TlsAcceptor,
}

/// What a socket was opened for.
#[derive(Clone, Copy)]
enum Purpose {
    Session,
    Stream,
}

/// Sockets that are not logged in, by address.
#[derive(Default)]
struct Crowd(Mutex<HashMap<IpAddr, usize>>);

/// A place in the crowd.
struct Place {
    crowd: Arc<Crowd>,
    address: IpAddr,
}

impl Port {
    /// Binds the TCP port.
    ///
    /// # Errors
    /// When the address cannot be bound or TLS cannot be configured.
    pub(crate) async fn bind(address: SocketAddr, keys: &RelayKeys) -> Result<Self, RelayError> {
        let config = keys.tls().server_config(ALPN).map_err(|error| {
            let text = "the relay's certificate cannot be used";
            RelayError::with(RelayErrorKind::Tls, text, error)
        })?;
        let listener = TcpListener::bind(address).await.map_err(|error| {
            let text = format!(
                "TCP address {address} cannot be bound; free it, or run without WebSocket: clients in networks that block UDP then cannot connect"
            );
            RelayError::with(RelayErrorKind::Network, text, error)
        })?;
        Ok(Self {
            listener,
            tls: TlsAcceptor::from(Arc::new(config)),
        })
    }

    /// Accepts sockets until the relay drains; from then on the system refuses them.
    pub(crate) async fn accept(self, service: Arc<Service>) {
        let crowd = Arc::new(Crowd::default());
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = service.tasks.reached(Stage::Draining) => return,
            };
            match accepted {
                Ok((stream, address)) => {
                    let Some(place) = crowd.enter(address.ip()) else {
                        service.metrics.handshakes_refused.one();
                        continue;
                    };
                    let (serving, tls) = (service.clone(), self.tls.clone());
                    service.tasks.spawn(async move {
                        tokio::select! {
                            () = serving.tasks.reached(Stage::Stopped) => {}
                            // Whoever speaks something else is gone before it can be told.
                            _ = serve(&serving, stream, address, tls) => {}
                        }
                        drop(place);
                    });
                }
                Err(error) => {
                    // Out of file descriptors, usually: give others time to close some.
                    tracing::warn!(%error, "cannot accept a TCP connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

/// A socket from its first byte to its login, or to the stream it belongs to.
async fn serve(
    service: &Arc<Service>,
    stream: TcpStream,
    address: SocketAddr,
    tls: TlsAcceptor,
) -> Result<(), Gone> {
    let upgraded = tokio::time::timeout(HANDSHAKE_TIMEOUT, upgrade(stream, tls)).await;
    let (mut socket, purpose) = upgraded.map_err(|_| Gone)??;
    service.metrics.websockets.one();
    match purpose {
        Purpose::Session => {
            let hello = RelayHello {
                versions: vec![VERSION],
                nonce: nonce().map_err(|_| Gone)?,
                ticket: Tickets::draw().map_err(|_| Gone)?,
            };
            let bytes = codec::to_vec(&hello);
            let first = Message::Hello(&bytes);
            let said = tokio::time::timeout(HANDSHAKE_TIMEOUT, socket.say(&first)).await;
            said.map_err(|_| Gone)??;
            let link = WebLink::new(
                socket,
                address,
                binding(&bytes),
                hello.ticket,
                service.tickets.clone(),
                service.idle_timeout,
            );
            login::serve(service.clone(), Link::Web(link)).await;
        }
        Purpose::Stream => {
            let first = tokio::time::timeout(HANDSHAKE_TIMEOUT, socket.first());
            let first = first.await.map_err(|_| Gone)??;
            if let Ok(Message::Join(ticket)) = Message::read(&first) {
                service.tickets.join(ticket, socket);
            }
        }
    }
    Ok(())
}

fn nonce() -> Result<Hash, getrandom::Error> {
    let mut bytes = [0; Hash::SIZE];
    getrandom::fill(&mut bytes)?;
    Ok(Hash(bytes))
}

/// TLS, then the upgrade of RFC 6455 §4.2.
#[allow(clippy::result_large_err, reason = "the library's callback")]
async fn upgrade(stream: TcpStream, tls: TlsAcceptor) -> Result<(Socket, Purpose), Gone> {
    // Frames are joined before they are written; nothing is gained by waiting for more.
    stream.set_nodelay(true).map_err(|_| Gone)?;
    let stream = tls.accept(stream).await.map_err(|_| Gone)?;
    let mut purpose = None;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(MAX_PIECE + 1))
        .max_frame_size(Some(MAX_PIECE + 1));
    let callback = |request: &Request, response: Response| answer(request, response, &mut purpose);
    let raw = accept_hdr_async_with_config(stream, callback, Some(config))
        .await
        .map_err(|_| Gone)?;
    Ok((Socket::new(raw), purpose.ok_or(Gone)?))
}

#[allow(clippy::result_large_err, reason = "the library's callback")]
fn answer(
    request: &Request,
    response: Response,
    purpose: &mut Option<Purpose>,
) -> Result<Response, ErrorResponse> {
    *purpose = match request.uri().path() {
        SESSION_PATH => Some(Purpose::Session),
        STREAM_PATH => Some(Purpose::Stream),
        _ => None,
    };
    if purpose.is_some() {
        return Ok(response);
    }
    let mut refusal = ErrorResponse::new(Some("a Lacre relay: there is nothing to see\n".into()));
    *refusal.status_mut() = StatusCode::NOT_FOUND;
    Err(refusal)
}

impl Crowd {
    fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = network_of(address);
        let mut crowd = self.lock();
        let all: usize = crowd.values().sum();
        let here = crowd.get(&address).copied().unwrap_or_default();
        if all >= HANDSHAKES || here >= PER_ADDRESS {
            return None;
        }
        crowd.insert(address, here + 1);
        Some(Place {
            crowd: self.clone(),
            address,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An IPv6 customer has at least 2⁶⁴ addresses.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut crowd = self.crowd.lock();
        if let Some(here) = crowd.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                crowd.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_bounded_for_an_address_and_in_all() {
        let crowd = Arc::new(Crowd::default());
        let address = |n: u32| IpAddr::V4(n.into());
        let first: Vec<_> = (0..PER_ADDRESS)
            .map(|_| crowd.enter(address(1)).unwrap())
            .collect();
        assert!(crowd.enter(address(1)).is_none());
        let others: Vec<_> = (2..).map_while(|n| crowd.enter(address(n))).collect();
        assert_eq!(first.len() + others.len(), HANDSHAKES);
        drop(first);
        assert!(crowd.enter(address(1)).is_some());
        drop(others);
        assert!(crowd.lock().is_empty());
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let network = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
