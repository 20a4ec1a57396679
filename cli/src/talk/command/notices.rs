//! `/avisos`, `/notices`: whether to tell when people connect and disconnect.

use super::{Call, Command, Takes};
use crate::talk::problem::Answer;
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "notices",
    pt: "avisos",
    en: "notices",
    also: &[],
    takes: &[Takes::Word(&["on", "off"])],
    run: |session, call| Box::pin(async move { choose(session, call) }),
};

fn choose(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    match call.rest.to_lowercase().as_str() {
        "" => {}
        "on" | "sim" | "yes" => session.prefer(|kept| kept.notices = true)?,
        "off" | "não" | "nao" | "no" => session.prefer(|kept| kept.notices = false)?,
        _ => return Err(call.command.misused(lang)),
    }
    Session::info(match session.preferences().notices {
        true => say!(lang, "notices-on"),
        false => say!(lang, "notices-off"),
    })
}
