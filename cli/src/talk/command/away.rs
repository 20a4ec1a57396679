//! `/ausente`, `/away`: the others see that this person is not at the keyboard, until they write.

use super::Command;
use crate::talk::problem::Problem;
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "away",
    pt: "ausente",
    en: "away",
    also: &["afk"],
    takes: &[],
    run: |session, _| {
        Box::pin(async move {
            let lang = session.lang();
            let told = session.set_away(true).await;
            told.map_err(|error| Problem::of(lang, &error))?;
            Session::info(say!(lang, "away-on"))
        })
    },
};
