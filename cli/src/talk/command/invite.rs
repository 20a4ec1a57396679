//! `/convidar`, `/invite`: adds people to the room.

use super::{Call, Command, Takes};
use crate::talk::people;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "invite",
    pt: "convidar",
    en: "invite",
    also: &["add"],
    takes: &[Takes::Person],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    if call.rest.is_empty() {
        return Err(call.command.misused(lang));
    }
    let room = session.here()?;
    let mut accounts = Vec::new();
    for word in call.rest.split_whitespace() {
        accounts.push(people::account(session, word).await?);
    }
    let invited = session.patiently(room.invite_accounts(accounts)).await;
    invited.map_err(|stopped| {
        stopped.told(lang, |error| {
            let banned = matches!(error.code(), "Banned" | "room.banned");
            banned.then(|| Problem::banned(lang))
        })
    })?;
    Session::info(say!(
        lang,
        "invite-done",
        who = call.rest.to_owned(),
        room = session.title(&room)
    ))
}
