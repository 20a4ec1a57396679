//! A person's device in a story: a client in a folder of its own, that can be closed and opened.

mod read;
mod say;

use crate::journal::{Journal, Told};
use crate::stage::Stage;
use lacre::{AccountId, Client, DeviceId, Error, Event, Events, Options, Profile, Room, RoomId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// A device. Everything it sends, shows and is told goes into the story's record.
pub struct Device {
    name: String,
    handle: String,
    address: String,
    folder: PathBuf,
    stage: Arc<Stage>,
    journal: Arc<Journal>,
    profile: Profile,
    open: Option<Open>,
}

/// A device that is switched on.
struct Open {
    client: Client,
    listener: JoinHandle<()>,
}

impl Device {
    /// Signs up with a handle.
    pub async fn sign_up(stage: &Arc<Stage>, address: &str, handle: &str) -> Self {
        let folder = stage.path(handle);
        let options = Options::in_folder(address, folder.clone())
            .key_file()
            .handle(handle);
        let client = stage
            .within(&format!("{handle} signs up"), Client::open(options))
            .await;
        let client =
            client.unwrap_or_else(|error| stage.fail(&format!("{handle} cannot sign up: {error}")));
        Self::with(stage, handle, handle, address, folder, client).await
    }

    /// Opens the folder of somebody who has signed up before, in another process perhaps.
    pub async fn resume(stage: &Arc<Stage>, address: &str, handle: &str) -> Self {
        let folder = stage.path(handle);
        let options = Options::in_folder(address, folder.clone()).key_file();
        let client = stage
            .within(&format!("{handle} resumes"), Client::open(options))
            .await;
        let client =
            client.unwrap_or_else(|error| stage.fail(&format!("{handle} cannot resume: {error}")));
        Self::with(stage, handle, handle, address, folder, client).await
    }

    /// A second device of the same account, which waits to be let in.
    pub async fn ask_for_second(&self, name: &str) -> Self {
        let folder = self.stage.path(name);
        let options = Options::in_folder(&self.address, folder.clone()).key_file();
        let options = options.link_to(self.account(), name);
        let client = self
            .stage
            .within("a new device asks to be let in", Client::open(options))
            .await;
        let client =
            client.unwrap_or_else(|error| self.stage.fail(&format!("{name} cannot ask: {error}")));
        Self::with(
            &self.stage,
            name,
            &self.handle,
            &self.address,
            folder,
            client,
        )
        .await
    }

    /// A second device of the same account, let in by this one.
    pub async fn second(&self, name: &str) -> Self {
        let second = self.ask_for_second(name).await;
        let wanted = second.id();
        self.until("the request of the new device", |told| {
            told.approvals.iter().any(|ask| ask.device() == wanted)
        })
        .await;
        let ask = self
            .look(|told| {
                told.approvals
                    .iter()
                    .find(|ask| ask.device() == wanted)
                    .cloned()
            })
            .unwrap();
        assert_eq!(ask.name(), name);
        self.within("letting the new device in", ask.approve())
            .await
            .unwrap();
        second.until("being let in", |told| told.approved).await;
        second
    }

    async fn with(
        stage: &Arc<Stage>,
        name: &str,
        handle: &str,
        address: &str,
        folder: PathBuf,
        client: Client,
    ) -> Self {
        let journal = Arc::new(Journal::new(name));
        stage.enters(Arc::clone(&journal));
        let mut device = Self {
            name: name.to_owned(),
            handle: handle.to_owned(),
            address: address.to_owned(),
            folder,
            stage: Arc::clone(stage),
            journal,
            profile: client.me(),
            open: None,
        };
        device.listen(client).await;
        device
    }

    /// From now on the client's events go into the journal, and what it shows already.
    async fn listen(&mut self, client: Client) {
        let events = client.events();
        let journal = Arc::clone(&self.journal);
        take_over(&client, &journal).await;
        let listener = tokio::spawn(write_down(client.clone(), events, journal));
        self.open = Some(Open { client, listener });
    }

    /// Opens the client again: the folder says who it is.
    pub async fn open(&mut self) {
        let client = self.try_open().await;
        let client = client.unwrap_or_else(|error| {
            self.stage
                .fail(&format!("{} cannot open: {error}", self.name))
        });
        self.listen(client).await;
    }

    /// What opening the folder says.
    ///
    /// # Errors
    /// Whatever [`Client::open`] answers.
    pub async fn try_open(&self) -> Result<Client, Error> {
        let options = Options::in_folder(&self.address, self.folder.clone()).key_file();
        self.stage
            .within("opening a client", Client::open(options))
            .await
    }

    /// Closes the client as an application does.
    pub async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.journal.closed();
            self.stage
                .within("closing a client", open.client.close())
                .await;
            self.stage
                .within("the end of a client's events", open.listener)
                .await
                .unwrap();
        }
    }

    /// Closes and opens it again.
    pub async fn restart(&mut self) {
        self.close().await;
        self.open().await;
    }

    /// Lets go of the client without closing it, and waits until its folder is free again.
    pub async fn drop_without_closing(&mut self) {
        let open = self.open.take().unwrap();
        open.listener.abort();
        // The listener holds the client; it is gone once the task is.
        let _aborted = open.listener.await;
        self.journal.closed();
        drop(open.client);
        let lock = std::fs::File::open(self.folder.join("store.lock")).unwrap();
        let freed = tokio::task::spawn_blocking(move || lock.lock());
        self.stage
            .within("a dropped client lets go of its folder", freed)
            .await
            .unwrap()
            .unwrap();
    }

    /// Through which address it connects from the next opening on.
    pub fn connect_through(&mut self, address: &str) {
        address.clone_into(&mut self.address);
    }

    /// For people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account's handle.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.profile.account
    }

    /// The device.
    pub fn id(&self) -> DeviceId {
        self.profile.device
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it is switched on.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The client, which is open.
    pub fn client(&self) -> &Client {
        match &self.open {
            Some(open) => &open.client,
            None => panic!("{} is closed", self.name),
        }
    }

    /// A room this device has.
    pub fn room(&self, room: RoomId) -> Room {
        self.client()
            .room(room)
            .unwrap_or_else(|error| self.stage.fail(&format!("{}: {error}", self.name)))
    }

    /// Opens the direct room with somebody.
    pub async fn direct(&self, other: &Self) -> RoomId {
        let room = self
            .within("a direct room", self.client().direct(&other.handle))
            .await;
        room.unwrap_or_else(|error| self.stage.fail(&format!("{}: {error}", self.name)))
            .id()
    }

    /// Creates a group; everybody in it has entered when this returns.
    pub async fn group(&self, name: &str, members: &[&Self]) -> RoomId {
        let handles: Vec<_> = members
            .iter()
            .map(|member| member.handle.as_str())
            .collect();
        let room = self
            .within("a group", self.client().create_group(name, &handles))
            .await;
        let room = room
            .unwrap_or_else(|error| self.stage.fail(&format!("{}: {error}", self.name)))
            .id();
        for member in members {
            member.enters(room).await;
        }
        room
    }

    /// Creates a space; everybody in it has entered when this returns.
    pub async fn space(&self, name: &str, members: &[&Self]) -> RoomId {
        let handles: Vec<_> = members
            .iter()
            .map(|member| member.handle.as_str())
            .collect();
        let room = self
            .within("a space", self.client().create_space(name, &handles))
            .await;
        let room = room
            .unwrap_or_else(|error| self.stage.fail(&format!("{}: {error}", self.name)))
            .id();
        for member in members {
            member.enters(room).await;
        }
        room
    }

    /// Waits until the device is in a room.
    pub async fn enters(&self, room: RoomId) {
        self.until("entering a room", |told| told.entered.contains(&room))
            .await;
    }

    /// Waits for the session.
    pub async fn comes_online(&self) {
        self.within("coming online", self.client().online())
            .await
            .unwrap();
    }

    /// Waits until something was told.
    pub async fn until(&self, what: &str, holds: impl Fn(&Told) -> bool) {
        self.within(what, self.journal.until(holds)).await;
    }

    /// What was told so far.
    pub fn look<T>(&self, at: impl FnOnce(&Told) -> T) -> T {
        self.journal.look(at)
    }

    /// Waits for something before the story's deadline.
    pub async fn within<T>(&self, what: &str, future: impl Future<Output = T>) -> T {
        self.stage
            .within(&format!("{}: {what}", self.name), future)
            .await
    }

    /// The stage it plays on.
    pub fn stage(&self) -> &Arc<Stage> {
        &self.stage
    }
}

/// Writes events down until the client is closed.
async fn write_down(client: Client, mut events: Events, journal: Arc<Journal>) {
    while let Some(event) = events.next().await {
        let entered = match &event {
            Event::RoomAdded { room } => Some(*room),
            _ => None,
        };
        if !journal.write(event) {
            take_over(&client, &journal).await;
        }
        // What came with the room's first run was perhaps told before the room.
        if let Some(room) = entered.and_then(|room| client.room(room).ok()) {
            journal.read(room.id(), read::whole(&room).await);
        }
    }
}

/// Takes what the store shows into the journal.
async fn take_over(client: &Client, journal: &Journal) {
    // A client that is being closed shows nothing more.
    let Ok(rooms) = client.rooms() else { return };
    for room in rooms {
        journal.read(room.id(), read::whole(&room).await);
    }
}
