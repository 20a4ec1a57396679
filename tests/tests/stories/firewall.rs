//! A real firewall: two network namespaces, and a relay's that takes no UDP. The command talks all
//! the same, and soon. Needs root and iproute2; elsewhere this says that it was passed over, and the
//! stories with a proxy stand for it.

use lacre_tests::binaries;
use serde_json::Value;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Two namespaces with a cable between them. Dropping it takes them away.
struct Networks(String);

/// A relay's program. Whoever closes its output ends it.
struct Relay {
    child: Child,
    address: String,
    _lines: Lines<BufReader<ChildStdout>>,
}

fn ip(words: &str) -> bool {
    let done = Command::new("ip").args(words.split(' ')).output();
    done.is_ok_and(|output| output.status.success())
}

impl Networks {
    /// None where the system does not let us.
    fn new() -> Option<Self> {
        let networks = Self(std::process::id().to_string());
        let (relay, people) = (networks.relay(), networks.people());
        // Names of interfaces are short.
        let cable = format!("lc{}", std::process::id() % 1_000_000);
        let steps = [
            format!("netns add {relay}"),
            format!("netns add {people}"),
            format!("link add {cable}a netns {relay} type veth peer name {cable}b netns {people}"),
            format!("-n {relay} addr add 10.213.7.1/24 dev {cable}a"),
            format!("-n {people} addr add 10.213.7.2/24 dev {cable}b"),
            format!("-n {relay} link set lo up"),
            format!("-n {relay} link set {cable}a up"),
            format!("-n {people} link set {cable}b up"),
            // Local delivery stands before every rule, unless it is moved.
            format!("-n {relay} rule add pref 100 lookup local"),
            format!("-n {relay} rule del pref 0"),
            format!("-n {relay} rule add pref 10 iif {cable}a ipproto udp blackhole"),
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

    fn relay(&self) -> String {
        format!("lacre-relay-{}", self.0)
    }

    fn people(&self) -> String {
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
    fn start(mut command: Command, listen: &str, folder: &Path) -> Self {
        command.args(["relay", "run", "--listen", listen, "--data"]);
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

/// The command, perhaps in a namespace.
fn lacre(namespace: Option<&str>) -> Command {
    let mut command = match namespace {
        Some(namespace) => {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", namespace]);
            command.arg(binaries::lacre());
            command
        }
        None => Command::new(binaries::lacre()),
    };
    command.env("LACRE_LANG", "en");
    command
}

/// Runs it for a person.
fn run(mut command: Command, home: &Path, words: &[&str]) -> (Output, Duration) {
    command.args(words).arg("--data").arg(home.join("data"));
    command.arg("--key-file").arg(home.join("key"));
    let begun = Instant::now();
    let output = command.output().unwrap();
    (output, begun.elapsed())
}

/// What the doctor found, by check.
fn checks(output: &Output) -> impl Fn(&str) -> Value + use<> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let checks: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    move |name| {
        let check = checks.iter().find(|check| check["check"] == name);
        check.cloned().unwrap_or_default()
    }
}

#[test]
fn the_command_talks_where_udp_is_dropped() {
    let Some(networks) = Networks::new() else {
        println!("passed over: no network namespaces here");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (inside, outside) = (networks.relay(), networks.people());
    let relay = lacre(Some(&inside));
    let relay = Relay::start(relay, "10.213.7.1:4433", &folder.path().join("relay"));
    let outside = || lacre(Some(&outside));
    let [ana, bruno] = ["ana", "bruno"].map(|name| {
        let home = folder.path().join(name);
        std::fs::create_dir(&home).unwrap();
        let words = ["account", "create", "--handle", name, "--relay"];
        let words = [&words[..], &[&relay.address]].concat();
        let (output, took) = run(outside(), &home, &words);
        assert!(output.status.success(), "{output:?}");
        println!("{name} signs up in {took:?}");
        // Two seconds on a machine that does nothing else.
        assert!(took < Duration::from_secs(10), "{took:?}");
        home
    });
    // Each is a process of its own, and knows the network from the one before.
    for round in 0..2 {
        let text = format!("round {round}");
        let (output, took) = run(
            outside(),
            &ana,
            &["send", "@bruno", &text, "--wait", "sent"],
        );
        assert!(output.status.success(), "{output:?}");
        println!("a message is sent in {took:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
    let (output, _) = run(outside(), &bruno, &["rooms", "list", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let (output, _) = run(outside(), &ana, &["doctor", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let check = checks(&output);
    let udp = check("udp");
    assert_eq!(udp["result"], "warning", "{udp}");
    assert!(
        udp["found"].as_str().unwrap().contains("UdpSilent"),
        "{udp}"
    );
    for name in ["data", "name", "tcp", "fingerprint", "login", "clock"] {
        assert_eq!(check(name)["result"], "good", "{name}");
    }
    let path = check("path");
    let found = path["found"].as_str().unwrap();
    assert!(found.starts_with("WebSocket, because"), "{found}");
}

#[test]
fn the_doctor_knows_closed_ports_and_imposters() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("ana");
    std::fs::create_dir(&home).unwrap();
    let first = folder.path().join("relay");
    let relay = Relay::start(lacre(None), "127.0.0.1:0", &first);
    let words = ["account", "create", "--handle", "ana", "--relay"];
    let words = [&words[..], &[&relay.address]].concat();
    let (output, _) = run(lacre(None), &home, &words);
    assert!(output.status.success(), "{output:?}");
    let (output, _) = run(lacre(None), &home, &["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let check = checks(&output);
    for name in ["udp", "tcp", "fingerprint", "login", "clock", "path"] {
        assert_eq!(check(name)["result"], "good", "{name}");
    }
    let (_, place) = relay.address.split_once('@').unwrap();
    let place = place.to_owned();
    drop(relay);
    let doctor = ["doctor", "--json", "--timeout", "2"];
    let (output, _) = run(lacre(None), &home, &doctor);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let check = checks(&output);
    for (name, code) in [("udp", "UdpRefused"), ("tcp", "TcpRefused")] {
        let check = check(name);
        assert_eq!(check["result"], "bad", "{check}");
        assert!(check["found"].as_str().unwrap().contains(code), "{check}");
        assert!(check["remedy"].is_string(), "{check}");
    }
    // Another relay in its place.
    let second = folder.path().join("other");
    let _imposter = Relay::start(lacre(None), &place, &second);
    let (output, _) = run(lacre(None), &home, &doctor);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let fingerprint = checks(&output)("fingerprint");
    let found = fingerprint["found"].as_str().unwrap();
    assert!(found.contains("WrongFingerprint"), "{found}");
}
