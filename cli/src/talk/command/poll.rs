//! `/enquete`, `/poll`: asks a question with options to choose from.

use super::{Call, Command, Takes};
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "poll",
    pt: "enquete",
    en: "poll",
    also: &[],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

/// Before the question: several options may be chosen.
const SEVERAL: char = '+';
/// How many options there can be.
const OPTIONS: std::ops::RangeInclusive<usize> = 2..=10;

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    let asked = call.rest.strip_prefix(SEVERAL);
    let (asked, multiple) = (asked.unwrap_or(call.rest), asked.is_some());
    let mut parts = asked.split('|').map(str::trim);
    let question = parts.next().unwrap_or_default();
    let options: Vec<&str> = parts.collect();
    let says_nothing = question.is_empty() || options.iter().any(|option| option.is_empty());
    if says_nothing || !OPTIONS.contains(&options.len()) {
        return Err(call.command.misused(lang));
    }
    let sent = room.poll(question, &options, multiple).await;
    session.track(sent.map_err(|error| Problem::of(lang, &error))?);
    Session::info(say!(
        lang,
        "poll-asked",
        room = session.title(&room),
        vote = super::vote::COMMAND.name(lang),
        close = super::close::COMMAND.name(lang)
    ))
}
