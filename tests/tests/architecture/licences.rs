//! Licences: `deny.toml` says which, and every test run checks them.

use crate::graph::metadata;
use crate::tree::root;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn licences_are_permissive() {
    let deny = fs::read_to_string(root().join("deny.toml")).unwrap();
    let (allowed, exceptions) = (allowed(&deny), exceptions(&deny));
    for package in metadata(&[])["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"]
            .as_str()
            .unwrap_or_else(|| panic!("{name} names no licence"));
        let passes = |one: &str| {
            allowed.contains(one) || exceptions.contains(&(name.to_owned(), one.to_owned()))
        };
        assert!(
            Spdx::fits(licence, &passes),
            "{name} is under {licence}; deny.toml does not allow that"
        );
    }
}

#[test]
fn the_licence_check_reads_expressions() {
    let passes = |one: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&one);
    for good in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0/MIT",
        "(GPL-3.0 OR MIT) AND ISC",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(Spdx::fits(good, &passes), "{good}");
    }
    for bad in [
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR ISC) AND GPL-3.0",
        "Apache-2.0",
        "",
        "MIT OR",
        "(MIT",
    ] {
        assert!(!Spdx::fits(bad, &passes), "{bad}");
    }
}

/// The quoted words of a line or list.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

/// `licenses.allow` of deny.toml.
fn allowed(deny: &str) -> BTreeSet<&str> {
    let list = deny
        .split_once("\nallow = [")
        .unwrap()
        .1
        .split_once("\n]")
        .unwrap()
        .0;
    quoted(list).collect()
}

/// `licenses.exceptions` of deny.toml, a line each: crate and licence.
fn exceptions(deny: &str) -> BTreeSet<(String, String)> {
    let list = deny
        .split_once("\nexceptions = [")
        .unwrap()
        .1
        .split_once("\n]")
        .unwrap()
        .0;
    let words = list.lines().filter_map(|line| {
        let mut words = quoted(line);
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    });
    words.collect()
}

/// An SPDX licence expression, with `/` for `OR` as older crates write it.
struct Spdx<'e, 'p> {
    words: Vec<&'e str>,
    at: usize,
    passes: &'p dyn Fn(&str) -> bool,
}

impl<'e, 'p> Spdx<'e, 'p> {
    /// Whether licences that pass fulfil the expression.
    fn fits(expression: &'e str, passes: &'p dyn Fn(&str) -> bool) -> bool {
        let mut words = Vec::new();
        for word in expression.split_whitespace() {
            let mut rest = word;
            while let Some(at) = rest.find(['(', ')', '/']) {
                let (before, after) = rest.split_at(at);
                let (mark, after) = after.split_at(1);
                words.extend([before, mark].into_iter().filter(|part| !part.is_empty()));
                rest = after;
            }
            words.extend(Some(rest).filter(|part| !part.is_empty()));
        }
        let mut reader = Self {
            words,
            at: 0,
            passes,
        };
        reader.any() == Some(true) && reader.at == reader.words.len()
    }

    fn take(&mut self, words: &[&str]) -> bool {
        let is = self
            .words
            .get(self.at)
            .is_some_and(|word| words.contains(word));
        self.at += usize::from(is);
        is
    }

    fn any(&mut self) -> Option<bool> {
        let mut fits = self.every()?;
        while self.take(&["OR", "/"]) {
            fits |= self.every()?;
        }
        Some(fits)
    }

    fn every(&mut self) -> Option<bool> {
        let mut fits = self.one()?;
        while self.take(&["AND"]) {
            fits &= self.one()?;
        }
        Some(fits)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take(&["("]) {
            let fits = self.any()?;
            return self.take(&[")"]).then_some(fits);
        }
        let name = *self.words.get(self.at)?;
        self.at += 1;
        if self.take(&["WITH"]) {
            let exception = *self.words.get(self.at)?;
            self.at += 1;
            return Some((self.passes)(&format!("{name} WITH {exception}")));
        }
        Some((self.passes)(name))
    }
}
