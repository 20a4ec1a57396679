//! `/deixar`, `/leave`: leaves a room with all devices.

use super::join;
use super::{Call, Command, Takes};
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::{Session, Stopped};
use crate::text::say;
use lacre::RoomKind;

pub(super) const COMMAND: Command = Command {
    id: "leave",
    pt: "deixar",
    en: "leave",
    also: &["part"],
    takes: &[Takes::Room],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    let room = match call.rest {
        "" => session.here()?,
        name => join::known(session, name)?,
    };
    if room.kind() == RoomKind::Direct {
        return Err(Problem::failed(
            say!(lang, "error-leave-direct"),
            say!(lang, "error-leave-direct.hint"),
        ));
    }
    let title = session.title(&room);
    match session.patiently(room.leave()).await {
        // Keys can only be changed by those who stay; the request waits for one of them.
        Err(Stopped::NoAnswer(_)) if session.is_online() => {
            return Session::info(say!(lang, "leave-waits", room = title));
        }
        Err(stopped) => return Err(stopped.told(lang, |_| None)),
        Ok(()) => {}
    }
    // That it happened is told when the log says so.
    session.shows(&room, |room| !room.is_joined()).await;
    if session.room().is_some_and(|here| here.id() == room.id()) {
        session.look_at(None);
    }
    Ok(Vec::new())
}
