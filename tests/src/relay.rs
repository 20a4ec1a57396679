//! A relay for stories: in this process, or the real program, started, stopped, killed, and started
//! again on the same port and data.

use crate::binaries;
use crate::ledger::Ledger;
use lacre_relay::{ObjectPlace, Rate, Rates, Relay, RelayBuilder};
use lacre_wire::relay::RelayAddress;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A relay that can be stopped and started.
pub struct Host {
    folder: PathBuf,
    port: u16,
    address: String,
    running: Running,
    /// Words before the program, such as `taskset -c 0`.
    launcher: Vec<String>,
    durable: bool,
    is_process: bool,
    /// The database of its store; none for a file in its folder.
    database: Option<String>,
    /// NATS, by which it wakes others; none for the way that the store offers.
    nats: Option<String>,
    /// Variables of its process's environment.
    variables: Vec<(String, String)>,
}

enum Running {
    Here(Box<Relay>),
    Process(Box<Program>),
    Stopped,
}

/// The relay's program.
struct Program {
    child: Child,
    http: SocketAddr,
}

/// No story is about rates; a hundred accounts sign up from one address.
fn unhurried() -> Rates {
    Rates {
        sign_up: Rate {
            per_second: 1000,
            burst: 10_000,
        },
        ..Rates::default()
    }
}

impl Host {
    /// Starts a relay in this process, with its data in `folder`.
    pub async fn here(folder: &Path) -> Self {
        let mut host = Self::new(folder, false);
        host.start().await;
        host
    }

    /// Starts `lacre relay run` with its data in `folder`.
    pub async fn process(folder: &Path) -> Self {
        let mut host = Self::new(folder, true);
        host.start().await;
        host
    }

    /// As [`Host::process`], with these variables in its environment.
    pub async fn process_with(folder: &Path, variables: &[(String, String)]) -> Self {
        let mut host = Self::new(folder, true);
        host.variables = variables.to_vec();
        host.start().await;
        host
    }

    /// As [`Host::process`], through another program (`taskset -c 0`), in class D or class P.
    pub async fn launched(folder: &Path, launcher: &[&str], durable: bool) -> Self {
        let mut host = Self::new(folder, true);
        host.launcher = launcher.iter().map(|word| (*word).to_owned()).collect();
        host.durable = durable;
        host.start().await;
        host
    }

    /// As [`Host::launched`] with its store in a database; relays wake each other by NATS, if it is named.
    pub async fn launched_on(
        folder: &Path,
        launcher: &[String],
        database: &str,
        nats: Option<&str>,
    ) -> Self {
        let mut host = Self::new(folder, true);
        host.launcher = launcher.to_vec();
        host.database = Some(database.to_owned());
        host.nats = nats.map(str::to_owned);
        host.start().await;
        host
    }

    /// Starts a relay, here or as the real program, whose store is in a database and whose keys are
    /// in `folder`.
    pub async fn on_database(folder: &Path, database: &str, is_process: bool) -> Self {
        let mut host = Self::new(folder, is_process);
        host.database = Some(database.to_owned());
        host.start().await;
        host
    }

    /// As [`Host::on_database`] in this process; relays wake each other by NATS.
    pub async fn in_cluster(folder: &Path, database: &str, nats: &str) -> Self {
        let mut host = Self::new(folder, false);
        host.database = Some(database.to_owned());
        host.nats = Some(nats.to_owned());
        host.start().await;
        host
    }

    /// As [`Host::in_cluster`], as the real program, with these variables in its environment.
    pub async fn node(
        folder: &Path,
        database: &str,
        nats: &str,
        variables: &[(String, String)],
    ) -> Self {
        let mut host = Self::new(folder, true);
        host.database = Some(database.to_owned());
        host.nats = Some(nats.to_owned());
        host.variables = variables.to_vec();
        host.start().await;
        host
    }

    /// Starts a second relay in this process on the store of another.
    pub async fn beside(other: &Self) -> Self {
        let mut host = Self::new(&other.folder, false);
        host.start_here(Relay::builder().beside(other.relay()))
            .await;
        host
    }

    fn new(folder: &Path, is_process: bool) -> Self {
        Self {
            folder: folder.to_owned(),
            port: free_port(),
            address: String::new(),
            running: Running::Stopped,
            launcher: Vec::new(),
            durable: true,
            is_process,
            database: None,
            nats: None,
            variables: Vec::new(),
        }
    }

    /// Starts it again after it was stopped or killed: same data, same address.
    pub async fn start(&mut self) {
        if self.is_process {
            self.start_process().await;
        } else {
            let mut builder = Relay::builder().data_dir(&self.folder);
            if let Some(database) = &self.database {
                builder = builder.store(database);
            }
            if let Some(nats) = &self.nats {
                builder = builder.nats(nats);
            }
            self.start_here(builder).await;
        }
    }

    async fn start_here(&mut self, builder: RelayBuilder) {
        let builder = builder
            .listen((Ipv4Addr::LOCALHOST, self.port).into())
            .rates(unhurried());
        let relay = builder.start().await.unwrap();
        self.listens(&relay.address().to_string());
        self.running = Running::Here(Box::new(relay));
    }

    async fn start_process(&mut self) {
        let binary = binaries::lacre().to_str().unwrap().to_owned();
        let mut words: Vec<String> = self.launcher.clone();
        words.extend([
            binary,
            "relay".into(),
            "run".into(),
            "--http".into(),
            "127.0.0.1:0".into(),
        ]);
        words.extend(["--listen".into(), format!("127.0.0.1:{}", self.port)]);
        words.extend([
            "--durability".into(),
            if self.durable { "full" } else { "normal" }.into(),
        ]);
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .arg("--data")
            .arg(&self.folder)
            .env("LACRE_LANG", "en");
        if let Some(database) = &self.database {
            command.env("LACRE_RELAY_STORE", database);
        }
        if let Some(nats) = &self.nats {
            command.env("LACRE_RELAY_NATS", nats);
        }
        command.envs(self.variables.iter().cloned());
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut address, mut http) = (None, None);
        while address.is_none() || http.is_none() {
            let line = lines
                .next_line()
                .await
                .unwrap()
                .expect("the relay's program ended before it listened");
            for word in line.split_whitespace() {
                address = address.or_else(|| word.starts_with("lacre://").then(|| word.to_owned()));
                let page = word
                    .strip_prefix("http://")
                    .and_then(|page| page.split('/').next());
                http = http.or_else(|| page.and_then(|page| page.parse().ok()));
            }
        }
        // What it says from now on is read, so that it never waits for a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.listens(&address.unwrap());
        self.running = Running::Process(Box::new(Program {
            child,
            http: http.unwrap(),
        }));
    }

    fn listens(&mut self, address: &str) {
        self.address = address.to_owned();
        self.port = address.parse::<RelayAddress>().unwrap().port;
    }

    /// Its address, as people get it.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where it listens.
    pub fn socket(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// What is in its store, which it may be running on. Of a database a copy is read.
    pub fn ledger(&self) -> Ledger {
        if let Some(database) = &self.database {
            let copy = self.folder.join("copy.db");
            // The first time there is none.
            let _before = std::fs::remove_file(&copy);
            lacre_relay::back_up_database(&self.folder, database, &ObjectPlace::Auto, &copy)
                .unwrap();
        }
        Ledger::open(&self.folder)
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives the folder of another relay this one's keys: both are one relay to everybody.
    pub fn share_keys(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        let keys = |folder: &Path| folder.join("relay.keys");
        std::fs::copy(keys(&self.folder), keys(folder)).unwrap();
    }

    /// The relay, which runs in this process.
    pub fn relay(&self) -> &Relay {
        match &self.running {
            Running::Here(relay) => relay,
            _ => panic!("this relay does not run in this process"),
        }
    }

    /// The id of the relay's process.
    pub fn pid(&self) -> u32 {
        match &self.running {
            Running::Process(program) => program.child.id().unwrap(),
            _ => panic!("this relay is no process of its own, or not running"),
        }
    }

    /// Where the relay's process answers for its health.
    pub fn http(&self) -> SocketAddr {
        match &self.running {
            Running::Process(program) => program.http,
            _ => panic!("this relay is no process of its own, or not running"),
        }
    }

    /// Stops it as an operator does.
    pub async fn stop(&mut self) {
        match std::mem::replace(&mut self.running, Running::Stopped) {
            Running::Here(relay) => relay.shutdown().await,
            Running::Process(mut program) => {
                let pid = program.child.id().unwrap().to_string();
                let told = Command::new("kill")
                    .args(["-TERM", &pid])
                    .status()
                    .await
                    .unwrap();
                assert!(told.success());
                assert!(
                    program.child.wait().await.unwrap().success(),
                    "the relay did not end cleanly"
                );
            }
            Running::Stopped => {}
        }
    }

    /// Kills its process: SIGKILL, nothing is finished.
    pub async fn kill(&mut self) {
        match std::mem::replace(&mut self.running, Running::Stopped) {
            Running::Process(mut program) => program.child.kill().await.unwrap(),
            _ => panic!("only a process can be killed; start the world with a real one"),
        }
    }

    /// Its metrics.
    pub async fn metrics(&self) -> Metrics {
        let page = match &self.running {
            Running::Here(relay) => relay.metrics(),
            Running::Process(program) => page(program.http).await,
            Running::Stopped => String::new(),
        };
        Metrics(page)
    }
}

/// A UDP port that is free and stays so while its relay is stopped: outside the range from which
/// systems give ports to whoever asks for any.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed) + std::process::id() * 97;
        let port = 20_000 + u16::try_from(number % 12_000).unwrap();
        let place = (Ipv4Addr::LOCALHOST, port);
        // The relay serves both under one number.
        if UdpSocket::bind(place).is_ok() && TcpListener::bind(place).is_ok() {
            return port;
        }
    }
}

/// A page of metrics.
#[derive(Debug, Clone)]
pub struct Metrics(String);

impl Metrics {
    /// A metric without labels. One that is not there would be 0 for ever and prove nothing.
    pub fn get(&self, name: &str) -> u64 {
        let found = self
            .0
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        found.unwrap_or_else(|| panic!("the relay has no metric {name}"))
    }

    /// All of it without the comments, for a dump.
    pub fn text(&self) -> String {
        let lines = self
            .0
            .lines()
            .filter(|line| !line.starts_with('#') && !line.ends_with(" 0"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

async fn page(http: SocketAddr) -> String {
    let mut stream = TcpStream::connect(http).await.unwrap();
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: relay\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}
