//! One look at both ways, each to its end.

use super::connect::{Transport, offline};
use super::native::Link;
use crate::engine::{Error, ErrorKind, Result};
use crate::probe::Probe;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::{TcpStream, UdpSocket};

/// How long a way has.
const PATIENCE: Duration = Duration::from_secs(8);

/// How long to wait for word that a port is closed.
const REFUSAL: Duration = Duration::from_millis(500);

impl Transport {
    /// Tries both ways.
    pub(crate) async fn probe(&self) -> Probe {
        let resolved = match tokio::time::timeout(PATIENCE, self.resolve()).await {
            Ok(resolved) => resolved,
            Err(_) => Err(offline("the name was not found in time".to_owned())),
        };
        let addresses = match resolved {
            Ok(addresses) => addresses,
            Err(error) => {
                let error = Error::new(ErrorKind::Offline, "NoSuchHost", error.to_string());
                return Probe {
                    addresses: Err(error.clone()),
                    quic: Err(error.clone()),
                    websocket: Err(error),
                };
            }
        };
        let (quic, websocket) = tokio::join!(
            timed(self.over_quic(&addresses)),
            timed(self.over_websocket(&addresses))
        );
        let quic = match quic {
            Err(error) if error.code() == "Offline" => Err(why_no_udp(&addresses, error).await),
            quic => quic,
        };
        let websocket = match websocket {
            Err(error) if error.code() == "Offline" => Err(why_no_tcp(&addresses, error).await),
            websocket => websocket,
        };
        Probe {
            addresses: Ok(addresses.iter().map(ToString::to_string).collect()),
            quic,
            websocket,
        }
    }
}

async fn timed(connecting: impl Future<Output = Result<Link>>) -> Result<Duration> {
    let begun = Instant::now();
    match tokio::time::timeout(PATIENCE, connecting).await {
        Ok(Ok(link)) => {
            let took = begun.elapsed();
            link.close().await;
            Ok(took)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(offline(format!(
            "no answer within {} seconds",
            PATIENCE.as_secs()
        ))),
    }
}

/// Whether UDP is lost or sent back. A connected socket is told of a closed port.
async fn why_no_udp(addresses: &[SocketAddr], error: Error) -> Error {
    for address in addresses {
        if is_refused(*address).await.is_err_and(|error| {
            // Through a firewall the word may be another.
            matches!(
                error.kind(),
                io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::PermissionDenied
            )
        }) {
            let text = format!("{address} refuses UDP");
            return Error::new(ErrorKind::Offline, "UdpRefused", text).with_source(error);
        }
    }
    let text = "UDP gets no answer";
    Error::new(ErrorKind::Offline, "UdpSilent", text).with_source(error)
}

async fn is_refused(address: SocketAddr) -> io::Result<()> {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => ([0; 4], 0).into(),
        SocketAddr::V6(_) => ([0; 16], 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(address).await?;
    socket.send(&[0]).await?;
    match tokio::time::timeout(REFUSAL, socket.recv(&mut [0; 16])).await {
        Ok(received) => received.map(drop),
        Err(_) => Ok(()),
    }
}

/// Whether TCP is lost or sent back.
async fn why_no_tcp(addresses: &[SocketAddr], error: Error) -> Error {
    for address in addresses {
        match tokio::time::timeout(REFUSAL, TcpStream::connect(address)).await {
            // Something is there, and what it says is in the error.
            Ok(Ok(_)) => return error,
            Ok(Err(refused)) => {
                let text = format!("{address} refuses TCP");
                return Error::new(ErrorKind::Offline, "TcpRefused", text).with_source(refused);
            }
            Err(_) => {}
        }
    }
    let text = "TCP gets no answer";
    Error::new(ErrorKind::Offline, "TcpSilent", text).with_source(error)
}
