//! Relays and people, each in a folder of their own.

pub(crate) use crate::process::{Ended, Running, end, lacre};

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A relay in a folder of its own.
pub(crate) struct Relay {
    pub(crate) folder: PathBuf,
    pub(crate) address: String,
    listen: String,
    process: Option<Running>,
}

impl Relay {
    pub(crate) fn start(root: &Path) -> Self {
        Self::start_with(root, &[])
    }

    pub(crate) fn start_with(root: &Path, more: &[&str]) -> Self {
        let folder = root.join("relay");
        let (process, address, listen) = run(&folder, "127.0.0.1:0", more);
        Self {
            folder,
            address,
            listen,
            process: Some(process),
        }
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        self.process.take().unwrap().kill();
    }

    /// Starts again on the same folder and port.
    pub(crate) fn restart(&mut self) {
        let (process, address, _) = run(&self.folder, &self.listen, &[]);
        assert_eq!(address, self.address);
        self.process = Some(process);
    }

    /// As [`Relay::restart`], after its identity was changed.
    pub(crate) fn restart_as_another(&mut self) {
        let (process, address, _) = run(&self.folder, &self.listen, &[]);
        assert_ne!(address, self.address);
        (self.process, self.address) = (Some(process), address);
    }

    /// The running process.
    pub(crate) fn process(mut self) -> Running {
        self.process.take().unwrap()
    }
}

fn run(folder: &Path, listen: &str, more: &[&str]) -> (Running, String, String) {
    let mut command = lacre(&["relay", "run", "--listen", listen]);
    command.arg("--data").arg(folder).args(more);
    let mut process = Running::start(command);
    let address = process.line("address", |line| {
        Some(line.trim().strip_prefix("address")?.trim().to_owned())
    });
    let listen = process.line("listening", |line| {
        Some(
            line.trim()
                .strip_prefix("listening")?
                .trim()
                .strip_prefix("udp ")?
                .to_owned(),
        )
    });
    process.line("the end of the announcement", |line| {
        line.contains("Ctrl-C").then_some(())
    });
    (process, address, listen)
}

/// A person's device: a data folder, and a key file beside it.
pub(crate) struct Person {
    pub(crate) folder: PathBuf,
}

impl Person {
    pub(crate) fn nobody(root: &Path, name: &str) -> Self {
        Self {
            folder: root.join(name),
        }
    }

    /// Makes an account.
    pub(crate) fn create(root: &Path, relay: &Relay, name: &str) -> Self {
        let person = Self::nobody(root, name);
        person.sign_up(&relay.address, name).good();
        person
    }

    /// The key file.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.with_extension("key")
    }

    pub(crate) fn sign_up(&self, address: &str, handle: &str) -> Ended {
        let key = self.key();
        self.run(&[
            "account",
            "create",
            "--relay",
            address,
            "--handle",
            handle,
            "--key-file",
            key.to_str().unwrap(),
        ])
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = lacre(arguments);
        command.env("LACRE_HOME", &self.folder);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        end(self.command(arguments), "")
    }

    /// Sends, and waits until the relay has it.
    #[track_caller]
    pub(crate) fn say(&self, room: &str, text: &str) {
        self.run(&["send", room, text, "--wait", "sent", "--timeout", "60"])
            .good();
    }

    /// A listener that is connected.
    pub(crate) fn listen(&self) -> Running {
        let mut listener = Running::start(self.command(&["listen", "--json"]));
        listener.online();
        listener
    }

    /// The texts of a room on this device, oldest first.
    #[track_caller]
    pub(crate) fn history(&self, room: &str) -> Vec<String> {
        let items = self
            .run(&["history", room, "--limit", "1000", "--json"])
            .json();
        items
            .iter()
            .filter(|item| item["kind"] != "notice")
            .map(|item| item["text"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// The texts among JSON lines of a listener.
pub(crate) fn texts(lines: &[String]) -> Vec<String> {
    let events = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    events
        .filter(|event| event["type"] == "message")
        .map(|event| event["text"].as_str().unwrap().to_owned())
        .collect()
}
