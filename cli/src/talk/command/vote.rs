//! `/votar`, `/vote`: chooses in a poll; without a number, lists those that are open.

use super::{Call, Command, Takes};
use crate::print::{brief, safe};
use crate::talk::line::Line;
use crate::talk::people::first_word;
use crate::talk::problem::{Answer, Problem};
use crate::talk::session::Session;
use crate::talk::which;
use crate::text::say;
use lacre::{Item, ItemBody, Poll, Room};

pub(super) const COMMAND: Command = Command {
    id: "vote",
    pt: "votar",
    en: "vote",
    also: &[],
    takes: &[Takes::Text],
    run: |session, call| Box::pin(run(session, call)),
};

async fn run(session: &Session, call: Call<'_>) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    if call.rest.is_empty() {
        return list(session, &room).await;
    }
    let Some((numbers, words)) = chosen(call.rest) else {
        return Err(call.command.misused(lang));
    };
    let item = open(session, &room, words, |_| true).await?;
    let ItemBody::Poll(poll) = &item.body else {
        return Err(none(session, &room));
    };
    let options = indexes(session, call, poll, &numbers)?;
    let voted = room.vote(item.message, &options).await;
    voted.map_err(|error| Problem::of(lang, &error))?;
    let text = brief(&safe(&poll.question));
    Session::info(match options.is_empty() {
        true => say!(lang, "vote-back", text = text),
        false => {
            let said = options.iter().filter_map(|index| poll.options.get(*index));
            let said: Vec<_> = said.map(|option| safe(&option.text)).collect();
            say!(lang, "vote-done", text = text, options = said.join(", "))
        }
    })
}

/// The polls that are open, oldest first.
async fn list(session: &Session, room: &Room) -> Answer {
    let lang = session.lang();
    let mut polls = which::polls(session, room, "", |_, poll| !poll.closed).await?;
    if polls.is_empty() {
        return Err(none(session, room));
    }
    polls.reverse();
    let title = session.title(room);
    let head = say!(lang, "vote-open", room = title.clone(), count = polls.len());
    let shown = polls.into_iter().map(|item| Line::Message {
        room: title.clone(),
        item: Box::new(item),
    });
    Ok([Line::Info(head)].into_iter().chain(shown).collect())
}

/// The newest open poll with these words that `fits`.
pub(super) async fn open(
    session: &Session,
    room: &Room,
    words: &str,
    fits: impl Fn(&Item) -> bool,
) -> Result<Item, Problem> {
    let fits = |item: &Item, poll: &Poll| !poll.closed && fits(item);
    let found = which::polls(session, room, words, fits).await?;
    found.into_iter().next().ok_or_else(|| none(session, room))
}

fn none(session: &Session, room: &Room) -> Problem {
    let lang = session.lang();
    let usage = super::poll::COMMAND.usage(lang);
    Problem::failed(
        say!(lang, "error-no-poll", room = session.title(room)),
        say!(lang, "error-no-poll.hint", usage = usage),
    )
}

/// The numbers that a line begins with, and the words behind them; `-` is no number at all.
fn chosen(line: &str) -> Option<(Vec<&str>, &str)> {
    let (first, rest) = first_word(line);
    if first == "-" {
        return Some((Vec::new(), rest));
    }
    let is_numbers = |word: &str| {
        let digits = |c: char| c.is_ascii_digit() || c == ',';
        !word.is_empty() && word.chars().all(digits)
    };
    let (mut numbers, mut left) = (Vec::new(), line);
    loop {
        let (word, rest) = first_word(left);
        if !is_numbers(word) {
            break;
        }
        numbers.extend(word.split(',').filter(|number| !number.is_empty()));
        left = rest;
    }
    (!numbers.is_empty()).then_some((numbers, left))
}

/// Options as the poll counts them, from 0.
fn indexes(
    session: &Session,
    call: Call<'_>,
    poll: &Poll,
    numbers: &[&str],
) -> Result<Vec<usize>, Problem> {
    let (lang, most) = (session.lang(), poll.options.len());
    let index = |number: &&str| {
        let known = number
            .parse()
            .ok()
            .filter(|known| (1..=most).contains(known));
        let index = known.and_then(|known: usize| known.checked_sub(1));
        index.ok_or_else(|| {
            Problem::usage(
                say!(lang, "error-number", word = *number, most = most),
                say!(lang, "error-usage.hint", usage = call.command.usage(lang)),
            )
        })
    };
    numbers.iter().map(index).collect()
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn numbers_stand_before_words() {
        let numbers = |list: &[&'static str]| list.to_vec();
        assert_eq!(chosen("2"), Some((numbers(&["2"]), "")));
        assert_eq!(chosen("1,3"), Some((numbers(&["1", "3"]), "")));
        assert_eq!(chosen("1 3  a day"), Some((numbers(&["1", "3"]), "a day")));
        assert_eq!(chosen("- a day"), Some((Vec::new(), "a day")));
        assert_eq!(chosen("a day"), None);
        assert_eq!(chosen(", x"), None);
    }
}
