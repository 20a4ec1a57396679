//! The relay behind nginx and behind HAProxy, with the configurations of the guides as they stand there:
//! a network of its own for the relay and its proxy, one for people, and a firewall in between. Needs
//! root and iproute2; elsewhere this says that it was passed over.

use crate::firewall::checks;
use crate::networks::{Networks, Relay, lacre, program, run};
use crate::packages;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Where the relay says whom it saw.
const LOG: &str = "relay.log";

/// A proxy in the relay's network.
struct Proxy(Child);

impl Proxy {
    fn start(mut command: Command, networks: &Networks, folder: &Path) -> Self {
        let log = std::fs::File::create(folder.join("proxy.log")).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let mut proxy = Self(command.spawn().unwrap());
        let until = Instant::now() + Duration::from_secs(30);
        while !is_open(networks) {
            let ended = proxy.0.try_wait().unwrap();
            let said = std::fs::read_to_string(folder.join("proxy.log"));
            assert!(ended.is_none() && Instant::now() < until, "{said:?}");
        }
        proxy
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Its workers end with it; a kill would leave them.
        let pid = self.0.id().to_string();
        let _ended = Command::new("kill").args(["-TERM", &pid]).status();
        let _reaped = self.0.wait();
    }
}

/// Whether somebody listens on the port that people know, seen from their network.
fn is_open(networks: &Networks) -> bool {
    let people = networks.people();
    let mut look = program(Some(&people), Path::new("bash"));
    look.args(["-c", "exec 3<>/dev/tcp/10.213.7.1/4433"]);
    look.stderr(Stdio::null());
    look.status().is_ok_and(|status| status.success())
}

fn guide(name: &str) -> PathBuf {
    let guides = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/guides");
    guides.join(name).canonicalize().unwrap()
}

fn good(output: &Output) {
    assert!(output.status.success(), "{output:?}");
}

/// A relay with the settings that the head of a configuration names.
fn relay(networks: &Networks, configuration: &Path, folder: &Path) -> Relay {
    let text = std::fs::read_to_string(configuration).unwrap();
    let settings = text.lines().filter_map(|line| line.strip_prefix("#     "));
    let settings: Vec<_> = settings.collect();
    assert!(settings.len() == 3, "{settings:?}");
    let settings = settings
        .join("\n")
        .replace("chat.example.org", "10.213.7.1");
    let data = folder.join("relay");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("relay.toml"), settings).unwrap();
    let mut command = lacre(Some(&networks.relay()));
    command.env("LACRE_LOG", "lacre_relay=debug");
    command.stderr(std::fs::File::create(folder.join(LOG)).unwrap());
    let named = ["--advertise", "10.213.7.1:4433"];
    Relay::start(command, &named, &data)
}

/// People sign up and talk over UDP; then no UDP comes through, and they go on over TCP. Over TCP the
/// relay sees their own address; over UDP `udp`.
fn talk(networks: &Networks, relay: &Relay, folder: &Path, udp: &str) {
    let people = networks.people();
    let outside = || lacre(Some(&people));
    let person = |name: &str| {
        let home = folder.join(name);
        std::fs::create_dir(&home).unwrap();
        let words = [
            "account",
            "create",
            "--relay",
            &relay.address,
            "--handle",
            name,
        ];
        good(&run(outside(), &home, &words).0);
        home
    };
    let path = |home: &Path| {
        let (output, _) = run(outside(), home, &["doctor", "--json"]);
        good(&output);
        let path = checks(&output)("path");
        path["found"].as_str().unwrap().to_owned()
    };
    let send = |home: &Path, to: &str, text: &str| {
        good(&run(outside(), home, &["send", to, text, "--wait", "sent"]).0);
    };
    let (ana, bruno) = (person("ana"), person("bruno"));
    let found = path(&ana);
    assert!(found.starts_with("QUIC"), "{found}");
    send(&ana, "@bruno", "by UDP");
    let seen = |websocket: bool| {
        let log = std::fs::read_to_string(folder.join(LOG)).unwrap();
        let kind = format!("websocket={websocket}");
        let begun = log.lines().filter(|line| line.contains("a session begins"));
        let of_kind = begun.filter(|line| line.contains(&kind));
        of_kind.map(str::to_owned).collect::<Vec<_>>()
    };
    let quic = seen(false);
    let from = format!("address={udp}:");
    assert!(
        !quic.is_empty() && quic.iter().all(|line| line.contains(&from)),
        "{quic:?}"
    );

    networks.block_udp();
    send(&ana, "@bruno", "by TCP");
    send(&bruno, "@ana", "heard");
    let found = path(&bruno);
    assert!(found.starts_with("WebSocket, because"), "{found}");
    let (output, _) = run(outside(), &bruno, &["history", "@ana", "--json"]);
    good(&output);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("by UDP") && told.contains("by TCP"), "{told}");
    let web = seen(true);
    let from = "address=10.213.7.2:";
    assert!(
        web.len() >= 3 && web.iter().all(|line| line.contains(from)),
        "{web:?}"
    );
}

#[test]
fn behind_nginx_the_relay_sees_who_comes_over_tcp() {
    let Some(networks) = Networks::new() else {
        println!("passed over: no network namespaces here");
        return;
    };
    let nginx = packages::program("nginx", &["nginx", "libnginx-mod-stream"]);
    let folder = tempfile::tempdir().unwrap();
    let configuration = guide("nginx.conf");
    let relay = relay(&networks, &configuration, folder.path());
    let mut command = program(Some(&networks.relay()), &nginx);
    let at = folder.path().display();
    command.arg("-c").arg(&configuration).arg("-g");
    command.arg(format!(
        "daemon off; pid {at}/nginx.pid; error_log stderr warn;"
    ));
    let _proxy = Proxy::start(command, &networks, folder.path());
    // What nginx hands on by UDP comes from nginx.
    talk(&networks, &relay, folder.path(), "127.0.0.1");
}

#[test]
fn behind_haproxy_the_relay_sees_who_comes_over_tcp_and_udp_goes_past_it() {
    let Some(networks) = Networks::new() else {
        println!("passed over: no network namespaces here");
        return;
    };
    let haproxy = packages::program("haproxy", &["haproxy"]);
    let folder = tempfile::tempdir().unwrap();
    let configuration = guide("haproxy.cfg");
    let relay = relay(&networks, &configuration, folder.path());
    let mut command = program(Some(&networks.relay()), &haproxy);
    command.arg("-db").arg("-f").arg(&configuration);
    let _proxy = Proxy::start(command, &networks, folder.path());
    talk(&networks, &relay, folder.path(), "10.213.7.2");
}
