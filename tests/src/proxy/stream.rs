//! TCP connections through the proxy, each in pieces.

use super::Shared;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What is read at once.
const PIECE: usize = 16 * 1024;

/// How often a stalled connection looks whether the line was mended.
const LOOK: Duration = Duration::from_millis(5);

/// Takes the connections of clients.
pub(super) async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        tokio::spawn(carry(Arc::clone(&shared), client));
    }
}

/// One connection, until either side or the network ends it.
async fn carry(shared: Arc<Shared>, client: TcpStream) {
    let mut breaks = shared.breaks.subscribe();
    let relay = *shared.relay.lock().unwrap();
    // A relay that is down refuses; so does this, by closing.
    let Ok(relay) = TcpStream::connect(relay).await else {
        return;
    };
    for stream in [&client, &relay] {
        stream.set_nodelay(true).unwrap();
        // Broken off means broken off: nothing that waits is sent.
        stream.set_zero_linger().unwrap();
    }
    let (from_client, to_client) = client.into_split();
    let (from_relay, to_relay) = relay.into_split();
    let there = pump(Arc::clone(&shared), from_client, to_relay);
    let back = pump(Arc::clone(&shared), from_relay, to_client);
    tokio::select! {
        // One direction may end before the other; if one breaks, both do.
        _ = async { tokio::try_join!(there, back) } => {}
        _ = breaks.changed() => shared.counts.broken(),
    }
}

/// Why a direction broke is of no matter.
struct Broken;

/// One direction. Ends with it, or breaks.
async fn pump(
    shared: Arc<Shared>,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
) -> Result<(), Broken> {
    let mut buffer = vec![0; PIECE];
    loop {
        let length = from.read(&mut buffer).await.map_err(|_| Broken)?;
        if length == 0 {
            return to.shutdown().await.map_err(|_| Broken);
        }
        let mut rest = &buffer[..length];
        while !rest.is_empty() {
            let (piece, time) = shared.next_piece(rest.len()).ok_or(Broken)?;
            tokio::time::sleep(time).await;
            let mut held = false;
            while shared.faults.lock().unwrap().cut {
                held = true;
                tokio::time::sleep(LOOK).await;
            }
            if held {
                shared.counts.stalled();
            }
            let (now, later) = rest.split_at(piece);
            to.write_all(now).await.map_err(|_| Broken)?;
            rest = later;
        }
    }
}

impl Shared {
    /// How much of what has come goes on, and when; none if the connection breaks.
    fn next_piece(&self, length: usize) -> Option<(usize, Duration)> {
        let (faults, counts) = (*self.faults.lock().unwrap(), &self.counts);
        let mut seed = self.seed.lock().unwrap();
        counts.pieces();
        if seed.below(10_000) < u64::from(faults.breaks) {
            counts.broken();
            return None;
        }
        let mut piece = length;
        // TCP repairs loss and order; what is left of them is that anything comes in any pieces.
        if seed.per_mille(faults.loss + faults.reorder) && length > 1 {
            counts.split();
            piece = 1 + seed.index(length - 1);
        }
        let time = faults.delay + seed.time(faults.jitter);
        if time > Duration::from_millis(1) {
            counts.slowed();
        }
        Some((piece, time))
    }
}
