//! The client: one device of one account.

use crate::driver::{Driver, closed};
use crate::engine::{Connection, DeviceInfo, Done, Error, ErrorKind, Profile, Result};
use crate::events::Events;
use crate::message::Person;
use crate::open;
use crate::options::Options;
use crate::path::Path;
use crate::room::Room;
use lacre_wire::ids::{AccountId, DeviceId, RoomId};
use std::sync::Arc;

/// One device of one account. Cheap to clone; all clones are the same client.
///
/// Calls that must ask the relay wait until it answers, over reconnects too; drop the future to
/// stop waiting (what was asked goes on). Calls without `async` read this device's store or memory
/// and take milliseconds at most.
///
/// Dropping the last handle ([`Room`], [`crate::Timeline`] and [`Events`] hold the client too)
/// closes it in the background; [`Client::close`] also waits for the end.
#[derive(Clone)]
pub struct Client {
    pub(crate) driver: Arc<Driver>,
}

impl Client {
    /// Opens the data folder and connects: sign-up, sign-in and resume in one call.
    ///
    /// A store that is signed in opens at once, with or without a network. At the first start it
    /// returns when the relay has let this device in, and gives up after 15 seconds; calling it
    /// again goes on where it stopped.
    ///
    /// # Errors
    /// `Invalid`: address, key or handle missing or wrong. `Exists`: the handle is taken. `Refused`: sign-up is
    /// closed, or the device is unknown or revoked. `Offline`: the relay did not answer at the
    /// first start. `Relay`: it is not the relay of the address. `InUse`, `WrongKey`, `Store`: the
    /// data folder cannot be opened.
    pub async fn open(options: Options) -> Result<Self> {
        let driver = open::open(options).await?;
        Ok(Self {
            driver: Arc::new(driver),
        })
    }

    /// Who this is: account, device, handle, and whether the device was let in.
    pub fn me(&self) -> Profile {
        self.driver.shared.profile()
    }

    /// Whether the session is up. Changes are told as [`crate::Event::Connection`].
    pub fn connection(&self) -> Connection {
        self.driver.shared.connection()
    }

    /// Which way the connection to the relay takes; none without one. Where UDP does not get through
    /// it is [`Path::WebSocket`]. It stays the same until the client connects again.
    pub fn path(&self) -> Option<Path> {
        self.driver.shared.path()
    }

    /// The relay's address with the fingerprints this device trusts now, to keep for the next start
    /// and to hand on. It differs from the one that was given once the relay has named its next
    /// identity, or has changed to it.
    pub fn address(&self) -> String {
        self.driver.shared.address()
    }

    /// How far this device's clock is ahead of the relay's, in milliseconds, as the last login of
    /// this run showed; none before.
    ///
    /// # Errors
    /// `Offline` when the client is paused or closed.
    pub async fn clock_ahead(&self) -> Result<Option<i64>> {
        self.driver.call(|engine, _| Ok(engine.clock_ahead())).await
    }

    /// Waits until the session is up.
    ///
    /// # Errors
    /// `Offline` when the client is closed meanwhile.
    pub async fn online(&self) -> Result<()> {
        self.driver.shared.online().await
    }

    /// Every room of this device.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn rooms(&self) -> Result<Vec<Room>> {
        let infos = self.driver.shared.read(|reader| reader.rooms())?;
        Ok(infos
            .into_iter()
            .map(|info| Room::new(self.clone(), self.driver.shared.cell(info)))
            .collect())
    }

    /// A room by its id.
    ///
    /// # Errors
    /// `NotFound` when this device has no such room; `Store` when the store cannot be read.
    pub fn room(&self, id: RoomId) -> Result<Room> {
        if let Some(cell) = self.driver.shared.live_cell(id) {
            return Ok(Room::new(self.clone(), cell));
        }
        match self.driver.shared.read(|reader| reader.room(id))? {
            Some(info) => Ok(Room::new(self.clone(), self.driver.shared.cell(info))),
            None => Err(Error::new(
                ErrorKind::NotFound,
                "NoSuchRoom",
                format!("this device has no room {id}; join it, or ask a member to add you"),
            )),
        }
    }

    /// A room by its id, as soon as this device has it: for one that somebody else is adding this
    /// account to.
    ///
    /// # Errors
    /// `Store` when the store cannot be read, `Offline` when the client is closed meanwhile.
    pub async fn await_room(&self, id: RoomId) -> Result<Room> {
        // Listens before it looks, so that the room cannot come in between.
        let news = self.driver.shared.listen();
        loop {
            match self.room(id) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                found => return found,
            }
            if std::future::poll_fn(|context| news.poll_pop(context))
                .await
                .is_none()
            {
                return Err(closed());
            }
        }
    }

    /// Finds a person by handle, with or without `@`.
    ///
    /// # Errors
    /// `NotFound` when nobody has the handle.
    pub async fn person(&self, handle: &str) -> Result<Person> {
        let mut found = self.people(&[handle]).await?;
        found
            .pop()
            .ok_or_else(|| Error::internal("a lookup found nothing and did not fail"))
    }

    /// The one room shared with this person, opened if it does not exist yet. With the own handle:
    /// a room for notes.
    ///
    /// # Errors
    /// `NotFound` when nobody has the handle.
    pub async fn direct(&self, handle: &str) -> Result<Room> {
        let person = self.person(handle).await?;
        self.direct_with(person.account).await
    }

    /// As [`Client::direct`], by account.
    ///
    /// # Errors
    /// `NotFound` when there is no such account.
    pub async fn direct_with(&self, account: AccountId) -> Result<Room> {
        let done = self
            .driver
            .perform(move |engine, now| engine.direct(account, now))
            .await?;
        self.entered(done)
    }

    /// Creates a group with a name and its first members, by handle.
    ///
    /// # Errors
    /// `NotFound` when nobody has one of the handles; nothing was created then. `TooLarge` for
    /// more than 128 devices.
    pub async fn create_group(&self, name: &str, handles: &[&str]) -> Result<Room> {
        let members = self.accounts(handles).await?;
        self.create_group_with(name, members).await
    }

    /// As [`Client::create_group`], by account.
    ///
    /// # Errors
    /// `NotFound` when there is no such account, `TooLarge` for more than 128 devices.
    pub async fn create_group_with(&self, name: &str, members: Vec<AccountId>) -> Result<Room> {
        let name = name.to_owned();
        let done = self
            .driver
            .perform(move |engine, now| engine.create_group(&name, members, now))
            .await?;
        self.entered(done)
    }

    /// Creates a space with a name and its first members, by handle: a room for up to 2000 devices,
    /// where a group holds 128, with keys that are not post-quantum.
    ///
    /// # Errors
    /// As [`Client::create_group`].
    pub async fn create_space(&self, name: &str, handles: &[&str]) -> Result<Room> {
        let members = self.accounts(handles).await?;
        let name = name.to_owned();
        let done = self
            .driver
            .perform(move |engine, now| engine.create_space(&name, members, now))
            .await?;
        self.entered(done)
    }

    /// Enters an open room: a member who is online lets this device in, or it lets itself in.
    ///
    /// # Errors
    /// `NotFound` when there is no such room, `NotAllowed` when it is not open.
    pub async fn join(&self, room: RoomId) -> Result<Room> {
        let done = self
            .driver
            .perform(move |engine, now| engine.join(room, now))
            .await?;
        match done {
            Done::Changed => self.room(room),
            done => self.entered(done),
        }
    }

    /// What happens from now on. The first call also gets what happened since the client opened,
    /// so nothing read in between is missed.
    pub fn events(&self) -> Events {
        Events::new(self.clone(), self.driver.shared.subscribe())
    }

    /// The devices of this account.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub async fn devices(&self) -> Result<Vec<DeviceInfo>> {
        self.driver.call(|engine, _| engine.devices()).await
    }

    /// Lets a new device of this account in. It can read and write as this person from then on.
    ///
    /// # Errors
    /// `NotFound` when no such device asks.
    pub async fn approve(&self, device: DeviceId) -> Result<()> {
        self.driver
            .perform(move |engine, now| engine.approve_device(device, now))
            .await
            .map(drop)
    }

    /// Puts the client to rest: disconnects, and closes the store and its file lock. For apps that
    /// go to the background; until [`Client::resume`], everything else answers `Offline` with the
    /// code `Paused`.
    ///
    /// # Errors
    /// `Offline` when the client is closed.
    pub async fn pause(&self) -> Result<()> {
        self.driver.pause().await
    }

    /// Wakes the client after [`Client::pause`]. On a client that is not paused: connects now if
    /// it was waiting to try again, as after a change of network.
    ///
    /// # Errors
    /// As for opening the data folder.
    pub async fn resume(&self) -> Result<()> {
        self.driver.resume().await
    }

    /// Closes the client: what was handed to the network goes out, the store is closed, threads
    /// and sockets are gone when this returns. Messages still queued go out after the next open.
    pub async fn close(&self) {
        self.driver.close().await;
    }

    /// The people behind handles, in order; all are asked for at once.
    async fn people(&self, handles: &[&str]) -> Result<Vec<Person>> {
        let handles: Vec<_> = handles.iter().map(|handle| bare(handle)).collect();
        let done = self.driver.perform_all(move |engine, now| {
            handles
                .iter()
                .map(|handle| engine.lookup(handle, now))
                .collect()
        });
        let person = |done| match done {
            Done::Person { account, handle } => Ok(Person {
                account,
                name: handle.clone(),
                handle,
            }),
            other => Err(Error::internal(format!("a lookup ended with {other:?}"))),
        };
        done.await?.into_iter().map(person).collect()
    }

    /// The accounts behind handles, in order.
    pub(crate) async fn accounts(&self, handles: &[&str]) -> Result<Vec<AccountId>> {
        Ok(self
            .people(handles)
            .await?
            .into_iter()
            .map(|person| person.account)
            .collect())
    }

    pub(crate) fn entered(&self, done: Done) -> Result<Room> {
        match done {
            Done::Room(room) => self.room(room),
            other => Err(Error::internal(format!(
                "entering a room ended with {other:?}"
            ))),
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("connection", &self.connection())
            .finish_non_exhaustive()
    }
}

/// A handle without its `@`.
fn bare(handle: &str) -> String {
    let handle = handle.trim();
    handle.strip_prefix('@').unwrap_or(handle).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Timeline;

    /// Compiles only if the futures of handles may move between threads.
    #[test]
    fn futures_are_send() {
        fn send<T: Send>(_: impl Fn() -> T) {}
        fn any<T>() -> T {
            unreachable!("only types are looked at")
        }
        send(|| Client::open(any()));
        send(|| any::<&Client>().direct(any()));
        send(|| any::<&Client>().close());
        send(|| any::<&Room>().send(any()));
        send(|| any::<&Timeline>().next_diff());
        send(|| any::<&mut Events>().next());
    }

    #[test]
    fn handles_are_taken_with_and_without_at() {
        assert_eq!(bare(" @ana "), "ana");
        assert_eq!(bare("ana"), "ana");
    }
}
