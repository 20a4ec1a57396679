//! Values from a rule: whatever the CDDL allows, the types must read.

use super::{Entry, Key, Kind, Schema};
use minicbor::Encoder;
use std::collections::BTreeMap;

/// Where choices come from: bytes, used up one by one, then zeros. Shrinking the bytes shrinks the
/// value.
pub(crate) struct Tape<'b>(pub(crate) &'b [u8]);

impl Tape<'_> {
    fn next(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(self.next()) % end
    }

    fn number(&mut self, bytes: u64) -> u64 {
        let width = self.next() % (u8::try_from(bytes).unwrap() + 1);
        (0..width).fold(0, |number, _| number << 8 | u64::from(self.next()))
    }
}

impl Schema {
    /// The canonical encoding of some value of `rule`.
    pub(crate) fn generate(&self, rule: &str, tape: &mut Tape<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        self.name(rule, tape, &mut out);
        out
    }

    fn name(&self, name: &str, tape: &mut Tape<'_>, out: &mut Vec<u8>) {
        match name {
            "uint" => number(tape.number(8), out),
            "bstr" => self.string(tape, 0, 24, false, out),
            "tstr" => self.string(tape, 0, 24, true, out),
            "bool" => drop(Encoder::new(out).bool(tape.next() & 1 == 1).unwrap()),
            rule => self.kind(self.rule(rule), tape, out),
        }
    }

    fn kind(&self, kind: &Kind, tape: &mut Tape<'_>, out: &mut Vec<u8>) {
        match kind {
            Kind::Choice(choices) => self.kind(&choices[tape.below(choices.len())], tape, out),
            Kind::Name(name) => self.name(name, tape, out),
            Kind::Literal(value) => number(*value, out),
            Kind::Range(least, most) => number(least + tape.number(8) % (most - least + 1), out),
            Kind::Numbers(numbers) => number(numbers[tape.below(numbers.len())].1, out),
            Kind::Size(inner, least, most) => match **inner {
                Kind::Name(ref name) if name == "uint" => number(tape.number(*most), out),
                Kind::Name(ref name) => self.string(tape, *least, *most, name == "tstr", out),
                ref other => panic!("no size for {other:?}"),
            },
            Kind::Cbor(inner) => {
                let mut value = Vec::new();
                self.kind(inner, tape, &mut value);
                Encoder::new(out).bytes(&value).unwrap();
            }
            Kind::Array(entries) => self.array(entries, tape, out),
            Kind::Map(entries) => self.map(entries, tape, out),
        }
    }

    fn string(&self, tape: &mut Tape<'_>, least: u64, most: u64, text: bool, out: &mut Vec<u8>) {
        let length = least + u64::from(tape.next()) % (most - least + 1).min(40);
        let mut encoder = Encoder::new(out);
        if text {
            let letters: String = (0..length)
                .map(|_| char::from(b'a' + tape.next() % 26))
                .collect();
            encoder.str(&letters).unwrap();
        } else {
            let bytes: Vec<u8> = (0..length).map(|_| tape.next()).collect();
            encoder.bytes(&bytes).unwrap();
        }
    }

    fn array(&self, entries: &[Entry], tape: &mut Tape<'_>, out: &mut Vec<u8>) {
        let (mut items, mut count) = (Vec::new(), 0);
        for entry in entries {
            for _ in 0..times(entry, tape) {
                self.kind(&entry.kind, tape, &mut items);
                count += 1;
            }
        }
        Encoder::new(&mut *out).array(count).unwrap();
        out.extend(items);
    }

    fn map(&self, entries: &[Entry], tape: &mut Tape<'_>, out: &mut Vec<u8>) {
        let mut pairs = BTreeMap::new();
        for entry in entries {
            for _ in 0..times(entry, tape) {
                let (mut key, mut value) = (Vec::new(), Vec::new());
                match &entry.key {
                    Key::Number(_, given) => number(*given, &mut key),
                    Key::Of(kind) => self.kind(kind, tape, &mut key),
                    other => panic!("no map key: {other:?}"),
                }
                self.kind(&entry.kind, tape, &mut value);
                pairs.insert(key, value);
            }
        }
        Encoder::new(&mut *out)
            .map(u64::try_from(pairs.len()).unwrap())
            .unwrap();
        pairs
            .into_iter()
            .for_each(|(key, value)| out.extend([key, value].concat()));
    }
}

fn number(value: u64, out: &mut Vec<u8>) {
    Encoder::new(out).u64(value).unwrap();
}

fn times(entry: &Entry, tape: &mut Tape<'_>) -> usize {
    entry.least + tape.below((entry.most - entry.least).min(3) + 1)
}
