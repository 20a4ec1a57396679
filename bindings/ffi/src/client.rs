//! The client: one device of one account.

use crate::error::{LacreError, Result};
use crate::event::Events;
use crate::id;
use crate::message::Person;
use crate::room::Room;
use std::sync::Arc;

/// How to open a client.
#[derive(Clone, uniffi::Record)]
pub struct Options {
    /// The relay's address as `lacre relay` prints it.
    pub address: String,
    /// The folder for this device's data; one client at a time.
    pub folder: String,
    /// At the first start: the handle to sign up under.
    #[uniffi(default = None)]
    pub handle: Option<String>,
    /// The store's key, 32 bytes, from the platform's secret store. Without one it is kept in a file in
    /// the folder, for servers, bots and tests.
    #[uniffi(default = None)]
    pub key: Option<Vec<u8>>,
    /// Name and version of the application, for the operator's statistics.
    #[uniffi(default = None)]
    pub client_name: Option<String>,
}

/// One device of one account.
#[derive(uniffi::Object)]
pub struct Client(lacre::Client);

#[uniffi::export]
impl Client {
    /// Opens the data folder and connects: sign-up, sign-in and resume in one call.
    #[uniffi::constructor]
    pub async fn open(options: Options) -> Result<Arc<Self>> {
        let mut wanted = lacre::Options::new(&options.address, &options.folder);
        wanted = match &options.key {
            Some(key) => wanted.key(store_key(key)?),
            None => wanted.key_file(),
        };
        if let Some(handle) = &options.handle {
            wanted = wanted.handle(handle);
        }
        if let Some(name) = &options.client_name {
            wanted = wanted.client_name(name);
        }
        Ok(Arc::new(Self(lacre::Client::open(wanted).await?)))
    }

    /// Who this is.
    pub fn me(&self) -> Person {
        let me = self.0.me();
        Person {
            account: me.account.to_string(),
            name: me.handle,
        }
    }

    /// Whether the session is up.
    pub fn is_online(&self) -> bool {
        self.0.connection() == lacre::Connection::Online
    }

    /// Waits until the session is up.
    pub async fn online(&self) -> Result<()> {
        Ok(self.0.online().await?)
    }

    /// Every room of this device.
    pub fn rooms(&self) -> Result<Vec<Arc<Room>>> {
        let rooms = self.0.rooms()?;
        Ok(rooms.into_iter().map(|room| Arc::new(Room(room))).collect())
    }

    /// A room by its id.
    pub fn room(&self, room: String) -> Result<Arc<Room>> {
        let room = id::parse(&room, "room")?;
        Ok(Arc::new(Room(self.0.room(room)?)))
    }

    /// Finds a person by handle.
    pub async fn person(&self, handle: String) -> Result<Person> {
        Ok(Person::from(&self.0.person(&handle).await?))
    }

    /// The one room shared with this person, opened if it does not exist yet.
    pub async fn direct(&self, handle: String) -> Result<Arc<Room>> {
        Ok(Arc::new(Room(self.0.direct(&handle).await?)))
    }

    /// Creates a group with a name and its first members, by handle.
    pub async fn create_group(&self, name: String, handles: Vec<String>) -> Result<Arc<Room>> {
        let handles: Vec<&str> = handles.iter().map(String::as_str).collect();
        Ok(Arc::new(Room(self.0.create_group(&name, &handles).await?)))
    }

    /// Creates a space with a name and its first members, by handle: room for 2000 devices where a
    /// group holds 128, with keys that are not post-quantum.
    pub async fn create_space(&self, name: String, handles: Vec<String>) -> Result<Arc<Room>> {
        let handles: Vec<&str> = handles.iter().map(String::as_str).collect();
        Ok(Arc::new(Room(self.0.create_space(&name, &handles).await?)))
    }

    /// Enters an open room.
    pub async fn join(&self, room: String) -> Result<Arc<Room>> {
        let room = id::parse(&room, "room")?;
        Ok(Arc::new(Room(self.0.join(room).await?)))
    }

    /// What happens from now on. The first call also gets what happened since the client opened.
    pub fn events(&self) -> Arc<Events> {
        Arc::new(Events::new(self.0.events()))
    }

    /// Puts the client to rest: disconnects and closes the store, as apps in the background must.
    pub async fn pause(&self) -> Result<()> {
        Ok(self.0.pause().await?)
    }

    /// Wakes the client after `pause`.
    pub async fn resume(&self) -> Result<()> {
        Ok(self.0.resume().await?)
    }

    /// Closes the client and waits until threads, sockets and the store are closed.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

fn store_key(key: &[u8]) -> Result<lacre::StoreKey> {
    let key = key.try_into().map_err(|_| LacreError::Invalid {
        code: "BadKey".to_owned(),
        detail: format!("a store's key has 32 bytes, this one has {}", key.len()),
    })?;
    Ok(lacre::StoreKey::new(key))
}
