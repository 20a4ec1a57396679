//! Finding messages on this device.

use super::dress;
use super::hands::Hands;
use crate::chat::msg::Msg;
use crate::talk::Problem;
use lacre::{MessageId, RoomId, Search};

/// How many hits are shown.
const HITS: usize = 50;

/// Characters of a hit's text.
const SNIPPET: usize = 120;

impl Hands {
    /// Reads what is pinned in a room, the newest first.
    pub(super) fn pins(&self, room: RoomId) {
        self.task(async move |session, screen| {
            let problem = |error| Problem::of(session.lang(), &error);
            let room = session.client().room(room).map_err(problem)?;
            let pins = room.pins().map_err(problem)?;
            let hits = pins.iter().rev().map(dress::pin).collect();
            let _closed = screen.send(Msg::Pins(hits));
            Ok(())
        });
    }

    /// Reads who has a message and who read it.
    pub(super) fn info(&self, room: RoomId, message: MessageId) {
        self.task(async move |session, screen| {
            let problem = |error| Problem::of(session.lang(), &error);
            let said = session
                .client()
                .room(room)
                .and_then(|room| room.message(message));
            let seen = said.and_then(|said| said.info()).map_err(problem)?;
            let seen = seen.iter().map(dress::seen).collect();
            let _closed = screen.send(Msg::Info { message, seen });
            Ok(())
        });
    }

    /// Says in another room what was said in this one.
    pub(super) fn forward(&self, from: RoomId, message: MessageId, to: RoomId) {
        self.task(async move |session, screen| {
            let problem = |error| Problem::of(session.lang(), &error);
            let client = session.client();
            let said = client.room(from).and_then(|room| room.message(message));
            let there = client.room(to).map_err(problem)?;
            there
                .forward(&said.map_err(problem)?)
                .await
                .map_err(problem)?;
            let _closed = screen.send(Msg::Entered(to));
            Ok(())
        });
    }

    /// Looks for words.
    pub(super) fn search(&self, room: Option<RoomId>, words: String, number: u64) {
        self.task(async move |session, screen| {
            let search = Search {
                room,
                limit: HITS,
                ..Search::words(&words)
            };
            let found = session.client().search(search).await;
            let hits = found.map_err(|error| Problem::of(session.lang(), &error))?;
            let hits = hits.iter().map(|hit| dress::hit(hit, SNIPPET)).collect();
            let _closed = screen.send(Msg::Found { number, hits });
            Ok(())
        });
    }
}
