//! A NATS server of the tests' own, from Debian's package, on a port of this machine.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::packages::program;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// A server that can be killed and started again on its port.
pub(crate) struct Nats {
    child: Option<Child>,
    port: u16,
}

impl Nats {
    /// A place for one, which does not run yet.
    pub(crate) fn stopped() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { child: None, port }
    }

    /// A server that runs.
    pub(crate) fn running() -> Self {
        let mut nats = Self::stopped();
        nats.start();
        nats
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Starts it and waits until it listens.
    pub(crate) fn start(&mut self) {
        let port = self.port.to_string();
        let mut child = Command::new(server())
            .args(["-a", "127.0.0.1", "-p", &port])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "nats-server ended");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.child = Some(child);
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server's program; installs it where that can be done.
fn server() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| program("nats-server", &["nats-server"]))
}
