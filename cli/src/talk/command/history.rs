//! `/historico`, `/history`: the last messages of the room, as this device has them.

use super::{Call, Command};
use crate::print::safe;
use crate::talk::line::Line;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;
use lacre::{Item, ItemBody, Room};

pub(super) const COMMAND: Command = Command {
    id: "history",
    pt: "historico",
    en: "history",
    also: &["histórico"],
    takes: &[],
    run: |session, call| Box::pin(run(session, call)),
};

/// How many without a number.
const USUAL: usize = 20;
/// How many at most.
const MOST: usize = 1000;

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    let count = match call.rest {
        "" => USUAL,
        number => number
            .parse()
            .ok()
            .filter(|count| (1..=MOST).contains(count))
            .ok_or_else(|| {
                Problem::usage(
                    say!(lang, "error-number", word = safe(number), most = MOST),
                    say!(lang, "error-usage.hint", usage = call.command.usage(lang)),
                )
            })?,
    };
    let room = session.here()?;
    let items = last(session, &room, count).await?;
    let title = session.title(&room);
    if items.is_empty() {
        return Session::info(say!(lang, "history-empty", room = title));
    }
    let head = say!(lang, "history-title", room = title, count = items.len());
    let messages = items.into_iter().map(|item| Line::Message {
        room: session.place(room.id(), &item),
        item: Box::new(item),
    });
    Ok([Line::Info(head)].into_iter().chain(messages).collect())
}

/// The last messages of a room, oldest first.
pub(crate) async fn last(
    session: &Session,
    room: &Room,
    count: usize,
) -> Result<Vec<Item>, Problem> {
    let failed = |error: lacre::Error| Problem::of(session.lang(), &error);
    let timeline = room.timeline().await.map_err(failed)?;
    loop {
        let mut items = timeline.snapshot();
        // What happened to the room is no message; the lists that are asked for are of those.
        items.retain(|item| !matches!(item.body, ItemBody::Notice(_)));
        let have = items.len();
        if have >= count
            || timeline
                .older((count - have).min(PAGE))
                .await
                .map_err(failed)?
                == 0
        {
            let mut items = items.split_off(have.saturating_sub(count));
            items
                .iter_mut()
                .for_each(|item| session.name_sender(room.id(), item));
            return Ok(items);
        }
    }
}

/// How many one read asks for.
const PAGE: usize = 500;
