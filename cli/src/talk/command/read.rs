//! `/marcar-lida`, `/read`: everything in the room was read.

use super::Command;
use crate::talk::problem::Problem;
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "read",
    pt: "marcar-lida",
    en: "read",
    also: &["lida"],
    takes: &[],
    run: |session, _| {
        Box::pin(async move {
            let (lang, room) = (session.lang(), session.here()?);
            let marked = room.mark_all_read().await;
            marked.map_err(|error| Problem::of(lang, &error))?;
            Session::info(say!(lang, "read-done", room = session.title(&room)))
        })
    },
};
