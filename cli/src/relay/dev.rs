//! `lacre relay dev`: a relay in memory, and two accounts to try it with.

use super::ended;
use crate::args::RelayDev;
use crate::failure::{Failure, Outcome};
use crate::home::{self, Settings};
use crate::print::{self, Paint};
use crate::secret::Secret;
use crate::{session, text};
use lacre::Client;
use lacre_relay::Relay;
use std::path::Path;

/// The accounts that are made.
const HANDLES: [&str; 2] = ["ana", "bruno"];

/// Runs until Ctrl-C or SIGTERM; then relay and accounts are gone.
pub(crate) async fn run(arguments: RelayDev) -> Outcome {
    let relay = Relay::builder()
        .in_memory()
        .listen(arguments.listen)
        .sign_up(lacre_relay::SignUp::Open)
        .start()
        .await?;
    let outcome = serve(&relay).await;
    relay.shutdown().await;
    outcome
}

async fn serve(relay: &Relay) -> Outcome {
    let folder = tempfile::Builder::new()
        .prefix("lacre-dev-")
        .tempdir()
        .map_err(|error| {
            Failure::io(
                "BadFolder",
                text::failure::folder_unmade(std::env::temp_dir().display()),
                &error,
            )
        })?;
    let address = relay.address().to_string();
    for handle in HANDLES {
        sign_up(&folder.path().join(handle), &address, handle).await?;
    }
    print::out(&guide(folder.path(), &address))?;
    ended().await
}

/// An account with its key in a file beside it, ready for every other command.
async fn sign_up(folder: &Path, address: &str, handle: &str) -> Outcome {
    home::make(folder)?;
    let (secret, key) = Secret::in_file(&folder.with_extension("key"))?;
    let client =
        Client::open(session::options(folder.to_owned(), address, key).handle(handle)).await?;
    client.close().await;
    home::write(
        folder,
        &Settings {
            version: Settings::VERSION,
            relay: address.to_owned(),
            secret,
            ready: true,
        },
    )
}

fn guide(folder: &Path, address: &str) -> String {
    let paint = Paint::output();
    let [ana, bruno] = HANDLES.map(|handle| folder.join(handle).display().to_string());
    let [first, second] = HANDLES;
    let hello = text::relay::dev_hello();
    let lines = [
        format!(
            "{} · {}",
            paint.strong(concat!("lacre ", env!("CARGO_PKG_VERSION"))),
            text::relay::dev_title()
        ),
        print::facts(&[(text::relay::address(), paint.good(address))], paint),
        String::new(),
        format!(
            "{}  @{first}  @{second}",
            paint.strong(&text::relay::dev_accounts())
        ),
        String::new(),
        paint.strong(&text::relay::dev_try()),
        format!("  lacre listen --data {ana}"),
        format!("  lacre send @{first} \"{hello}\" --data {bruno}"),
        String::new(),
        paint.strong(&text::relay::dev_code()),
        format!(
            "  let options = lacre::Options::new(\"{address}\", \"./clara\").key_file().handle(\"clara\");"
        ),
        "  let client = lacre::Client::open(options).await?;".to_owned(),
        format!("  client.direct(\"{first}\").await?.send(\"{hello}\").await?.sent().await?;"),
        String::new(),
        format!("  {}", paint.dim(&text::relay::hand_out())),
    ];
    lines.join("\n")
}
