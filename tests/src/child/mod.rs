//! A client in a process of its own, so that it can be killed at any moment.
//!
//! The program `lacre-test-client` reads commands as JSON lines and writes answers and events the
//! same way. What it answered before it was killed holds: a message it called durable must be sent
//! once the folder is opened again, whoever opens it.

pub mod serve;

use crate::binaries;
use crate::stage::Stage;
use lacre::{AccountId, DeviceId, MessageId, RoomId};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::sync::{oneshot, watch};

/// A client's process, as the story holds it.
pub struct Child {
    stage: Arc<Stage>,
    process: tokio::process::Child,
    input: tokio::sync::Mutex<ChildStdin>,
    shared: Arc<Shared>,
    account: AccountId,
    device: DeviceId,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<(u64, HashMap<u64, oneshot::Sender<Value>>)>,
    received: watch::Sender<u64>,
}

/// A message id as it is written.
fn message_of(value: &Value) -> Option<MessageId> {
    MessageId::from_slice(&hex::decode(value["message"].as_str()?).ok()?)
}

/// The data folder of a child in a story.
pub fn folder(stage: &Stage, handle: &str) -> PathBuf {
    stage.path(handle)
}

impl Child {
    /// Starts a client on the folder of `handle`, signing up if the folder is new.
    pub async fn start(stage: &Arc<Stage>, address: &str, handle: &str) -> Self {
        let mut command = Command::new(binaries::own("lacre-test-client"));
        command.arg(address).arg(folder(stage, handle)).arg(handle);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let input = tokio::sync::Mutex::new(process.stdin.take().unwrap());
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = stage
            .within("a client's process opens", lines.next_line())
            .await
            .unwrap();
        let first =
            first.unwrap_or_else(|| stage.fail(&format!("the process of {handle} ended at once")));
        let opened: Value = serde_json::from_str(&first).unwrap();
        let text = |name: &str| {
            opened[name]
                .as_str()
                .unwrap_or_else(|| stage.fail(&format!("{handle}: {opened}")))
        };
        let (account, device) = (
            text("account").parse().unwrap(),
            text("device").parse().unwrap(),
        );
        let shared = Arc::new(Shared::default());
        tokio::spawn(listen(lines, Arc::clone(&shared), Arc::clone(stage)));
        Self {
            stage: Arc::clone(stage),
            process,
            input,
            shared,
            account,
            device,
        }
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.process.id().unwrap()
    }

    /// Asks something; `None` if the process ends before it answers.
    pub async fn ask(&self, command: Value) -> Option<Value> {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut waiting = self.shared.waiting.lock().unwrap();
            waiting.0 += 1;
            let id = waiting.0;
            waiting.1.insert(id, answer);
            id
        };
        let mut command = command;
        command["id"] = id.into();
        let line = format!("{command}\n");
        self.input
            .lock()
            .await
            .write_all(line.as_bytes())
            .await
            .ok()?;
        self.stage
            .within(&format!("the answer to {command}"), answered)
            .await
            .ok()
    }

    /// Sends a text. `None` if the process ended before it said that the message is durable.
    pub async fn say(&self, room: RoomId, text: &str) -> Option<MessageId> {
        let answer = self
            .ask(json!({"do": "send", "room": room.to_string(), "text": text}))
            .await?;
        let message = message_of(&answer);
        Some(message.unwrap_or_else(|| self.stage.fail(&format!("a child cannot send: {answer}"))))
    }

    /// Waits until the process was told of so many messages of others.
    pub async fn has_received(&self, count: u64) {
        let mut received = self.shared.received.subscribe();
        let what = format!("a child receives {count} messages");
        self.stage
            .within(&what, received.wait_for(|now| *now >= count))
            .await
            .unwrap();
    }

    /// SIGKILL: whatever it was doing is not finished.
    pub async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    /// Closes the client and ends the process.
    pub async fn end(mut self) {
        self.ask(json!({"do": "end"})).await;
        let status = self
            .stage
            .within("a client's process ends", self.process.wait())
            .await
            .unwrap();
        assert!(status.success(), "a client's process ended with {status}");
    }
}

/// Takes what the process writes.
async fn listen(mut lines: Lines<BufReader<ChildStdout>>, shared: Arc<Shared>, stage: Arc<Stage>) {
    while let Ok(Some(line)) = lines.next_line().await {
        // Half a line is the last thing a killed process may have written.
        let Ok(value) = serde_json::from_str::<Value>(&line) else {
            break;
        };
        match value["event"].as_str() {
            Some("durable") => {
                let room: RoomId = value["room"].as_str().unwrap().parse().unwrap();
                let device = value["device"].as_str().unwrap().parse().unwrap();
                stage
                    .record
                    .durable(device, room, message_of(&value).unwrap());
            }
            Some("sent") => stage.record.sent(message_of(&value).unwrap()),
            Some("message") => shared.received.send_modify(|count| *count += 1),
            Some(_) => {}
            None => {
                let waiting = shared
                    .waiting
                    .lock()
                    .unwrap()
                    .1
                    .remove(&value["id"].as_u64().unwrap());
                // Whoever asked may have stopped waiting.
                let _unheard = waiting.map(|waiting| waiting.send(value));
            }
        }
    }
    // Nobody is left waiting for a process that is gone.
    shared.waiting.lock().unwrap().1.clear();
}

/// Whether a data folder can be opened by a process of its own; the error's code if not.
pub async fn refusal(stage: &Stage, address: &str, folder: &Path, handle: &str) -> Option<String> {
    let mut command = Command::new(binaries::own("lacre-test-client"));
    command
        .arg(address)
        .arg(folder)
        .arg(handle)
        .stdin(Stdio::null());
    let output = stage
        .within(
            "a process tries a folder",
            command.kill_on_drop(true).output(),
        )
        .await
        .unwrap();
    let line = String::from_utf8(output.stdout).unwrap();
    let first: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    first["code"].as_str().map(str::to_owned)
}
