//! `/grupo`, `/group`: a private room with some people.

use super::{Call, Command, Takes};
use crate::talk::people;
use crate::talk::problem::Answer;
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "group",
    pt: "grupo",
    en: "group",
    also: &[],
    takes: &[Takes::Text, Takes::Person],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    let (name, handles) = match call.rest.find(" @") {
        Some(at) => call.rest.split_at(at),
        None => (call.rest, ""),
    };
    let name = name.trim();
    if name.is_empty() || name.starts_with('@') {
        return Err(call.command.misused(lang));
    }
    let mut accounts = Vec::new();
    for word in handles.split_whitespace() {
        accounts.push(people::account(session, word).await?);
    }
    let room = session
        .entering(async {
            let work = session.client().create_group_with(name, accounts);
            let room = session.ask(work).await?;
            session.shows(&room, |room| !room.name().is_empty()).await;
            Ok(room)
        })
        .await?;
    session.look_at(Some(room.clone()));
    Session::info(say!(
        lang,
        "group-made",
        room = session.title(&room),
        count = room.members().len()
    ))
}
