//! The program: commands in, answers and events out, one JSON object a line.

use crate::process;
use lacre::{Client, Error, Event, Options, RoomId};
use serde_json::{Value, json};
use std::io::Write;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Runs until `end`, or the end of the input.
pub fn main() {
    let words: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run(&words[1], &words[2], &words[3]));
}

/// One line. Written at once: what was said before a kill was said.
fn out(value: &Value) {
    let mut output = std::io::stdout().lock();
    // Whoever drives this may be gone; then so is this, soon.
    let _gone = writeln!(output, "{value}").and_then(|()| output.flush());
}

fn failed(error: &Error) -> Value {
    json!({"error": error.to_string(), "code": error.code(), "kind": format!("{:?}", error.kind())})
}

async fn run(address: &str, folder: &str, handle: &str) {
    let before = process::descriptors(std::process::id()).len();
    let client = match open(address, folder, handle).await {
        Ok(client) => client,
        Err(error) => return out(&failed(&error)),
    };
    let mut client = Some(client);
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let command: Value = serde_json::from_str(&line).unwrap();
        let mut answer = match (command["do"].as_str().unwrap(), &client) {
            ("descriptors", _) => {
                json!({"before": before, "now": process::descriptors(std::process::id())})
            }
            ("close", Some(open)) => {
                open.close().await;
                client = None;
                json!({})
            }
            ("open", None) => match open(address, folder, handle).await {
                Ok(opened) => {
                    client = Some(opened);
                    json!({})
                }
                Err(error) => failed(&error),
            },
            (_, Some(open)) => obey(open, &command)
                .await
                .unwrap_or_else(|error| failed(&error)),
            (_, None) => json!({"error": "the client is closed"}),
        };
        answer["id"] = command["id"].clone();
        let is_end = command["do"] == "end";
        if is_end && let Some(open) = client.take() {
            open.close().await;
        }
        out(&answer);
        if is_end {
            return;
        }
    }
}

async fn open(address: &str, folder: &str, handle: &str) -> Result<Client, Error> {
    let client = Client::open(Options::new(address, folder).key_file().handle(handle)).await?;
    let mut events = client.events();
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            if let Event::Message(message) = event {
                out(&json!({"event": "message", "text": message.text()}));
            }
        }
    });
    let me = client.me();
    out(
        &json!({"event": "opened", "account": me.account.to_string(), "device": me.device.to_string()}),
    );
    Ok(client)
}

async fn obey(client: &Client, command: &Value) -> Result<Value, Error> {
    let word = |name: &str| command[name].as_str().unwrap();
    let room = || word("room").parse::<RoomId>().unwrap();
    Ok(match word("do") {
        "direct" => json!({"room": client.direct(word("handle")).await?.id().to_string()}),
        "send" => {
            let handle = client.room(room())?.send(word("text")).await?;
            let message = hex::encode(handle.message_id().as_bytes());
            let device = client.me().device.to_string();
            out(
                &json!({"event": "durable", "room": word("room"), "message": message, "device": device}),
            );
            let name = message.clone();
            tokio::spawn(async move {
                if handle.sent().await.is_ok() {
                    out(&json!({"event": "sent", "message": name}));
                }
            });
            json!({"message": message})
        }
        "online" => {
            client.online().await?;
            json!({})
        }
        "end" => json!({}),
        other => json!({"error": format!("no such command: {other}")}),
    })
}
