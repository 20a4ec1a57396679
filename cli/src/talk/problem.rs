//! Why a command did not do what was asked, in words for whoever typed it.

use super::line::Line;
use crate::explain;
use crate::failure::{Exit, Failure, exit};
use crate::print::safe;
use crate::text::{Lang, say};

/// What a command answers: lines to show, or why not.
pub(crate) type Answer = Result<Vec<Line>, Problem>;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    what: String,
    hint: String,
    /// What it means for a script.
    pub(crate) exit: Exit,
}

impl Problem {
    /// A command that was typed wrongly.
    pub(crate) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(what, hint, Exit::Usage)
    }

    /// Something that did not work.
    pub(crate) fn failed(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(what, hint, Exit::Failed)
    }

    fn new(what: impl Into<String>, hint: impl Into<String>, exit: Exit) -> Self {
        Self {
            what: what.into(),
            hint: hint.into(),
            exit,
        }
    }

    /// There is no room to do it in.
    pub(crate) fn no_room(lang: Lang) -> Self {
        Self::usage(
            say!(lang, "error-no-room"),
            say!(lang, "error-no-room.hint"),
        )
    }

    /// Nobody has the handle.
    pub(crate) fn no_person(lang: Lang, handle: &str) -> Self {
        let name = safe(handle.trim_start_matches('@'));
        Self::failed(
            say!(lang, "error-no-person", name = name),
            say!(lang, "error-no-person.hint"),
        )
    }

    /// The person is not in the room.
    pub(crate) fn not_here(lang: Lang, handle: &str) -> Self {
        let name = safe(handle.trim_start_matches('@'));
        Self::failed(
            say!(lang, "error-not-here", name = name),
            say!(lang, "error-not-here.hint"),
        )
    }

    /// The person is kept out of the room.
    pub(crate) fn banned(lang: Lang) -> Self {
        Self::new(
            say!(lang, "error-banned"),
            say!(lang, "error-banned.hint"),
            Exit::Refused,
        )
    }

    /// The relay did not answer in time.
    pub(crate) fn no_answer(lang: Lang, seconds: u64) -> Self {
        Self::new(
            say!(lang, "error-no-answer", seconds = seconds),
            say!(lang, "error-no-answer.hint"),
            Exit::Unreachable,
        )
    }

    /// An error of the SDK, in the words of its code.
    pub(crate) fn of(lang: Lang, error: &lacre::Error) -> Self {
        let exit = exit(error.kind());
        match error.code() {
            "NotInRoom" => Self::new(
                say!(lang, "error-not-in-room"),
                say!(lang, "error-not-in-room.hint"),
                exit,
            ),
            "room.may_not" | "NotAllowed" => Self::new(
                say!(lang, "error-no-right"),
                say!(lang, "error-no-right.hint"),
                Exit::Refused,
            ),
            "Banned" | "room.banned" => Self::new(
                say!(lang, "error-you-banned"),
                say!(lang, "error-you-banned.hint"),
                Exit::Refused,
            ),
            code => {
                let what = match explain::find(code) {
                    Some(entry) => format!("{} ({code})", entry.cause_in(lang)),
                    None => format!("{} ({code})", safe(&error.to_string())),
                };
                let fix = explain::find(code).map(|entry| entry.fix_in(lang));
                Self::new(what, fix.unwrap_or_default(), exit)
            }
        }
    }

    /// As a line.
    pub(crate) fn line(self) -> Line {
        Line::Error {
            what: self.what,
            hint: self.hint,
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::new("CommandFailed", problem.what, problem.exit)
    }
}
