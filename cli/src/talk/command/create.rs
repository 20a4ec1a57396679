//! `/criar`, `/create`: an open room that everybody on the relay finds by its name.

use super::{Call, Command, Takes};
use crate::print::safe;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::text::say;

pub(super) const COMMAND: Command = Command {
    id: "create",
    pt: "criar",
    en: "create",
    also: &[],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    if call.rest.is_empty() {
        return Err(call.command.misused(lang));
    }
    let made = session
        .entering(async {
            let made = session
                .patiently(session.client().create_listed(call.rest))
                .await;
            let room = made.map_err(|stopped| {
                stopped.told(lang, |error| {
                    let taken = error.code() == "NameTaken";
                    taken.then(|| {
                        Problem::failed(
                            say!(lang, "create-taken", name = safe(call.rest)),
                            say!(lang, "create-taken.hint", name = safe(call.rest)),
                        )
                    })
                })
            })?;
            session.shows(&room, |room| !room.name().is_empty()).await;
            Ok(room)
        })
        .await?;
    session.look_at(Some(made.clone()));
    Session::info(say!(lang, "create-made", room = session.title(&made)))
}
