//! A line between two servers that can be cut and mended: TCP on this side, TCP or a Unix socket on
//! the other.
//!
//! There are two cuts. A severed line breaks every connection and lets none come about, as when a
//! machine's network goes down. A stalled one holds what is said without a word, as a firewall does
//! that drops packets: nobody is told, and what waited goes on once it is mended.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What is read at once.
const PIECE: usize = 16 * 1024;

/// Where a line leads.
#[derive(Debug, Clone)]
pub enum End {
    /// A TCP port.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Everything gets through.
    Open,
    /// What is said is held, and nobody is told.
    Stalled,
    /// Every connection is broken, and none comes about.
    Severed,
}

/// How often a cut met something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Met {
    /// Connections that came about.
    pub opened: u64,
    /// Pieces that were held for a while.
    pub held: u64,
    /// Connections that were broken, or refused.
    pub broken: u64,
}

/// A line. Dropping it severs it for good.
pub struct Gate {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    to: End,
    line: watch::Sender<Line>,
    opened: AtomicU64,
    held: AtomicU64,
    broken: AtomicU64,
}

/// Why a direction broke is of no matter.
struct Broken;

impl Gate {
    /// A line to `to`, on a port of this machine.
    pub async fn open(to: End) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            to,
            line: watch::Sender::new(Line::Open),
            opened: AtomicU64::new(0),
            held: AtomicU64::new(0),
            broken: AtomicU64::new(0),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            task,
        }
    }

    /// Where to connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the line does from now on.
    pub fn set(&self, line: Line) {
        self.shared.line.send_replace(line);
    }

    /// How often cuts met something so far.
    pub fn met(&self) -> Met {
        Met {
            opened: self.shared.opened.load(Ordering::Relaxed),
            held: self.shared.held.load(Ordering::Relaxed),
            broken: self.shared.broken.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
        self.set(Line::Severed);
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let (near, _) = listener.accept().await.unwrap();
        near.set_nodelay(true).unwrap();
        // Broken off means broken off: nothing that waits is sent.
        near.set_zero_linger().unwrap();
        tokio::spawn(carry(near, Arc::clone(&shared)));
    }
}

/// One connection, until either side or a cut ends it.
async fn carry(near: TcpStream, shared: Arc<Shared>) {
    let mut line = shared.line.subscribe();
    // The one who holds the other end of `line` is held here.
    let now = *line.wait_for(|line| *line != Line::Stalled).await.unwrap();
    if now == Line::Severed {
        shared.broken.fetch_add(1, Ordering::Relaxed);
        return;
    }
    shared.opened.fetch_add(1, Ordering::Relaxed);
    let (from_near, to_near) = near.into_split();
    // A server that is down refuses; so does this, by closing.
    match &shared.to {
        End::Tcp(to) => {
            let Ok(far) = TcpStream::connect(to).await else {
                return;
            };
            far.set_nodelay(true).unwrap();
            let (from_far, to_far) = far.into_split();
            join(&shared, line, (from_near, to_far), (from_far, to_near)).await;
        }
        End::Unix(to) => {
            let Ok(far) = UnixStream::connect(to).await else {
                return;
            };
            let (from_far, to_far) = far.into_split();
            join(&shared, line, (from_near, to_far), (from_far, to_near)).await;
        }
    }
}

async fn join(
    shared: &Arc<Shared>,
    mut line: watch::Receiver<Line>,
    there: (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
    back: (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
) {
    let severed = async { line.wait_for(|line| *line == Line::Severed).await.is_ok() };
    tokio::select! {
        _ = async { tokio::try_join!(pump(shared, there), pump(shared, back)) } => {}
        _ = severed => drop(shared.broken.fetch_add(1, Ordering::Relaxed)),
    }
}

/// One direction. Ends with it, or breaks.
async fn pump(
    shared: &Arc<Shared>,
    (mut from, mut to): (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
) -> Result<(), Broken> {
    let mut line = shared.line.subscribe();
    let mut buffer = vec![0; PIECE];
    loop {
        let length = from.read(&mut buffer).await.map_err(|_| Broken)?;
        if *line.borrow() == Line::Stalled {
            shared.held.fetch_add(1, Ordering::Relaxed);
            let mended = line.wait_for(|line| *line != Line::Stalled).await;
            drop(mended.map_err(|_| Broken)?);
        }
        if length == 0 {
            return to.shutdown().await.map_err(|_| Broken);
        }
        to.write_all(&buffer[..length]).await.map_err(|_| Broken)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says every byte back.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.into_split();
                    drop(tokio::io::copy(&mut from, &mut to).await);
                });
            }
        });
        address
    }

    #[tokio::test]
    async fn a_stalled_line_holds_and_a_severed_one_breaks() {
        let gate = Gate::open(End::Tcp(echo().await)).await;
        let mut stream = TcpStream::connect(gate.address()).await.unwrap();
        let mut byte = [0];
        stream.write_all(b"a").await.unwrap();
        stream.read_exact(&mut byte).await.unwrap();
        gate.set(Line::Stalled);
        stream.write_all(b"b").await.unwrap();
        while gate.met().held == 0 {
            tokio::task::yield_now().await;
        }
        gate.set(Line::Open);
        stream.read_exact(&mut byte).await.unwrap();
        assert_eq!(byte, *b"b");
        gate.set(Line::Severed);
        assert!(stream.read_exact(&mut byte).await.is_err());
        let mut refused = TcpStream::connect(gate.address()).await.unwrap();
        assert!(refused.read_exact(&mut byte).await.is_err());
        let met = gate.met();
        assert_eq!((met.opened, met.broken), (1, 2));
    }
}
