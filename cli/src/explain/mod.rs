//! Every error code with its cause, what was expected instead, and what to do, in both languages.
//!
//! A test reads the registries of the wire, the rooms' rules, and the sources of SDK, relay and this
//! command, and fails when a code is missing here. Codes that ask for the same are one entry.

mod device;
mod later;
mod local;
mod network;
mod operator;
mod relay;
mod room;

use crate::text;

/// One text in English and Portuguese.
type Both = (&'static str, &'static str);

/// What there is to say about some codes.
#[derive(Debug)]
pub(crate) struct Entry {
    codes: &'static [&'static str],
    cause: Both,
    expected: Both,
    fix: Both,
}

impl Entry {
    /// What happened.
    pub(crate) fn cause(&self) -> &'static str {
        self.cause_in(text::lang())
    }

    /// What happened, in a language.
    pub(crate) fn cause_in(&self, lang: text::Lang) -> &'static str {
        text::pick_in(lang, self.cause.0, self.cause.1)
    }

    /// What should have been.
    pub(crate) fn expected(&self) -> &'static str {
        text::pick(self.expected.0, self.expected.1)
    }

    /// What to do.
    pub(crate) fn fix(&self) -> &'static str {
        self.fix_in(text::lang())
    }

    /// What to do, in a language.
    pub(crate) fn fix_in(&self, lang: text::Lang) -> &'static str {
        text::pick_in(lang, self.fix.0, self.fix.1)
    }
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        relay::ENTRIES,
        operator::ENTRIES,
        device::ENTRIES,
        network::ENTRIES,
        later::ENTRIES,
        room::ENTRIES,
        local::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

/// Every code with its entry.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static Entry)> {
    entries().flat_map(|entry| entry.codes.iter().map(move |code| (*code, entry)))
}

/// The entry of a code; upper and lower case are the same.
pub(crate) fn find(code: &str) -> Option<&'static Entry> {
    all()
        .find(|(known, _)| known.eq_ignore_ascii_case(code))
        .map(|(_, entry)| entry)
}

#[cfg(test)]
mod tests;
