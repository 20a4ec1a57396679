//! `/banir`, `/ban`: keeps a person out of the room; without a name, lists who is kept out.

use super::{Call, Command, Takes, kick};
use crate::talk::line::Line;
use crate::talk::people;
use crate::talk::problem::{Answer, Problem};
use crate::talk::said::name;
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "ban",
    pt: "banir",
    en: "ban",
    also: &[],
    takes: &[Takes::Person],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    let room = session.here()?;
    let Some(person) = call.person(lang)? else {
        return list(session);
    };
    // Somebody who left already can be kept out too.
    let account = people::account(session, person).await?;
    if account == session.client().me().account {
        return Err(kick::yourself(lang));
    }
    session.ask(room.ban(account)).await?;
    kick::is_out(session, &room, account).await;
    let who = name(lang, &people::handle(person));
    Session::info(say!(
        lang,
        "ban-done",
        who = who,
        room = session.title(&room)
    ))
}

/// Who is kept out.
fn list(session: &Session) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    let bans = room.bans().map_err(|error| Problem::of(lang, &error))?;
    let title = session.title(&room);
    if bans.is_empty() {
        return Session::info(say!(lang, "ban-nobody", room = title));
    }
    Ok(vec![Line::Table {
        title: say!(lang, "ban-title", room = title),
        rows: bans
            .iter()
            .map(|person| vec![name(lang, person.name())])
            .collect(),
    }])
}
