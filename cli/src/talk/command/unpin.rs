//! `/desafixar`, `/unpin`: takes a pin away, whoever put it up.

use super::{Call, Command, Takes, pin};
use crate::print::safe;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "unpin",
    pt: "desafixar",
    en: "unpin",
    also: &[],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    if call.rest.is_empty() {
        return Err(call.command.misused(lang));
    }
    let title = session.title(&room);
    let pins = pin::pins(session, &room)?;
    let item = pin::meant(session, pins, call.rest).ok_or_else(|| {
        let words = safe(call.rest);
        let list = format!("/{}", pin::COMMAND.name(lang));
        Problem::failed(
            say!(lang, "error-no-pin", room = title.clone(), words = words),
            say!(lang, "error-no-pin.hint", list = list),
        )
    })?;
    session.pins(item.message);
    let down = room.unpin(item.message).await;
    down.map_err(|error| Problem::of(lang, &error))?;
    let text = pin::shown(session, &item);
    Session::info(say!(lang, "unpin-done", room = title, text = text))
}
