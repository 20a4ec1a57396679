//! Two network namespaces with a cable between them, and the command `lacre` in either. Needs root and
//! iproute2.

use lacre_tests::binaries;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Two namespaces: that of the relay, 10.213.7.1, and that of the people, 10.213.7.2. Dropping it
/// takes them away.
pub(crate) struct Networks(String);

/// A relay's program. Whoever closes its output ends it.
pub(crate) struct Relay {
    child: Child,
    pub(crate) address: String,
    _lines: Lines<BufReader<ChildStdout>>,
}

fn ip(words: &str) -> bool {
    let done = Command::new("ip").args(words.split(' ')).output();
    done.is_ok_and(|output| output.status.success())
}

impl Networks {
    /// None where the system does not let us.
    pub(crate) fn new() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let networks = Self(format!("{}-{number}", std::process::id()));
        let (relay, people) = (networks.relay(), networks.people());
        // Names of interfaces are short.
        let cable = format!("lc{}x{number}", std::process::id() % 1_000_000);
        let steps = [
            format!("netns add {relay}"),
            format!("netns add {people}"),
            format!("link add {cable}a netns {relay} type veth peer name {cable}b netns {people}"),
            format!("-n {relay} addr add 10.213.7.1/24 dev {cable}a"),
            format!("-n {people} addr add 10.213.7.2/24 dev {cable}b"),
            format!("-n {people} addr add 10.213.7.3/24 dev {cable}b"),
            format!("-n {relay} link set lo up"),
            format!("-n {relay} link set {cable}a up"),
            format!("-n {people} link set {cable}b up"),
            // Local delivery stands before every rule, unless it is moved.
            format!("-n {relay} rule add pref 100 lookup local"),
            format!("-n {relay} rule del pref 0"),
        ];
        for (number, step) in steps.iter().enumerate() {
            if !ip(step) {
                // Whoever may make the first may make all of them.
                assert_eq!(number, 0, "ip {step} failed");
                return None;
            }
        }
        Some(networks)
    }

    /// From now on the relay's side takes no UDP over the cable.
    pub(crate) fn block_udp(&self) {
        let relay = self.relay();
        let block = format!("-n {relay} rule add pref 10 from 10.213.7.0/24 ipproto udp blackhole");
        assert!(ip(&block), "ip {block} failed");
    }

    pub(crate) fn relay(&self) -> String {
        format!("lacre-relay-{}", self.0)
    }

    pub(crate) fn people(&self) -> String {
        format!("lacre-people-{}", self.0)
    }
}

impl Drop for Networks {
    fn drop(&mut self) {
        ip(&format!("netns del {}", self.relay()));
        ip(&format!("netns del {}", self.people()));
    }
}

impl Relay {
    /// Runs it with these words behind `lacre relay run`.
    pub(crate) fn start(mut command: Command, words: &[&str], folder: &Path) -> Self {
        command.args(["relay", "run"]).args(words).arg("--data");
        command.arg(folder).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let words = |line: String| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .flat_map(words)
            .find(|word| word.starts_with("lacre://"));
        Self {
            child,
            address: address.unwrap(),
            _lines: lines,
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A program, perhaps in a namespace.
pub(crate) fn program(namespace: Option<&str>, path: &Path) -> Command {
    match namespace {
        Some(namespace) => {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", namespace]).arg(path);
            command
        }
        None => Command::new(path),
    }
}

/// The command, perhaps in a namespace.
pub(crate) fn lacre(namespace: Option<&str>) -> Command {
    let mut command = program(namespace, binaries::lacre());
    command.env("LACRE_LANG", "en");
    command
}

/// Runs it for a person.
pub(crate) fn run(mut command: Command, home: &Path, words: &[&str]) -> (Output, Duration) {
    command.args(words).arg("--data").arg(home.join("data"));
    command.arg("--key-file").arg(home.join("key"));
    let begun = Instant::now();
    let output = command.output().unwrap();
    (output, begun.elapsed())
}
