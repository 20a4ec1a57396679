//! A plain TCP connection that reads what has come at once and writes what has gathered at once.

use bytes::{Buf, Bytes, BytesMut};
use std::net::Ipv4Addr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What finds the next frame in bytes: its length, if it is whole.
pub(super) type Measure = fn(&[u8]) -> Option<usize>;

/// A connection.
pub(super) struct Socket {
    stream: TcpStream,
    come: BytesMut,
    /// What goes out with the next [`Socket::flush`].
    pub(super) out: Vec<u8>,
    measure: Measure,
}

impl Socket {
    /// Connects to a server on this machine.
    pub(super) async fn connect(port: u16, measure: Measure) -> Self {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            come: BytesMut::with_capacity(256 * 1024),
            out: Vec::new(),
            measure,
        }
    }

    /// Writes what has gathered.
    pub(super) async fn flush(&mut self) {
        if !self.out.is_empty() {
            self.stream.write_all(&self.out).await.unwrap();
            self.out.clear();
        }
    }

    /// The next frame; nothing when the server has gone.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(frame) = self.at_hand() {
                return Some(frame);
            }
            self.come.reserve(64 * 1024);
            match self.stream.read_buf(&mut self.come).await {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next frame that has come already.
    pub(super) fn at_hand(&mut self) -> Option<Bytes> {
        let length = (self.measure)(&self.come)?;
        let frame = self.come.copy_to_bytes(length);
        Some(frame)
    }
}
