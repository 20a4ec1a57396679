//! People by the names that are typed.

use super::problem::Problem;
use super::session::Session;
use lacre::{AccountId, ErrorKind, Member, Room};

/// A handle as the directory knows it: without `@`, in lower case.
pub(crate) fn handle(word: &str) -> String {
    word.trim().trim_start_matches('@').to_lowercase()
}

/// Splits off the first word: it and the rest, both without blanks around them.
pub(crate) fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim_start())
}

/// The member of a room who is meant. Where nobody is, says whether such a person exists.
pub(crate) async fn member(session: &Session, room: &Room, word: &str) -> Result<Member, Problem> {
    let wanted = handle(word);
    let members = room.members();
    if let Some(member) = members.into_iter().find(|member| member.handle == wanted) {
        return Ok(member);
    }
    account(session, word).await?;
    Err(Problem::not_here(session.lang(), word))
}

/// The account behind a handle, known here or asked of the relay.
pub(crate) async fn account(session: &Session, word: &str) -> Result<AccountId, Problem> {
    let wanted = handle(word);
    match session.patiently(session.client().person(&wanted)).await {
        Ok(person) => Ok(person.account()),
        Err(stopped) => Err(stopped.told(session.lang(), |error| {
            let nobody = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Invalid);
            nobody.then(|| Problem::no_person(session.lang(), word))
        })),
    }
}
