//! `lacre chat`: talk in this terminal.

use crate::args::Chat;
use crate::failure::{Failure, Outcome};
use crate::plain::{self, Input};
use crate::session;
use crate::talk::command::enter;
use crate::talk::{Clock, Session};
use crate::text;

/// Opens the account and talks until the person leaves.
pub(crate) async fn run(arguments: Chat) -> Outcome {
    let mut input = None;
    let account = match session::Session::open(&arguments.place).await {
        Err(failure) if failure.is("NoAccount") => {
            plain::first(&arguments.place, &mut input).await?
        }
        opened => opened?,
    };
    // Not before: a passphrase is asked for while the account is opened.
    let mut input = input.unwrap_or_else(Input::standard);
    account
        .during(async |account| {
            let patience = account.patience();
            let talk = Session::new(
                account.client.clone(),
                text::lang(),
                Clock::system(),
                patience,
            );
            if let Some(room) = &arguments.room {
                let room = enter(&talk, room).await.map_err(Failure::from)?;
                talk.look_at(Some(room));
            }
            plain::run(account, &talk, &mut input).await
        })
        .await
}
