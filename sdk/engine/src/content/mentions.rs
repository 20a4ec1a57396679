//! Mentions: who is meant where, beside the text, so that telling people does not depend on reading
//! Markdown, or on handles that change.
//!
//! Extension [`MENTIONS`]: `[* [kind: uint, id: bstr .size 32 / null, start: uint, len: uint]]`, in
//! the order of the text. `start` and `len` count bytes of the UTF-8 text as it was sent.

use super::error::ContentError;
use super::limits::MAX_MENTIONS;
use super::mimi::MimiContent;
use super::registry::MENTIONS;
use lacre_wire::ids::AccountId;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use std::ops::Range;

/// A person, with the account as id.
const ACCOUNT: u32 = 0;
/// Everybody in the room, without an id.
const EVERYONE: u32 = 1;

/// Who is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mentioned {
    /// One person.
    Account(AccountId),
    /// Everybody in the room.
    Everyone,
}

/// Somebody is mentioned in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Who.
    pub who: Mentioned,
    /// Where in the Markdown text: bytes, from the `@` to the end of the name.
    pub range: Range<usize>,
}

/// Puts mentions into a message; none if there are none.
pub(crate) fn put(message: &mut MimiContent, mentions: &[Mention]) -> Result<(), ContentError> {
    match encode(mentions)? {
        Some(value) => message.extensions.insert(MENTIONS, value),
        None => Ok(()),
    }
}

/// The value of the extension; `None` if there are no mentions. More than [`MAX_MENTIONS`] are left
/// out.
pub(crate) fn encode(mentions: &[Mention]) -> Result<Option<Vec<u8>>, ContentError> {
    if mentions.is_empty() {
        return Ok(None);
    }
    let written = mentions.len().min(MAX_MENTIONS);
    let mut value = Vec::new();
    let mut out = Encoder::new(&mut value);
    out.array(number(written))?;
    for mention in mentions.iter().take(written) {
        out.array(4)?;
        match mention.who {
            Mentioned::Account(account) => out.u32(ACCOUNT)?.bytes(&account.0)?,
            Mentioned::Everyone => out.u32(EVERYONE)?.null()?,
        };
        out.u64(number(mention.range.start))?
            .u64(number(mention.range.len()))?;
    }
    Ok(Some(value))
}

/// The mentions of a message whose text is `text`, as [`read`] understands them.
pub(crate) fn of(message: &MimiContent, text: &str) -> Vec<Mention> {
    match message.extensions.get(MENTIONS) {
        Some(value) => read(value, text),
        None => Vec::new(),
    }
}

/// Reads the value of the extension. What is of a later kind, or does not stand on an `@` in the text,
/// is passed over: nobody is told of a mention that cannot be seen.
pub(crate) fn read(value: &[u8], text: &str) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut input = Decoder::new(value);
    let Ok(Some(count)) = input.array() else {
        return mentions;
    };
    for _ in 0..count.min(number(MAX_MENTIONS)) {
        let Ok(mention) = read_one(&mut input) else {
            break;
        };
        let end = mentions.last().map_or(0, |last| last.range.end);
        mentions.extend(mention.filter(|mention| {
            mention.range.start >= end
                && text
                    .get(mention.range.clone())
                    .is_some_and(|name| name.starts_with('@'))
        }));
    }
    mentions
}

fn read_one(input: &mut Decoder<'_>) -> Result<Option<Mention>, minicbor::decode::Error> {
    let shape = || minicbor::decode::Error::message("a mention is [kind, id, start, len]");
    if input.array()? != Some(4) {
        return Err(shape());
    }
    let kind = input.u32()?;
    let account = match input.datatype()? {
        Type::Bytes => AccountId::from_slice(input.bytes()?),
        _ => {
            input.skip()?;
            None
        }
    };
    let (start, length) = (size(input.u64()?), size(input.u64()?));
    let who = match (kind, account) {
        (ACCOUNT, Some(account)) => Mentioned::Account(account),
        (EVERYONE, _) => Mentioned::Everyone,
        _ => return Ok(None),
    };
    let range = start..start.saturating_add(length);
    Ok(Some(Mention { who, range }))
}

fn number(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Content, Origin};
    use lacre_wire::ids::RoomId;
    use proptest::prelude::*;

    const TEXT: &str = "olá @ana e @todos";

    fn message() -> MimiContent {
        let origin = Origin {
            sender: AccountId([1; 32]),
            room: RoomId([2; 16]),
            channel: None,
            salt: [3; 16],
        };
        let markdown = TEXT.to_owned();
        Content::Text { markdown }.build(&origin).unwrap()
    }

    fn account(range: Range<usize>) -> Mention {
        Mention {
            who: Mentioned::Account(AccountId([9; 32])),
            range,
        }
    }

    #[test]
    fn mentions_round_trip() {
        let everyone = Mention {
            who: Mentioned::Everyone,
            range: 12..18,
        };
        let mentions = [account(5..9), everyone];
        let mut message = message();
        put(&mut message, &mentions).unwrap();
        let message = MimiContent::decode(&message.encode().unwrap()).unwrap();
        assert_eq!(of(&message, TEXT), mentions);
    }

    #[test]
    fn what_cannot_be_seen_is_no_mention() {
        let seen = |mention: Mention| {
            let mut message = message();
            put(&mut message, &[mention]).unwrap();
            !of(&message, TEXT).is_empty()
        };
        assert!(seen(account(5..9)));
        assert!(!seen(account(4..9)), "not at an @");
        assert!(!seen(account(5..5)), "nothing");
        assert!(!seen(account(5..99)), "behind the end");
        assert!(!seen(account(3..9)), "inside a letter");
    }

    #[test]
    fn mentions_do_not_overlap_and_end_at_a_limit() {
        let mut message = message();
        put(&mut message, &[account(5..9), account(5..9)]).unwrap();
        assert_eq!(of(&message, TEXT), [account(5..9)]);
        let text = "@a".repeat(100);
        let many: Vec<_> = (0..100).map(|at| account(2 * at..2 * at + 2)).collect();
        put(&mut message, &many).unwrap();
        assert_eq!(of(&message, &text), many[..MAX_MENTIONS]);
    }

    #[test]
    fn later_kinds_are_passed_over() {
        let value = hex::decode("828402410705048401f60c06").unwrap();
        let everyone = Mention {
            who: Mentioned::Everyone,
            range: 12..18,
        };
        assert_eq!(read(&value, TEXT), [everyone]);
    }

    proptest! {
        #[test]
        fn noise_is_read_without_harm(value in prop::collection::vec(any::<u8>(), 0..200), text in "[@a-zé ]{0,40}") {
            for mention in read(&value, &text) {
                prop_assert!(text[mention.range].starts_with('@'));
            }
        }
    }
}
