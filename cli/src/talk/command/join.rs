//! `/entrar`, `/join`: goes to a room of this person, or comes into an open one.

use super::history::last;
use super::{Call, Command, Takes};
use crate::print::safe;
use crate::talk::line::Line;
use crate::talk::people;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;
use lacre::{ErrorKind, Room, RoomId, RoomKind};

pub(super) const COMMAND: Command = Command {
    id: "join",
    pt: "entrar",
    en: "join",
    also: &["ir", "go"],
    takes: &[Takes::Room],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    if call.rest.is_empty() {
        return Err(call.command.misused(lang));
    }
    let room = enter(session, call.rest).await?;
    session.look_at(Some(room.clone()));
    let mut lines = vec![Line::Info(say!(
        lang,
        "join-entered",
        room = session.title(&room),
        count = room.members().len()
    ))];
    lines.extend(unread(session, &room).await?);
    Ok(lines)
}

/// How many unread messages are shown at most.
const MOST: usize = 20;

/// The unread messages of a room, the newest ones; reading them here has read them.
async fn unread(session: &Session, room: &Room) -> Result<Vec<Line>, Problem> {
    let failed = |error| Problem::of(session.lang(), &error);
    let unread = room.unread().map_err(failed)?;
    let count = usize::try_from(unread.messages).unwrap_or(MOST).min(MOST);
    if count == 0 {
        return Ok(Vec::new());
    }
    let items = last(session, room, count).await?;
    room.mark_all_read().await.map_err(failed)?;
    let messages = items.into_iter().map(|item| Line::Message {
        room: session.place(room.id(), &item),
        item: Box::new(item),
    });
    let head = say!(session.lang(), "join-unread", count = unread.messages);
    Ok([Line::Info(head)].into_iter().chain(messages).collect())
}

/// The room of a name, `@handle` or id; entered if this person is not in it yet.
pub(crate) async fn enter(session: &Session, wanted: &str) -> Result<Room, Problem> {
    session.entering(find_or_join(session, wanted)).await
}

async fn find_or_join(session: &Session, wanted: &str) -> Result<Room, Problem> {
    let lang = session.lang();
    if wanted.starts_with('@') {
        let account = people::account(session, wanted).await?;
        return session.ask(session.client().direct_with(account)).await;
    }
    if let Some(room) = find(session, wanted)? {
        return Ok(room);
    }
    let missing = |error: &lacre::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::Invalid | ErrorKind::TooLarge => {
            Some(no_room(session, wanted))
        }
        _ => None,
    };
    let id = match wanted.parse::<RoomId>() {
        Ok(id) => id,
        Err(_) => {
            let found = session
                .patiently(session.client().find_listed(wanted))
                .await;
            found.map_err(|stopped| stopped.told(lang, missing))?
        }
    };
    let joined = session.patiently(session.client().join(id)).await;
    let room = joined.map_err(|stopped| stopped.told(lang, missing))?;
    session.named(&room).await;
    Ok(room)
}

/// A room that this person is in.
pub(super) fn known(session: &Session, wanted: &str) -> Result<Room, Problem> {
    find(session, wanted)?.ok_or_else(|| no_room(session, wanted))
}

/// The room of a name or id; two of the same name are told apart by their ids alone.
fn find(session: &Session, wanted: &str) -> Result<Option<Room>, Problem> {
    let lang = session.lang();
    let rooms = session.client().rooms();
    let mut rooms = rooms.map_err(|error| Problem::of(lang, &error))?;
    let (id, lower) = (wanted.parse::<RoomId>().ok(), wanted.to_lowercase());
    let direct = lower.strip_prefix('@');
    rooms.retain(|room| {
        room.is_joined()
            && match (id, direct, room.kind()) {
                (Some(id), _, _) => room.id() == id,
                (None, Some(handle), kind) => kind == RoomKind::Direct && room.name() == handle,
                (None, None, kind) => {
                    kind != RoomKind::Direct && room.name().to_lowercase() == lower
                }
            }
    });
    match rooms.as_slice() {
        [] => Ok(None),
        [room] => Ok(Some(room.clone())),
        several => {
            let ids: Vec<_> = several.iter().map(|room| room.id().to_string()).collect();
            Err(Problem::usage(
                say!(lang, "error-several-rooms", name = safe(wanted)),
                say!(lang, "error-several-rooms.hint", ids = ids.join(", ")),
            ))
        }
    }
}

fn no_room(session: &Session, wanted: &str) -> Problem {
    let lang = session.lang();
    Problem::failed(
        say!(lang, "error-no-such-room", name = safe(wanted)),
        say!(lang, "error-no-such-room.hint"),
    )
}
