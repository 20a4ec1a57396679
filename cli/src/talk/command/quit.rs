//! `/sair`, `/quit`: leaves the chat; the room is kept.

use super::Command;

pub(super) const COMMAND: Command = Command {
    id: "quit",
    pt: "sair",
    en: "quit",
    also: &["exit"],
    takes: &[],
    run: |session, _| {
        Box::pin(async move {
            session.end();
            Ok(Vec::new())
        })
    },
};
