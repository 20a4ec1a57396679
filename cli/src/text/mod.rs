//! What people read, in English and Portuguese side by side.
//!
//! One function a sentence, so that a missing translation does not compile. The language is chosen
//! once: `--lang`, then `LACRE_LANG`, then the locale. The chat has its texts in [`fluent`].

pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod failure;
pub(crate) mod fluent;
pub(crate) mod help;
pub(crate) mod people;
pub(crate) mod reach;
pub(crate) mod relay;

pub(crate) use fluent::say;

use std::ffi::OsString;
use std::sync::OnceLock;

/// A language of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Português.
    Pt,
}

static LANG: OnceLock<Lang> = OnceLock::new();

/// Sets the language of the process.
pub(crate) fn choose(lang: Lang) {
    // Chosen once, before anything is printed.
    let _set_already = LANG.set(lang);
}

/// The language of the process.
pub(crate) fn lang() -> Lang {
    LANG.get().copied().unwrap_or(Lang::En)
}

/// The text in the language of the process.
pub(crate) fn pick<T>(en: T, pt: T) -> T {
    pick_in(lang(), en, pt)
}

/// The text in a language.
pub(crate) fn pick_in<T>(lang: Lang, en: T, pt: T) -> T {
    match lang {
        Lang::En => en,
        Lang::Pt => pt,
    }
}

/// The language that the arguments or the environment ask for. Read before the command line is
/// parsed, because its help and errors are translated too.
pub(crate) fn wanted(arguments: impl Iterator<Item = OsString>) -> Lang {
    let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    let mut asked = None;
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix("--lang") {
            _ if argument == "--" => break,
            Some("") => asked = arguments.next(),
            Some(value) => asked = value.strip_prefix('=').map(str::to_owned),
            None => {}
        }
    }
    let variables = ["LACRE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = || {
        variables
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    };
    match asked.or_else(locale) {
        Some(locale) if locale.to_ascii_lowercase().starts_with("pt") => Lang::Pt,
        _ => Lang::En,
    }
}

/// Defines sentences: a name, its arguments, the English and the Portuguese text.
macro_rules! texts {
    ($($name:ident($($argument:ident),*) $en:literal $pt:literal;)*) => {
        $(pub(crate) fn $name($($argument: impl std::fmt::Display),*) -> String {
            match $crate::text::lang() {
                $crate::text::Lang::En => format!($en),
                $crate::text::Lang::Pt => format!($pt),
            }
        })*
    };
}
pub(crate) use texts;

#[cfg(test)]
mod tests {
    use super::{Lang, wanted};

    #[test]
    fn the_command_line_decides_before_the_environment() {
        let read = |line: &str| wanted(line.split(' ').map(Into::into));
        assert_eq!(read("rooms --lang pt"), Lang::Pt);
        assert_eq!(read("--lang=pt-BR rooms"), Lang::Pt);
        assert_eq!(read("rooms --lang en"), Lang::En);
    }
}
