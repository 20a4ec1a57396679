//! One client's line to the relay.

use super::{DATAGRAM, Shared};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// How long a datagram that others shall overtake is held back.
const HELD: Duration = Duration::from_millis(20);

pub(super) struct Line {
    client: SocketAddr,
    /// The socket whose address the relay sees, and the task that reads it. Older ones stay: the
    /// relay may still send to an address it has not left.
    back: Mutex<Vec<(Arc<UdpSocket>, JoinHandle<()>)>>,
}

impl Line {
    pub(super) async fn open(client: SocketAddr, shared: &Arc<Shared>) -> Self {
        let line = Self {
            client,
            back: Mutex::default(),
        };
        line.change_address(shared).await;
        line
    }

    pub(super) async fn change_address(&self, shared: &Arc<Shared>) {
        let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
        let task = tokio::spawn(listen(Arc::clone(shared), Arc::clone(&socket), self.client));
        self.back.lock().unwrap().push((socket, task));
    }

    pub(super) fn close(&self) {
        self.back
            .lock()
            .unwrap()
            .iter()
            .for_each(|(_, task)| task.abort());
    }

    pub(super) fn to_relay(&self, shared: &Arc<Shared>, datagram: Vec<u8>) {
        let back = self
            .back
            .lock()
            .unwrap()
            .last()
            .map(|(socket, _)| Arc::clone(socket))
            .unwrap();
        let relay = *shared.relay.lock().unwrap();
        for time in shared.fate() {
            let (back, datagram) = (Arc::clone(&back), datagram.clone());
            after(
                time,
                async move { drop(back.send_to(&datagram, relay).await) },
            );
        }
    }
}

/// Takes what the relay sends to one client.
async fn listen(shared: Arc<Shared>, socket: Arc<UdpSocket>, client: SocketAddr) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        // An error is ICMP of a relay that is down: the client shall notice by itself.
        let Ok((length, _)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        for time in shared.fate() {
            let (shared, datagram) = (Arc::clone(&shared), buffer[..length].to_vec());
            after(time, async move {
                drop(shared.front.send_to(&datagram, client).await)
            });
        }
    }
}

impl Shared {
    /// When copies of a datagram arrive; none if it is lost.
    fn fate(&self) -> Vec<Duration> {
        let (faults, counts) = (*self.faults.lock().unwrap(), &self.counts);
        counts.datagrams();
        if self.no_udp.load(Ordering::Relaxed) {
            counts.blocked();
            return Vec::new();
        }
        if faults.cut {
            counts.cut();
            return Vec::new();
        }
        let mut seed = self.seed.lock().unwrap();
        if seed.per_mille(faults.loss) {
            counts.lost();
            return Vec::new();
        }
        let mut copies = 1;
        if seed.per_mille(faults.repeat) {
            counts.repeated();
            copies = 2;
        }
        let one = |_| {
            let mut time = faults.delay + seed.time(faults.jitter);
            if seed.per_mille(faults.reorder) {
                counts.reordered();
                time += HELD;
            }
            if time > Duration::from_millis(1) {
                counts.delayed();
            }
            time
        };
        (0..copies).map(one).collect()
    }
}

/// Sends at once, or later.
fn after(time: Duration, send: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(async move {
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        send.await;
    });
}
