//! `/nome`, `/name`: what the others read instead of the handle.

use super::{Call, Command, Takes};
use crate::print::safe;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "name",
    pt: "nome",
    en: "name",
    also: &["nick"],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

/// What takes a name or a status back.
pub(super) const NOTHING: &str = "-";

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, client) = (session.lang(), session.client());
    let failed = |error: lacre::Error| Problem::of(lang, &error);
    if !call.rest.is_empty() {
        let name = if call.rest == NOTHING { "" } else { call.rest };
        client.set_display_name(name).await.map_err(failed)?;
    }
    let handle = safe(&client.me().handle);
    Session::info(match client.display_name().map_err(failed)? {
        Some(name) => say!(lang, "name-is", name = safe(&name), handle = handle),
        None => say!(lang, "name-none", handle = handle),
    })
}
