//! Doing what was asked, beside the screen.

use super::{Act, dress};
use crate::chat::model::Link;
use crate::chat::msg::Msg;
use crate::print::safe;
use crate::talk::{Line, Problem, Session};
use lacre::{Connection, Event, MessageId, Room, RoomId, Timeline};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

/// How many older messages are read at once.
const OLDER: usize = 200;

/// Changes that are handed over together; more wait for the next time.
const TOGETHER: usize = 256;

/// Does what the screen asks and tells it what came of it.
pub(crate) struct Hands {
    session: Session,
    to_screen: UnboundedSender<Msg>,
    followed: HashMap<RoomId, Followed>,
    /// Asks for the rooms to be read; asking twice before it is done is asking once.
    rooms: Arc<Notify>,
}

/// What a text is for.
enum To {
    Room,
    Message(MessageId),
    Thread(MessageId),
}

/// A room whose list is followed.
struct Followed {
    timeline: Arc<tokio::sync::OnceCell<Timeline>>,
    task: JoinHandle<()>,
}

impl Hands {
    pub(crate) fn new(session: Session, to_screen: UnboundedSender<Msg>) -> Self {
        let rooms = Arc::new(Notify::new());
        tokio::spawn(read_rooms(
            session.clone(),
            to_screen.clone(),
            Arc::clone(&rooms),
        ));
        Self {
            session,
            to_screen,
            followed: HashMap::new(),
            rooms,
        }
    }

    /// Does one thing. Never waits: what takes time runs as a task.
    pub(crate) fn perform(&mut self, act: Act) {
        match act {
            Act::Enter(room) => self.follow(room),
            Act::Unload(room) => {
                if let Some(followed) = self.followed.remove(&room) {
                    followed.task.abort();
                }
            }
            Act::Older(room) => self.older(room),
            Act::Draft { room, text } => {
                self.in_room(room, async move |room| room.set_draft(&text).await);
            }
            Act::Focus(room) => self.focus(room),
            Act::Typing(room) => self.hint(room, async move |room| room.typing().await),
            Act::StopTyping(room) => self.hint(room, async move |room| room.stop_typing().await),
            Act::Read(room) => self.in_room(room, async move |room| room.mark_all_read().await),
            Act::Keep { room, message } => {
                self.in_room(room, async move |room| room.mark_unread(message).await);
            }
            Act::Search {
                room,
                words,
                number,
            } => self.search(room, words, number),
            Act::Send { room, text } => self.send(room, text, To::Room),
            Act::Thread { room, root, text } => self.send(room, text, To::Thread(root)),
            Act::Pin {
                room,
                message,
                pinned,
            } => self.in_room(room, async move |room| match pinned {
                true => room.pin(message).await,
                false => room.unpin(message).await,
            }),
            Act::Info { room, message } => self.info(room, message),
            Act::Pins(room) => self.pins(room),
            Act::Forward { from, message, to } => self.forward(from, message, to),
            Act::Vote {
                room,
                poll,
                options,
            } => self.in_room(room, async move |room| room.vote(poll, &options).await),
            Act::ClosePoll { room, poll } => {
                self.in_room(room, async move |room| room.close_poll(poll).await);
            }
            Act::Say { room, text } => self.say(room, text),
            Act::Reply { room, to, text } => self.send(room, text, To::Message(to)),
            Act::Edit {
                room,
                message,
                text,
            } => self.in_room(room, async move |room| room.edit(message, &text).await),
            Act::React {
                room,
                message,
                emoji,
            } => self.in_room(room, async move |room| room.react(message, &emoji).await),
            Act::Unreact {
                room,
                message,
                emoji,
            } => self.in_room(room, async move |room| room.unreact(message, &emoji).await),
            Act::Delete { room, message } => {
                self.in_room(room, async move |room| room.delete(message).await);
            }
            Act::Direct(account) => {
                let client = self.session.client().clone();
                self.task(async move |session, screen| {
                    let room = session.ask(client.direct_with(account)).await?;
                    let _closed = screen.send(Msg::Entered(room.id()));
                    Ok(())
                });
            }
            // The screen's own.
            Act::Copy(_) | Act::Editor { .. } | Act::Mouse(_) | Act::Tell(_) | Act::Quit => {}
        }
    }

    /// What the client tells.
    pub(crate) fn heard(&mut self, event: Event) -> Option<Msg> {
        let lang = self.session.lang();
        match event {
            Event::Connection(Connection::Online) => return Some(Msg::Link(Link::Online)),
            Event::Connection(Connection::Offline) => return Some(Msg::Link(Link::Offline)),
            Event::RoomAdded { .. }
            | Event::RoomChanged { .. }
            | Event::RoomRemoved { .. }
            | Event::RoomStopped { .. }
            | Event::Member { .. }
            | Event::Lagged { .. }
            | Event::Approved => self.read_rooms(),
            Event::Typing {
                room,
                person,
                active,
            } => {
                return Some(Msg::Typing {
                    room,
                    who: person.account(),
                    name: dress::one_line(person.name()),
                    active,
                });
            }
            Event::Presence { person, presence } => {
                let who = person.account();
                return Some(Msg::Presence { who, presence });
            }
            Event::Unread { room, unread } => return Some(Msg::Unread { room, unread }),
            Event::Notify(told) => return Some(Msg::News(dress::news(told.message()))),
            Event::Error(error) => return Some(failed(Problem::of(lang, &error))),
            _ => {}
        }
        None
    }

    /// Reads the rooms anew.
    pub(crate) fn read_rooms(&self) {
        self.rooms.notify_one();
    }

    fn follow(&mut self, id: RoomId) {
        let (session, screen) = (self.session.clone(), self.to_screen.clone());
        let place = Arc::new(tokio::sync::OnceCell::new());
        let cell = Arc::clone(&place);
        let task = tokio::spawn(async move {
            let opened = async {
                let room = session.client().room(id)?;
                let text = safe(&room.draft()?);
                if !text.is_empty() {
                    let _closed = screen.send(Msg::Draft { room: id, text });
                }
                room.timeline().await
            };
            let timeline = match opened.await {
                Ok(timeline) => timeline,
                Err(error) => {
                    let _closed = screen.send(failed(Problem::of(session.lang(), &error)));
                    return;
                }
            };
            let me = session.client().me().account;
            let items = timeline.snapshot();
            let entries = items
                .into_iter()
                .map(|item| dress::entry(session.lang(), item, me));
            let _closed = screen.send(Msg::Page {
                room: id,
                entries: entries.collect(),
            });
            let _once = cell.set(timeline.clone());
            while let Some(diff) = timeline.next_diff().await {
                let mut changes = vec![diff];
                // What is there already comes along, so that a burst is one message.
                while changes.len() < TOGETHER
                    && let Some(Some(diff)) = ready(timeline.next_diff()).await
                {
                    changes.push(diff);
                }
                let changes = changes
                    .into_iter()
                    .filter_map(|diff| dress::change(session.lang(), diff, me))
                    .collect();
                if screen.send(Msg::Changes { room: id, changes }).is_err() {
                    return;
                }
            }
        });
        let followed = Followed {
            timeline: place,
            task,
        };
        if let Some(before) = self.followed.insert(id, followed) {
            before.task.abort();
        }
    }

    fn older(&self, room: RoomId) {
        let Some(timeline) = self
            .followed
            .get(&room)
            .and_then(|followed| followed.timeline.get().cloned())
        else {
            let _closed = self.to_screen.send(Msg::Older { room, count: 1 });
            return;
        };
        self.task(async move |session, screen| {
            let read = timeline.older(OLDER).await;
            let count = *read.as_ref().unwrap_or(&1);
            let _closed = screen.send(Msg::Older { room, count });
            read.map(drop)
                .map_err(|error| Problem::of(session.lang(), &error))
        });
    }

    fn send(&self, id: RoomId, text: String, to: To) {
        let (session, screen) = (self.session.clone(), self.to_screen.clone());
        tokio::spawn(async move {
            let sent = async {
                let room = session.client().room(id)?;
                match to {
                    To::Room => room.send(&text).await,
                    To::Message(to) => room.reply(to, &text).await,
                    To::Thread(root) => room.send_in_thread(root, &text).await,
                }
            };
            if let Err(error) = sent.await {
                let why = words(Problem::of(session.lang(), &error));
                let room = id;
                let _closed = screen.send(Msg::Refused { room, text, why });
            }
        });
    }

    /// Says what is on the screen. Without a connection nobody could be told.
    fn focus(&self, room: Option<RoomId>) {
        let client = self.session.client().clone();
        tokio::spawn(async move {
            let _offline = client.focus(room).await;
        });
    }

    /// A hint: where it fails nothing is lost, and nothing is said.
    fn hint<F>(&self, id: RoomId, work: impl FnOnce(Room) -> F + Send + 'static)
    where
        F: Future<Output = lacre::Result<()>> + Send,
    {
        let client = self.session.client().clone();
        tokio::spawn(async move {
            if let Ok(room) = client.room(id) {
                let _offline = work(room).await;
            }
        });
    }

    /// Runs a command where the person looks.
    fn say(&self, id: Option<RoomId>, text: String) {
        self.task(async move |session, screen| {
            let here = match id {
                Some(id) => session.client().room(id).ok(),
                None => None,
            };
            session.look_at(here);
            let answer = session.say(&text).await?;
            let (lang, clock) = (session.lang(), session.clock());
            let lines = answer.iter().map(|line| line.plain(lang, clock));
            let lines = lines.flat_map(|text| {
                let text = text.strip_prefix("* ").unwrap_or(&text).to_owned();
                text.split('\n').map(str::to_owned).collect::<Vec<_>>()
            });
            let there = session.room().map(|room| room.id());
            let _closed = screen.send(Msg::Said {
                lines: lines.collect(),
                room: there.filter(|there| Some(*there) != id),
            });
            Ok(())
        });
    }

    /// Does something with a room.
    fn in_room<F>(&self, id: RoomId, work: impl FnOnce(Room) -> F + Send + 'static)
    where
        F: Future<Output = lacre::Result<()>> + Send,
    {
        let (session, screen) = (self.session.clone(), self.to_screen.clone());
        tokio::spawn(async move {
            let done = async { work(session.client().room(id)?).await };
            if let Err(error) = done.await {
                let _closed = screen.send(failed(Problem::of(session.lang(), &error)));
            }
        });
    }

    /// Runs work; why it failed is shown.
    pub(super) fn task<F>(&self, work: impl FnOnce(Session, UnboundedSender<Msg>) -> F)
    where
        F: Future<Output = Result<(), Problem>> + Send + 'static,
    {
        let screen = self.to_screen.clone();
        let running = work(self.session.clone(), screen.clone());
        tokio::spawn(async move {
            if let Err(problem) = running.await {
                let _closed = screen.send(failed(problem));
            }
        });
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.followed
            .values()
            .for_each(|followed| followed.task.abort());
    }
}

/// Reads the rooms each time it is asked for, until the screen is gone.
async fn read_rooms(session: Session, screen: UnboundedSender<Msg>, asked: Arc<Notify>) {
    loop {
        asked.notified().await;
        let told = match session.client().rooms() {
            Ok(rooms) => {
                let client = session.client();
                Msg::Rooms(rooms.iter().map(|room| dress::room(room, client)).collect())
            }
            Err(error) => failed(Problem::of(session.lang(), &error)),
        };
        if screen.send(told).is_err() {
            return;
        }
    }
}

/// What is ready at once; `None` if it is not.
async fn ready<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match work.as_mut().poll(context) {
            std::task::Poll::Ready(done) => Some(done),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

fn failed(problem: Problem) -> Msg {
    Msg::Failed(words(problem))
}

/// A problem on one line.
fn words(problem: Problem) -> String {
    match problem.line() {
        Line::Error { what, hint } if hint.is_empty() => what,
        Line::Error { what, hint } => format!("{what}: {hint}"),
        Line::Info(text) => text,
        Line::Table { title, .. } => title,
        Line::Message { room, .. } => room,
    }
}
