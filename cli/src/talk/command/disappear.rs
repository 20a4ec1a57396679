//! `/sumir`, `/disappear`: how long messages stay in the room.

use super::{Call, Command, Takes};
use crate::talk::clock::length;
use crate::talk::problem::Answer;
use crate::talk::session::Session;
use crate::talk::span;
use crate::text::say;
use std::time::Duration;

pub(super) const COMMAND: Command = Command {
    id: "disappear",
    pt: "sumir",
    en: "disappear",
    also: &["expire"],
    takes: &[Takes::Word(&["1h", "1d", "1w", "off"])],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    let title = session.title(&room);
    let told = |after: Option<Duration>| match after {
        None => say!(lang, "disappear-never", room = title.clone()),
        Some(after) => {
            let after = length(lang, millis(after));
            say!(lang, "disappear-after", room = title.clone(), after = after)
        }
    };
    let after = match call.rest {
        "" => return Session::info(told(room.disappearing())),
        "off" | "não" | "nao" | "no" | "nunca" | "never" => None,
        word => Some(span::read(lang, word)?),
    };
    session.ask(room.set_disappearing(after)).await?;
    session
        .shows(&room, |room| room.disappearing() == after)
        .await;
    Session::info(told(after))
}

fn millis(span: Duration) -> lacre::Millis {
    lacre::Millis::try_from(span.as_millis()).unwrap_or(lacre::Millis::MAX)
}
