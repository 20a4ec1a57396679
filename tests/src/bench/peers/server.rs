//! The peers' servers: Debian's packages, started on core 0 with an empty folder, stopped at the end.

use super::{Scene, mqtt, nats};
use crate::bench::hall::Hall;
use crate::bench::load::Load;
use crate::bench::packages::{self, find};
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// Starts senders and receivers; returns the senders.
type Play = fn(u16, Scene, Rc<Load>) -> Pin<Box<dyn Future<Output = Vec<JoinHandle<()>>>>>;

/// A server of others.
pub(super) struct Kind {
    /// Its program, and the package that holds it.
    pub(super) program: &'static str,
    /// How it says its version.
    version: &'static [&'static str],
    /// Writes its settings into a folder; its arguments.
    arguments: fn(&Path, u16) -> Vec<String>,
    /// Its load.
    pub(super) play: Play,
}

/// Persistent sessions, no limit on what is on the way, so that nothing is dropped under load.
pub(super) const MOSQUITTO: Kind = Kind {
    program: "mosquitto",
    version: &["-h"],
    arguments: |folder, port| {
        let settings = folder.join("mosquitto.conf");
        let text = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\n\
             max_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\nuser root\n",
            folder.display()
        );
        std::fs::write(&settings, text).unwrap();
        vec!["-c".to_owned(), settings.display().to_string()]
    },
    play: |port, scene, load| Box::pin(mqtt::play(port, scene, load)),
};

/// Streams in files, settings as they come.
pub(super) const NATS: Kind = Kind {
    program: "nats-server",
    version: &["--version"],
    arguments: |folder, port| {
        let (port, folder) = (port.to_string(), folder.display().to_string());
        ["-js", "-sd", &folder, "-a", "127.0.0.1", "-p", &port]
            .map(str::to_owned)
            .to_vec()
    },
    play: |port, scene, load| Box::pin(nats::play(port, scene, load)),
};

/// Sees to it that the peers' programs are there; installs Debian's packages where this may be done.
/// Returns what versions they are, or what to do.
pub(super) fn install() -> Result<Vec<String>, String> {
    let missing: Vec<_> = [&MOSQUITTO, &NATS]
        .map(|kind| kind.program)
        .into_iter()
        .filter(|name| find(name).is_none())
        .collect();
    if !missing.is_empty() {
        println!("installing {}", missing.join(" and "));
        packages::install(&missing)?;
    }
    Ok([&MOSQUITTO, &NATS]
        .map(|kind| {
            let output = Command::new(find(kind.program).unwrap())
                .args(kind.version)
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            text.lines().next().unwrap_or(kind.program).to_owned()
        })
        .to_vec())
}

/// A running server.
pub(super) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts it and waits until it listens.
    pub(super) async fn start(hall: &Hall, kind: &Kind) -> Self {
        let folder = hall.room(kind.program);
        let port = free_port();
        let mut words = hall
            .launcher()
            .iter()
            .map(String::as_str)
            .map(std::ffi::OsString::from)
            .chain([find(kind.program).unwrap().into_os_string()]);
        let mut command = Command::new(words.next().unwrap());
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child = command
            .args(words)
            .args((kind.arguments)(&folder, port))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { child, port };
        while TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            .await
            .is_err()
        {
            if let Some(status) = server.child.try_wait().unwrap() {
                let said = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                panic!("{} ended with {status}: {said}", kind.program);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Nothing listens on it a moment before the server does.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
