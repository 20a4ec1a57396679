//! `/stats`: figures of the room, counted on this device.

use super::Command;
use super::history::last;
use crate::talk::clock::length;
use crate::talk::line::Line;
use crate::talk::problem::Answer;
use crate::talk::said::name;
use crate::talk::session::Session;
use crate::talk::stats;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "stats",
    pt: "stats",
    en: "stats",
    also: &["estatisticas"],
    takes: &[],
    run: |session, _| Box::pin(run(session)),
};

/// How many messages are counted at most.
const MOST: usize = 100_000;
/// How many people are named.
const NAMED: usize = 10;

async fn run(session: &Session) -> Answer {
    let (lang, clock, room) = (session.lang(), session.clock(), session.here()?);
    let items = last(session, &room, MOST).await?;
    let stats = stats::count(&items, clock);
    let messages = |count: usize| say!(lang, "stats-messages", count = count);
    let up = length(lang, clock.now().saturating_sub(session.started()));
    let mut rows = vec![
        vec![say!(lang, "stats-all"), messages(stats.messages)],
        vec![say!(lang, "stats-session"), up],
    ];
    if let Some((most, _)) = stats.people.first() {
        rows.push(vec![say!(lang, "stats-most"), name(lang, most)]);
    }
    if let Some((hour, count)) = stats.busiest {
        let hours = format!("{hour:02}:00–{:02}:00", (hour + 1) % 24);
        rows.push(vec![
            say!(lang, "stats-hour"),
            format!("{hours}, {}", messages(count)),
        ]);
    }
    let people = stats.people.iter().take(NAMED);
    rows.extend(people.map(|(handle, count)| vec![name(lang, handle), messages(*count)]));
    Ok(vec![Line::Table {
        title: say!(lang, "stats-title", room = session.title(&room)),
        rows,
    }])
}
