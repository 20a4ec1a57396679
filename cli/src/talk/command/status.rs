//! `/status`: what a person says of themselves, beside their name.

use super::name::NOTHING;
use super::{Call, Command, Takes};
use crate::print::safe;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "status",
    pt: "status",
    en: "status",
    also: &["estado"],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, client) = (session.lang(), session.client());
    let failed = |error: lacre::Error| Problem::of(lang, &error);
    if !call.rest.is_empty() {
        let status = (call.rest != NOTHING).then_some(call.rest);
        client.set_status(status).await.map_err(failed)?;
    }
    Session::info(match client.status().map_err(failed)? {
        Some(status) => say!(lang, "status-is", status = safe(&status)),
        None => say!(lang, "status-none"),
    })
}
