//! `/expulsar`, `/kick`: puts a person out of the room; they may come back.

use super::{Call, Command, Takes};
use crate::print::safe;
use crate::talk::people;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::{Lang, say};
use lacre::{AccountId, Room};

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
    let person = call.must_name(lang)?;
    let room = session.here()?;
    let member = people::member(session, &room, person).await?;
    if member.account == session.client().me().account {
        return Err(yourself(lang));
    }
    session.ask(room.remove(member.account)).await?;
    is_out(session, &room, member.account).await;
    let who = format!("@{}", safe(&member.handle));
    Session::info(say!(
        lang,
        "kick-done",
        who = who,
        room = session.title(&room)
    ))
}

/// Waits until somebody is out of the room as this device sees it.
pub(super) async fn is_out(session: &Session, room: &Room, account: AccountId) {
    let gone = |room: &Room| room.members().iter().all(|left| left.account != account);
    session.shows(room, gone).await;
}

/// Nobody puts themselves out.
pub(super) fn yourself(lang: Lang) -> Problem {
    let leave = super::leave::COMMAND.usage(lang);
    Problem::usage(
        say!(lang, "error-yourself"),
        say!(lang, "error-yourself.hint", leave = leave),
    )
}
