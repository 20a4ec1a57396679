//! `lacre chat`: talk in this terminal.

use crate::args::Chat;
use crate::failure::{Failure, Outcome};
use crate::plain::{self, Input};
use crate::session;
use crate::talk::command::enter;
use crate::talk::{Clock, Session};
use crate::text;
use std::io::IsTerminal;

/// Opens the account and talks until the person leaves.
pub(crate) async fn run(arguments: Chat) -> Outcome {
    let mut input = None;
    let account = match session::Session::open(&arguments.place).await {
        Err(failure) if failure.is("NoAccount") => {
            plain::first(&arguments.place, &mut input).await?
        }
        opened => opened?,
    };
    let screen = !arguments.plain && has_screen();
    account
        .during(async |account| {
            let available = lacre::Presence::Available;
            account.client.set_presence(available).await?;
            let patience = account.patience();
            let talk = Session::new(
                account.client.clone(),
                text::lang(),
                Clock::system(),
                patience,
            );
            talk.remember_in(&account.folder);
            if let Some(room) = &arguments.room {
                let room = enter(&talk, room).await.map_err(Failure::from)?;
                talk.look_at(Some(room));
            }
            if screen {
                return crate::chat::run(account, &talk).await;
            }
            // Not before: a passphrase is asked for while the account is opened.
            let mut input = input.unwrap_or_else(Input::standard);
            plain::run(account, &talk, &mut input).await
        })
        .await
}

/// Whether there is a terminal to draw on and to read keys from.
pub(crate) fn has_screen() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}
