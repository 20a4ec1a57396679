//! A real engine whose relay lies.
//!
//! A login is bound to its connection and to the relay's key, so nobody stands between a client and
//! its relay: only the relay itself can lie. Here the real relay's words pass through the story's
//! hands before the engine hears them.

use crate::puppet::{due_in, now, open_engine};
use crate::stage::Stage;
use crate::wire::{Caller, Session};
use lacre_engine::{Connection, Done, Engine, Event, Item, ItemBody, LocalId, Output, Result};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{AccountId, Hash, Millis, RoomId};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::ClientFrame;
use std::collections::VecDeque;
use std::sync::Arc;

/// What a lying relay says instead of a frame: nothing, something else, or more.
pub type Twist = Box<dyn FnMut(ServerFrame) -> Vec<ServerFrame> + Send>;

/// An engine and what it hears.
pub struct Victim {
    /// The engine.
    pub engine: Engine,
    /// Everything it has told, in order.
    pub events: Vec<Event>,
    /// Everything it has said on its present session.
    pub said: Vec<ClientFrame>,
    /// What the relay makes of its words before they are heard.
    pub twist: Option<Twist>,
    /// Objects the relay says it has not.
    pub withheld: fn(Hash) -> bool,
    stage: Arc<Stage>,
    session: Session,
    heard: VecDeque<ServerFrame>,
    gave_up: Option<String>,
}

impl Victim {
    /// Signs up, with an honest relay.
    pub async fn sign_up(stage: &Arc<Stage>, caller: &Caller, handle: &str) -> Self {
        let mut engine = open_engine(&stage.path(handle), handle);
        engine.sign_up(handle, now()).unwrap();
        let session = Self::call(&mut engine, caller).await;
        let mut victim = Self {
            engine,
            events: Vec::new(),
            said: Vec::new(),
            twist: None,
            withheld: |_| false,
            stage: Arc::clone(stage),
            session,
            heard: VecDeque::new(),
            gave_up: None,
        };
        victim.comes_online().await;
        victim
    }

    async fn call(engine: &mut Engine, caller: &Caller) -> Session {
        caller
            .call(|fingerprint, exporter| engine.hello(fingerprint, exporter, now()).unwrap())
            .await
    }

    async fn comes_online(&mut self) {
        let told = self.events.len();
        let stage = Arc::clone(&self.stage);
        let online = async {
            while !self.events.iter().skip(told).any(is_online) {
                self.turn().await;
            }
        };
        stage.within("the victim comes online", online).await;
    }

    /// Gives up the session, if the engine has not, and signs in again.
    pub async fn reconnect(&mut self, caller: &Caller) {
        self.calls_again(caller).await;
        self.comes_online().await;
    }

    /// The connection is closed, and not opened again.
    pub fn goes_away(&mut self) {
        self.session.connection.close(0u32.into(), b"");
        self.engine.on_disconnected(now());
    }

    /// As [`Victim::reconnect`], up to what it has said; what the relay answers is still to be heard.
    pub async fn calls_again(&mut self, caller: &Caller) {
        self.goes_away();
        self.session = Self::call(&mut self.engine, caller).await;
        self.heard.clear();
        self.said.clear();
        self.gave_up = None;
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.engine.profile().unwrap().account
    }

    /// Does something that has an end, and waits for it.
    pub async fn perform(
        &mut self,
        begin: impl FnOnce(&mut Engine, Millis) -> Result<LocalId>,
    ) -> Result<Done> {
        let wanted = begin(&mut self.engine, now()).unwrap();
        let is_it = move |event: &Event| matches!(event, Event::Done { id, .. } if *id == wanted);
        match self.until("the end of what was asked", is_it).await {
            Event::Done { result, .. } => result,
            _ => unreachable!(),
        }
    }

    /// Waits until the engine has told something.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Event) -> bool) -> Event {
        let stage = Arc::clone(&self.stage);
        let told = async {
            self.carry_out().await;
            loop {
                if let Some(event) = self.events.iter().find(|event| wanted(event)) {
                    return event.clone();
                }
                self.turn().await;
            }
        };
        stage.within(what, told).await
    }

    /// Waits until it has complained as `holds` says of the codes.
    pub async fn until_complaints(&mut self, what: &str, holds: impl Fn(&[&str]) -> bool) {
        let stage = Arc::clone(&self.stage);
        let told = async {
            while !holds(&self.complaints()) {
                self.turn().await;
            }
        };
        stage.within(what, told).await;
    }

    /// Why the engine gave up its session, if it has.
    pub fn gave_up(&self) -> Option<&str> {
        self.gave_up.as_deref()
    }

    /// Waits until it gives up the session; says why.
    pub async fn gives_up(&mut self) -> String {
        let stage = Arc::clone(&self.stage);
        let gives_up = async {
            loop {
                if let Some(why) = self.gave_up.take() {
                    return why;
                }
                self.turn().await;
            }
        };
        stage
            .within("the victim gives up its session", gives_up)
            .await
    }

    /// Waits for a text.
    pub async fn reads(&mut self, room: RoomId, text: &str) {
        self.until(
            &format!("the text {text:?}"),
            |event| matches!(event, Event::Item { room: where_, item } if *where_ == room && is_text(item, text)),
        )
        .await;
    }

    /// Says something, and waits until the relay has it.
    pub async fn says(&mut self, room: RoomId, text: &str) {
        let draft = lacre_engine::Draft::Text(text.to_owned());
        self.engine.send(room, draft, now()).unwrap();
        self.until(
            &format!("{text:?} is sent"),
            |event| matches!(event, Event::Item { item, .. } if is_text(item, text) && item.seq.is_some()),
        )
        .await;
    }

    /// The texts it shows, oldest first.
    pub fn texts(&self, room: RoomId) -> Vec<String> {
        let mut page = self.engine.reader().unwrap().page(room, None, 100).unwrap();
        page.sort_by_key(|item| item.seq);
        page.into_iter()
            .filter_map(|item| match item.body {
                ItemBody::Text(text) => Some(text),
                _ => None,
            })
            .collect()
    }

    /// The codes of what it complained about.
    pub fn complaints(&self) -> Vec<&'static str> {
        let code = |event: &Event| match event {
            Event::Error(error) => Some(error.code()),
            _ => None,
        };
        self.events.iter().filter_map(code).collect()
    }

    /// Whether it complained with a code.
    pub fn complained(&self, code: &str) -> bool {
        self.complaints().contains(&code)
    }

    /// Who is in a room, as it shows.
    pub fn members(&self, room: RoomId) -> Vec<AccountId> {
        let room = self.engine.reader().unwrap().room(room).unwrap().unwrap();
        room.members
            .into_iter()
            .map(|member| member.account)
            .collect()
    }

    /// The rooms it shows.
    pub fn rooms(&self) -> Vec<RoomId> {
        let rooms = self.engine.reader().unwrap().rooms().unwrap();
        rooms.into_iter().map(|room| room.id).collect()
    }

    /// Waits until everything the relay has said by now was heard: its answer comes after it.
    pub async fn hears_all(&mut self) {
        self.perform(|engine, now| engine.ping(now)).await.unwrap();
    }

    /// Waits for one frame or until something is due, and lets the engine have it.
    pub async fn turn(&mut self) {
        match tokio::time::timeout(due_in(&self.engine), self.session.listener.next()).await {
            Ok(Some(frame)) => {
                self.heard.push_back(frame);
                self.heard
                    .extend(std::iter::from_fn(|| self.session.listener.at_hand()));
                let mut frames = Vec::new();
                while let Some(frame) = self.heard.pop_front() {
                    match &mut self.twist {
                        Some(twist) => frames.extend(twist(frame)),
                        None => frames.push(frame),
                    }
                }
                self.engine.on_frames(frames, now());
            }
            Ok(None) => panic!("the relay ended a victim's session"),
            Err(_) => self.engine.tick(now()),
        }
        self.carry_out().await;
    }

    async fn carry_out(&mut self) {
        loop {
            let outputs = self.engine.outputs();
            if outputs.is_empty() {
                return;
            }
            for output in outputs {
                match output {
                    Output::Send(frame) => {
                        self.session.speaker.say(&frame).await;
                        self.said.push(frame);
                    }
                    // Hints may be lost.
                    Output::Datagram(_) => {}
                    Output::Fetch(hash) => {
                        let object = match (self.withheld)(hash) {
                            true => {
                                let text = "the relay says it has not";
                                Err(WireError::new(ErrorCode::NoSuchObject, text).into())
                            }
                            false => Ok(self.session.fetch(hash).await),
                        };
                        self.engine.on_object(hash, object, now());
                    }
                    Output::Upload { hash, bytes } => {
                        self.session.upload(hash, &bytes).await;
                        self.engine.on_uploaded(hash, Ok(()), now());
                    }
                    Output::Event(event) => self.events.push(event),
                    Output::Disconnect { reason, .. } => self.gave_up = Some(reason),
                }
            }
        }
    }
}

fn is_online(event: &Event) -> bool {
    matches!(event, Event::Connection(Connection::Online))
}

fn is_text(item: &Item, text: &str) -> bool {
    matches!(&item.body, ItemBody::Text(said) if said == text)
}
