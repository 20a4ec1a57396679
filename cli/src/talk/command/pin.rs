//! `/fixar`, `/pin`: keeps a message in sight; without words, lists what is.

use super::{Call, Command, Takes};
use crate::print::{brief, safe};
use crate::talk::line::Line;
use crate::talk::problem::{Answer, Problem};
use crate::talk::said::{called, words};
use crate::talk::session::Session;
use crate::talk::which;
use crate::text::say;
use lacre::{Item, Room};

pub(super) const COMMAND: Command = Command {
    id: "pin",
    pt: "fixar",
    en: "pin",
    also: &["pins", "fixadas"],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    if call.rest.is_empty() {
        return list(session, &room);
    }
    let item = which::message(session, &room, call.rest).await?;
    session.pins(item.message);
    let pinned = room.pin(item.message).await;
    pinned.map_err(|error| Problem::of(lang, &error))?;
    Session::info(say!(
        lang,
        "pin-done",
        room = session.title(&room),
        text = shown(session, &item)
    ))
}

/// What is pinned, numbered in the order of the messages.
fn list(session: &Session, room: &Room) -> Answer {
    let lang = session.lang();
    let pins = pins(session, room)?;
    let title = session.title(room);
    if pins.is_empty() {
        return Session::info(say!(lang, "pin-none", room = title));
    }
    let row = |(index, item): (usize, &Item)| {
        let when = session.clock().stamp(lang, item.at_ms);
        let who = called(lang, &item.sender_name, &item.sender_handle);
        let text = brief(&words(lang, item));
        vec![(index + 1).to_string(), when, who, text]
    };
    Ok(vec![Line::Table {
        title: say!(lang, "pin-title", room = title, count = pins.len()),
        rows: pins.iter().enumerate().map(row).collect(),
    }])
}

/// The pinned messages, oldest first.
pub(super) fn pins(session: &Session, room: &Room) -> Result<Vec<Item>, Problem> {
    let pins = room.pins();
    let pins = pins.map_err(|error| Problem::of(session.lang(), &error))?;
    Ok(pins
        .into_iter()
        .map(|message| {
            let mut item = message.item().clone();
            session.name_sender(room.id(), &mut item);
            item
        })
        .collect())
}

/// Who and what, in one line.
pub(super) fn shown(session: &Session, item: &Item) -> String {
    let lang = session.lang();
    let who = called(lang, &item.sender_name, &item.sender_handle);
    format!("{who}: {}", brief(&words(lang, item)))
}

/// The message among pins that is meant: by its number in the list, or by words of it.
pub(super) fn meant(session: &Session, pins: Vec<Item>, wanted: &str) -> Option<Item> {
    let (lang, words_of) = (session.lang(), wanted.to_lowercase());
    let number = wanted.trim_start_matches('#').parse::<usize>().ok();
    let at = match number.and_then(|number| number.checked_sub(1)) {
        Some(at) => Some(at).filter(|at| *at < pins.len()),
        None => pins
            .iter()
            .rposition(|item| safe(&words(lang, item)).to_lowercase().contains(&words_of)),
    };
    pins.into_iter().nth(at?)
}
