//! From settings to a running relay: keys, store, sockets, tasks, in that order, so that nothing is
//! heard before it can be answered.

use crate::acks::{self, Acks};
use crate::backup::no_place;
use crate::builder::{Place, RelayBuilder};
use crate::certificate::{self, Shown};
use crate::error::{RelayError, RelayErrorKind};
use crate::fill::Holes;
use crate::folder::{KEY_FILE, MARK_FILE, STORE_FILE, check_restored, make_folder};
use crate::groups::{Groups, Nominations, Turns};
use crate::hub::Hub;
use crate::hub::online::Online;
use crate::keys::{KeyFileError, RelayKeys};
use crate::metrics::Metrics;
use crate::named::Named;
use crate::peers::{self, Peers};
use crate::rates::RateLimits;
use crate::relay::{Relay, Shared};
use crate::service::Service;
#[cfg(feature = "postgres")]
use crate::store;
use crate::store::{Store, StoreKeys, StoreOptions};
use crate::stream::Tickets;
use crate::tasks::{Stage, Tasks};
use crate::upgrade::Port;
use crate::wake::{self, News};
use crate::watchers::Watchers;
use crate::{checkpoint, endpoint, feed, fill, housekeep, http, idle, sweep, tidy};
use lacre_wire::relay::RelayAddress;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use tokio::net::TcpListener;

pub(crate) async fn start(builder: RelayBuilder) -> Result<Relay, RelayError> {
    let (shared, owns_store) = open_shared(&builder).await?;
    let network = |text: &str, error| RelayError::with(RelayErrorKind::Network, text, error);
    let shown = certificate::read(&builder).await?;
    let (endpoint, local, port) = bind(&builder, &shared.keys, shown.clone()).await?;
    let listener = match builder.http {
        Some(address) => Some(TcpListener::bind(address).await.map_err(|e| {
            network(
                &format!("TCP address {address} for metrics cannot be bound"),
                e,
            )
        })?),
        None => None,
    };
    let http = listener
        .as_ref()
        .and_then(|listener| listener.local_addr().ok());
    let address = address(&builder, &shared, local);
    let tcp = port.as_ref().and_then(Port::address);
    let drain = builder.drain;
    let watch = owns_store.then(|| shared.store.watch());
    let peers =
        Peers::new().map_err(|error| RelayError::new(RelayErrorKind::Config, error.to_string()))?;
    let service = Arc::new(service(builder, shared, peers, shown.clone()));
    hear(&service);
    spawn_tasks(&service, watch);
    if let Some(listener) = listener {
        service.tasks.spawn(http::serve(listener, service.clone()));
    }
    service
        .tasks
        .spawn(endpoint::accept(service.clone(), endpoint.clone()));
    if let Some(shown) = shown {
        service
            .tasks
            .spawn(certificate::watch(service.clone(), shown));
    }
    if let Some(port) = port {
        service.tasks.spawn(port.accept(service.clone()));
    }
    tracing::info!(%local, "the relay listens");
    Ok(Relay {
        service,
        endpoint,
        address,
        local,
        tcp,
        http,
        drain,
        owns_store,
    })
}

/// Binds UDP, and TCP on the same number.
async fn bind(
    builder: &RelayBuilder,
    keys: &RelayKeys,
    shown: Option<Arc<Shown>>,
) -> Result<(quinn::Endpoint, SocketAddr, Option<Port>), RelayError> {
    /// A free UDP port may be taken on TCP.
    const TRIES: u32 = 16;
    let mut tries = if builder.listen.port() == 0 { TRIES } else { 1 };
    loop {
        tries -= 1;
        let endpoint = endpoint::bind(builder.listen, keys, builder.idle_timeout)?;
        let local = endpoint.local_addr().map_err(|e| {
            RelayError::with(RelayErrorKind::Network, "the UDP socket has no address", e)
        })?;
        if !builder.websocket {
            return Ok((endpoint, local, None));
        }
        let tcp = builder.listen_tcp.unwrap_or(local);
        let proxies = builder.trusted_proxies.clone();
        match Port::bind(tcp, keys, proxies, shown.clone()).await {
            Ok(port) => return Ok((endpoint, local, Some(port))),
            Err(error) if tries == 0 => return Err(error),
            Err(_) => {}
        }
    }
}

async fn open_shared(builder: &RelayBuilder) -> Result<(Shared, bool), RelayError> {
    let place = builder.place.clone().ok_or_else(|| {
        let text =
            "a relay needs a place for its data: data_dir(path), or in_memory() to keep nothing";
        RelayError::new(RelayErrorKind::Config, text)
    })?;
    if let Place::Beside(shared) = place {
        return Ok((*shared, false));
    }
    let builder = builder.clone();
    let chosen = (builder.store.clone(), builder.nats.clone());
    let opened = tokio::task::spawn_blocking(move || open(&builder, &place)).await;
    let (store, keys, clock) = opened
        .map_err(|e| RelayError::with(RelayErrorKind::Store, "opening the store panicked", e))??;
    let lineage = store.lineage();
    let wake = wake::chosen(
        chosen.0.as_deref(),
        chosen.1.as_deref(),
        lineage,
        keys.wakes(&lineage),
    );
    let wake = wake.await?;
    Ok((
        Shared {
            store,
            keys: Arc::new(keys),
            wake,
            clock,
        },
        true,
    ))
}

/// Opens keys and store. Blocks.
fn open(
    builder: &RelayBuilder,
    place: &Place,
) -> Result<(Store, RelayKeys, crate::Clock), RelayError> {
    let now_ms = builder.clock.now_ms();
    let options = StoreOptions {
        durability: builder.durability.into(),
        faults: builder.faults.clone(),
        ..StoreOptions::default()
    };
    let store_error =
        |error| RelayError::with(RelayErrorKind::Store, "the store cannot be opened", error);
    let (store, keys) = match place {
        Place::Folder(folder) if builder.store.is_some() => {
            make_folder(folder)?;
            in_database(builder, folder, &options)?
        }
        Place::Folder(folder) => {
            make_folder(folder)?;
            let path = folder.join(STORE_FILE);
            check_restored(&path)?;
            let key_file = builder
                .key_file
                .clone()
                .unwrap_or_else(|| folder.join(KEY_FILE));
            let keys =
                RelayKeys::load_or_create(&key_file, path.exists(), now_ms).map_err(key_error)?;
            keys.check_store(&key_file, &folder.join(MARK_FILE))
                .map_err(key_error)?;
            (
                Store::open(&path, store_keys(&keys), &options).map_err(store_error)?,
                keys,
            )
        }
        _ => {
            let keys = RelayKeys::generate(now_ms).map_err(key_error)?;
            (
                Store::model(store_keys(&keys), &options).map_err(store_error)?,
                keys,
            )
        }
    };
    let outside = match place {
        Place::Folder(folder) => builder.objects.open(folder, builder.store.is_some()),
        _ => Ok(None),
    };
    let store = store.with_large(outside.map_err(no_place)?);
    Ok((store, keys, builder.clock.clone()))
}

/// Opens a store in a database, with the keys of the folder.
#[cfg(feature = "postgres")]
fn in_database(
    builder: &RelayBuilder,
    folder: &Path,
    options: &StoreOptions,
) -> Result<(Store, RelayKeys), RelayError> {
    let url = builder.store.as_deref().unwrap_or_default();
    let (address, made_with) = look_into(url, options.durability)?;
    let key_file = builder
        .key_file
        .clone()
        .unwrap_or_else(|| folder.join(KEY_FILE));
    let now_ms = builder.clock.now_ms();
    let keys =
        RelayKeys::load_or_create(&key_file, made_with.is_some(), now_ms).map_err(key_error)?;
    let mark = keys.mark().to_string();
    if made_with.is_some_and(|made_with| made_with != mark) {
        return Err(key_error(KeyFileError::OtherStore(key_file)));
    }
    let opened = Store::postgres(&address, store_keys(&keys), Some(&mark), options);
    Ok((opened.map_err(store_failed)?, keys))
}

#[cfg(feature = "postgres")]
fn store_failed(error: store::OpenError) -> RelayError {
    RelayError::with(RelayErrorKind::Store, "the store cannot be opened", error)
}

/// A database, and whose keys its store was made with, if there is one.
#[cfg(feature = "postgres")]
pub(crate) fn look_into(
    url: &str,
    durability: store::Durability,
) -> Result<(store::PostgresAddress, Option<String>), RelayError> {
    let address = store::PostgresAddress::parse(url)
        .map_err(|error| RelayError::new(RelayErrorKind::Config, error.to_string()))?;
    let made_with = store::postgres_mark(&address, durability).map_err(store_failed)?;
    Ok((address, made_with))
}

#[cfg(not(feature = "postgres"))]
fn in_database(
    _: &RelayBuilder,
    _: &Path,
    _: &StoreOptions,
) -> Result<(Store, RelayKeys), RelayError> {
    let text = "this relay was built without PostgreSQL; build it with the feature `postgres`, or keep \
                the store in the data folder";
    Err(RelayError::new(RelayErrorKind::Config, text))
}

pub(crate) fn key_error(error: KeyFileError) -> RelayError {
    RelayError::with(
        RelayErrorKind::Keys,
        "the relay's keys cannot be used",
        error,
    )
}

fn store_keys(keys: &RelayKeys) -> StoreKeys {
    let (stamp_id, stamp) = keys.stamp();
    StoreKeys {
        stamp_id,
        stamp: **stamp,
        rest: **keys.rest(),
        submit: **keys.submit(),
    }
}

fn address(builder: &RelayBuilder, shared: &Shared, local: SocketAddr) -> RelayAddress {
    let (host, port) = builder.advertise.clone().unwrap_or_else(|| {
        let ip = match local.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        (ip.to_string(), local.port())
    });
    RelayAddress {
        fingerprints: [shared.keys.fingerprint()]
            .into_iter()
            .chain(shared.keys.next_fingerprint())
            .collect(),
        host,
        port,
    }
}

fn service(
    builder: RelayBuilder,
    shared: Shared,
    peers: Peers,
    shown: Option<Arc<Shown>>,
) -> Service {
    Service {
        groups: Groups::new(
            shared.keys.sender().clone(),
            crate::groups::cache::CACHE_BYTES,
        ),
        store: shared.store,
        keys: shared.keys,
        hub: Hub::new(builder.tail_bytes),
        holes: Holes::default(),
        online: Online::default(),
        watchers: Watchers::default(),
        tickets: Arc::new(Tickets::default()),
        idle_timeout: builder.idle_timeout,
        turns: Turns::new(),
        nominations: Nominations::new(),
        peers,
        rates: RateLimits::new(builder.rates, shared.clock.clone()),
        acks: Acks::default(),
        metrics: Metrics::default(),
        clock: shared.clock,
        sign_up: builder.sign_up,
        shown,
        tasks: Tasks::default(),
        wake: shared.wake,
        wakes: OnceLock::new(),
        sessions: AtomicU64::new(0),
    }
}

/// Hears the wake-ups of other relays on the same store.
fn hear(service: &Arc<Service>) {
    let hearing = Arc::downgrade(service);
    let subscription = service.wake.subscribe(Arc::new(move |news| {
        let Some(service) = hearing.upgrade() else {
            return;
        };
        match news {
            News::Logs(logs) => {
                for (log, head) in logs {
                    service.learn(*log, *head, None);
                }
            }
            News::Messages(messages) => service.take_fresh(messages),
            News::Ephemeral { room, datagram } => {
                let sessions = service.watchers.pass(room, None, datagram);
                service.metrics.ephemerals.add(sessions);
            }
            News::Peers(letter) => service.hear_peer(letter),
            News::Missed => {
                let sweeping = service.clone();
                service
                    .tasks
                    .spawn(async move { sweep::catch_up(&sweeping).await });
            }
        }
    }));
    // The place is empty: this is called once.
    let _first = service.wakes.set(subscription);
}

fn spawn_tasks(service: &Arc<Service>, watch: Option<feed::Watch>) {
    let tasks = &service.tasks;
    if let Some(watch) = watch {
        tasks.spawn(feed::run(service.clone(), watch));
        tasks.spawn(housekeep::run(service.clone()));
        tasks.spawn(idle::run(service.clone()));
        if service.store.outside().is_some() {
            tasks.spawn(tidy::run(service.clone()));
        }
    }
    tasks.spawn(fill::run(service.clone()));
    tasks.spawn(acks::run(service.clone()));
    tasks.spawn(checkpoint::run(service.clone()));
    tasks.spawn(sweep::run(service.clone()));
    tasks.spawn(peers::run(service.clone()));
    tasks.spawn(peers::share_rates(service.clone()));
    let (naming, named) = (service.clone(), Arc::new(Named(service.clone())));
    tasks.spawn(async move {
        tokio::select! {
            never = naming.nominations.clone().run(named) => match never {},
            () = naming.tasks.reached(Stage::Stopped) => {}
        }
    });
}
