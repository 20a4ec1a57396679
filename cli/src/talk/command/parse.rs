//! What a typed line means.

use super::{Call, Command, all, find};
use crate::print::safe;
use crate::talk::problem::Problem;
use crate::text::{Lang, say};

/// A typed line.
#[derive(Debug)]
pub(crate) enum Parsed<'a> {
    /// Blanks.
    Nothing,
    /// A text to send. A line that begins with `//` is one that begins with `/`.
    Text(String),
    /// A command and what stands behind its name.
    Call(Call<'a>),
    /// A slash and a name that no command has.
    Unknown {
        /// The name.
        name: &'a str,
        /// The command whose name is nearest, if one is near.
        nearest: Option<&'static Command>,
    },
}

impl Parsed<'_> {
    /// Whether nobody is back at the keyboard by it.
    pub(crate) fn is_idle(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Call(call) => call.command.id == super::away::COMMAND.id,
            Self::Text(_) | Self::Unknown { .. } => false,
        }
    }
}

/// Reads a typed line.
pub(crate) fn parse(input: &str) -> Parsed<'_> {
    let line = input.trim();
    let Some(call) = line.strip_prefix('/') else {
        return match line.is_empty() {
            true => Parsed::Nothing,
            false => Parsed::Text(input.trim_end().to_owned()),
        };
    };
    if call.starts_with('/') {
        return Parsed::Text(call.to_owned());
    }
    let (name, rest) = call.split_once(char::is_whitespace).unwrap_or((call, ""));
    match find(name) {
        Some(command) => Parsed::Call(Call {
            command,
            rest: rest.trim(),
        }),
        None => Parsed::Unknown {
            name,
            nearest: nearest(name),
        },
    }
}

/// The answer to a name that no command has.
pub(crate) fn unknown(lang: Lang, name: &str, nearest: Option<&Command>) -> Problem {
    let what = say!(lang, "error-unknown-command", name = safe(name));
    let hint = match nearest {
        Some(command) => say!(
            lang,
            "error-unknown-command.nearest",
            usage = command.usage(lang)
        ),
        None => say!(
            lang,
            "error-unknown-command.hint",
            help = super::help::COMMAND.name(lang)
        ),
    };
    Problem::usage(what, hint)
}

/// The command with the nearest name: at most a third of it is typed otherwise, or it begins so.
fn nearest(name: &str) -> Option<&'static Command> {
    let name = name.to_lowercase();
    if name.chars().count() < 2 {
        return None;
    }
    let distance = |known: &str| match known.starts_with(&name) {
        true => 0,
        false => strsim::damerau_levenshtein(&name, known),
    };
    let near = all().iter().filter_map(|command| {
        let nearest = command.names().map(|known| (distance(known), known));
        let (distance, known) = nearest.min_by_key(|(distance, _)| *distance)?;
        (distance * 3 <= known.chars().count().max(3)).then_some((distance, command))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, command)| command)
}
