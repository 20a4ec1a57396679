//! A client opened for one command: found in its data folder, waited for with patience, closed
//! properly.

use crate::args::Place;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Settings};
use crate::{print, text};
use lacre::{
    AccountId, Client, Connection, ErrorKind, Event, Events, Options, Presence, Room, RoomInfo,
    RoomKind,
};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

/// An open account.
pub(crate) struct Session {
    pub(crate) client: Client,
    events: Events,
    /// Events that came while something else was waited for.
    held: VecDeque<Event>,
    pub(crate) folder: PathBuf,
    pub(crate) settings: Settings,
    patience: Duration,
}

/// How to open this folder's store, without saying how to begin.
pub(crate) fn options(folder: PathBuf, relay: &str, key: lacre::StoreKey) -> Options {
    Options::in_folder(relay, folder)
        .key(key)
        .client_name(concat!("lacre-cli/", env!("CARGO_PKG_VERSION")))
}

impl Session {
    /// Opens the account of a data folder, with or without a network.
    pub(crate) async fn open(place: &Place) -> Outcome<Self> {
        let folder = home::folder(place)?;
        let settings = home::read(&folder)?;
        let key = settings.secret.find(place, &folder)?;
        // A command passes by; one that stays says so.
        let options = options(folder.clone(), &settings.relay, key).presence(Presence::Invisible);
        let client = Client::open(options).await?;
        Ok(Self::over(client, folder, settings, place))
    }

    /// Around a client that is open.
    pub(crate) fn over(client: Client, folder: PathBuf, settings: Settings, place: &Place) -> Self {
        Self {
            events: client.events(),
            held: VecDeque::new(),
            client,
            folder,
            settings,
            patience: place.patience(),
        }
    }

    /// Runs `work`, then closes the client; the outcome is the work's.
    pub(crate) async fn during<T>(
        mut self,
        work: impl AsyncFnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        let outcome = work(&mut self).await;
        self.client.close().await;
        outcome
    }

    /// The next event; `None` once the client is closed. Nothing is left out.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        match self.held.pop_front() {
            Some(event) => Some(event),
            None => self.events.next().await,
        }
    }

    /// Events that were taken too early: the next ones, in this order.
    pub(crate) fn put_back(&mut self, events: Vec<Event>) {
        for event in events.into_iter().rev() {
            self.held.push_front(event);
        }
    }

    /// Waits until the relay has let this device in.
    pub(crate) async fn online(&mut self) -> Outcome {
        let client = self.client.clone();
        self.patiently(client.online()).await
    }

    /// Waits for what the relay must answer. Ends early when the relay refuses this device for good.
    pub(crate) async fn patiently<T>(
        &mut self,
        work: impl Future<Output = lacre::Result<T>>,
    ) -> Outcome<T> {
        let patience = tokio::time::sleep(self.patience);
        tokio::pin!(work, patience);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done?),
                () = &mut patience => return Err(self.impatient()),
                event = self.events.next() => match event {
                    Some(Event::Error(error)) if is_final(&error) => return Err(error.into()),
                    Some(event) => self.held.push_back(event),
                    None => return Err(closed()),
                },
            }
        }
    }

    /// How long to wait for the relay.
    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// Why waiting ended.
    fn impatient(&self) -> Failure {
        let seconds = self.patience.as_secs();
        match self.client.connection() {
            Connection::Online => {
                Failure::new("NotDone", text::failure::not_done(seconds), Exit::Failed)
            }
            Connection::Offline => unreachable(&self.settings.relay, seconds),
        }
    }

    /// A room of this device, by name, beginning of its id, or @handle.
    pub(crate) fn find(&self, name: &str) -> Outcome<Room> {
        let rooms = self.client.rooms()?;
        choose(&rooms, name, |room| Card {
            id: room.id().to_string(),
            name: room.name(),
            direct: is_direct(room),
        })
        .cloned()
    }

    /// As [`Session::find`]; a room that is not here yet may be on its way, so the relay is asked
    /// for news, and a direct room is opened if there is none.
    pub(crate) async fn enter(&mut self, name: &str) -> Outcome<Room> {
        if let Some(found) = self.found(name) {
            return found;
        }
        if let Some(handle) = name.strip_prefix('@') {
            let client = self.client.clone();
            return self.patiently(client.direct(handle)).await;
        }
        let news = tokio::time::sleep(NEWS);
        tokio::pin!(news);
        loop {
            tokio::select! {
                () = &mut news => return self.find(name),
                event = self.events.next() => match event {
                    Some(Event::Error(error)) if is_final(&error) => return Err(error.into()),
                    Some(event) => self.held.push_back(event),
                    None => return Err(closed()),
                },
            }
            if let Some(found) = self.found(name) {
                return found;
            }
        }
    }

    /// The room, or why it is not clear which; `None` if there is none.
    fn found(&self, name: &str) -> Option<Outcome<Room>> {
        match self.find(name) {
            Err(failure) if failure.is("NoSuchRoomHere") => None,
            found => Some(found),
        }
    }

    /// Waits until a change that the relay has accepted shows on this device: it is applied when
    /// the device reaches it in the room's log.
    pub(crate) async fn shows(&mut self, room: &Room, fits: impl Fn(&Room) -> bool) -> Outcome {
        let client = self.client.clone();
        let mut news = client.events();
        self.patiently(async {
            while !fits(room) {
                if news.next().await.is_none() {
                    break;
                }
            }
            Ok(())
        })
        .await
    }
}

/// How long a room that is not here yet is waited for.
const NEWS: Duration = Duration::from_secs(3);

/// The relay did not answer in time.
pub(crate) fn unreachable(address: &str, seconds: u64) -> Failure {
    let shown = address.rsplit_once('@').map_or(address, |(_, host)| host);
    Failure::new(
        "Unreachable",
        text::failure::unreachable(shown, seconds),
        Exit::Unreachable,
    )
}

/// The client was closed under the command.
pub(crate) fn closed() -> Failure {
    Failure::new("Closed", text::failure::client_closed(), Exit::Failed)
}

/// Whether trying again cannot mend it, for this device as a whole.
pub(crate) fn is_final(error: &lacre::Error) -> bool {
    !error.is_retryable()
        && matches!(
            error.kind(),
            ErrorKind::Refused
                | ErrorKind::Relay
                | ErrorKind::Outdated
                | ErrorKind::Security
                | ErrorKind::Store
        )
}

fn is_direct(room: &Room) -> bool {
    room.kind() == RoomKind::Direct
}

/// What a room is found by.
struct Card {
    id: String,
    name: String,
    direct: bool,
}

/// The shortest beginning of an id that finds a room.
const SHORTEST_ID: usize = 4;

/// The room that `wanted` means: an exact name before the beginning of an id, never a guess.
fn choose<'a, R>(rooms: &'a [R], wanted: &str, card: impl Fn(&R) -> Card) -> Outcome<&'a R> {
    let by = |fits: &dyn Fn(&Card) -> bool| {
        rooms
            .iter()
            .filter(|room| fits(&card(room)))
            .collect::<Vec<_>>()
    };
    let found = match wanted.strip_prefix('@') {
        Some(handle) => by(&|card| card.direct && card.name == handle),
        None => {
            let named = by(&|card| card.name == wanted);
            let digits = wanted.to_ascii_lowercase();
            let is_id = digits.len() >= SHORTEST_ID
                && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if named.is_empty() && is_id {
                by(&|card| card.id.starts_with(&digits))
            } else {
                named
            }
        }
    };
    match found.as_slice() {
        [room] => Ok(room),
        [] => Err(Failure::new(
            "NoSuchRoomHere",
            text::failure::no_such_room(wanted),
            Exit::Failed,
        )),
        several => {
            let rooms: Vec<_> = several.iter().map(|room| short(&card(room).id)).collect();
            let what = text::failure::several_rooms(print::safe(wanted), rooms.join(", "));
            Err(Failure::new("AmbiguousRoom", what, Exit::Usage))
        }
    }
}

/// As [`Session::find`], among rooms read without a client.
pub(crate) fn choose_info<'a>(rooms: &'a [RoomInfo], wanted: &str) -> Outcome<&'a RoomInfo> {
    choose(rooms, wanted, |room| Card {
        id: room.id.to_string(),
        name: room.name.clone(),
        direct: room.kind == RoomKind::Direct,
    })
}

/// Whether somebody's handle is not known yet: until the directory has answered, the start of their id
/// stands for it.
pub(crate) fn is_nameless(account: AccountId, handle: &str) -> bool {
    handle.is_empty() || handle == short(&account.to_string())
}

/// The beginning of an id, long enough to tell rooms of one person apart.
pub(crate) fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::{Card, choose};

    const ROOMS: [(&str, &str, bool); 5] = [
        ("aabb0011", "Algebra", false),
        ("aabb2233", "bruno", true),
        ("ccdd4455", "bruno", false),
        ("eeff6677", "History", false),
        ("01018899", "History", false),
    ];

    fn find(wanted: &str) -> Result<usize, bool> {
        let card = |room: &(&str, &str, bool)| Card {
            id: room.0.into(),
            name: room.1.into(),
            direct: room.2,
        };
        match choose(&ROOMS, wanted, card) {
            Ok(room) => Ok(ROOMS.iter().position(|known| known == room).unwrap()),
            Err(failure) => Err(failure.is("AmbiguousRoom")),
        }
    }

    #[test]
    fn rooms_are_found_and_never_guessed() {
        assert_eq!(find("Algebra"), Ok(0));
        assert_eq!(find("@bruno"), Ok(1));
        assert_eq!(find("ccdd"), Ok(2));
        assert_eq!(find("AABB2"), Ok(1));
        assert_eq!(find("aabb"), Err(true));
        assert_eq!(find("History"), Err(true));
        assert_eq!(find("bruno"), Err(true));
        assert_eq!(find("ee"), Err(false));
        assert_eq!(find("@Algebra"), Err(false));
    }
}
