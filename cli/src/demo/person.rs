//! One of the three: a client with its own folder, and patience.

use super::Stage;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Settings};
use crate::secret::Secret;
use crate::{session, text};
use lacre::{Client, Event, Events, Message, Room, RoomId, StoreKey};
use std::path::PathBuf;
use std::time::Duration;

/// Nothing here takes longer, even on a slow and busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A person of the demonstration.
pub(super) struct Person {
    /// What the screen calls them, and their folder.
    pub(super) name: &'static str,
    /// Their handle at the relay.
    pub(super) handle: &'static str,
    folder: PathBuf,
    address: String,
    key: StoreKey,
    open: Option<(Client, Events)>,
}

impl Person {
    /// Signs up.
    pub(super) async fn sign_up(
        stage: &Stage,
        address: &str,
        name: &'static str,
        handle: &'static str,
    ) -> Outcome<Self> {
        let folder = stage.person(&name.to_lowercase());
        home::make(&folder)?;
        let (secret, key) = Secret::in_file(&folder.with_extension("key"))?;
        let mut person = Self {
            name,
            handle,
            folder,
            address: address.to_owned(),
            key,
            open: None,
        };
        person.connect().await?;
        // With these a kept folder opens with every other command.
        let settings = Settings {
            version: Settings::VERSION,
            relay: address.to_owned(),
            secret,
            ready: true,
        };
        home::write(&person.folder, &settings)?;
        Ok(person)
    }

    /// Opens the client, at the first time with a sign-up.
    pub(super) async fn connect(&mut self) -> Outcome {
        let options = session::options(self.folder.clone(), &self.address, self.key.clone())
            .handle(self.handle);
        let client = Client::open(options).await?;
        let events = client.events();
        self.open = Some((client, events));
        Ok(())
    }

    /// Closes the client; messages wait at the relay.
    pub(super) async fn disconnect(&mut self) {
        if let Some((client, events)) = self.open.take() {
            drop(events);
            client.close().await;
        }
    }

    /// The open client.
    pub(super) fn client(&self) -> Outcome<&Client> {
        self.open
            .as_ref()
            .map(|(client, _)| client)
            .ok_or_else(session::closed)
    }

    /// A room of this person.
    pub(super) fn room(&self, room: RoomId) -> Outcome<Room> {
        Ok(self.client()?.room(room)?)
    }

    /// Waits for an event.
    pub(super) async fn until<T>(
        &mut self,
        what: &str,
        mut fits: impl FnMut(&Event) -> Option<T>,
    ) -> Outcome<T> {
        let stuck = || {
            Failure::new(
                "DemoStuck",
                text::demo::stuck(self.name, what),
                Exit::Failed,
            )
        };
        let (_, events) = self.open.as_mut().ok_or_else(session::closed)?;
        let waiting = async {
            while let Some(event) = events.next().await {
                if let Event::Error(error) = &event
                    && session::is_final(error)
                {
                    return Err(Failure::from(error.clone()));
                }
                if let Some(found) = fits(&event) {
                    return Ok(found);
                }
            }
            Err(session::closed())
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(done) => done,
            Err(_) => Err(stuck()),
        }
    }

    /// Waits until this person is in a room.
    pub(super) async fn until_in(&mut self, room: RoomId) -> Outcome {
        if self.room(room).is_ok_and(|room| room.is_joined()) {
            return Ok(());
        }
        self.until("the room", |event| {
            matches!(event, Event::RoomAdded { room: added } if *added == room).then_some(())
        })
        .await
    }

    /// Waits until this person reads a text of somebody else.
    pub(super) async fn until_reads(&mut self, text: &str) -> Outcome<Message> {
        self.until(text, |event| match event {
            Event::Message(message) if message.text() == text => Some(message.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until a message has changed as wanted.
    pub(super) async fn until_changed(
        &mut self,
        what: &str,
        fits: impl Fn(&Message) -> bool,
    ) -> Outcome {
        self.until(what, |event| match event {
            Event::MessageChanged(message) => fits(message).then_some(()),
            _ => None,
        })
        .await
    }

    /// Sends a text and waits until the relay has it durably.
    pub(super) async fn says(&self, room: RoomId, text: &str) -> Outcome<lacre::MessageId> {
        let handle = self.room(room)?.send(text).await?;
        within(&text::demo::sending(), self.name, handle.sent()).await?;
        Ok(handle.message_id())
    }
}

/// Waits for what the relay must answer.
pub(super) async fn within<T>(
    what: &str,
    who: &str,
    work: impl Future<Output = lacre::Result<T>>,
) -> Outcome<T> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Failure::new(
            "DemoStuck",
            text::demo::stuck(who, what),
            Exit::Failed,
        )),
    }
}
