//! A real firewall: two network namespaces, and a relay's that takes no UDP. The command talks all
//! the same, and soon. Needs root and iproute2; elsewhere this says that it was passed over, and the
//! stories with a proxy stand for it.

use crate::networks::{Networks, Relay, lacre, run};
use serde_json::Value;
use std::process::Output;
use std::time::Duration;

/// What the doctor found, by check.
pub(crate) fn checks(output: &Output) -> impl Fn(&str) -> Value + use<> {
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
    networks.block_udp();
    let folder = tempfile::tempdir().unwrap();
    let (inside, outside) = (networks.relay(), networks.people());
    let relay = lacre(Some(&inside));
    let relay = Relay::start(
        relay,
        &["--listen", "10.213.7.1:4433"],
        &folder.path().join("relay"),
    );
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
    let relay = Relay::start(lacre(None), &["--listen", "127.0.0.1:0"], &first);
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
    let _imposter = Relay::start(lacre(None), &["--listen", &place], &second);
    let (output, _) = run(lacre(None), &home, &doctor);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let fingerprint = checks(&output)("fingerprint");
    let found = fingerprint["found"].as_str().unwrap();
    assert!(found.contains("WrongFingerprint"), "{found}");
}
