//! A real account whose session can be taken over by hand.
//!
//! A puppet signs up, joins rooms and uploads keys through a real engine, so everything the relay
//! checks is genuine. Then its strings are pulled on the bare wire: it sends what no SDK would, or
//! more than one could seal.

use crate::wire::{Caller, Session};
use lacre_engine::{
    Connection, Done, Engine, EngineOptions, Event, LocalId, Output, Result, StoreKey,
};
use lacre_wire::hash::sha256;
use lacre_wire::ids::{AccountId, Millis, RoomId};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::ClientFrame;
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where a puppet's line goes dead: nothing it says is heard from then on, and it hears nothing.
#[derive(Clone, Copy)]
pub struct Cut {
    /// The frame at which it happens.
    pub at: fn(&ClientFrame) -> bool,
    /// Whether that request still arrives and is answered; nobody hears the answer.
    pub arrives: bool,
}

/// An engine and its session.
pub struct Puppet {
    /// The engine. What it wants is carried out by [`Puppet::turn`].
    pub engine: Engine,
    /// The session.
    pub session: Session,
    /// What the engine told and nobody has asked for yet.
    pub events: VecDeque<Event>,
    /// What a lying relay does to the frames before the engine sees them.
    pub lie: Option<fn(&mut ServerFrame)>,
    /// Where the line will go dead.
    pub cut: Option<Cut>,
    /// Whether the line is dead, and the request whose answer is lost with it.
    dead: Option<Option<u32>>,
}

/// The wall clock.
pub fn now() -> Millis {
    u64::try_from(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_millis(),
    )
    .unwrap()
}

/// How long until an engine wants to be told the time, an hour at most.
pub fn due_in(engine: &Engine) -> Duration {
    let due = engine.next_tick();
    let due = due.map_or(u64::MAX, |due| due.saturating_sub(now()));
    Duration::from_millis(due.min(3_600_000))
}

/// Opens a puppet's store. Its key follows from its handle: it holds nothing of value.
pub fn open_engine(folder: &Path, handle: &str) -> Engine {
    let key = StoreKey::new(sha256(&[handle.as_bytes()]).0);
    let options = EngineOptions {
        path: folder.to_owned(),
        key,
        client: "puppet".to_owned(),
    };
    Engine::open(options, now()).unwrap()
}

impl Puppet {
    /// Signs up, with a store in `folder`.
    pub async fn sign_up(caller: &Caller, folder: &Path, handle: &str) -> Self {
        let mut engine = open_engine(folder, handle);
        engine.sign_up(handle, now()).unwrap();
        Self::log_in(caller, engine).await
    }

    /// Signs in again with the store of a puppet that has signed up.
    pub async fn resume(caller: &Caller, folder: &Path, handle: &str) -> Self {
        Self::log_in(caller, open_engine(folder, handle)).await
    }

    async fn log_in(caller: &Caller, mut engine: Engine) -> Self {
        let session = caller
            .call(|fingerprint, exporter| engine.hello(fingerprint, exporter, now()).unwrap())
            .await;
        let mut puppet = Self {
            engine,
            session,
            events: VecDeque::new(),
            lie: None,
            cut: None,
            dead: None,
        };
        puppet
            .until(|event| matches!(event, Event::Connection(Connection::Online)))
            .await;
        puppet
    }

    /// Works until its line goes dead, and hangs up.
    pub async fn until_cut(&mut self, cut: Cut) {
        self.cut = Some(cut);
        loop {
            self.carry_out().await;
            if let Some(unanswered) = self.dead {
                self.lose(unanswered).await;
                self.engine.on_disconnected(now());
                return;
            }
            self.turn().await;
        }
    }

    /// Waits for the answer that is lost, and hangs up.
    async fn lose(&mut self, unanswered: Option<u32>) {
        let is_it = |frame: &ServerFrame| matches!(frame, ServerFrame::Answer { id, .. } if Some(*id) == unanswered);
        while unanswered.is_some() {
            let frame = self.session.listener.next().await;
            if is_it(&frame.unwrap()) {
                break;
            }
        }
        self.session.connection.close(0u32.into(), b"");
    }

    /// Calls again after [`Puppet::until_cut`], with the same engine.
    pub async fn call_again(self, caller: &Caller) -> Self {
        Self::log_in(caller, self.engine).await
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.engine.profile().unwrap().account
    }

    /// Does something that has an end, and waits for it.
    pub async fn perform(
        &mut self,
        begin: impl FnOnce(&mut Engine, Millis) -> Result<LocalId>,
    ) -> Done {
        let wanted = begin(&mut self.engine, now()).unwrap();
        let done = self
            .until(|event| matches!(event, Event::Done { id, .. } if *id == wanted))
            .await;
        match done {
            Event::Done { result, .. } => result.unwrap(),
            _ => unreachable!(),
        }
    }

    /// Creates a group.
    pub async fn create_group(&mut self, name: &str, members: Vec<AccountId>) -> RoomId {
        match self
            .perform(|engine, now| engine.create_group(name, members, now))
            .await
        {
            Done::Room(room) => room,
            other => panic!("creating a group ended with {other:?}"),
        }
    }

    /// Waits until the engine tells something.
    pub async fn until(&mut self, mut wanted: impl FnMut(&Event) -> bool) -> Event {
        loop {
            self.carry_out().await;
            if let Some(at) = self.events.iter().position(&mut wanted) {
                return self.events.remove(at).unwrap();
            }
            self.turn().await;
        }
    }

    /// Waits for one frame or until something is due, and lets the engine have it.
    pub async fn turn(&mut self) {
        match tokio::time::timeout(due_in(&self.engine), self.session.listener.next()).await {
            Ok(Some(frame)) => {
                let mut frames = vec![frame];
                frames.extend(std::iter::from_fn(|| self.session.listener.at_hand()));
                if let Some(lie) = self.lie {
                    frames.iter_mut().for_each(lie);
                }
                for frame in &frames {
                    if let ServerFrame::Closing(error) = frame {
                        panic!("the relay ended a puppet's session: {error}");
                    }
                }
                self.engine.on_frames(frames, now());
            }
            Ok(None) => panic!("the relay ended a puppet's session"),
            Err(_) => self.engine.tick(now()),
        }
        self.carry_out().await;
    }

    /// Sends a frame, if the line is not dead.
    async fn say(&mut self, frame: &ClientFrame) {
        if self.dead.is_some() {
            return;
        }
        let cut = self.cut.filter(|cut| (cut.at)(frame));
        if cut.is_none_or(|cut| cut.arrives) {
            self.session.speaker.say(frame).await;
        }
        self.dead = cut.map(|cut| match frame {
            ClientFrame::Request { id, .. } if cut.arrives => Some(*id),
            _ => None,
        });
    }

    async fn carry_out(&mut self) {
        loop {
            let outputs = self.engine.outputs();
            if outputs.is_empty() {
                return;
            }
            for output in outputs {
                match output {
                    Output::Send(frame) => self.say(&frame).await,
                    Output::Datagram(bytes) => {
                        // Lost if the relay does not take it: hints may be.
                        let _sent = self.session.connection.send_datagram(bytes.into());
                    }
                    Output::Fetch(hash) => {
                        let object = self.session.fetch(hash).await;
                        self.engine.on_object(hash, Ok(object), now());
                    }
                    Output::Upload { hash, bytes } => {
                        self.session.upload(hash, &bytes).await;
                        self.engine.on_uploaded(hash, Ok(()), now());
                    }
                    Output::Event(event) => self.events.push_back(event),
                    Output::Disconnect { reason, .. } => {
                        panic!("a puppet's engine gave up: {reason}")
                    }
                }
            }
        }
    }
}
