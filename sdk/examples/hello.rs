//! Two people in one process say hello. Needs a relay with open sign-up:
//!
//! ```sh
//! cargo run -p lacre --example hello -- "lacre://…@127.0.0.1:4433"
//! ```

use lacre::{Client, Event, Events, Message, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .or_else(|| std::env::var("LACRE_RELAY").ok());
    let address = address.ok_or(
        "name a relay: the line that `lacre relay` prints, as an argument or in LACRE_RELAY",
    )?;

    // Each has a data folder. Here it is a temporary one, so the handles are new every time.
    let folder = tempfile::tempdir()?;
    let (ana_handle, bruno_handle) = (unique("ana"), unique("bruno"));
    let open = async |handle: &str| {
        let data = folder.path().join(handle);
        Client::open(Options::in_folder(&address, data).key_file().handle(handle)).await
    };
    let ana = open(&ana_handle).await?;
    let bruno = open(&bruno_handle).await?;
    let (mut to_ana, mut to_bruno) = (ana.events(), bruno.events());

    // The room of the two is made on first use. `send` returns when the message is safe on disk;
    // `sent` when the relay has it.
    let room = ana.direct(&bruno_handle).await?;
    room.send(&format!("Olá, {bruno_handle}!"))
        .await?
        .sent()
        .await?;

    let hello = next_message(&mut to_bruno)
        .await
        .ok_or("bruno's client was closed")?;
    println!(
        "{} {}: {}",
        hello.time(),
        hello.sender().name(),
        hello.text()
    );
    hello.reply("Oi, tudo bem?").await?;

    let answer = next_message(&mut to_ana)
        .await
        .ok_or("ana's client was closed")?;
    println!(
        "{} {}: {}",
        answer.time(),
        answer.sender().name(),
        answer.text()
    );

    ana.close().await;
    bruno.close().await;
    Ok(())
}

/// Waits for a message of somebody else.
async fn next_message(events: &mut Events) -> Option<Message> {
    loop {
        if let Event::Message(message) = events.next().await? {
            return Some(message);
        }
    }
}

/// A handle nobody has yet.
fn unique(name: &str) -> String {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    format!("{name}{}", now.as_millis())
}
