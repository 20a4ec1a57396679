//! Polls: a question that is a text like any other, what can be chosen, and what is chosen.
//!
//! The question is the body, so that who does not know polls can answer in words. What can be chosen
//! is the extension [`POLL`]: `[multiple: bool, [2*10 tstr]]`. A vote is in reply to the poll, under the
//! media type [`VOTE`]: `[* uint]`, the chosen options in rising order, counted from 0; none takes the
//! vote back. `null` there closes the poll, if it comes from who asked.

use super::error::{ContentError, at_most};
use super::limits::{MAX_POLL_OPTION, MAX_POLL_OPTIONS, MIN_POLL_OPTIONS};
use super::mimi::MimiContent;
use super::part::{Disposition, NestedPart, Part};
use super::registry::{POLL, VOTE};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// What can be chosen in a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) options: Vec<String>,
    pub(crate) multiple: bool,
}

/// What somebody says to a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Vote(Vec<u8>),
    Close,
}

/// Puts what can be chosen beside the question.
pub(super) fn put(message: &mut MimiContent, choice: &Choice) -> Result<(), ContentError> {
    choice.check()?;
    let mut value = Vec::new();
    let mut out = Encoder::new(&mut value);
    out.array(2)?.bool(choice.multiple)?;
    out.array(u64::try_from(choice.options.len()).unwrap_or(u64::MAX))?;
    for option in &choice.options {
        out.str(option)?;
    }
    message.extensions.insert(POLL, value)
}

/// What can be chosen, if a message is a poll.
pub(super) fn of(message: &MimiContent) -> Option<Choice> {
    read_choice(message.extensions.get(POLL)?)
}

/// Reads the value of the extension.
pub(crate) fn read_choice(value: &[u8]) -> Option<Choice> {
    let mut input = Decoder::new(value);
    if input.array().ok()? != Some(2) {
        return None;
    }
    let multiple = input.bool().ok()?;
    let count = usize::try_from(input.array().ok()??).ok()?;
    if count > MAX_POLL_OPTIONS {
        return None;
    }
    let mut options = Vec::with_capacity(count);
    for _ in 0..count {
        options.push(input.str().ok()?.to_owned());
    }
    let choice = Choice { options, multiple };
    choice.check().is_ok().then_some(choice)
}

impl Choice {
    fn check(&self) -> Result<(), ContentError> {
        let field = "the options of a poll";
        at_most(field, self.options.len(), MAX_POLL_OPTIONS)?;
        if self.options.len() < MIN_POLL_OPTIONS {
            let expected = "2 to 10 options";
            return Err(ContentError::Unexpected { field, expected });
        }
        for option in &self.options {
            at_most(field, option.len(), MAX_POLL_OPTION)?;
            if option.trim().is_empty() {
                let expected = "options that say something";
                return Err(ContentError::Unexpected { field, expected });
            }
        }
        Ok(())
    }
}

/// A body with a vote, in rising order without repetition; refused if it is not.
pub(super) fn vote(chosen: &[u8]) -> Result<NestedPart, ContentError> {
    if !is_rising(chosen) {
        return Err(ContentError::Unexpected {
            field: "vote",
            expected: "options of the poll, each once, in rising order",
        });
    }
    let mut content = Vec::new();
    let mut out = Encoder::new(&mut content);
    out.array(u64::try_from(chosen.len()).unwrap_or(u64::MAX))?;
    for option in chosen {
        out.u8(*option)?;
    }
    Ok(NestedPart::single(Disposition::UNSPECIFIED, VOTE, content))
}

/// A body that closes a poll.
pub(super) fn close() -> Result<NestedPart, ContentError> {
    let mut content = Vec::with_capacity(1);
    Encoder::new(&mut content).null()?;
    Ok(NestedPart::single(Disposition::UNSPECIFIED, VOTE, content))
}

/// What a body says to a poll, if it does.
pub(super) fn read(body: &NestedPart) -> Option<Said> {
    let Part::Single(single) = &body.part else {
        return None;
    };
    if body.disposition != Disposition::UNSPECIFIED || single.content_type != VOTE {
        return None;
    }
    let mut input = Decoder::new(&single.content);
    let said = match input.datatype().ok()? {
        Type::Null => {
            input.null().ok()?;
            Said::Close
        }
        _ => {
            let count = usize::try_from(input.array().ok()??).ok()?;
            if count > MAX_POLL_OPTIONS {
                return None;
            }
            let mut chosen = Vec::with_capacity(count);
            for _ in 0..count {
                chosen.push(input.u8().ok()?);
            }
            Said::Vote(chosen)
        }
    };
    let ends = input.position() == single.content.len();
    let is_vote = match &said {
        Said::Vote(chosen) => is_rising(chosen),
        Said::Close => true,
    };
    (ends && is_vote).then_some(said)
}

fn is_rising(chosen: &[u8]) -> bool {
    let in_order = chosen
        .iter()
        .zip(chosen.iter().skip(1))
        .all(|(one, next)| one < next);
    in_order
        && chosen
            .iter()
            .all(|option| usize::from(*option) < MAX_POLL_OPTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(options: &[&str]) -> Choice {
        Choice {
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            multiple: true,
        }
    }

    #[test]
    fn votes_round_trip() {
        for chosen in [&[][..], &[0], &[0, 3, 9]] {
            let body = vote(chosen).unwrap();
            assert_eq!(read(&body), Some(Said::Vote(chosen.to_vec())));
        }
        assert_eq!(read(&close().unwrap()), Some(Said::Close));
    }

    #[test]
    fn foreign_votes_are_refused() {
        for chosen in [&[3, 0][..], &[1, 1], &[10]] {
            assert!(vote(chosen).is_err());
        }
        for bytes in [
            &[][..],
            &[0x82, 3, 0],
            &[0x81],
            &[0x80, 0],
            &[0x81, 0x0a],
            &[0x9f, 0xff],
            &[0x00],
        ] {
            let body = NestedPart::single(Disposition::UNSPECIFIED, VOTE, bytes.to_vec());
            assert_eq!(read(&body), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_poll_has_something_to_choose() {
        assert!(choice(&["a", "b"]).check().is_ok());
        assert!(choice(&["a"]).check().is_err());
        assert!(choice(&["a", " "]).check().is_err());
        assert!(choice(&["a"; 11]).check().is_err());
        assert!(
            choice(&["a", &"b".repeat(MAX_POLL_OPTION + 1)])
                .check()
                .is_err()
        );
    }
}
