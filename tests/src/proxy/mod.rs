//! A bad network between clients and the relay: a proxy that delays, loses, reorders and repeats
//! datagrams, cuts the line, and changes the address its clients are seen under. On the TCP port of
//! the same number it cuts connections into pieces, delays, stalls and breaks them. It can let no
//! UDP through at all.
//!
//! Faults are set while it runs ([`Proxy::set`]) and counted, so that a story can see that what it
//! ordered has happened: a lever that never fired proves nothing. QUIC's congestion control sees a
//! real lossy path; what comes out of it must be the whole conversation all the same.

mod faults;
mod line;
mod stream;

pub use faults::{Counts, Faults, Fired};

use crate::seed::Seed;
use line::Line;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Larger than any datagram QUIC sends.
const DATAGRAM: usize = 65_536;

/// A proxy in front of one relay. Dropping it cuts all lines for good.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

/// What the lines of a proxy share.
pub(crate) struct Shared {
    relay: Mutex<SocketAddr>,
    front: UdpSocket,
    faults: Mutex<Faults>,
    seed: Mutex<Seed>,
    counts: Counts,
    lines: Mutex<HashMap<SocketAddr, Arc<Line>>>,
    /// No datagram gets through.
    no_udp: AtomicBool,
    /// Counts up when all TCP connections break.
    breaks: watch::Sender<u64>,
}

impl Proxy {
    /// Starts a proxy to a relay, without faults.
    pub async fn start(relay: SocketAddr, mut seed: Seed) -> Self {
        let (front, streams) = fronts().await;
        let address = front.local_addr().unwrap();
        println!("proxy {address} to {relay}, {seed}");
        let shared = Arc::new(Shared {
            relay: Mutex::new(relay),
            front,
            faults: Mutex::default(),
            seed: Mutex::new(seed.fork()),
            counts: Counts::default(),
            lines: Mutex::default(),
            no_udp: AtomicBool::new(false),
            breaks: watch::Sender::new(0),
        });
        let tasks = [
            tokio::spawn(run(Arc::clone(&shared))),
            tokio::spawn(stream::accept(Arc::clone(&shared), streams)),
        ];
        Self {
            address,
            shared,
            tasks,
        }
    }

    /// Lets no UDP through from now on, without a word, or lets it through again.
    pub fn block_udp(&self, block: bool) {
        self.shared.no_udp.store(block, Ordering::Relaxed);
    }

    /// Breaks every TCP connection.
    pub fn break_streams(&self) {
        self.shared.breaks.send_modify(|breaks| *breaks += 1);
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A relay's address (`lacre://…`) with this proxy in its place.
    pub fn in_front_of(&self, address: &str) -> String {
        let (identity, _) = address.split_once('@').unwrap();
        format!("{identity}@{}", self.address)
    }

    /// What happens to datagrams from now on.
    pub fn set(&self, faults: Faults) {
        *self.shared.faults.lock().unwrap() = faults;
    }

    /// Cuts the line both ways, or mends it.
    pub fn cut(&self, cut: bool) {
        self.shared.faults.lock().unwrap().cut = cut;
    }

    /// Changes the address the relay sees each client under, as when a phone leaves the Wi-Fi.
    pub async fn change_addresses(&self) {
        let lines: Vec<_> = self
            .shared
            .lines
            .lock()
            .unwrap()
            .values()
            .cloned()
            .collect();
        for line in lines {
            line.change_address(&self.shared).await;
            self.shared.counts.readdressed();
        }
        // A TCP connection does not outlive the address it was made from.
        self.break_streams();
    }

    /// How often each fault has happened.
    pub fn fired(&self) -> Fired {
        self.shared.counts.read()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.break_streams();
        for line in self.shared.lines.lock().unwrap().values() {
            line.close();
        }
        println!("proxy {}: {:?}", self.address, self.fired());
    }
}

/// A UDP and a TCP port of one number.
pub(crate) async fn fronts() -> (UdpSocket, TcpListener) {
    loop {
        let front = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(streams) = TcpListener::bind(front.local_addr().unwrap()).await {
            return (front, streams);
        }
    }
}

/// Takes what clients send.
async fn run(shared: Arc<Shared>) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        let (length, client) = match shared.front.recv_from(&mut buffer).await {
            Ok(received) => received,
            // A client that is gone answers with ICMP; the next datagram is another matter.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => continue,
            Err(error) => panic!("the proxy cannot receive: {error}"),
        };
        let known = shared.lines.lock().unwrap().get(&client).cloned();
        let line = match known {
            Some(line) => line,
            None => {
                let line = Arc::new(Line::open(client, &shared).await);
                shared
                    .lines
                    .lock()
                    .unwrap()
                    .insert(client, Arc::clone(&line));
                line
            }
        };
        line.to_relay(&shared, buffer[..length].to_vec());
    }
}
