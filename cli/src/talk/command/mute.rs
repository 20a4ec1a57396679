//! `/silenciar`, `/mute`: no notifications of the room, for good or for a time.

use super::{Call, Command, Takes};
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::talk::span;
use crate::text::say;
use lacre::{Millis, NotifyRule};

pub(super) const COMMAND: Command = Command {
    id: "mute",
    pt: "silenciar",
    en: "mute",
    also: &[],
    takes: &[Takes::Word(&["1h", "8h", "1w", "off"])],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, clock, room) = (session.lang(), session.clock(), session.here()?);
    let title = session.title(&room);
    let (rule, until) = match call.rest {
        "" => (NotifyRule::Nothing, None),
        "off" | "não" | "nao" | "no" => (NotifyRule::All, None),
        word => {
            let span = span::read(lang, word)?;
            let span = Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX);
            (NotifyRule::Nothing, Some(clock.now().saturating_add(span)))
        }
    };
    let set = room.set_notify_rule(rule, until).await;
    set.map_err(|error| Problem::of(lang, &error))?;
    Session::info(match (rule, until) {
        (NotifyRule::Nothing, Some(until)) => {
            let until = clock.stamp(lang, until);
            say!(lang, "mute-until", room = title, until = until)
        }
        (NotifyRule::Nothing, None) => say!(lang, "mute-on", room = title),
        _ => say!(lang, "mute-off", room = title),
    })
}
