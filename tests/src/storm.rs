//! A storm: hundreds of devices ask to be let into one room at the same moment, and somebody in it
//! writes meanwhile.
//!
//! Newcomers are [`Light`] devices: a real account, a real key package, a real Welcome that is fetched
//! with its tree. They do not open the room's log, because the relay would then ask them to let others
//! in. Who lets them in and who writes are real clients.

use crate::device::Device;
use crate::hostile::villain::welcome_in;
use crate::light::Light;
use crate::wire::{Caller, PER_ADDRESS, Session};
use lacre::RoomId;
use lacre_wire::answer::{Answer, JoinAnswer};
use lacre_wire::codec;
use lacre_wire::identity::Label;
use lacre_wire::ids::LogId;
use lacre_wire::log::Link;
use lacre_wire::push::{ServerFrame, WelcomeNotice};
use lacre_wire::request::{BadCommit, ClientFrame, OpenLog, Payload, Request, SignedBadCommit};
use lacre_wire::room::RoomKind;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Key packages of each: one for each time it may be added.
const PACKAGES: usize = 4;

/// Between two messages of whoever writes.
const EVERY: Duration = Duration::from_millis(50);

/// Somebody who will ask.
pub struct Newcomer {
    light: Light,
    session: Session,
    asked: u32,
}

/// What became of a storm.
#[derive(Debug, Default)]
pub struct Storm {
    /// From the first request to the last Welcome.
    pub took: Duration,
    /// From its own request to its Welcome, for each newcomer.
    pub waited: Vec<Duration>,
    /// How often somebody was told to come in by an external commit.
    pub sent_outside: usize,
    /// From writing to the relay's acceptance, for each message of the one who wrote meanwhile.
    pub sends: Vec<Duration>,
}

/// The value below which so many of a hundred lie; zero of nothing.
pub fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    let at = times.len() * percent / 100;
    times
        .get(at.min(times.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

impl Newcomer {
    /// Signs up, ready to be added to so many rooms of a kind.
    pub async fn sign_up(caller: &Caller, handle: &str, kind: RoomKind, rooms: usize) -> Self {
        let mut light = Light::new(handle);
        let (session, _) = light.sign_up(caller).await;
        let mut newcomer = Self {
            light,
            session,
            asked: 0,
        };
        let put = Request::PutKeyPackages {
            suite: kind.suite(),
            one_time: (0..rooms)
                .map(|_| newcomer.light.key_package(kind).into())
                .collect(),
            last_resort: None,
        };
        assert_eq!(newcomer.ask(put).await, Answer::Ok);
        let open = vec![OpenLog {
            log: LogId::Inbox(newcomer.light.device()),
            cursor: None,
        }];
        let opened = newcomer.ask(Request::Open(open)).await;
        assert!(matches!(opened, Answer::Opened(_)), "{opened:?}");
        newcomer
    }

    /// Many of them.
    pub async fn many(address: &str, count: usize, kind: RoomKind) -> Vec<Self> {
        let mut callers: Vec<Caller> = Vec::new();
        let mut newcomers = Vec::with_capacity(count);
        for number in 0..count {
            if number / PER_ADDRESS == callers.len() {
                callers.push(Caller::numbered(address, 1, number));
            }
            let caller = &callers[number / PER_ADDRESS];
            let handle = format!("pupil-{number}");
            newcomers.push(Self::sign_up(caller, &handle, kind, PACKAGES).await);
        }
        newcomers
    }

    /// Ends its session and asks for nothing.
    pub fn hang_up(self) -> Light {
        self.session.connection.close(0u32.into(), b"");
        self.light
    }

    /// The account.
    pub fn account(&self) -> lacre::AccountId {
        self.light.account()
    }

    /// Reports a commit that nothing is wrong with.
    pub async fn lies_about(&mut self, room: RoomId, commit: &Link) {
        let statement = codec::to_vec(&BadCommit {
            room,
            generation: commit.generation,
            epoch: commit.epoch,
            seq: commit.seq,
            commit: commit.body,
            reason: "a lie".to_owned(),
            external_pub: None,
        });
        let report = SignedBadCommit {
            signature: self.light.sign(Label::BadCommit, &statement),
            statement: statement.into(),
        };
        assert_eq!(self.ask(Request::BadCommit(report)).await, Answer::Ok);
    }

    async fn say(&mut self, request: Request) -> u32 {
        self.asked += 1;
        let id = self.asked;
        let frame = ClientFrame::Request { id, request };
        self.session.speaker.say(&frame).await;
        id
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, request: Request) -> Answer {
        let id = self.say(request).await;
        loop {
            match self.session.listener.next().await.unwrap() {
                ServerFrame::Answer { id: to, answer } if to == id => return answer,
                _ => {}
            }
        }
    }

    /// Asks to be let in, again whenever the relay's patience is over, until a Welcome has come.
    /// Returns how often it was told to come in by itself.
    async fn comes_in(&mut self, room: RoomId) -> usize {
        let mut sent_outside = 0;
        let mut waits = self.say(Request::Join { room }).await;
        let mut again = None;
        loop {
            let heard = match again {
                None => self.session.listener.next().await,
                Some(at) => match tokio::time::timeout_at(at, self.session.listener.next()).await {
                    Ok(heard) => heard,
                    Err(_) => {
                        waits = self.say(Request::Join { room }).await;
                        again = None;
                        continue;
                    }
                },
            };
            let heard = heard.unwrap_or_else(|| panic!("the relay ended a newcomer's session"));
            if let Some(notice) = welcome_in(&heard, room) {
                self.enter(&notice).await;
                return sent_outside;
            }
            let ServerFrame::Answer { id, answer } = heard else {
                continue;
            };
            let wait_ms = match answer {
                _ if id != waits => continue,
                Answer::Join(JoinAnswer::Asked { wait_ms }) => wait_ms,
                // The Welcome is on its way.
                Answer::Join(JoinAnswer::AlreadyIn) => continue,
                Answer::Join(JoinAnswer::CommitYourself) => {
                    sent_outside += 1;
                    500
                }
                other => panic!("a newcomer was refused: {other:?}"),
            };
            again = Some(tokio::time::Instant::now() + Duration::from_millis(wait_ms));
        }
    }

    async fn enter(&self, notice: &WelcomeNotice) {
        if let Payload::ByHash(hash) = notice.welcome {
            self.session.fetch(hash).await;
        }
        self.session.fetch(notice.tree).await;
    }
}

/// Lets all of them ask for the room at once, while `writer` writes into it.
pub async fn rage(newcomers: Vec<Newcomer>, room: RoomId, writer: &Device) -> Storm {
    let (over, is_over) = watch::channel(false);
    let began = Instant::now();
    let coming = async move {
        let mut tasks = JoinSet::new();
        for mut newcomer in newcomers {
            tasks.spawn(async move {
                let sent_outside = newcomer.comes_in(room).await;
                // The session lives on: those who are in stay online.
                (newcomer, began.elapsed(), sent_outside)
            });
        }
        let all = tasks.join_all().await;
        let took = began.elapsed();
        over.send_replace(true);
        (all, took)
    };
    let writing = async {
        let (mut sends, mut number) = (Vec::new(), 0);
        while !*is_over.borrow() {
            let at = Instant::now();
            writer.says(room, &format!("line {number}")).await;
            sends.push(at.elapsed());
            number += 1;
            tokio::time::sleep(EVERY).await;
        }
        sends
    };
    let ((all, took), sends) = tokio::join!(coming, writing);
    Storm {
        took,
        waited: all.iter().map(|(_, waited, _)| *waited).collect(),
        sent_outside: all.iter().map(|(.., sent)| sent).sum(),
        sends,
    }
}
