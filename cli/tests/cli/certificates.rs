//! A certificate from files as an operator sees it: in the settings, the doctor, the status and its page.

use crate::harness::{Relay, end, lacre};
use crate::process::LIMIT;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Makes a certificate for a name, and its key, as `chain.pem` and `key.pem`; moved into their places.
fn make(folder: &Path, name: &str, days: u32) {
    let script = format!(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days {days} -subj /CN={name} \
         -addext subjectAltName=DNS:{name} -keyout key.new -out chain.new 2>&1 \
         && mv key.new key.pem && mv chain.new chain.pem"
    );
    let mut shell = Command::new("sh");
    let made = shell.args(["-c", &script]).current_dir(folder).output();
    let made = made.unwrap();
    assert!(made.status.success(), "{made:?}");
}

fn json(words: &[&str], folder: &Path) -> Vec<Value> {
    let mut command = lacre(&["relay"]);
    command.args(words).arg("--json").arg("--data").arg(folder);
    let out = end(command, "").out;
    let lines = out.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

fn status(folder: &Path) -> Value {
    json(&["status"], folder).remove(0)
}

/// What the doctor says of it, and what to do.
fn diagnosis(folder: &Path) -> (String, String) {
    let found = json(&["doctor", "--listen", "127.0.0.1:0"], folder);
    let check = found.iter().find(|check| check["check"] == "certificate");
    let field = |name: &str| check.unwrap()[name].as_str().unwrap_or_default().to_owned();
    (
        field("result"),
        format!("{} {}", field("found"), field("remedy")),
    )
}

/// Waits until the relay has looked at the files.
fn until(folder: &Path, fits: impl Fn(&Value) -> bool) -> Value {
    let patience = Instant::now() + LIMIT;
    loop {
        let status = status(folder);
        if fits(&status) {
            return status;
        }
        assert!(Instant::now() < patience, "{status}");
    }
}

/// Whether it shows another certificate than before, and the one in the files.
fn is_renewed(status: &Value, before: &Value) -> bool {
    let ends = "certificate_expires_ms";
    status["certificate_refused"] == false && status[ends] != before[ends]
}

#[test]
fn a_certificate_is_named_until_when_and_what_is_wrong_with_it() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("relay");
    std::fs::create_dir(&folder).unwrap();
    let settings = |text: &str| std::fs::write(folder.join("relay.toml"), text).unwrap();
    settings("certificate = \"chain.pem\"\n");
    let mut command = lacre(&["relay", "config", "check", "--data"]);
    command.arg(&folder);
    let said = end(command, "").failed(1, "relay-config");
    assert!(said.contains("certificate-key"), "{said}");
    settings(
        "certificate = \"chain.pem\"\ncertificate-key = \"key.pem\"\nadvertise = \"chat.example.org\"\n",
    );
    // Not there yet: a relay does not start, and the doctor says so.
    assert_eq!(diagnosis(&folder).0, "bad");
    let mut command = lacre(&["relay", "run", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(&folder);
    end(command, "").failed(2, "relay-config");

    make(&folder, "chat.example.org", 90);
    let (result, found) = diagnosis(&folder);
    assert!(result == "good" && found.contains("in 8"), "{found}");
    let relay = Relay::start(root.path());
    let first = status(&folder);
    assert_eq!(first["certificate_refused"], false);
    let ends = first["certificate_expires_ms"].as_u64().unwrap();

    // A renewal that went wrong is said everywhere, and the relay goes on with what it has.
    std::fs::write(folder.join("chain.pem"), "nothing").unwrap();
    let refusing = until(&folder, |now| now["certificate_refused"] == true);
    assert_eq!(refusing["certificate_expires_ms"], ends);
    let mut command = lacre(&["relay", "status", "--data"]);
    command.arg(&folder);
    let page = end(command, "").good();
    assert!(page.contains("the new certificate is not used"), "{page}");
    let (result, found) = diagnosis(&folder);
    assert!(result == "bad" && found.contains("chain.pem"), "{found}");

    // Renewed for a few days, and then for another name: good enough to run with.
    make(&folder, "chat.example.org", 5);
    let second = until(&folder, |now| is_renewed(now, &first));
    let (result, found) = diagnosis(&folder);
    assert!(result == "warning" && found.contains("renew"), "{found}");
    make(&folder, "other.example", 90);
    until(&folder, |now| is_renewed(now, &second));
    let (result, found) = diagnosis(&folder);
    assert!(
        result == "warning" && found.contains("chat.example.org"),
        "{found}"
    );
    drop(relay);
}
