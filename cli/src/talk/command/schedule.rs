//! `/agendar`, `/schedule`: messages that are sent later.

use super::{Call, Command, Takes};
use crate::explain;
use crate::print::{brief, safe};
use crate::talk::line::Line;
use crate::talk::moment::{self, Wrong};
use crate::talk::people::first_word;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;
use lacre::{Millis, Room, Scheduled, ScheduledId};

pub(super) const COMMAND: Command = Command {
    id: "schedule",
    pt: "agendar",
    en: "schedule",
    also: &["later"],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (word, rest) = first_word(call.rest);
    match word.to_lowercase().as_str() {
        "" => list(session),
        "edit" | "editar" => edit(session, call, rest).await,
        "cancel" | "cancelar" => cancel(session, call, rest).await,
        _ => add(session, call).await,
    }
}

/// Keeps a text for a moment.
async fn add(session: &Session, call: Call<'_>) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    let begun = moment::begin(lang, session.clock(), call.rest);
    let (at, text) = begun.map_err(|wrong| no_moment(session, call, wrong))?;
    if text.is_empty() {
        return Err(call.command.misused(lang));
    }
    let kept = room.schedule(text, at).await;
    let id = kept.map_err(|error| Problem::of(lang, &error))?;
    Session::info(goes(session, &room, at, id))
}

/// Where a message goes, and when.
fn goes(session: &Session, room: &Room, at: Millis, id: ScheduledId) -> String {
    let (at, room) = (
        session.clock().stamp(session.lang(), at),
        session.title(room),
    );
    say!(
        session.lang(),
        "schedule-done",
        at = at,
        room = room,
        id = id
    )
}

/// Everything that waits, in all rooms.
fn list(session: &Session) -> Answer {
    let lang = session.lang();
    let waiting = all(session)?;
    if waiting.is_empty() {
        return Session::info(say!(lang, "schedule-none"));
    }
    let row = |waits: &Scheduled| {
        let failed = waits
            .failed
            .as_deref()
            .map(|code| match explain::find(code) {
                Some(entry) => say!(lang, "schedule-failed", why = entry.cause_in(lang)),
                None => say!(lang, "schedule-failed", why = code),
            });
        vec![
            waits.id.to_string(),
            session.clock().stamp(lang, waits.at),
            session.title_of(waits.room),
            brief(&safe(&waits.text)),
            failed.unwrap_or_default(),
        ]
    };
    Ok(vec![Line::Table {
        title: say!(lang, "schedule-title"),
        rows: waiting.iter().map(row).collect(),
    }])
}

/// Another time, another text, or both.
async fn edit(session: &Session, call: Call<'_>, rest: &str) -> Answer {
    let lang = session.lang();
    let (number, rest) = first_word(rest);
    if rest.is_empty() {
        return Err(call.command.misused(lang));
    }
    let waits = waiting(session, number)?;
    let (at, text) = match moment::begin(lang, session.clock(), rest) {
        Ok((at, "")) => (at, waits.text.as_str()),
        Ok(both) => both,
        Err(Wrong::Unknown) => (waits.at, rest),
        Err(Wrong::Past) => return Err(no_moment(session, call, Wrong::Past)),
    };
    let failed = |error| Problem::of(lang, &error);
    let room = session.client().room(waits.room).map_err(failed)?;
    room.edit_scheduled(waits.id, text, at)
        .await
        .map_err(failed)?;
    Session::info(goes(session, &room, at, waits.id))
}

async fn cancel(session: &Session, call: Call<'_>, rest: &str) -> Answer {
    let lang = session.lang();
    if rest.is_empty() {
        return Err(call.command.misused(lang));
    }
    let waits = waiting(session, rest)?;
    let failed = |error| Problem::of(lang, &error);
    let room = session.client().room(waits.room).map_err(failed)?;
    room.cancel_scheduled(waits.id).await.map_err(failed)?;
    let text = brief(&safe(&waits.text));
    Session::info(say!(lang, "schedule-cancelled", text = text))
}

fn all(session: &Session) -> Result<Vec<Scheduled>, Problem> {
    let waiting = session.client().scheduled();
    waiting.map_err(|error| Problem::of(session.lang(), &error))
}

/// The message that waits under a number.
fn waiting(session: &Session, number: &str) -> Result<Scheduled, Problem> {
    let lang = session.lang();
    let wanted = number.trim_start_matches('#').parse::<ScheduledId>().ok();
    let mut known = all(session)?.into_iter();
    known.find(|waits| Some(waits.id) == wanted).ok_or_else(|| {
        Problem::failed(
            say!(lang, "error-no-scheduled", number = safe(number)),
            say!(
                lang,
                "error-no-scheduled.hint",
                list = format!("/{}", COMMAND.name(lang))
            ),
        )
    })
}

fn no_moment(session: &Session, call: Call<'_>, wrong: Wrong) -> Problem {
    let lang = session.lang();
    match wrong {
        Wrong::Unknown => Problem::usage(
            say!(lang, "error-moment", command = call.command.name(lang)),
            say!(lang, "error-moment.hint"),
        ),
        Wrong::Past => {
            let now: Millis = session.clock().now();
            Problem::usage(
                say!(lang, "error-past"),
                say!(
                    lang,
                    "error-past.hint",
                    now = session.clock().minute(now),
                    day = session.clock().day(lang, now)
                ),
            )
        }
    }
}
