//! A relay as its operator sees it.

use crate::harness::{Person, Relay, Running, end, lacre};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

fn status(folder: &Path, more: &[&str]) -> Command {
    let mut command = lacre(&["relay", "status", "--data"]);
    command.arg(folder).args(more);
    command
}

#[test]
#[cfg(unix)]
fn a_relay_says_what_it_does_and_ends_cleanly() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let (ana, bruno) = (
        Person::create(root.path(), &relay, "ana"),
        Person::create(root.path(), &relay, "bruno"),
    );
    let mut listener = bruno.listen();
    ana.say("@bruno", "hello");
    listener.message("hello");
    let now = end(status(&relay.folder, &["--json"]), "").json().remove(0);
    assert_eq!(now["health"], "ok");
    assert!(now["sessions"].as_u64().unwrap() >= 1, "{now}");
    assert!(now["accepted"].as_u64().unwrap() >= 1, "{now}");
    assert!(now["deliveries"].as_u64().unwrap() >= 1, "{now}");
    assert!(now["store_bytes"].as_u64().unwrap() > 4096, "{now}");
    assert!(now["uptime_seconds"].as_u64().is_some(), "{now}");
    assert_eq!(now["full"], false);
    assert!(
        now["free_bytes"].as_u64() > now["headroom_bytes"].as_u64(),
        "{now}"
    );
    let shown = end(status(&relay.folder, &[]), "").good();
    assert!(
        shown.contains("sessions") && shown.contains("since the start"),
        "{shown}"
    );

    let folder = relay.folder.clone();
    let (code, lines) = relay.process().terminate();
    assert_eq!(code, 0, "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some("ended"));
    assert!(
        lines[0].starts_with("lacre ")
            && lines[0].contains("sqlite")
            && lines[0].contains("sign-up open"),
        "{lines:?}"
    );
    assert!(!folder.join("relay.http").exists());
    end(status(&folder, &[]), "").failed(3, "RelayNotRunning");
}

#[test]
fn a_killed_relay_is_not_reachable() {
    let root = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(root.path());
    relay.kill();
    end(status(&relay.folder, &[]), "").failed(3, "RelayNotRunning");
    end(status(&root.path().join("nothing"), &["--json"]), "").failed(3, "RelayNotRunning");
}

#[test]
fn one_folder_has_one_relay() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let mut command = lacre(&["relay", "run", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(&relay.folder);
    end(command, "").failed(1, "relay-store");
    // The one that runs was not disturbed.
    end(status(&relay.folder, &[]), "").good();
}

#[test]
fn the_advertised_address_is_handed_out() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start_with(root.path(), &["--advertise", "chat.example:5000"]);
    assert!(
        relay.address.starts_with("lacre://") && relay.address.ends_with("@chat.example:5000"),
        "{}",
        relay.address
    );
}

#[test]
fn settings_come_from_the_environment() {
    let root = tempfile::tempdir().unwrap();
    let mut command = lacre(&["relay", "run"]);
    command
        .env("LACRE_RELAY_DATA", root.path().join("relay"))
        .env("LACRE_RELAY_LISTEN", "127.0.0.1:0");
    command
        .env("LACRE_RELAY_SIGN_UP", "closed")
        .env("LACRE_RELAY_DURABILITY", "normal");
    let mut relay = Running::start(command);
    relay.line("sign-up", |line| {
        line.contains("sign-up closed").then_some(())
    });
    relay.line("durability", |line| {
        line.contains("power cut").then_some(())
    });
}

#[test]
fn a_relay_for_development_has_two_accounts_that_work() {
    let mut relay = Running::start(lacre(&["relay", "dev"]));
    let words = |line: &str, start: &str| {
        let rest = line.trim().strip_prefix(start)?;
        let (_, folder) = rest.rsplit_once("--data ")?;
        Some(folder.to_owned())
    };
    let ana = Person {
        folder: relay.line("ana", |line| words(line, "lacre listen")).into(),
    };
    let bruno = Person {
        folder: relay.line("bruno", |line| words(line, "lacre send")).into(),
    };
    let mut listener = ana.listen();
    bruno.say("@ana", "hello");
    listener.message("hello");
    listener.kill();
    #[cfg(unix)]
    {
        let (code, lines) = relay.terminate();
        assert_eq!(code, 0, "{lines:?}");
        assert!(!ana.folder.exists(), "the accounts go with the relay");
    }
}

/// The words that begin with `lacre_` in a text.
fn metrics(text: &str) -> std::collections::BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("lacre_"))
        .collect()
}

#[test]
fn the_dashboard_shows_metrics_that_there_are() {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let address = std::fs::read_to_string(relay.folder.join("relay.http")).unwrap();
    let mut stream = std::net::TcpStream::connect(address.trim()).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    let dashboard = include_str!("../../../specs/guides/grafana.json");
    let board: serde_json::Value = serde_json::from_str(dashboard).unwrap();
    let panels = board["panels"].as_array().unwrap();
    for panel in panels {
        for target in panel["targets"].as_array().unwrap() {
            let shown = metrics(target["expr"].as_str().unwrap());
            assert!(!shown.is_empty(), "{panel}");
            let missing: Vec<_> = shown.difference(&metrics(&page)).copied().collect();
            assert_eq!(missing, Vec::<&str>::new());
        }
    }
    assert!(panels.len() >= 10);
}
