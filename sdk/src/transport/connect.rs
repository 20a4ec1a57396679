//! Getting a connection: the relay's addresses, and two ways to each of them.
//!
//! QUIC goes first. Where it has not come about after a moment, or has failed, WebSocket is tried
//! beside it; the first to stand is used and the other dropped. Only then does the client log in:
//! two logins at once would come in any order, and their counter has to rise.
//!
//! A relay at which thousands knock is slow, or refuses. Then a second way would double the crowd.

use super::dial::Sockets;
use super::endpoint::Quic;
use super::memory::{Known, Memory, network_to};
use super::native::Link;
use super::pin::{Pins, Trusted};
use crate::engine::{BlockedWay, Error, ErrorKind, Result};
use crate::path::Path;
use crate::platform;
use lacre_wire::ids::Hash;
use lacre_wire::relay::RelayAddress;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, kx_group};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// How long name, handshake and identity may take together.
const CONNECT: Duration = Duration::from_secs(10);
/// The next address of a name is tried after so long without an answer (RFC 8305 §5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);
/// The other way is tried after so long without an answer on the first.
const HEAD_START: Duration = Duration::from_millis(300);
/// And after so long where QUIC came through before: the relay is slow, rather than UDP blocked.
const KNOWN_HEAD_START: Duration = Duration::from_secs(1);

/// Connects to one relay. Cheap to clone; clones share TLS sessions and what was learned.
#[derive(Clone)]
pub(crate) struct Transport {
    address: Arc<RelayAddress>,
    trusted: Trusted,
    quic: Quic,
    sockets: Sockets,
    memory: Memory,
}

impl Transport {
    /// For the relay at `address`. Nothing is sent yet.
    pub(crate) fn new(address: RelayAddress) -> Result<Self> {
        let mut provider = aws_lc_rs::default_provider();
        provider.kx_groups = vec![kx_group::X25519MLKEM768, kx_group::X25519];
        let provider = Arc::new(provider);
        let trusted = Trusted::new(address.fingerprints.clone());
        Ok(Self {
            quic: Quic::new(&address, trusted.clone(), Arc::clone(&provider))?,
            sockets: Sockets::new(&address, trusted.clone(), provider)?,
            trusted,
            address: Arc::new(address),
            memory: Memory::default(),
        })
    }

    /// Goes by these fingerprints, and no longer by those of the address; also for the clones.
    pub(crate) fn trust(&self, fingerprints: Vec<Hash>) {
        self.trusted.replace(fingerprints);
    }

    /// Where the relay is, with the fingerprints that count now.
    pub(crate) fn address(&self) -> RelayAddress {
        RelayAddress {
            fingerprints: self.trusted.get(),
            host: self.address.host.clone(),
            port: self.address.port,
        }
    }

    /// What an earlier run has learned of ways to the relay.
    pub(crate) fn recall(&self, blocked: Vec<BlockedWay>) {
        self.memory.recall(blocked);
    }

    /// What is to be kept of what was learned, if there is something new.
    pub(crate) fn learned(&self) -> Option<Vec<BlockedWay>> {
        self.memory.learned()
    }

    /// A new connection.
    pub(crate) async fn connect(&self) -> Result<Link> {
        match tokio::time::timeout(CONNECT, self.race()).await {
            Ok(result) => result,
            Err(_) => Err(offline(format!(
                "{} did not answer within {} seconds, neither over UDP nor over TCP",
                place(&self.address),
                CONNECT.as_secs()
            ))),
        }
    }

    async fn race(&self) -> Result<Link> {
        let addresses = self.resolve().await?;
        let network = addresses.first().and_then(|to| network_to(*to));
        // The same network may let UDP through to one relay and not to another.
        let network = network.map(|network| format!("{network} {}", host(&self.address)));
        let known = self.memory.of(network.as_deref(), platform::now());
        let (quic, web) = (self.over_quic(&addresses), self.over_websocket(&addresses));
        let link = match known {
            Known::Blocked => first(web, quic, HEAD_START).await,
            Known::Open => first(quic, web, KNOWN_HEAD_START).await,
            Known::Nothing => first(quic, web, HEAD_START).await,
        }?;
        let (blocked, remembered) = (link.path() == Path::WebSocket, known == Known::Blocked);
        tracing::debug!(path = link.path().name(), remembered, "connected");
        // Where it was remembered, QUIC had no chance: the time runs on.
        if !(blocked && remembered) {
            self.memory.learn(network, blocked, platform::now());
        }
        Ok(link)
    }

    pub(super) async fn over_quic(&self, addresses: &[SocketAddr]) -> Result<Link> {
        let link = each(addresses, |to| self.quic.clone().connect(to)).await;
        link.map(Link::Quic)
    }

    pub(super) async fn over_websocket(&self, addresses: &[SocketAddr]) -> Result<Link> {
        let link = each(addresses, |to| self.sockets.clone().connect(to)).await;
        link.map(Link::Web)
    }

    pub(super) async fn resolve(&self) -> Result<Vec<SocketAddr>> {
        let place = (self.address.host.as_str(), self.address.port);
        let found = tokio::net::lookup_host(place).await;
        let found: Vec<_> = found
            .map_err(|error| {
                offline(format!("the name {} was not found", self.address.host)).with_source(error)
            })?
            .collect();
        if found.is_empty() {
            let text = format!("the name {} has no address", self.address.host);
            return Err(offline(text));
        }
        Ok(found)
    }
}

/// The way that stands first. The second begins when the first has failed, or after its head start; not
/// at all where the relay has answered on the first that it takes in nobody.
async fn first(
    first: impl Future<Output = Result<Link>>,
    second: impl Future<Output = Result<Link>>,
    head_start: Duration,
) -> Result<Link> {
    let failed = Notify::new();
    let first = pin!(async {
        let link = first.await;
        if link.is_err() {
            failed.notify_one();
        }
        link
    });
    let second = pin!(async {
        tokio::select! {
            () = tokio::time::sleep(head_start) => {}
            () = failed.notified() => {}
        }
        second.await
    });
    let (mut first, mut second) = (first, second);
    let (failure, other) = tokio::select! {
        link = &mut first => match link {
            Ok(link) => return Ok(link),
            Err(error) if error.kind() == ErrorKind::Busy => return Err(error),
            Err(error) => (error, second.await),
        },
        link = &mut second => match link {
            Ok(link) => return Ok(link),
            Err(error) => (error, first.await),
        },
    };
    other.map_err(|other| telling(failure, other))
}

/// Of two failures the one that says more than "no answer".
fn telling(one: Error, other: Error) -> Error {
    if one.is_retryable() && !other.is_retryable() {
        other
    } else {
        one
    }
}

/// Tries addresses, each a little after the one before; the first connection wins.
async fn each<T: Send + 'static, F: Future<Output = Result<T>> + Send + 'static>(
    addresses: &[SocketAddr],
    attempt: impl Fn(SocketAddr) -> F,
) -> Result<T> {
    let mut attempts = JoinSet::new();
    for (index, address) in addresses.iter().enumerate() {
        let attempt = attempt(*address);
        let delay = NEXT_ADDRESS.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX));
        attempts.spawn(async move {
            tokio::time::sleep(delay).await;
            attempt.await
        });
    }
    let mut last: Option<Error> = None;
    while let Some(attempt) = attempts.join_next().await {
        let error = match attempt {
            Ok(Ok(link)) => return Ok(link),
            Ok(Err(error)) => error,
            Err(error) => Error::internal("an attempt to connect failed").with_source(error),
        };
        last = Some(match last {
            Some(last) => telling(error, last),
            None => error,
        });
    }
    Err(last.unwrap_or_else(|| Error::internal("no address was tried")))
}

/// TLS as both ways use it.
pub(super) fn tls(
    pins: &Arc<Pins>,
    provider: Arc<CryptoProvider>,
    protocol: &[u8],
) -> Result<rustls::ClientConfig> {
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| {
            Error::internal("the TLS settings do not fit the library").with_source(error)
        })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(pins) as _)
        .with_no_client_auth();
    tls.alpn_protocols = vec![protocol.to_vec()];
    Ok(tls)
}

/// An error of kind `Offline`.
pub(super) fn offline(text: String) -> Error {
    Error::new(ErrorKind::Offline, "Offline", text)
}

/// The relay, in words.
pub(super) fn place(address: &RelayAddress) -> String {
    format!("the relay at {}", host(address))
}

/// Host and port, as in the Host header.
pub(super) fn host(address: &RelayAddress) -> String {
    let RelayAddress { host, port, .. } = address;
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}
