//! A PostgreSQL server of the tests' own: Debian's binaries, a private data folder, a socket in it.
//!
//! One server serves a test binary, a database each test. All is done by one shell, which is started
//! once: a test that starts processes all the time would, for moments, share the files and locks of
//! the tests beside it with them. The shell reads from a pipe. When that ends, as it does with the
//! process that holds it, it stops the servers and takes their files away.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::packages::install;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A server.
pub(crate) struct Server {
    bin: PathBuf,
    folder: PathBuf,
    settings: String,
}

/// A database of one test.
#[derive(Clone)]
pub(crate) struct Database {
    server: Arc<Server>,
    name: String,
}

/// The shell that does it all.
struct Shell {
    /// Ends by itself when its input does.
    _child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// What it says behind the output of a script.
const OVER: &str = "<over>";

/// The folder of this process's servers.
fn base() -> PathBuf {
    std::env::temp_dir().join(format!("lacre-pg-{}", std::process::id()))
}

impl Shell {
    fn start() -> Self {
        let mut child = Command::new("setsid")
            .arg("sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell (setsid, sh)");
        let mut shell = Self {
            input: child.stdin.take().expect("its input"),
            output: BufReader::new(child.stdout.take().expect("its output")),
            _child: child,
        };
        let base = base().display().to_string();
        // A server that runs as another user writes below.
        let begin = format!(
            "rm -rf {base}; mkdir -p {base} && chmod 755 {base}\n\
             ended() {{ for pid in {base}/*/data/postmaster.pid; do \
                 p=$(head -n1 $pid 2>/dev/null) && kill -QUIT $p && \
                     while kill -0 $p 2>/dev/null; do sleep 0.05; done; \
             done 2>/dev/null; umount -l {base}/* 2>/dev/null; rm -rf {base}; }}\n\
             trap ended EXIT\n"
        );
        shell.input.write_all(begin.as_bytes()).expect("the shell");
        shell
    }

    fn run(&mut self, script: &str) -> Result<String, String> {
        let script = format!("(\n{script}\n) </dev/null 2>&1; printf '\\n{OVER} %s\\n' $?\n");
        self.input.write_all(script.as_bytes()).expect("the shell");
        let mut said = String::new();
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("the shell");
            assert!(read > 0, "the shell ended: {said}");
            match line.strip_prefix(OVER).map(str::trim) {
                Some("0") => return Ok(said.trim().to_owned()),
                Some(_) => return Err(said),
                None => said.push_str(&line),
            }
        }
    }
}

fn attempt(script: &str) -> Result<String, String> {
    static SHELL: OnceLock<Mutex<Shell>> = OnceLock::new();
    let shell = SHELL.get_or_init(|| Mutex::new(Shell::start()));
    let mut shell = shell.lock().unwrap_or_else(PoisonError::into_inner);
    shell.run(script)
}

/// Runs, and panics with what was said when it fails.
fn must(script: &str) -> String {
    attempt(script).unwrap_or_else(|said| panic!("{script}\nfailed: {said}"))
}

fn is_root() -> bool {
    must("id -u") == "0"
}

/// What to put before a command that may not run as root: a server refuses to.
fn as_user() -> &'static str {
    static PREFIX: OnceLock<String> = OnceLock::new();
    PREFIX.get_or_init(|| {
        if !is_root() {
            return String::new();
        }
        let user = match attempt("id -u postgres") {
            Ok(_) => "postgres",
            Err(_) => "nobody",
        };
        let group = must(&format!("id -g {user}"));
        format!("setpriv --reuid {user} --regid {group} --clear-groups")
    })
}

/// The newest server that is installed.
fn installed() -> Option<PathBuf> {
    let has = |folder: &Path| folder.join("initdb").exists() && folder.join("postgres").exists();
    let version = |folder: &Path| -> u32 {
        let name = folder.parent().and_then(Path::file_name);
        name.and_then(|name| name.to_str()?.parse().ok())
            .unwrap_or(0)
    };
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|folder| has(folder))
        .collect();
    found.sort_by_key(|folder| version(folder));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).find(|folder| has(folder));
    found.pop().or(in_path)
}

/// The folder of the server's programs; installs them where that can be done.
fn bin() -> PathBuf {
    if let Some(found) = installed() {
        return found;
    }
    // The package would make a cluster of its own.
    let _made_by_hand_otherwise = attempt(
        "settings=/etc/postgresql-common/createcluster.conf
        mkdir -p /etc/postgresql-common
        [ -e $settings ] || echo 'create_main_cluster = false' > $settings",
    );
    let said = install(&["postgresql"]);
    installed().unwrap_or_else(|| panic!("these tests run PostgreSQL and found none: {said:?}"))
}

impl Server {
    /// The server of this test binary.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<Server>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[])).clone()
    }

    /// A server of one's own, with settings such as `"fsync=off"`.
    pub(crate) fn start(settings: &[&str]) -> Arc<Self> {
        Self::start_on(settings, "")
    }

    /// As [`Server::start`], with all its files on a disk in memory of so many mebibytes; none where
    /// nothing may be mounted.
    pub(crate) fn on_small_disk(mebibytes: u32, settings: &[&str]) -> Option<Arc<Self>> {
        let trial = base().join("trial");
        let trial = trial.display();
        let allowed = attempt(&format!(
            "mkdir -p {trial} && mount -t tmpfs tmpfs {trial} && umount {trial}"
        ));
        let mount = format!("mount -t tmpfs -o size={mebibytes}m tmpfs . &&");
        allowed.ok().map(|_| Self::start_on(settings, &mount))
    }

    fn start_on(settings: &[&str], mount: &str) -> Arc<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let bin = bin();
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = base().join(number.to_string());
        let (at, user) = (folder.display(), as_user());
        let mut options = format!(
            "-k {at} -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB -c max_wal_size=256MB"
        );
        for setting in settings {
            write!(options, " -c {setting}").expect("text");
        }
        must(&format!(
            "mkdir {at} && cd {at} && {mount} cd {at} && if [ -n '{user}' ]; then chown $({user} id -u) {at}; fi && \
             {user} {}/initdb -D {at}/data -U lacre --auth=trust --no-sync -E UTF8 --locale=C",
            bin.display()
        ));
        let server = Arc::new(Self {
            bin,
            folder,
            settings: options,
        });
        server.run();
        server
    }

    /// Starts the server and waits until it answers; after [`Server::kill`] it recovers.
    pub(crate) fn run(&self) {
        let (bin, at, user) = (self.bin.display(), self.folder.display(), as_user());
        let settings = &self.settings;
        // Of what was killed, the memory may be held for a moment.
        let script = format!(
            "cd {at}; for n in 1 2 3 4 5; do \
                 {user} {bin}/pg_ctl -D {at}/data -l {at}/log -w -t 60 -s -o '{settings}' start && exit 0; \
                 sleep 0.2; done; cat {at}/log; exit 1"
        );
        must(&script);
    }

    /// Whether its first process is there.
    pub(crate) fn is_up(&self) -> bool {
        let at = self.folder.display();
        attempt(&format!("kill -0 $(head -n1 {at}/data/postmaster.pid)")).is_ok()
    }

    /// Kills every process of the server, as a crash of the machine's would (what the system holds is
    /// kept). It is not started again by itself.
    pub(crate) fn kill(&self) {
        // The children first, so that none outlives the server and works on.
        must(&format!(
            "p=$(head -n1 {}/data/postmaster.pid) && kill -STOP $p && pkill -9 -P $p; kill -9 $p; \
             while kill -0 $p 2>/dev/null; do sleep 0.01; done",
            self.folder.display()
        ));
    }

    /// Runs SQL as the owner of everything; rows as text, columns divided by `|`.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let (bin, at) = (self.bin.display(), self.folder.display());
        must(&format!(
            "{bin}/psql -h {at} -U lacre -d {database} -qAtX -v ON_ERROR_STOP=1 <<'SQL'\n{sql}\nSQL"
        ))
    }

    /// Runs a script in the server's folder, as whom the server runs as.
    pub(crate) fn shell(&self, script: &str) -> String {
        let (at, user) = (self.folder.display(), as_user());
        must(&format!("cd {at} && {user} sh -e <<'END'\n{script}\nEND"))
    }

    /// The process that started all others of the server.
    pub(crate) fn pid(&self) -> u32 {
        let path = self.folder.join("data/postmaster.pid");
        let pid = must(&format!("head -n1 {}", path.display()));
        pid.parse().expect("a process")
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// An empty database.
    pub(crate) fn database(self: &Arc<Self>) -> Database {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        Database {
            server: self.clone(),
            name,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let (bin, at, user) = (self.bin.display(), self.folder.display(), as_user());
        let stop = format!("cd {at} && {user} {bin}/pg_ctl -D {at}/data -m immediate -s stop");
        // A killed one is not there.
        let _stopped = attempt(&stop);
        // What was mounted there, if something was.
        let _unmounted = attempt(&format!("umount -l {at}"));
        let _removed = attempt(&format!("rm -rf {at}"));
    }
}

impl Database {
    /// An empty database on this binary's server.
    pub(crate) fn new() -> Self {
        Server::shared().database()
    }

    /// Takes it and its files away, whoever is still connected.
    pub(crate) fn remove(self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        self.server.sql("postgres", &sql);
    }

    /// Its server.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        let folder = self.server.folder.display().to_string();
        format!(
            "postgres://lacre@{}/{}",
            folder.replace('/', "%2F"),
            self.name
        )
    }

    /// The socket its server listens on.
    pub(crate) fn socket(&self) -> PathBuf {
        self.server.folder.join(".s.PGSQL.5432")
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL in it.
    pub(crate) fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.name, sql)
    }

    /// Ends every connection to it; how many there were.
    pub(crate) fn cut(&self) -> usize {
        let sql = format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = '{}' AND pid <> pg_backend_pid()",
            self.name
        );
        self.server.sql("postgres", &sql).parse().unwrap_or(0)
    }
}
