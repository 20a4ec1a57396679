//! A bot that repeats what it is told, in every room it is added to, until Ctrl-C. It keeps its
//! account in a folder and goes on where it stopped.
//!
//! ```sh
//! LACRE_RELAY="lacre://…@127.0.0.1:4433" cargo run -p lacre --example echo_bot -- ./echo-data echo
//! ```

use lacre::{Client, Event, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::var("LACRE_RELAY")
        .map_err(|_| "put the line that `lacre relay` prints into LACRE_RELAY")?;
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "./echo-data".to_owned());
    let handle = arguments.next().unwrap_or_else(|| "echo".to_owned());

    // A server has no keychain: the store's key lies in the folder, readable by this user alone.
    let client = Client::open(Options::new(&address, &folder).key_file().handle(&handle)).await?;
    println!("@{} listens; Ctrl-C ends", client.me().handle);

    let mut events = client.events();
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            _ = tokio::signal::ctrl_c() => break,
        };
        match event {
            // Own messages never come as `Event::Message`, so the bot does not answer itself.
            Some(Event::Message(message)) if !message.text().is_empty() => {
                // An echo that fails concerns one room; the bot goes on.
                if let Err(error) = message.reply(message.text()).await {
                    eprintln!("no echo in {}: {error}", message.room_id());
                }
            }
            Some(Event::Connection(state)) => println!("{state:?}"),
            Some(Event::Error(error)) => eprintln!("{}: {error}", error.code()),
            Some(_) => {}
            None => break,
        }
    }
    client.close().await;
    Ok(())
}
