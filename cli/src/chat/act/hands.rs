//! Doing what was asked, beside the screen.

use super::follow::{Followed, List};
use super::{Act, dress};
use crate::chat::model::Link;
use crate::chat::msg::Msg;
use crate::talk::{Line, Problem, Session};
use lacre::{Connection, Event, MessageId, Room, RoomId};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

/// Does what the screen asks and tells it what came of it.
pub(crate) struct Hands {
    pub(super) session: Session,
    pub(super) to_screen: UnboundedSender<Msg>,
    pub(super) followed: HashMap<List, Followed>,
    /// Asks for the rooms to be read; asking twice before it is done is asking once.
    rooms: Arc<Notify>,
}

/// What a text is for.
#[derive(Clone, Copy)]
enum To {
    Room,
    Message(MessageId, Option<MessageId>),
    Thread(MessageId),
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
            Act::Enter(room) => self.follow((room, None)),
            Act::EnterThread { room, root } => self.follow((room, Some(root))),
            Act::Unload(room) => self.unfollow(|list| *list == (room, None)),
            Act::LeaveThread => self.unfollow(|(_, root)| root.is_some()),
            Act::Older(room) => self.older((room, None)),
            Act::OlderThread { room, root } => self.older((room, Some(root))),
            Act::Away(away) => self.away(away),
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
            Act::Say { room, thread, text } => self.say(room, thread, text),
            Act::Reply {
                room,
                to,
                root,
                text,
            } => self.send(room, text, To::Message(to, root)),
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
                if presence.is_none() {
                    // They were there just now.
                    self.read_rooms();
                }
                return Some(Msg::Presence { who, presence });
            }
            Event::Unread { room, unread } => return Some(Msg::Unread { room, unread }),
            Event::Notify(told) => return Some(Msg::News(dress::news(told.message()))),
            Event::ScheduledFailed { error, .. } | Event::Error(error) => {
                return Some(failed(Problem::of(lang, &error)));
            }
            _ => {}
        }
        None
    }

    /// Reads the rooms anew.
    pub(crate) fn read_rooms(&self) {
        self.rooms.notify_one();
    }

    fn send(&self, id: RoomId, text: String, to: To) {
        let (session, screen) = (self.session.clone(), self.to_screen.clone());
        tokio::spawn(async move {
            let sent = async {
                let room = session.client().room(id)?;
                match to {
                    To::Room => room.send(&text).await,
                    To::Message(to, _) => room.reply(to, &text).await,
                    To::Thread(root) => room.send_in_thread(root, &text).await,
                }
            };
            if let Err(error) = sent.await {
                let why = words(Problem::of(session.lang(), &error));
                let root = match to {
                    To::Room => None,
                    To::Message(_, root) => root,
                    To::Thread(root) => Some(root),
                };
                let seat = (Some(id), root);
                let _closed = screen.send(Msg::Refused { seat, text, why });
            }
        });
    }

    /// Says whether the person is there. Without a connection nobody could be told.
    fn away(&self, away: bool) {
        let session = self.session.clone();
        tokio::spawn(async move {
            let _offline = session.set_away(away).await;
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
    fn say(&self, id: Option<RoomId>, thread: Option<MessageId>, text: String) {
        self.task(async move |session, screen| {
            let here = match id {
                Some(id) => session.client().room(id).ok(),
                None => None,
            };
            session.look_at(here);
            if let Some(root) = thread {
                session.enter_thread(root);
            }
            let answer = match session.say(&text).await {
                Ok(answer) => answer,
                Err(problem) => {
                    let (seat, why) = ((id, thread), words(problem));
                    let _closed = screen.send(Msg::Refused { seat, text, why });
                    return Ok(());
                }
            };
            let (lang, clock) = (session.lang(), session.clock());
            let lines = answer.iter().map(|line| line.plain(lang, clock));
            let lines = lines.flat_map(|text| {
                let text = text.strip_prefix("* ").unwrap_or(&text).to_owned();
                text.split('\n').map(str::to_owned).collect::<Vec<_>>()
            });
            let there = session.room().map(|room| room.id());
            let now = session.thread();
            let _closed = screen.send(Msg::Said {
                lines: lines.collect(),
                room: there.filter(|there| Some(*there) != id),
                thread: (there == id && now != thread).then_some((id, now)),
            });
            if session.is_away() {
                let _closed = screen.send(Msg::Away);
            }
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

pub(super) fn failed(problem: Problem) -> Msg {
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
