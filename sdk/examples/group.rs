//! Three people in a group: names, reactions, edits, and a list that stays up to date.
//!
//! ```sh
//! cargo run -p lacre --example group -- "lacre://…@127.0.0.1:4433"
//! ```

use lacre::{Client, Event, Item, ItemBody, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .or_else(|| std::env::var("LACRE_RELAY").ok());
    let address = address.ok_or(
        "name a relay: the line that `lacre relay` prints, as an argument or in LACRE_RELAY",
    )?;
    let folder = tempfile::tempdir()?;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_millis();
    let open = async |name: &str| {
        let handle = format!("{name}{now}");
        let data = folder.path().join(name);
        Client::open(
            Options::in_folder(&address, data)
                .key_file()
                .handle(&handle),
        )
        .await
    };
    let (ana, bruno, clara) = (
        open("ana").await?,
        open("bruno").await?,
        open("clara").await?,
    );

    let group = ana
        .create_group("Study group", &[&bruno.me().handle, &clara.me().handle])
        .await?;
    // Clara's screen: a snapshot, then each change.
    let screen = clara.await_room(group.id()).await?.timeline().await?;
    let mut shown = screen.snapshot();

    let question = group.send("Who has solved question 4?").await?;
    question.sent().await?;
    for member in group.members() {
        println!("{} is here as {:?}", member.handle, member.role);
    }
    let mut to_bruno = bruno.events();
    while let Some(event) = to_bruno.next().await {
        if let Event::Message(message) = event {
            message.react("🙋").await?;
            message.reply("Me, it is 42.").await?.sent().await?;
            break;
        }
    }
    group
        .edit(
            question.message_id(),
            "Who has solved question 4? It is due on Friday.",
        )
        .await?;

    // Until Clara sees all of it: the edited question with its reaction, and the answer.
    while !(shown
        .iter()
        .any(|item| item.edited && !item.reactions.is_empty())
        && shown.len() >= 2)
    {
        let diff = screen
            .next_diff()
            .await
            .ok_or("clara's client was closed")?;
        diff.apply(&mut shown);
    }
    shown.iter().for_each(print);

    for client in [ana, bruno, clara] {
        client.close().await;
    }
    Ok(())
}

fn print(item: &Item) {
    let text = match &item.body {
        ItemBody::Text(text) => text.as_str(),
        _ => "(not a text)",
    };
    let reactions: Vec<_> = item
        .reactions
        .iter()
        .map(|(emoji, who)| format!("{emoji} {}", who.len()))
        .collect();
    let edited = if item.edited { " (edited)" } else { "" };
    println!(
        "{}: {text}{edited} {}",
        item.sender_name,
        reactions.join(" ")
    );
}
