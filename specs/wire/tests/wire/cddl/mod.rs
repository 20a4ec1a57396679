//! The part of CDDL (RFC 8610) that `specs/cddl` is written in: a reader, a checker that names
//! what it reads, and a generator.
//!
//! The `cddl` crate brings some forty crates more and refuses maps keyed by byte strings, as room
//! states have them. This part is small, and a schema that is walked here also names fields and
//! makes values.

mod check;
mod generate;
mod read;

pub(crate) use generate::Tape;

use std::collections::BTreeMap;

/// A type expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `a / b`
    Choice(Vec<Kind>),
    /// A rule or a prelude type, by name.
    Name(String),
    /// A number.
    Literal(u64),
    /// `a..b`, both included.
    Range(u64, u64),
    /// `[ … ]`
    Array(Vec<Entry>),
    /// `{ … }`
    Map(Vec<Entry>),
    /// `&( name: number, … )`
    Numbers(Vec<(String, u64)>),
    /// `type .size argument`; the range of bytes.
    Size(Box<Kind>, u64, u64),
    /// `bstr .cbor type`
    Cbor(Box<Kind>),
}

/// An entry of an array or a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    least: usize,
    most: usize,
    key: Key,
    kind: Kind,
}

/// How an entry is keyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// Not at all: an array's item.
    None,
    /// `name: type`, in arrays for the reader only.
    Label(String),
    /// `&(name: number) => type`
    Number(String, u64),
    /// `type => type`
    Of(Kind),
}

/// All rules of `specs/cddl`.
#[derive(Debug)]
pub(crate) struct Schema {
    rules: BTreeMap<String, Kind>,
}

impl Schema {
    /// Reads every file of `specs/cddl`.
    pub(crate) fn load() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../cddl");
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        paths.sort();
        let mut rules = BTreeMap::new();
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            for (name, kind) in
                read::rules(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
            {
                assert!(
                    rules.insert(name.clone(), kind).is_none(),
                    "{name} is defined twice"
                );
            }
        }
        Self { rules }
    }

    /// The names of the rules.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// The names and numbers of an enumeration.
    pub(crate) fn numbers(&self, rule: &str) -> &[(String, u64)] {
        match self.rules.get(rule) {
            Some(Kind::Numbers(numbers)) => numbers,
            other => panic!("{rule} is no enumeration but {other:?}"),
        }
    }

    fn rule(&self, name: &str) -> &Kind {
        self.rules
            .get(name)
            .unwrap_or_else(|| panic!("no rule {name}"))
    }
}
