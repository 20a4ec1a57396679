//! Finding messages on this device.

use super::dress;
use super::hands::Hands;
use crate::chat::msg::Msg;
use crate::talk::Problem;
use lacre::{RoomId, Search};

/// How many hits are shown.
const HITS: usize = 50;

/// Characters of a hit's text.
const SNIPPET: usize = 120;

impl Hands {
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
