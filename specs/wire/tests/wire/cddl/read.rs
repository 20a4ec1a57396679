//! CDDL text to rules.

use super::{Entry, Key, Kind};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Number(u64),
    /// `.size` and the like.
    Control(String),
    Mark(&'static str),
}

const MARKS: [&str; 16] = [
    "=>", "..", "=", "/", "[", "]", "{", "}", "(", ")", ":", ",", "?", "*", "+", "&",
];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    for line in text.lines() {
        let mut rest = line.split(';').next().unwrap_or_default().trim_start();
        while let Some(first) = rest.chars().next() {
            let word = |more: &str| {
                let end = rest.find(|c: char| !c.is_alphanumeric() && !more.contains(c));
                rest.split_at(end.unwrap_or(rest.len()))
            };
            let (token, after) = if first.is_ascii_digit() {
                let (digits, after) = word("");
                (
                    Token::Number(digits.parse().map_err(|_| format!("no number: {digits}"))?),
                    after,
                )
            } else if first.is_alphabetic() {
                let (name, after) = word("-_");
                (Token::Name(name.to_owned()), after)
            } else if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
                (Token::Mark(mark), &rest[mark.len()..])
            } else if first == '.' {
                rest = &rest[1..];
                let end = rest
                    .find(|c: char| !c.is_alphanumeric())
                    .unwrap_or(rest.len());
                (Token::Control(rest[..end].to_owned()), &rest[end..])
            } else {
                return Err(format!("cannot read {rest:?}"));
            };
            out.push(token);
            rest = after.trim_start();
        }
    }
    Ok(out)
}

/// The rules of a file.
pub(super) fn rules(text: &str) -> Result<Vec<(String, Kind)>, String> {
    let mut reader = Reader {
        tokens: tokens(text)?,
        at: 0,
    };
    let mut out = Vec::new();
    while reader.at < reader.tokens.len() {
        let name = reader.name()?;
        reader.expect("=")?;
        let kind = reader.kind().map_err(|e| format!("in {name}: {e}"))?;
        out.push((name, kind));
    }
    Ok(out)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn take(&mut self, mark: &'static str) -> bool {
        let is = self.peek(0) == Some(&Token::Mark(mark));
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, mark: &'static str) -> Result<(), String> {
        match self.take(mark) {
            true => Ok(()),
            false => Err(format!("expected {mark}, got {:?}", self.peek(0))),
        }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.peek(0).cloned() {
            Some(Token::Name(name)) => {
                self.at += 1;
                Ok(name)
            }
            other => Err(format!("expected a name, got {other:?}")),
        }
    }

    fn number(&mut self) -> Result<u64, String> {
        match self.peek(0) {
            Some(Token::Number(number)) => {
                let number = *number;
                self.at += 1;
                Ok(number)
            }
            other => Err(format!("expected a number, got {other:?}")),
        }
    }

    fn kind(&mut self) -> Result<Kind, String> {
        let mut choices = vec![self.controlled()?];
        while self.take("/") {
            choices.push(self.controlled()?);
        }
        Ok(if choices.len() == 1 {
            choices.remove(0)
        } else {
            Kind::Choice(choices)
        })
    }

    fn controlled(&mut self) -> Result<Kind, String> {
        let kind = self.single()?;
        let Some(Token::Control(control)) = self.peek(0).cloned() else {
            return Ok(kind);
        };
        self.at += 1;
        let argument = self.single()?;
        match (control.as_str(), argument) {
            ("size", Kind::Literal(size)) if kind == Kind::Name("uint".into()) => {
                Ok(Kind::Size(Box::new(kind), 0, size))
            }
            ("size", Kind::Literal(size)) => Ok(Kind::Size(Box::new(kind), size, size)),
            ("size", Kind::Range(least, most)) => Ok(Kind::Size(Box::new(kind), least, most)),
            ("cbor", argument) => Ok(Kind::Cbor(Box::new(argument))),
            (control, argument) => Err(format!("cannot read .{control} {argument:?}")),
        }
    }

    fn single(&mut self) -> Result<Kind, String> {
        if self.take("(") {
            let kind = self.kind()?;
            self.expect(")")?;
            return Ok(kind);
        }
        if self.take("&") {
            return self.numbers();
        }
        if self.take("[") {
            return Ok(Kind::Array(self.entries("]")?));
        }
        if self.take("{") {
            return Ok(Kind::Map(self.entries("}")?));
        }
        if let Ok(number) = self.number() {
            let range = self.take("..");
            return if range {
                Ok(Kind::Range(number, self.number()?))
            } else {
                Ok(Kind::Literal(number))
            };
        }
        Ok(Kind::Name(self.name()?))
    }

    fn numbers(&mut self) -> Result<Kind, String> {
        self.expect("(")?;
        let mut numbers = Vec::new();
        while !self.take(")") {
            let name = self.name()?;
            self.expect(":")?;
            numbers.push((name, self.number()?));
            self.take(",");
        }
        Ok(Kind::Numbers(numbers))
    }

    fn entries(&mut self, end: &'static str) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        while !self.take(end) {
            entries.push(self.entry()?);
            self.take(",");
        }
        Ok(entries)
    }

    fn entry(&mut self) -> Result<Entry, String> {
        let (least, most) = self.occurrence()?;
        if let (Some(Token::Name(name)), Some(Token::Mark(":"))) =
            (self.peek(0).cloned(), self.peek(1))
        {
            self.at += 2;
            return Ok(Entry {
                least,
                most,
                key: Key::Label(name),
                kind: self.kind()?,
            });
        }
        let kind = self.kind()?;
        if !self.take("=>") {
            return Ok(Entry {
                least,
                most,
                key: Key::None,
                kind,
            });
        }
        let key = match kind {
            Kind::Numbers(mut numbers) if numbers.len() == 1 => {
                let (name, number) = numbers.remove(0);
                Key::Number(name, number)
            }
            kind => Key::Of(kind),
        };
        Ok(Entry {
            least,
            most,
            key,
            kind: self.kind()?,
        })
    }

    fn occurrence(&mut self) -> Result<(usize, usize), String> {
        if self.take("?") {
            return Ok((0, 1));
        }
        if self.take("*") {
            return Ok((0, usize::MAX));
        }
        if self.take("+") {
            return Ok((1, usize::MAX));
        }
        if self.peek(1) != Some(&Token::Mark("*")) {
            return Ok((1, 1));
        }
        let least = self.number()?;
        self.expect("*")?;
        let most = self.number().unwrap_or(u64::MAX);
        Ok((
            usize::try_from(least).unwrap(),
            usize::try_from(most).unwrap(),
        ))
    }
}
