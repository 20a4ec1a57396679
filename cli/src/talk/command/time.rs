//! `/hora`, `/time`: the local time.

use super::Command;
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "time",
    pt: "hora",
    en: "time",
    also: &[],
    takes: &[],
    run: |session, _| {
        Box::pin(async move {
            let (lang, clock) = (session.lang(), session.clock());
            let now = clock.now();
            Session::info(say!(
                lang,
                "time-now",
                time = clock.second(now),
                day = clock.day(lang, now),
                zone = clock.zone()
            ))
        })
    },
};
