//! `lacre account`: make an account, show it.

use super::devices;
use crate::args::{Account, AccountCommand, AccountCreate, AccountRelay, AccountShow, Place};
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Settings};
use crate::print::{self, Paint};
use crate::secret::Secret;
use crate::session::{self, Session};
use crate::text;
use lacre::{Client, Options, Presence, StoreKey};
use serde_json::json;
use std::path::PathBuf;

/// Runs one of them.
pub(crate) async fn run(account: Account) -> Outcome {
    match account.command {
        AccountCommand::Create(create) => self::create(create).await,
        AccountCommand::Show(show) => self::show(show).await,
        AccountCommand::Relay(change) => relay(change).await,
        AccountCommand::Devices(devices) => devices::run(devices).await,
    }
}

/// Signs up. After a failure the same command goes on where it stopped.
async fn create(arguments: AccountCreate) -> Outcome {
    let place = &arguments.place;
    let handle = arguments.handle.trim().trim_start_matches('@').to_owned();
    let session = begin(place, &arguments.relay, |options| options.handle(&handle)).await?;
    session
        .during(async |session| {
            print::out(
                &Paint::output().good(&text::people::account_made(&session.client.me().handle)),
            )?;
            print::out(&describe(session))
        })
        .await
}

/// Opens a fresh data folder: makes its key, remembers where that is, and begins as `start` says.
pub(super) async fn begin(
    place: &Place,
    relay: &str,
    start: impl FnOnce(Options) -> Options,
) -> Outcome<Session> {
    let mut beginning = Beginning::prepare(place)?;
    let client = beginning.open(relay, start).await?;
    Ok(beginning.session(client, place))
}

/// A data folder without an account, and the key that its store will have.
pub(crate) struct Beginning {
    folder: PathBuf,
    settings: Settings,
    key: StoreKey,
}

impl Beginning {
    /// Makes the folder and its key, or takes those of an earlier attempt.
    pub(crate) fn prepare(place: &Place) -> Outcome<Self> {
        let folder = home::folder(place)?;
        home::make(&folder)?;
        let (settings, key) = match home::find(&folder)? {
            Some(settings) if settings.ready => {
                return Err(Failure::new(
                    "AccountExists",
                    text::failure::account_exists(folder.display()),
                    Exit::Failed,
                ));
            }
            Some(settings) => {
                let key = settings.secret.find(place, &folder)?;
                (settings, key)
            }
            None => {
                let (secret, key) = Secret::make(place)?;
                let settings = Settings {
                    version: Settings::VERSION,
                    relay: String::new(),
                    secret,
                    ready: false,
                };
                // Before the store: a store whose key nobody knows any more would be lost.
                home::write(&folder, &settings)?;
                (settings, key)
            }
        };
        Ok(Self {
            folder,
            settings,
            key,
        })
    }

    /// Begins as `start` says. After a failure it may be tried again, with another relay too.
    pub(crate) async fn open(
        &mut self,
        relay: &str,
        start: impl FnOnce(Options) -> Options,
    ) -> Outcome<Client> {
        relay.clone_into(&mut self.settings.relay);
        home::write(&self.folder, &self.settings)?;
        let options = session::options(self.folder.clone(), relay, self.key.clone());
        let client = Client::open(start(options)).await?;
        self.settings.ready = true;
        home::write(&self.folder, &self.settings)?;
        Ok(client)
    }

    /// Around the client that was opened.
    pub(crate) fn session(self, client: Client, place: &Place) -> Session {
        Session::over(client, self.folder, self.settings, place)
    }
}

/// Takes the relay's new address, if it is one of the same relay.
async fn relay(arguments: AccountRelay) -> Outcome {
    let place = &arguments.place;
    let folder = home::folder(place)?;
    let mut settings = home::read(&folder)?;
    let key = settings.secret.find(place, &folder)?;
    arguments.address.trim().clone_into(&mut settings.relay);
    let options = session::options(folder.clone(), &settings.relay, key);
    let client = Client::open(options.presence(Presence::Invisible)).await?;
    let session = Session::over(client, folder, settings, place);
    session
        .during(async |session| {
            home::write(&session.folder, &session.settings)?;
            print::out(&describe(session))
        })
        .await
}

async fn show(arguments: AccountShow) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            if !arguments.json {
                return print::out(&describe(session));
            }
            let me = session.client.me();
            print::json_line(&json!({
                "handle": me.handle,
                "account": me.account.to_string(),
                "device": me.device.to_string(),
                "approved": me.approved,
                "relay": session.client.address(),
                "data": session.folder.to_string_lossy(),
                "key": session.settings.secret.kind(),
            }))
        })
        .await
}

/// Who this is, in two columns.
fn describe(session: &Session) -> String {
    let me = session.client.me();
    let handle = match me.approved {
        true => format!("@{}", print::safe(&me.handle)),
        false => text::people::not_approved(),
    };
    print::facts(
        &[
            (text::people::handle(), handle),
            (text::people::account(), me.account.to_string()),
            (text::people::device(), me.device.to_string()),
            (text::people::relay(), session.client.address()),
            (text::people::data(), session.folder.display().to_string()),
            (text::people::key(), session.settings.secret.describe()),
        ],
        Paint::output(),
    )
}
