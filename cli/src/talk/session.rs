//! A conversation that is open: the client, the room that is looked at, language and clock.

use super::clock::Clock;
use super::command::{self, Parsed};
use super::line::Line;
use super::preferences::Preferences;
use super::problem::{Answer, Problem};
use crate::print::safe;
use crate::text::{Lang, say};
use lacre::{
    AccountId, Client, Connection, Item, MessageId, Millis, Room, RoomId, RoomKind, SendHandle,
    SendState,
};
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// An open conversation. Cheap to clone; all clones are the same one, so a command may run beside
/// the screen that started it.
#[derive(Clone)]
pub(crate) struct Session(Arc<Inner>);

struct Inner {
    client: Client,
    lang: Lang,
    clock: Clock,
    patience: Duration,
    started: Millis,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    room: Option<Room>,
    over: bool,
    /// Messages of this session that the relay may not have yet.
    unsent: Vec<SendHandle>,
    /// Every message of this session.
    wrote: HashSet<MessageId>,
    /// Rooms that commands of this session made or entered.
    made: HashSet<RoomId>,
    /// How many commands are making or entering one.
    entering: u32,
    preferences: Preferences,
}

/// Why something that needs the relay did not end well.
pub(crate) enum Stopped {
    /// The SDK said no.
    Error(lacre::Error),
    /// The relay did not answer within so many seconds.
    NoAnswer(u64),
}

impl Stopped {
    /// In words; `special` may have better ones for an error.
    pub(crate) fn told(
        self,
        lang: Lang,
        special: impl FnOnce(&lacre::Error) -> Option<Problem>,
    ) -> Problem {
        match self {
            Self::NoAnswer(seconds) => Problem::no_answer(lang, seconds),
            Self::Error(error) => special(&error).unwrap_or_else(|| Problem::of(lang, &error)),
        }
    }
}

impl Session {
    /// Around an open client. Commands wait as long as `patience` for the relay.
    pub(crate) fn new(client: Client, lang: Lang, clock: Clock, patience: Duration) -> Self {
        Self(Arc::new(Inner {
            started: clock.now(),
            client,
            lang,
            clock,
            patience,
            state: Mutex::default(),
        }))
    }

    /// Takes up the choices that are kept in a data folder.
    pub(crate) fn remember_in(&self, folder: &Path) {
        self.state().preferences = Preferences::read(folder);
    }

    /// What the person has chosen.
    pub(crate) fn preferences(&self) -> Preferences {
        self.state().preferences.clone()
    }

    /// Changes what the person has chosen, and keeps it.
    pub(crate) fn prefer(&self, change: impl FnOnce(&mut Preferences)) -> Result<(), Problem> {
        let mut state = self.state();
        change(&mut state.preferences);
        state.preferences.write().map_err(|error| {
            Problem::failed(
                say!(self.lang(), "error-not-kept"),
                safe(&error.to_string()),
            )
        })
    }

    /// Tells the people of the room that is looked at, and nobody else, that it is.
    pub(crate) async fn focus(&self) {
        let room = self.room().map(|room| room.id());
        // A hint: without a session nobody would get it anyway.
        let _closing = self.client().focus(room).await;
    }

    /// The client.
    pub(crate) fn client(&self) -> &Client {
        &self.0.client
    }

    /// The language of every line.
    pub(crate) fn lang(&self) -> Lang {
        self.0.lang
    }

    /// The clock of whoever looks.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// When this session began.
    pub(crate) fn started(&self) -> Millis {
        self.0.started
    }

    /// The room that is looked at.
    pub(crate) fn room(&self) -> Option<Room> {
        self.state().room.clone()
    }

    /// The room that is looked at, or why nothing can be done.
    pub(crate) fn here(&self) -> Result<Room, Problem> {
        self.room().ok_or_else(|| Problem::no_room(self.lang()))
    }

    /// Looks at another room.
    pub(crate) fn look_at(&self, room: Option<Room>) {
        self.state().room = room;
    }

    /// Whether the person asked to leave the chat.
    pub(crate) fn is_over(&self) -> bool {
        self.state().over
    }

    /// Ends the chat at the next look at [`Session::is_over`].
    pub(crate) fn end(&self) {
        self.state().over = true;
    }

    /// What a person typed: a command, or a text for the room that is looked at.
    pub(crate) async fn say(&self, input: &str) -> Answer {
        match command::parse(input) {
            Parsed::Nothing => Ok(Vec::new()),
            Parsed::Text(text) => self.send(&text).await.map(|()| Vec::new()),
            Parsed::Call(call) => {
                let before = self.room().map(|room| room.id());
                let answer = call.run(self).await;
                if before != self.room().map(|room| room.id()) {
                    self.focus().await;
                }
                answer
            }
            Parsed::Unknown { name, nearest } => Err(command::unknown(self.lang(), name, nearest)),
        }
    }

    /// Sends a text to the room that is looked at: safe on this device when it returns.
    pub(crate) async fn send(&self, text: &str) -> Result<(), Problem> {
        let room = self.here()?;
        self.send_to(&room, text).await
    }

    /// Sends a text to a room.
    pub(crate) async fn send_to(&self, room: &Room, text: &str) -> Result<(), Problem> {
        let handle = room
            .send(text)
            .await
            .map_err(|error| Problem::of(self.lang(), &error))?;
        let mut state = self.state();
        state.wrote.insert(handle.message_id());
        state
            .unsent
            .retain(|sent| sent.state() == SendState::Queued);
        state.unsent.push(handle);
        Ok(())
    }

    /// The messages of this session that the relay may not have yet, oldest first.
    pub(crate) fn unsent(&self) -> Vec<SendHandle> {
        self.state().unsent.clone()
    }

    /// Whether the message was written in this session.
    pub(crate) fn wrote(&self, message: MessageId) -> bool {
        self.state().wrote.contains(&message)
    }

    /// Waits for what the relay must answer, as long as patience lasts.
    pub(crate) async fn patiently<T>(
        &self,
        work: impl Future<Output = lacre::Result<T>>,
    ) -> Result<T, Stopped> {
        match tokio::time::timeout(self.0.patience, work).await {
            Ok(done) => done.map_err(Stopped::Error),
            Err(_) => Err(Stopped::NoAnswer(self.0.patience.as_secs())),
        }
    }

    /// As [`Session::patiently`], with the usual words for what went wrong.
    pub(crate) async fn ask<T>(
        &self,
        work: impl Future<Output = lacre::Result<T>>,
    ) -> Result<T, Problem> {
        let done = self.patiently(work).await;
        done.map_err(|stopped| stopped.told(self.lang(), |_| None))
    }

    /// Waits until an accepted change shows on this device: it is applied when the device reaches
    /// it in the room's log. Without an answer in time the change is on its way; that is no failure.
    pub(crate) async fn shows(&self, room: &Room, fits: impl Fn(&Room) -> bool) {
        let mut news = self.client().events();
        let _late = self
            .patiently(async {
                while !fits(room) {
                    if news.next().await.is_none() {
                        break;
                    }
                }
                Ok(())
            })
            .await;
    }

    /// Whether the session with the relay is up.
    pub(crate) fn is_online(&self) -> bool {
        self.client().connection() == Connection::Online
    }

    /// A room's name as people write it.
    pub(crate) fn title(&self, room: &Room) -> String {
        match (room.kind(), room.name()) {
            // Until the room's key has come, what everybody calls it.
            (_, name) if name.is_empty() => match room.listed_name() {
                Some(listed) => safe(&listed),
                None => say!(self.lang(), "unnamed"),
            },
            (RoomKind::Direct, name) if room.members().iter().any(|m| m.handle == name) => {
                format!("@{}", safe(&name))
            }
            (_, name) => safe(&name),
        }
    }

    /// The handle under which a room knows an account, else the one that came with it.
    pub(crate) fn handle_in(&self, room: &Room, account: AccountId, handle: &str) -> String {
        let members = room.members();
        let known = members.into_iter().find(|member| member.account == account);
        known.map_or_else(|| handle.to_owned(), |member| member.handle)
    }

    /// Puts the name and the handle that are known by now into a message.
    pub(crate) fn name_sender(&self, room: RoomId, item: &mut Item) {
        if let Ok(room) = self.client().room(room) {
            let members = room.members();
            let known = members.into_iter().find(|m| m.account == item.sender);
            if let Some(member) = known {
                (item.sender_name, item.sender_handle) = (member.name, member.handle);
            }
        }
    }

    /// Makes or enters a room for a command, whose answer tells of it.
    pub(crate) async fn entering(
        &self,
        work: impl Future<Output = Result<Room, Problem>>,
    ) -> Result<Room, Problem> {
        self.state().entering += 1;
        let done = work.await;
        let mut state = self.state();
        state.entering = state.entering.saturating_sub(1);
        if let Ok(room) = &done {
            state.made.insert(room.id());
        }
        done
    }

    /// Whether a command is making or entering a room, so that the next one may be its.
    pub(crate) fn is_entering(&self) -> bool {
        self.state().entering > 0
    }

    /// Whether a command of this session made or entered the room.
    pub(crate) fn made(&self, room: RoomId) -> bool {
        self.state().made.contains(&room)
    }

    /// The name of the room with an id.
    pub(crate) fn title_of(&self, room: RoomId) -> String {
        let room = self.client().room(room);
        room.map_or_else(|_| say!(self.lang(), "unnamed"), |room| self.title(&room))
    }

    /// An answer of one line.
    pub(crate) fn info(text: String) -> Answer {
        Ok(vec![Line::Info(text)])
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
