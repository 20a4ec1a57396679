//! `/ping`: how long it takes to the relay, or to a person, and back.

use super::{Call, Command, Takes};
use crate::talk::clock::length;
use crate::talk::people;
use crate::talk::problem::{Answer, Problem};
use crate::talk::said::name;
use crate::talk::session::Session;
use crate::text::{Lang, say};
use lacre::{Millis, Room};
use std::time::Duration;

pub(super) const COMMAND: Command = Command {
    id: "ping",
    pt: "ping",
    en: "ping",
    also: &[],
    takes: &[Takes::Person],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let lang = session.lang();
    let Some(person) = call.person(lang)? else {
        let time = session.ask(session.client().ping()).await?;
        return Session::info(say!(lang, "ping-relay", time = short(lang, time)));
    };
    let account = people::account(session, person).await?;
    if account == session.client().me().account {
        return Err(Problem::usage(say!(lang, "error-yourself"), String::new()));
    }
    let is_in = |room: &Room| {
        room.is_joined()
            && room
                .members()
                .iter()
                .any(|member| member.account == account)
    };
    let rooms = session.client().rooms();
    let rooms = rooms.map_err(|error| Problem::of(lang, &error))?;
    let Some(room) = session.room().into_iter().chain(rooms).find(is_in) else {
        return Err(Problem::failed(
            say!(lang, "ping-strange"),
            say!(lang, "ping-strange.hint"),
        ));
    };
    let who = name(lang, &people::handle(person));
    let answered = session.patiently(room.ping(account)).await;
    let time = answered.map_err(|stopped| {
        stopped.told(lang, |error| {
            let silent = error.code() == "NoAnswer";
            silent.then(|| {
                Problem::failed(
                    say!(lang, "ping-silent", who = who.clone()),
                    say!(lang, "ping-silent.hint"),
                )
            })
        })
    })?;
    Session::info(say!(
        lang,
        "ping-person",
        who = who,
        time = short(lang, time)
    ))
}

/// At least a millisecond: less is no news.
fn short(lang: Lang, time: Duration) -> String {
    length(
        lang,
        Millis::try_from(time.as_millis())
            .unwrap_or(Millis::MAX)
            .max(1),
    )
}
