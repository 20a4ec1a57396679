//! `lacre send`: one message.
//!
//! The message is durable on this device first. A command that ended there would leave it lying
//! until the next one, so by default the relay gets a few seconds to take it.

use crate::args::{Send, Wait};
use crate::failure::{Exit, Failure, Outcome};
use crate::print::{self, Paint};
use crate::session::Session;
use crate::text;
use lacre::{SendHandle, SendState};
use serde_json::json;
use std::io::Read;

/// Sends.
pub(crate) async fn run(arguments: Send) -> Outcome {
    let words = words(arguments.text.as_deref())?;
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let room = session.enter(&arguments.room).await?;
            let handle = room.send(&words).await?;
            wait(session, &handle, arguments.wait).await?;
            let sent = handle.state() == SendState::Sent;
            if arguments.json {
                let state = if sent { "sent" } else { "queued" };
                return print::json_line(&json!({
                    "room": room.id().to_string(),
                    "message": handle.message_id().to_string(),
                    "state": state,
                }));
            }
            match (sent, arguments.wait) {
                (true, _) => print::out(&Paint::output().good(&text::people::sent())),
                (false, Some(Wait::Queued)) => print::out(&text::people::queued()),
                (false, _) => print::out(&text::people::queued_for_later()),
            }
        })
        .await
}

/// Waits as far as it was asked for. Without being asked, a relay out of reach is no failure.
async fn wait(session: &mut Session, handle: &SendHandle, wait: Option<Wait>) -> Outcome {
    if wait == Some(Wait::Queued) {
        return Ok(());
    }
    match session.patiently(handle.sent()).await {
        Err(failure) if failure.is("Unreachable") || failure.is("NotDone") => match wait {
            None => Ok(()),
            Some(_) => {
                let what = text::failure::not_sent(session.patience().as_secs());
                Err(Failure::new("NotSent", what, Exit::Unreachable))
            }
        },
        done => done,
    }
}

/// The text: the argument, or standard input for `-` and for nothing.
fn words(argument: Option<&str>) -> Outcome<String> {
    let mut words = match argument {
        Some(words) if words != "-" => words.to_owned(),
        _ => {
            let mut input = String::new();
            std::io::stdin()
                .read_to_string(&mut input)
                .map_err(|error| {
                    Failure::new("NoInput", text::failure::no_input(error), Exit::Usage)
                })?;
            input
        }
    };
    words.truncate(words.trim_end_matches(['\n', '\r']).len());
    match words.trim().is_empty() {
        false => Ok(words),
        true => Err(Failure::new(
            "NoText",
            text::failure::no_text(),
            Exit::Usage,
        )),
    }
}
