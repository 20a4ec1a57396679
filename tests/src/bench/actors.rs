//! Accounts and rooms for raw load: made by real engines, then played by hand.

use super::hall::Hall;
use crate::puppet::{Puppet, now, open_engine};
use crate::relay::Host;
use crate::wire::{Caller, Listener, Place, Session, Speaker};
use lacre_wire::answer::Answer;
use lacre_wire::frame::Deframer;
use lacre_wire::hello::Ready;
use lacre_wire::ids::{AccountId, Hash, LogId, RoomId, Seq};
use lacre_wire::log::Cursor;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{ClientFrame, OpenLog, Request};
use std::path::PathBuf;
use std::time::Instant;

/// The accounts of a scenario.
pub(crate) struct Cast {
    accounts: Vec<Member>,
}

struct Member {
    handle: String,
    folder: PathBuf,
    account: AccountId,
}

/// An account's session, played by hand.
pub(crate) struct Actor {
    /// What the relay said at login.
    pub(crate) ready: Ready,
    /// The connection, for catch-up streams.
    pub(crate) connection: quinn::Connection,
    /// The way to the relay.
    pub(crate) speaker: Speaker,
    /// The way from the relay.
    pub(crate) listener: Listener,
}

/// A socket of its own for the account with this number.
pub(crate) fn caller(relay: &Host, number: usize) -> Caller {
    Caller::numbered(relay.address(), 0, number)
}

impl Cast {
    /// Signs accounts up.
    pub(crate) async fn sign_up(hall: &Hall, relay: &Host, count: usize) -> Self {
        let (folder, began) = (hall.room("cast"), Instant::now());
        let mut accounts = Vec::with_capacity(count);
        for number in 0..count {
            let (handle, folder) = (format!("actor-{number}"), folder.join(number.to_string()));
            let puppet = Puppet::sign_up(&caller(relay, number), &folder, &handle).await;
            accounts.push(Member {
                account: puppet.account(),
                handle,
                folder,
            });
        }
        println!("  {count} accounts signed up in {:.1?}", began.elapsed());
        Self { accounts }
    }

    /// The account with this number.
    pub(crate) fn account(&self, number: usize) -> AccountId {
        self.accounts[number].account
    }

    /// Lets one account create rooms, each with all of these members.
    pub(crate) async fn create_rooms(
        &self,
        relay: &Host,
        creator: usize,
        members: &[usize],
        count: usize,
    ) -> Vec<RoomId> {
        let mut puppet = self.puppet(relay, creator).await;
        let mut rooms = Vec::with_capacity(count);
        for number in 0..count {
            let members = members.iter().map(|member| self.account(*member)).collect();
            rooms.push(
                puppet
                    .create_group(&format!("room {number}"), members)
                    .await,
            );
        }
        rooms
    }

    /// An account with its engine.
    pub(crate) async fn puppet(&self, relay: &Host, number: usize) -> Puppet {
        let member = &self.accounts[number];
        Puppet::resume(&caller(relay, number), &member.folder, &member.handle).await
    }

    /// An account's session, with nothing opened.
    pub(crate) async fn actor(&self, relay: &Host, number: usize) -> Actor {
        let (member, caller) = (&self.accounts[number], caller(relay, number));
        let mut engine = open_engine(&member.folder, &member.handle);
        let mut session = caller
            .call(|fingerprint, exporter| engine.hello(fingerprint, exporter, now()).unwrap())
            .await;
        match session.listener.next().await {
            Some(ServerFrame::Ready(ready)) => Actor::of(session, ready),
            other => panic!("{} was not let in: {other:?}", member.handle),
        }
    }
}

/// Where messages go in a room now.
pub(crate) fn place(relay: &Host, room: RoomId) -> (Place, Seq, Hash) {
    let places = relay.ledger().places();
    places
        .into_iter()
        .find(|(place, ..)| place.room == room)
        .unwrap()
}

impl Actor {
    /// Plays a session in which the relay has said this.
    pub(crate) fn of(session: Session, ready: Ready) -> Self {
        let Session {
            connection,
            speaker,
            listener,
        } = session;
        Self {
            ready,
            connection,
            speaker,
            listener,
        }
    }

    /// Opens logs and waits until the relay says where they stand.
    pub(crate) async fn open(&mut self, logs: Vec<OpenLog>) {
        let id = u32::MAX;
        self.speaker
            .say(&ClientFrame::Request {
                id,
                request: Request::Open(logs),
            })
            .await;
        loop {
            match self.listener.next().await {
                Some(ServerFrame::Answer {
                    id: answered,
                    answer: Answer::Opened(_),
                }) if answered == id => return,
                Some(_) => {}
                None => panic!("the relay ended a session"),
            }
        }
    }

    /// Reads the stream on which a log comes that is far behind, to its end.
    pub(crate) async fn catch_up(&self, mut take: impl FnMut(ServerFrame)) {
        let mut stream = self.connection.accept_uni().await.unwrap();
        let mut deframer = Deframer::default();
        while let Some(chunk) = stream.read_chunk(256 * 1024, true).await.unwrap() {
            deframer.push(&chunk.bytes);
            while let Some(frame) = deframer.next_message().unwrap() {
                take(frame);
            }
        }
    }

    /// Opens a room from its present end on.
    pub(crate) async fn open_at_end(&mut self, relay: &Host, room: RoomId) {
        let (_, seq, chain) = place(relay, room);
        let cursor = Some(Cursor {
            lineage: self.ready.lineage,
            seq,
            chain,
        });
        self.open(vec![OpenLog {
            log: LogId::Room(room),
            cursor,
        }])
        .await;
    }
}
