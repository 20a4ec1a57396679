//! `/desbanir`, `/unban`: lets a person come in again.

use super::{Call, Command, Takes};
use crate::talk::people;
use crate::talk::problem::{Answer, Problem};
use crate::talk::said::name;
use crate::talk::session::Session;
use crate::text::say;
use lacre::Person;

pub(super) const COMMAND: Command = Command {
    id: "unban",
    pt: "desbanir",
    en: "unban",
    also: &[],
    takes: &[Takes::Person],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    let room = session.here()?;
    let person = call.must_name(lang)?;
    let account = people::account(session, person).await?;
    let who = name(lang, &people::handle(person));
    let bans = room.bans().map_err(|error| Problem::of(lang, &error))?;
    let is_it = |banned: &Person| banned.account() == account;
    if !bans.iter().any(is_it) {
        return Err(Problem::failed(
            say!(lang, "unban-not", who = who, room = session.title(&room)),
            String::new(),
        ));
    }
    session.ask(room.unban(account)).await?;
    let lifted = |room: &lacre::Room| !room.bans().is_ok_and(|bans| bans.iter().any(is_it));
    session.shows(&room, lifted).await;
    Session::info(say!(
        lang,
        "unban-done",
        who = who,
        room = session.title(&room)
    ))
}
