//! How a relay can be reached from here, way by way, without an account.

use crate::driver::closed;
use crate::engine::{Error, ErrorKind, Result};
use crate::platform::Pool;
use crate::transport::Transport;
use lacre_wire::relay::RelayAddress;
use std::time::Duration;
use tokio::sync::oneshot;

/// What a look at a relay's address has shown. Nobody logs in for it.
///
/// A way that works has proven that the relay is the one of the address. One that does not says
/// why by the code of its error: `UdpSilent`, `UdpRefused`, `TcpSilent`, `TcpRefused`; of a relay that
/// answers, `WrongFingerprint`, `BadIdentity` or `NoProtocol`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Probe {
    /// The addresses of the relay's name.
    pub addresses: Result<Vec<String>>,
    /// QUIC: how long until the connection stood.
    pub quic: Result<Duration>,
    /// WebSocket: how long until the relay said hello.
    pub websocket: Result<Duration>,
}

/// Tries both ways to a relay, at once. Takes ten seconds at most.
///
/// # Errors
/// `Invalid` when the address cannot be read.
pub async fn probe(address: &str) -> Result<Probe> {
    let address: RelayAddress = address.parse().map_err(|error| {
        let text = "the relay's address cannot be read";
        Error::new(ErrorKind::Invalid, "BadAddress", text).with_source(error)
    })?;
    let transport = Transport::new(address)?;
    let pool = Pool::get()?;
    let (report, reported) = oneshot::channel();
    pool.handle().spawn(async move {
        // Whoever asked may have stopped waiting.
        let _unheard = report.send(transport.probe().await);
    });
    reported.await.map_err(|_| closed())
}
