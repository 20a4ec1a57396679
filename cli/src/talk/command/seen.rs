//! `/visto`, `/seen`: whether others read when this person was last there.

use super::{Call, Command, Takes};
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "seen",
    pt: "visto",
    en: "seen",
    also: &[],
    takes: &[Takes::Word(&["on", "off"])],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, client) = (session.lang(), session.client());
    let failed = |error: lacre::Error| Problem::of(lang, &error);
    let wanted = match call.rest {
        "" => None,
        "on" | "sim" | "yes" => Some(true),
        "off" | "não" | "nao" | "no" => Some(false),
        _ => return Err(call.command.misused(lang)),
    };
    if let Some(show) = wanted {
        client.set_show_last_seen(show).await.map_err(failed)?;
    }
    Session::info(match client.shows_last_seen().map_err(failed)? {
        true => say!(lang, "seen-on"),
        false => say!(lang, "seen-off"),
    })
}
