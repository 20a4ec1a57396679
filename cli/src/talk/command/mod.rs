//! The commands of the chat: a table, and what a typed line means by it.
//!
//! Each command is a file with its names and what it does. Its texts are `command-<id>` in the
//! Fluent files: one line of help, `.usage`, and `.more` for `/help COMMAND`. What is not in the
//! table does not exist: help, completion and the guide are read from it.

mod away;
mod ban;
mod close;
mod complete;
mod create;
mod disappear;
mod group;
mod help;
mod history;
mod invite;
mod join;
mod kick;
mod leave;
mod msg;
mod mute;
mod name;
mod notices;
mod parse;
mod pin;
mod ping;
mod poll;
mod quit;
mod read;
mod rooms;
mod schedule;
mod search;
mod seen;
mod stats;
mod status;
mod thread;
mod time;
mod unban;
mod unpin;
mod users;
mod vote;

#[allow(unused_imports)]
pub(crate) use complete::{Known, complete};
#[cfg(test)]
pub(crate) use help::guide;
pub(crate) use history::last;
pub(crate) use join::enter;
pub(crate) use parse::{Parsed, parse, unknown};

use super::people;
use super::problem::{Answer, Problem};
use super::session::Session;
use crate::text::{Lang, fluent};
use std::pin::Pin;

/// A command.
#[derive(Debug)]
pub(crate) struct Command {
    /// Names its texts; the English name unless that says too little.
    pub(crate) id: &'static str,
    /// The Portuguese name.
    pub(crate) pt: &'static str,
    /// The English name.
    pub(crate) en: &'static str,
    /// Further names.
    pub(crate) also: &'static [&'static str],
    /// What its words are, for completion; the last one goes on.
    pub(crate) takes: &'static [Takes],
    run: Run,
}

/// A command as it was typed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The command.
    pub(crate) command: &'static Command,
    /// What stands behind its name, without blanks around it.
    pub(crate) rest: &'a str,
}

type Run = for<'a> fn(&'a Session, Call<'a>) -> Running<'a>;
type Running<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// What a word of a command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Anything.
    Text,
    /// A person, as `@ana`.
    Person,
    /// The name of a room.
    Room,
    /// The name of a command.
    Command,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// The table, in the order of `/help`.
static COMMANDS: &[Command] = &[
    help::COMMAND,
    rooms::COMMAND,
    join::COMMAND,
    create::COMMAND,
    group::COMMAND,
    leave::COMMAND,
    users::COMMAND,
    msg::COMMAND,
    history::COMMAND,
    search::COMMAND,
    thread::COMMAND,
    pin::COMMAND,
    unpin::COMMAND,
    poll::COMMAND,
    vote::COMMAND,
    close::COMMAND,
    schedule::COMMAND,
    invite::COMMAND,
    kick::COMMAND,
    ban::COMMAND,
    unban::COMMAND,
    disappear::COMMAND,
    read::COMMAND,
    mute::COMMAND,
    name::COMMAND,
    status::COMMAND,
    away::COMMAND,
    seen::COMMAND,
    time::COMMAND,
    ping::COMMAND,
    notices::COMMAND,
    stats::COMMAND,
    quit::COMMAND,
];

/// Every command.
pub(crate) fn all() -> &'static [Command] {
    COMMANDS
}

/// The command of a name in any language, without its slash.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    let name = name.to_lowercase();
    COMMANDS
        .iter()
        .find(|command| command.names().any(|known| known == name))
}

impl<'a> Call<'a> {
    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Answer {
        (self.command.run)(session, self).await
    }

    /// The one person it names; `None` if it names nobody.
    fn person(self, lang: Lang) -> Result<Option<&'a str>, Problem> {
        match people::first_word(self.rest) {
            ("", _) => Ok(None),
            (person, "") if !people::handle(person).is_empty() => Ok(Some(person)),
            _ => Err(self.command.misused(lang)),
        }
    }

    /// The one person it must name.
    fn must_name(self, lang: Lang) -> Result<&'a str, Problem> {
        let person = self.person(lang)?;
        person.ok_or_else(|| self.command.misused(lang))
    }
}

impl Command {
    /// Its name in a language.
    pub(crate) fn name(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Pt => self.pt,
        }
    }

    /// Every name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.pt, self.en]
            .into_iter()
            .chain(self.also.iter().copied())
    }

    /// Its names besides the one of a language, without repeats.
    pub(crate) fn other_names(&self, lang: Lang) -> Vec<&'static str> {
        let mut names: Vec<_> = self
            .names()
            .filter(|name| *name != self.name(lang))
            .collect();
        names.dedup();
        names
    }

    /// What it does, in one line.
    pub(crate) fn about(&self, lang: Lang) -> String {
        fluent::text(lang, &format!("command-{}", self.id), &[])
    }

    /// How it is typed: `/kick @person`.
    pub(crate) fn usage(&self, lang: Lang) -> String {
        fluent::text(lang, &format!("command-{}.usage", self.id), &[])
    }

    /// What `/help` says of it beyond the line.
    pub(crate) fn more(&self, lang: Lang) -> String {
        fluent::text(lang, &format!("command-{}.more", self.id), &[])
    }

    /// The answer to words that do not fit.
    pub(crate) fn misused(&self, lang: Lang) -> Problem {
        let usage = self.usage(lang);
        Problem::usage(
            crate::text::say!(lang, "error-usage", command = self.name(lang)),
            crate::text::say!(lang, "error-usage.hint", usage = usage),
        )
    }
}

#[cfg(test)]
mod tests;
