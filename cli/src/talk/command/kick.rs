//! `/expulsar`, `/kick`: puts a person out of the room; they may come back.

use super::{Call, Command, Takes};
use crate::print::safe;
use crate::talk::people;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::{Lang, say};

pub(super) const COMMAND: Command = Command {
    id: "kick",
    pt: "expulsar",
    en: "kick",
    also: &[],
    takes: &[Takes::Person],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    let (person, more) = people::first_word(call.rest);
    if people::handle(person).is_empty() || !more.is_empty() {
        return Err(call.command.misused(lang));
    }
    let room = session.here()?;
    let member = people::member(session, &room, person).await?;
    if member.account == session.client().me().account {
        return Err(yourself(lang));
    }
    session.ask(room.remove(member.account)).await?;
    let account = member.account;
    let gone = |room: &lacre::Room| room.members().iter().all(|left| left.account != account);
    session.shows(&room, gone).await;
    let who = format!("@{}", safe(&member.handle));
    Session::info(say!(
        lang,
        "kick-done",
        who = who,
        room = session.title(&room)
    ))
}

/// Nobody puts themselves out.
pub(super) fn yourself(lang: Lang) -> Problem {
    let leave = super::leave::COMMAND.usage(lang);
    Problem::usage(
        say!(lang, "error-yourself"),
        say!(lang, "error-yourself.hint", leave = leave),
    )
}
