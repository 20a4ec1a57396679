//! `/topico`, `/thread`: reads a thread and writes into it; without words, leaves it.

use super::{Call, Command, Takes};
use crate::talk::line::Line;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::talk::which;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "thread",
    pt: "topico",
    en: "thread",
    also: &["tópico"],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    let title = session.title(&room);
    if call.rest.is_empty() {
        return match session.leave_thread() {
            true => Session::info(say!(lang, "thread-left", room = title)),
            false => Err(call.command.misused(lang)),
        };
    }
    let item = which::message(session, &room, call.rest).await?;
    let root = item.thread.unwrap_or(item.message);
    let failed = |error| Problem::of(lang, &error);
    let timeline = room.thread(root).await.map_err(failed)?;
    let said = timeline.snapshot();
    session.enter_thread(root);
    let replies = said.iter().filter(|item| item.thread.is_some()).count();
    let head = say!(
        lang,
        "thread-entered",
        room = title.clone(),
        count = replies,
        leave = call.command.name(lang)
    );
    let messages = said.into_iter().map(|mut item| {
        session.name_sender(room.id(), &mut item);
        Line::Message {
            room: title.clone(),
            item: Box::new(item),
        }
    });
    Ok([Line::Info(head)].into_iter().chain(messages).collect())
}
