//! Messages by what is typed: words of it, or its place from the end.

use super::command::last;
use super::problem::Problem;
use super::session::Session;
use crate::print::safe;
use crate::text::say;
use lacre::{Item, ItemBody, Room, Search, SearchKind};

/// Stands for the newest message; a number behind it counts from the end.
const NEWEST: char = '^';
/// How many polls are looked at.
const POLLS: usize = 50;
/// How many messages beside those that say something are looked through.
const SPARE: usize = 50;

/// The message of a room that is meant: `^` is the newest, `^3` the third from the end, anything else
/// are words of it; the newest with them.
pub(crate) async fn message(session: &Session, room: &Room, wanted: &str) -> Result<Item, Problem> {
    let lang = session.lang();
    let none = || {
        let words = safe(wanted);
        Problem::failed(
            say!(
                lang,
                "error-which",
                room = session.title(room),
                words = words
            ),
            say!(lang, "error-which.hint"),
        )
    };
    let Some(count) = wanted.strip_prefix(NEWEST) else {
        let search = Search {
            room: Some(room.id()),
            limit: 1,
            ..Search::words(wanted)
        };
        let found = session.client().search(search).await;
        let mut hits = found.map_err(|error| Problem::of(lang, &error))?;
        let hit = hits.pop().ok_or_else(none)?;
        return Ok(named(session, room, hit.message.item().clone()));
    };
    let count: usize = match count {
        "" => 1,
        number => number.parse().map_err(|_| none())?,
    };
    let items = last(session, room, count.saturating_add(SPARE)).await?;
    let mut said = items.into_iter().rev().filter(is_said);
    let wanted = count.checked_sub(1).and_then(|skipped| said.nth(skipped));
    wanted.ok_or_else(none)
}

/// The newest polls of a room with these words, of those that `fits` takes; newest first.
pub(crate) async fn polls(
    session: &Session,
    room: &Room,
    words: &str,
    fits: impl Fn(&Item, &lacre::Poll) -> bool,
) -> Result<Vec<Item>, Problem> {
    let search = Search {
        room: Some(room.id()),
        kind: Some(SearchKind::Poll),
        limit: POLLS,
        ..Search::words(words)
    };
    let found = session.client().search(search).await;
    let hits = found.map_err(|error| Problem::of(session.lang(), &error))?;
    let items = hits.into_iter().map(|hit| hit.message.item().clone());
    Ok(items
        .filter(|item| matches!(&item.body, ItemBody::Poll(poll) if fits(item, poll)))
        .map(|item| named(session, room, item))
        .collect())
}

/// Whether somebody said it and it is still there.
fn is_said(item: &Item) -> bool {
    matches!(item.body, ItemBody::Text(_) | ItemBody::Poll(_))
}

fn named(session: &Session, room: &Room, mut item: Item) -> Item {
    session.name_sender(room.id(), &mut item);
    item
}
