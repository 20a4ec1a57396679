//! `/privado`, `/msg`: talks to one person.

use super::{Call, Command, Takes};
use crate::talk::people;
use crate::talk::problem::Answer;
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "msg",
    pt: "privado",
    en: "msg",
    also: &["query"],
    takes: &[Takes::Person, Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    let (person, text) = people::first_word(call.rest);
    if people::handle(person).is_empty() {
        return Err(call.command.misused(lang));
    }
    let account = people::account(session, person).await?;
    let room = session
        .entering(session.ask(session.client().direct_with(account)))
        .await?;
    let title = session.title(&room);
    if text.is_empty() {
        session.look_at(Some(room));
        return Session::info(say!(lang, "msg-open", who = title));
    }
    session.send_to(&room, text).await?;
    Session::info(say!(lang, "msg-sent", who = title))
}
