//! How a relay is set up.

use crate::clock::Clock;
use crate::error::RelayError;
use crate::proxy::Network;
use crate::rates::Rates;
use crate::relay::Relay;
use crate::start;
use crate::store::ObjectPlace;
use crate::store::faults::Faults;
use lacre_wire::relay::DEFAULT_PORT;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Who may open an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SignUp {
    /// Anybody, as fast as [`Rates::sign_up`] allows.
    #[default]
    Open,
    /// Nobody; devices of existing accounts still connect.
    Closed,
}

/// When a message counts as accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// After an fsync.
    #[default]
    Full,
    /// When the operating system has it: a power cut may lose what was accepted last.
    Normal,
}

impl From<Durability> for crate::store::Durability {
    fn from(durability: Durability) -> Self {
        match durability {
            Durability::Full => Self::Full,
            Durability::Normal => Self::PageCache,
        }
    }
}

/// Where a relay keeps its data.
#[derive(Clone)]
pub(crate) enum Place {
    Memory,
    Folder(PathBuf),
    Beside(Box<crate::relay::Shared>),
}

/// Sets up a relay. Obtained from [`Relay::builder`].
#[derive(Clone)]
pub struct RelayBuilder {
    pub(crate) place: Option<Place>,
    pub(crate) store: Option<String>,
    pub(crate) nats: Option<String>,
    pub(crate) objects: ObjectPlace,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) listen: SocketAddr,
    pub(crate) listen_tcp: Option<SocketAddr>,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) certificate: Option<(PathBuf, PathBuf)>,
    pub(crate) websocket: bool,
    pub(crate) advertise: Option<(String, u16)>,
    pub(crate) sign_up: SignUp,
    pub(crate) idle_timeout: Duration,
    pub(crate) drain: Duration,
    pub(crate) rates: Rates,
    pub(crate) durability: Durability,
    pub(crate) http: Option<SocketAddr>,
    pub(crate) tail_bytes: usize,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
}

impl RelayBuilder {
    pub(crate) fn new() -> Self {
        Self {
            place: None,
            store: None,
            nats: None,
            objects: ObjectPlace::default(),
            key_file: None,
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, DEFAULT_PORT)),
            listen_tcp: None,
            trusted_proxies: Vec::new(),
            certificate: None,
            websocket: true,
            advertise: None,
            sign_up: SignUp::default(),
            idle_timeout: Duration::from_secs(60),
            drain: Duration::from_secs(1),
            rates: Rates::default(),
            durability: Durability::default(),
            http: None,
            tail_bytes: 128 * 1024 * 1024,
            clock: Clock::system(),
            faults: Faults::default(),
        }
    }

    /// Keeps everything in this folder, which is created: `relay.db`, and beside it `relay.keys`,
    /// the secrets. Back the two up apart from each other.
    pub fn data_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.place = Some(Place::Folder(path.into()));
        self
    }

    /// Keeps the store in a PostgreSQL database, `postgres://user:password@host/database?sslmode=…`,
    /// instead of in the data folder, which still holds the keys. Several relays may run on one
    /// database, each with a copy of the same key file. Needs the feature `postgres`.
    pub fn store(mut self, address: impl Into<String>) -> Self {
        self.store = Some(address.into());
        self
    }

    /// Keeps everything in memory, keys included: for tests and demonstrations.
    pub fn in_memory(mut self) -> Self {
        self.place = Some(Place::Memory);
        self
    }

    /// Wakes the other relays on the same store by these NATS servers, `nats://` or `tls://` addresses
    /// divided by commas. Without them relays on one PostgreSQL database wake each other through it.
    pub fn nats(mut self, servers: impl Into<String>) -> Self {
        self.nats = Some(servers.into());
        self
    }

    /// Where large objects are kept: trees and Welcomes of large rooms. Default [`ObjectPlace::Auto`].
    pub fn objects(mut self, place: ObjectPlace) -> Self {
        self.objects = place;
        self
    }

    /// Runs on the store and keys of `other`, in the same process: a second front for the same
    /// rooms. `other` must be shut down last.
    pub fn beside(mut self, other: &Relay) -> Self {
        self.place = Some(Place::Beside(Box::new(other.shared())));
        self
    }

    /// Reads the keys from here instead of `relay.keys` in the data folder.
    pub fn key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.key_file = Some(path.into());
        self
    }

    /// The address to listen on, UDP and TCP. Default `0.0.0.0:4433`; port 0 takes a free one.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The TCP address to listen on, if another than that of [`RelayBuilder::listen`]: where a proxy
    /// has the TCP port of that number.
    pub fn listen_tcp(mut self, address: SocketAddr) -> Self {
        self.listen_tcp = Some(address);
        self
    }

    /// Proxies that may say whom a TCP connection comes from, by the PROXY protocol, version 1 or 2.
    /// Such words from anybody else end the connection. Default: nobody.
    pub fn trusted_proxies(mut self, networks: impl IntoIterator<Item = Network>) -> Self {
        self.trusted_proxies = networks.into_iter().collect();
        self
    }

    /// A certificate that everybody knows, and its key, in PEM files: shown on the TCP port to whoever
    /// asks for another name than clients of Lacre do, and is answered `/health` there. Clients go by
    /// the relay's identity and never see it. The files are read again when they change.
    pub fn certificate(mut self, chain: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.certificate = Some((chain.into(), key.into()));
        self
    }

    /// Whether to serve WebSocket on the TCP port, for networks that let no UDP through. Default
    /// yes; no where the TCP port of that number is somebody else's.
    pub fn websocket(mut self, serve: bool) -> Self {
        self.websocket = serve;
        self
    }

    /// The name (or IP address) and port that people connect to, if another than the one listened
    /// on.
    pub fn advertise(mut self, host: impl Into<String>, port: u16) -> Self {
        self.advertise = Some((host.into(), port));
        self
    }

    /// Who may open an account. Default [`SignUp::Open`].
    pub fn sign_up(mut self, sign_up: SignUp) -> Self {
        self.sign_up = sign_up;
        self
    }

    /// After this long without a sign of life a connection is dead. Default 60 s. Clients keep
    /// theirs alive at a third of it.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long a shutdown waits for clients to leave by themselves. Default 1 s.
    pub fn drain(mut self, grace: Duration) -> Self {
        self.drain = grace;
        self
    }

    /// How fast may be sent. Generous by default.
    pub fn rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    /// When a message counts as accepted. Default [`Durability::Full`].
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Serves `/metrics` and `/health` over plain HTTP on this address; a loopback address, because
    /// it asks nobody who they are. Default: nowhere.
    pub fn http(mut self, address: Option<SocketAddr>) -> Self {
        self.http = address;
        self
    }

    /// How many bytes of recent entries are kept in memory for all readers. Default 128 MiB.
    pub fn tail_bytes(mut self, bytes: usize) -> Self {
        self.tail_bytes = bytes;
        self
    }

    /// The clock to stamp with; for tests that move time by hand.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Breaks the store's writer where a test wants it.
    #[doc(hidden)]
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Starts the relay. Must be called inside a tokio runtime with I/O and time.
    ///
    /// # Errors
    /// When settings contradict each other, keys or store cannot be opened, or an address cannot be
    /// bound. The message says what to do.
    pub async fn start(self) -> Result<Relay, RelayError> {
        start::start(self).await
    }
}
