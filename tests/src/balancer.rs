//! What stands before several relays under one address: new connections go to a relay that says that
//! it is well, each in its turn; those that stand stay where they are for as long as it lives.
//!
//! UDP is told apart by the client's address, as balancers do, and one person's TCP must reach one
//! relay: all of it goes to the first that is well.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::{AbortHandle, JoinHandle};

/// How often each relay is asked how it is.
const ASK: Duration = Duration::from_millis(50);
/// Larger than any datagram QUIC sends.
const DATAGRAM: usize = 65_536;

/// How a relay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Takes new connections.
    Well,
    /// Is about to end; keeps what it has for a moment.
    Draining,
    /// Does not answer.
    Gone,
}

struct Behind {
    at: SocketAddr,
    /// Where it says how it is.
    asked: Option<SocketAddr>,
    health: Health,
}

struct Flow {
    to: usize,
    socket: Arc<UdpSocket>,
    back: AbortHandle,
}

struct Shared {
    front: UdpSocket,
    behind: Mutex<Vec<Behind>>,
    flows: Mutex<HashMap<SocketAddr, Flow>>,
    next: AtomicUsize,
    moved: AtomicU64,
}

/// One address for several relays. Dropping it ends all flows.
pub struct Balancer {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 3],
}

impl Balancer {
    /// Before relays that listen and answer for their health there: `(listens, health)`.
    pub async fn before(relays: &[(SocketAddr, SocketAddr)]) -> Self {
        let (front, streams) = crate::proxy::fronts().await;
        let address = front.local_addr().unwrap();
        let behind = relays.iter().map(|(at, asked)| Behind {
            at: *at,
            asked: Some(*asked),
            health: Health::Well,
        });
        let shared = Arc::new(Shared {
            front,
            behind: Mutex::new(behind.collect()),
            flows: Mutex::default(),
            next: AtomicUsize::new(0),
            moved: AtomicU64::new(0),
        });
        let tasks = [
            tokio::spawn(carry_datagrams(Arc::clone(&shared))),
            tokio::spawn(accept(Arc::clone(&shared), streams)),
            tokio::spawn(ask(Arc::clone(&shared))),
        ];
        Self {
            address,
            shared,
            tasks,
        }
    }

    /// A relay's address (`lacre://…`) with this in its place.
    pub fn in_front_of(&self, address: &str) -> String {
        let (identity, _) = address.split_once('@').unwrap();
        format!("{identity}@{}", self.address)
    }

    /// A relay that was started again says how it is there.
    pub fn ask_at(&self, relay: usize, asked: SocketAddr) {
        self.shared.behind.lock().unwrap()[relay].asked = Some(asked);
    }

    /// How a relay was when it was asked last.
    pub fn health(&self, relay: usize) -> Health {
        self.shared.behind.lock().unwrap()[relay].health
    }

    /// How many flows were given to another relay, because theirs was gone.
    pub fn moved(&self) -> u64 {
        self.shared.moved.load(Ordering::Relaxed)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        for flow in self.shared.flows.lock().unwrap().values() {
            flow.back.abort();
        }
    }
}

impl Shared {
    /// The next relay that is well, or the first if none is.
    fn choose(&self) -> (usize, SocketAddr) {
        let behind = self.behind.lock().unwrap();
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let order = (0..behind.len()).map(|step| (turn + step) % behind.len());
        let mut well = order.filter(|index| behind[*index].health == Health::Well);
        let index = well.next().unwrap_or(0);
        (index, behind[index].at)
    }

    fn first(&self) -> SocketAddr {
        let behind = self.behind.lock().unwrap();
        let well = behind.iter().find(|relay| relay.health == Health::Well);
        well.unwrap_or(&behind[0]).at
    }

    /// The socket of a client's flow, if it has one.
    fn known(&self, client: SocketAddr) -> Option<Arc<UdpSocket>> {
        let flows = self.flows.lock().unwrap();
        flows.get(&client).map(|flow| Arc::clone(&flow.socket))
    }

    async fn flow(self: &Arc<Self>, client: SocketAddr) -> Arc<UdpSocket> {
        if let Some(known) = self.known(client) {
            return known;
        }
        let (to, at) = self.choose();
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(at).await.unwrap();
        let socket = Arc::new(socket);
        let (shared, back) = (Arc::clone(self), Arc::clone(&socket));
        let back = tokio::spawn(async move {
            let mut buffer = vec![0; DATAGRAM];
            loop {
                // An error is ICMP of a relay that is down.
                if let Ok(length) = back.recv(&mut buffer).await {
                    drop(shared.front.send_to(&buffer[..length], client).await);
                }
            }
        });
        let flow = Flow {
            to,
            socket: Arc::clone(&socket),
            back: back.abort_handle(),
        };
        self.flows.lock().unwrap().insert(client, flow);
        socket
    }

    fn learn(&self, relay: usize, health: Health) {
        self.behind.lock().unwrap()[relay].health = health;
        if health == Health::Gone {
            let mut flows = self.flows.lock().unwrap();
            flows.retain(|_, flow| {
                let stays = flow.to != relay;
                if !stays {
                    flow.back.abort();
                    self.moved.fetch_add(1, Ordering::Relaxed);
                }
                stays
            });
        }
    }
}

async fn carry_datagrams(shared: Arc<Shared>) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        // A client that is gone answers with ICMP; the next datagram is another matter.
        if let Ok((length, client)) = shared.front.recv_from(&mut buffer).await {
            let flow = shared.flow(client).await;
            drop(flow.send(&buffer[..length]).await);
        }
    }
}

async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let to = shared.first();
        tokio::spawn(async move {
            if let Ok(mut relay) = TcpStream::connect(to).await {
                client.set_nodelay(true).unwrap();
                relay.set_nodelay(true).unwrap();
                drop(tokio::io::copy_bidirectional(&mut client, &mut relay).await);
            }
        });
    }
}

async fn ask(shared: Arc<Shared>) {
    loop {
        let asked: Vec<_> = {
            let behind = shared.behind.lock().unwrap();
            behind.iter().map(|relay| relay.asked).collect()
        };
        for (index, at) in asked.into_iter().enumerate() {
            if let Some(at) = at {
                shared.learn(index, health(at).await);
            }
        }
        tokio::time::sleep(ASK).await;
    }
}

async fn health(at: SocketAddr) -> Health {
    let answer = async {
        let mut stream = TcpStream::connect(at).await?;
        stream
            .write_all(b"GET /health HTTP/1.1\r\nHost: relay\r\n\r\n")
            .await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok::<_, std::io::Error>(text)
    };
    match answer.await {
        Ok(text) if text.starts_with("HTTP/1.1 200") => Health::Well,
        Ok(text) if text.starts_with("HTTP/1.1 503") => Health::Draining,
        _ => Health::Gone,
    }
}
