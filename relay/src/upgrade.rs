//! The TCP port of the same number: WebSocket over TLS, for networks that let no UDP through.
//!
//! The TLS identity is that of the QUIC endpoint. A socket has ten seconds for TLS and upgrade, and
//! ten more for its first frame; until then it counts against a bound, in all and for its address.

use crate::certificate::{ByName, Shown, is_public};
use crate::endpoint::{HANDSHAKE_TIMEOUT, HANDSHAKES};
use crate::error::{RelayError, RelayErrorKind};
use crate::http;
use crate::keys::RelayKeys;
use crate::proxy::{self, BadHeader, Network};
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
    proxies: Vec<Network>,
}

/// What a socket was opened for.
#[derive(Clone, Copy)]
enum Purpose {
    Session,
    Stream,
}

/// Sockets that are not logged in, by address; under none those of proxies that have not yet said
/// whom they speak for.
#[derive(Default)]
struct Crowd(Mutex<HashMap<Option<IpAddr>, usize>>);

/// A place in the crowd.
struct Place {
    crowd: Arc<Crowd>,
    address: Option<IpAddr>,
}

impl Port {
    /// Binds the TCP port.
    ///
    /// # Errors
    /// When the address cannot be bound or TLS cannot be configured.
    pub(crate) async fn bind(
        address: SocketAddr,
        keys: &RelayKeys,
        proxies: Vec<Network>,
        shown: Option<Arc<Shown>>,
    ) -> Result<Self, RelayError> {
        let mut config = keys
            .tls()
            .server_config(ALPN, keys.tickets())
            .map_err(|error| {
                let text = "the relay's certificate cannot be used";
                RelayError::with(RelayErrorKind::Tls, text, error)
            })?;
        if let Some(shown) = shown {
            let identity = config.cert_resolver;
            config.cert_resolver = Arc::new(ByName { identity, shown });
        }
        let listener = TcpListener::bind(address).await.map_err(|error| {
            let text = format!(
                "TCP address {address} cannot be bound; free it, or run without WebSocket: clients in networks that block UDP then cannot connect"
            );
            RelayError::with(RelayErrorKind::Network, text, error)
        })?;
        Ok(Self {
            listener,
            tls: TlsAcceptor::from(Arc::new(config)),
            proxies,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
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
                    let ip = address.ip();
                    let of_proxy = self.proxies.iter().any(|known| known.contains(ip));
                    let Some(place) = crowd.enter((!of_proxy).then_some(ip)) else {
                        service.metrics.handshakes_refused.one();
                        continue;
                    };
                    let (serving, tls) = (service.clone(), self.tls.clone());
                    service.tasks.spawn(async move {
                        tokio::select! {
                            () = serving.tasks.reached(Stage::Stopped) => {}
                            // Whoever speaks something else is gone before it can be told.
                            _ = serve(&serving, stream, address, tls, place) => {}
                        }
                    });
                    // One a round, as on UDP.
                    tokio::task::yield_now().await;
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

/// Whom a proxy speaks for, and their place in the crowd.
async fn behind(
    service: &Service,
    stream: &mut TcpStream,
    proxy: SocketAddr,
    place: Place,
) -> Result<(SocketAddr, Place), Gone> {
    let header = async {
        let mut first = [0];
        // Nothing at all: a look whether the port is open.
        if stream.peek(&mut first).await? == 0 {
            return Ok(None);
        }
        match proxy::begins(first[0])? {
            true => proxy::read(stream).await,
            false => Ok(None),
        }
    };
    let told = match tokio::time::timeout(HANDSHAKE_TIMEOUT, header).await {
        Ok(told) => told,
        Err(slow) => Err(BadHeader::Cut(slow.into())),
    };
    let told = told.map_err(|error| {
        service.metrics.proxy_headers_refused.one();
        tracing::debug!(%proxy, %error, "what a trusted proxy sent first cannot be read");
        Gone
    })?;
    if told.is_some() {
        service.metrics.proxied.one();
    }
    let address = told.unwrap_or(proxy);
    // Not both at once: of the crowd this is one.
    let crowd = place.crowd.clone();
    drop(place);
    let place = crowd.enter(Some(address.ip())).ok_or_else(|| {
        service.metrics.handshakes_refused.one();
        Gone
    })?;
    Ok((address, place))
}

/// A socket from its first byte to its login, or to the stream it belongs to.
async fn serve(
    service: &Arc<Service>,
    mut stream: TcpStream,
    address: SocketAddr,
    tls: TlsAcceptor,
    place: Place,
) -> Result<(), Gone> {
    let (address, _place) = match place.address {
        Some(_) => (address, place),
        None => behind(service, &mut stream, address, place).await?,
    };
    let upgraded = upgrade(service, stream, tls);
    let upgraded = tokio::time::timeout(HANDSHAKE_TIMEOUT, upgraded).await;
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
async fn upgrade(
    service: &Service,
    stream: TcpStream,
    tls: TlsAcceptor,
) -> Result<(Socket, Purpose), Gone> {
    // Frames are joined before they are written; nothing is gained by waiting for more.
    stream.set_nodelay(true).map_err(|_| Gone)?;
    let stream = tls.accept(stream).await.map_err(|_| Gone)?;
    // A session belongs under the relay's identity, and this was shown another certificate.
    if service.shown.is_some() && is_public(stream.get_ref().1.server_name()) {
        // Whoever asks is gone, or has been told.
        let _told = http::answer_outside(stream, service).await;
        return Err(Gone);
    }
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
    fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Place> {
        let address = address.map(network_of);
        let mut crowd = self.lock();
        let all: usize = crowd.values().sum();
        let here = crowd.get(&address).copied().unwrap_or_default();
        let bound = match address {
            Some(_) => PER_ADDRESS,
            None => HANDSHAKES,
        };
        if all >= HANDSHAKES || here >= bound {
            return None;
        }
        crowd.insert(address, here + 1);
        Some(Place {
            crowd: self.clone(),
            address,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Option<IpAddr>, usize>> {
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
        let address = |n: u32| Some(IpAddr::V4(n.into()));
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
