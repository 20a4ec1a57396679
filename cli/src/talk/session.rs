//! A conversation that is open: the client, the room that is looked at, language and clock.

use super::clock::Clock;
use super::command::{self, Parsed};
use super::line::Line;
use super::preferences::Preferences;
use super::problem::{Answer, Problem};
use crate::print::safe;
use crate::text::{Lang, say};
use lacre::{Client, Connection, MessageId, Millis, Presence, Room, RoomId, SendHandle, SendState};
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
    /// The thread of that room that is written into.
    thread: Option<MessageId>,
    /// The others see that this person is away.
    away: bool,
    over: bool,
    /// Messages of this session that the relay may not have yet.
    unsent: Vec<SendHandle>,
    /// Every message of this session.
    wrote: HashSet<MessageId>,
    /// Messages that a command is pinning or taking down: its answer tells of it.
    pinning: HashSet<MessageId>,
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

    /// Looks at a room, at no thread of it.
    pub(crate) fn look_at(&self, room: Option<Room>) {
        let mut state = self.state();
        (state.room, state.thread) = (room, None);
    }

    /// The thread that is written into.
    pub(crate) fn thread(&self) -> Option<MessageId> {
        self.state().thread
    }

    /// Writes into the thread that begins with a message of the room that is looked at.
    pub(crate) fn enter_thread(&self, root: MessageId) {
        self.state().thread = Some(root);
    }

    /// Writes into the room again; false if that was so.
    pub(crate) fn leave_thread(&self) -> bool {
        self.state().thread.take().is_some()
    }

    /// Lets the others see that this person is away, or back.
    pub(crate) async fn set_away(&self, away: bool) -> lacre::Result<()> {
        let presence = match away {
            true => Presence::Away,
            false => Presence::Available,
        };
        self.client().set_presence(presence).await?;
        self.state().away = away;
        Ok(())
    }

    /// Whether the others see that this person is away.
    pub(crate) fn is_away(&self) -> bool {
        self.state().away
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
        let parsed = command::parse(input);
        if self.is_away() && !parsed.is_idle() {
            // A hint: without a session nobody would get it anyway.
            let _closing = self.set_away(false).await;
        }
        match parsed {
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

    /// Sends a text to the room that is looked at, or its thread: safe on this device when it returns.
    pub(crate) async fn send(&self, text: &str) -> Result<(), Problem> {
        let room = self.here()?;
        match self.thread() {
            Some(root) => self.wrote_one(room.send_in_thread(root, text).await),
            None => self.send_to(&room, text).await,
        }
    }

    /// Sends a text to a room.
    pub(crate) async fn send_to(&self, room: &Room, text: &str) -> Result<(), Problem> {
        self.wrote_one(room.send(text).await)
    }

    fn wrote_one(&self, sent: lacre::Result<SendHandle>) -> Result<(), Problem> {
        let handle = sent.map_err(|error| Problem::of(self.lang(), &error))?;
        self.state().wrote.insert(handle.message_id());
        self.track(handle);
        Ok(())
    }

    /// Remembers a message that the relay may not have yet.
    pub(crate) fn track(&self, handle: SendHandle) {
        let mut state = self.state();
        state
            .unsent
            .retain(|sent| sent.state() == SendState::Queued);
        state.unsent.push(handle);
    }

    /// The messages of this session that the relay may not have yet, oldest first.
    pub(crate) fn unsent(&self) -> Vec<SendHandle> {
        self.state().unsent.clone()
    }

    /// Whether the message was written in this session.
    pub(crate) fn wrote(&self, message: MessageId) -> bool {
        self.state().wrote.contains(&message)
    }

    /// A command is about to pin a message, or to take it down.
    pub(crate) fn pins(&self, message: MessageId) {
        self.state().pinning.insert(message);
    }

    /// Whether a command of this session has told that a message was pinned or taken down.
    pub(crate) fn told_pin(&self, message: MessageId) -> bool {
        self.state().pinning.remove(&message)
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

    /// An answer of one line.
    pub(crate) fn info(text: String) -> Answer {
        Ok(vec![Line::Info(text)])
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
