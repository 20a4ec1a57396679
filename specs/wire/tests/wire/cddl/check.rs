//! Whether bytes are what a rule says, and what they mean by the rule's names.

use super::{Entry, Key, Kind, Schema};
use crate::cbor::Item;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Checks values against a schema and remembers which rules were met.
pub(crate) struct Checker<'s> {
    schema: &'s Schema,
    met: RefCell<BTreeSet<String>>,
}

impl Schema {
    /// A checker that has met no rule yet.
    pub(crate) fn checker(&self) -> Checker<'_> {
        Checker {
            schema: self,
            met: RefCell::default(),
        }
    }
}

impl Checker<'_> {
    /// Reads `bytes` as `rule`: the value with the rule's names, byte strings in hexadecimal.
    pub(crate) fn read(&self, rule: &str, bytes: &[u8]) -> Result<Value, String> {
        self.named(rule, &Item::read(bytes)?)
    }

    /// The rules that no value has met.
    pub(crate) fn unmet(&self) -> Vec<&str> {
        let met = self.met.borrow();
        self.schema
            .names()
            .filter(|name| !met.contains(*name))
            .collect()
    }

    fn named(&self, name: &str, item: &Item) -> Result<Value, String> {
        let value = match (name, item) {
            ("uint", Item::Uint(number)) => json!(number),
            ("int", Item::Uint(number)) => json!(number),
            ("int", Item::Negative(number)) => json!(-1 - i128::from(*number)),
            ("bstr", Item::Bytes(bytes)) => json!(hex::encode(bytes)),
            ("tstr", Item::Text(text)) => json!(text),
            ("bool", Item::Bool(value)) => json!(value),
            ("null", Item::Null) => Value::Null,
            ("any", item) => json!(format!("{item:?}")),
            ("uint" | "int" | "bstr" | "tstr" | "bool" | "null", item) => {
                return Err(format!("expected {name}, got {item:?}"));
            }
            (rule, item) => {
                let value = self
                    .kind(self.schema.rule(rule), item)
                    .map_err(|e| format!("{rule}: {e}"))?;
                self.met.borrow_mut().insert(rule.to_owned());
                value
            }
        };
        Ok(value)
    }

    fn kind(&self, kind: &Kind, item: &Item) -> Result<Value, String> {
        match (kind, item) {
            (Kind::Name(name), item) => self.named(name, item),
            (Kind::Choice(choices), item) => self.choice(choices, item),
            (Kind::Literal(expected), Item::Uint(number)) if expected == number => {
                Ok(json!(number))
            }
            (Kind::Range(least, most), Item::Uint(number)) if (least..=most).contains(&number) => {
                Ok(json!(number))
            }
            (Kind::Numbers(numbers), Item::Uint(number)) => {
                match numbers.iter().find(|(_, known)| known == number) {
                    Some((name, _)) => Ok(json!(name)),
                    None => Err(format!("{number} is none of {numbers:?}")),
                }
            }
            (Kind::Array(entries), Item::Array(items)) => self.array(entries, items),
            (Kind::Map(entries), Item::Map(pairs)) => self.map(entries, pairs),
            (Kind::Size(inner, least, most), item) => {
                let size = size(item);
                match (*least..=*most).contains(&size) {
                    true => self.kind(inner, item),
                    false => Err(format!("{size} bytes, expected {least} to {most}")),
                }
            }
            (Kind::Cbor(inner), Item::Bytes(bytes)) => self.kind(inner, &Item::read(bytes)?),
            (kind, item) => Err(format!("expected {kind:?}, got {item:?}")),
        }
    }

    /// The first alternative that fits, under its name: which of them it is matters.
    fn choice(&self, choices: &[Kind], item: &Item) -> Result<Value, String> {
        let mut errors = Vec::new();
        for choice in choices {
            match (self.kind(choice, item), choice) {
                (Ok(value), Kind::Name(name)) if self.schema.rules.contains_key(name) => {
                    return Ok(json!({ name: value }));
                }
                (Ok(value), _) => return Ok(value),
                (Err(error), _) => errors.push(error),
            }
        }
        Err(format!("no alternative fits {item:?}: {errors:#?}"))
    }

    /// The names and values if there are names, else the values. Occurrences are taken greedily.
    fn array(&self, entries: &[Entry], items: &[Item]) -> Result<Value, String> {
        let (mut rest, mut list, mut names) = (items, Vec::new(), Map::new());
        for entry in entries {
            let mut taken = 0;
            while taken < entry.most {
                let Some((item, after)) = rest.split_first() else {
                    break;
                };
                match self.kind(&entry.kind, item) {
                    Ok(value) => {
                        match &entry.key {
                            Key::Label(name) => drop(names.insert(name.clone(), value)),
                            // The number of an alternative is told by the alternative's name.
                            _ if matches!(entry.kind, Kind::Literal(_)) => {}
                            _ => list.push(value),
                        }
                    }
                    Err(error) if taken < entry.least => return Err(error),
                    // An item that should have fitted explains more than one too many.
                    Err(error) if after.is_empty() => return Err(error),
                    Err(_) => break,
                }
                (rest, taken) = (after, taken + 1);
            }
            if taken < entry.least {
                return Err(format!(
                    "{taken} items, expected {} of {:?}",
                    entry.least, entry.kind
                ));
            }
        }
        match (rest.is_empty(), names.is_empty(), list.len()) {
            (false, ..) => Err(format!("{} items too many", rest.len())),
            (_, false, 0) => Ok(names.into()),
            // `[number, [fields]]`
            (_, true, 1)
                if matches!(
                    entries,
                    [
                        Entry {
                            kind: Kind::Literal(_),
                            ..
                        },
                        _
                    ]
                ) =>
            {
                Ok(list.remove(0))
            }
            (_, true, _) => Ok(list.into()),
            (_, false, _) => Err("an array with and without names".to_owned()),
        }
    }

    fn map(&self, entries: &[Entry], pairs: &[(Item, Item)]) -> Result<Value, String> {
        let mut names = Map::new();
        for (key, value) in pairs {
            let entry = entries.iter().find(|entry| match &entry.key {
                Key::Number(_, number) => *key == Item::Uint(*number),
                Key::Of(kind) => self.kind(kind, key).is_ok(),
                Key::None | Key::Label(_) => false,
            });
            let entry = entry.ok_or_else(|| format!("unexpected key {key:?}"))?;
            let name = match &entry.key {
                Key::Number(name, _) => name.clone(),
                Key::Of(kind) => match self.kind(kind, key)? {
                    Value::String(text) => text,
                    other => other.to_string(),
                },
                Key::None | Key::Label(_) => String::new(),
            };
            let value = self
                .kind(&entry.kind, value)
                .map_err(|e| format!("{name}: {e}"))?;
            names.insert(name, value);
        }
        for entry in entries.iter().filter(|entry| entry.least > 0) {
            let Key::Number(name, number) = &entry.key else {
                continue;
            };
            if !pairs.iter().any(|(key, _)| *key == Item::Uint(*number)) {
                return Err(format!("{name} is missing"));
            }
        }
        Ok(names.into())
    }
}

/// What `.size` measures (RFC 8610 §3.8.1).
fn size(item: &Item) -> u64 {
    match item {
        Item::Uint(number) => u64::from(64 - number.leading_zeros()).div_ceil(8),
        Item::Bytes(bytes) => u64::try_from(bytes.len()).unwrap(),
        Item::Text(text) => u64::try_from(text.len()).unwrap(),
        _ => u64::MAX,
    }
}
