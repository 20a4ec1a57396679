//! `/sumir`, `/disappear`: how long messages stay in the room.

use super::{Call, Command, Takes};
use crate::print::safe;
use crate::talk::clock::length;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::talk::span;
use crate::text::say;

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
    let after = match call.rest {
        "" => {
            return Session::info(match room.disappearing() {
                None => say!(lang, "disappear-never", room = title),
                Some(after) => {
                    let after = length(lang, millis(after));
                    say!(lang, "disappear-after", room = title, after = after)
                }
            });
        }
        "off" | "não" | "nao" | "no" | "nunca" | "never" => None,
        word => match span::parse(word) {
            Some(after) => Some(after),
            None => {
                return Err(Problem::usage(
                    say!(lang, "error-span", word = safe(word)),
                    say!(lang, "error-span.hint"),
                ));
            }
        },
    };
    session.ask(room.set_disappearing(after)).await?;
    session
        .shows(&room, |room| room.disappearing() == after)
        .await;
    Session::info(match after {
        None => say!(lang, "disappear-never", room = title),
        Some(after) => {
            let after = length(lang, millis(after));
            say!(lang, "disappear-after", room = title, after = after)
        }
    })
}

fn millis(span: std::time::Duration) -> lacre::Millis {
    lacre::Millis::try_from(span.as_millis()).unwrap_or(lacre::Millis::MAX)
}
