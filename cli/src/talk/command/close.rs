//! `/fechar`, `/close`: ends an own poll.

use super::{Call, Command, Takes, vote};
use crate::print::poll_line;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;
use lacre::ItemBody;

pub(super) const COMMAND: Command = Command {
    id: "close",
    pt: "fechar",
    en: "close",
    also: &[],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    let item = vote::open(session, &room, call.rest, |item| item.own).await?;
    let closed = room.close_poll(item.message).await;
    closed.map_err(|error| Problem::of(lang, &error))?;
    let text = match &item.body {
        ItemBody::Poll(poll) => poll_line(lang, poll),
        _ => String::new(),
    };
    Session::info(say!(
        lang,
        "told-poll-closed",
        room = session.title(&room),
        text = text
    ))
}
