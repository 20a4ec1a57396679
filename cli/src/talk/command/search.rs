//! `/buscar`, `/search`: finds messages on this device.

use super::{Call, Command, Takes};
use crate::print::safe;
use crate::talk::line::Line;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;
use lacre::Search;

pub(super) const COMMAND: Command = Command {
    id: "search",
    pt: "buscar",
    en: "search",
    also: &["find"],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

/// How many are shown at most.
const MOST: usize = 20;

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    if call.rest.is_empty() {
        return Err(call.command.misused(lang));
    }
    let mut search = Search::words(call.rest);
    search.limit = MOST;
    let found = session.client().search(search).await;
    let mut hits = found.map_err(|error| Problem::of(lang, &error))?;
    let words = safe(call.rest);
    if hits.is_empty() {
        return Session::info(say!(lang, "search-nothing", words = words));
    }
    // Oldest first, as messages are read everywhere.
    hits.reverse();
    let head = say!(lang, "search-title", words = words, count = hits.len());
    let messages = hits.into_iter().map(|hit| {
        let (room, mut item) = (hit.message.room_id(), hit.message.item().clone());
        session.name_sender(room, &mut item);
        Line::Message {
            room: session.place(room, &item),
            item: Box::new(item),
        }
    });
    Ok([Line::Info(head)].into_iter().chain(messages).collect())
}
