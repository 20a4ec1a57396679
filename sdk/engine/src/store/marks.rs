//! What acts leave on a message beside its text. Pure: acts in the log's order in, marks out.

use super::acts::{ActKind, ActRow};
use crate::text::safe_line;
use lacre_wire::ids::AccountId;
use std::borrow::Cow;

/// What is shown on a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Emoji and who, in the order of the first that is still there.
    pub(crate) reactions: Vec<(String, Vec<AccountId>)>,
    /// Whether it is kept in sight.
    pub(crate) pinned: bool,
    /// The last vote of each person, in the order of their first.
    pub(crate) votes: Vec<(AccountId, Vec<u8>)>,
    /// Whether it is a poll that was closed.
    pub(crate) closed: bool,
}

/// The marks that acts on one message leave, given in the order of the log. `author` wrote the
/// message; only they close a poll.
pub(crate) fn marks(acts: &[ActRow], author: Option<AccountId>) -> Marks {
    let mut marks = Marks::default();
    let mut standing: Vec<(Cow<'_, str>, AccountId)> = Vec::new();
    for (at, act) in acts.iter().enumerate() {
        match act.kind {
            ActKind::React => {
                if let Some(emoji) = emoji(act)
                    && !standing.contains(&(emoji.clone(), act.sender))
                {
                    standing.push((emoji, act.sender));
                }
            }
            // A reaction may have been made by two devices of a person at once. Taking it back takes
            // back every one that stands before, so it is off for good until it is made again.
            ActKind::Unreact => {
                let meant = acts.iter().take(at).find(|done| {
                    done.kind == ActKind::React
                        && done.message == act.target
                        && done.sender == act.sender
                });
                if let Some(emoji) = meant.and_then(emoji) {
                    standing.retain(|(known, who)| *known != emoji || *who != act.sender);
                }
            }
            ActKind::Pin => marks.pinned = act.value == [1],
            ActKind::Close => marks.closed |= Some(act.sender) == author,
            ActKind::Vote if marks.closed => {}
            ActKind::Vote => match marks.votes.iter_mut().find(|(who, _)| *who == act.sender) {
                Some((_, chosen)) => chosen.clone_from(&act.value),
                None => marks.votes.push((act.sender, act.value.clone())),
            },
            ActKind::Edit | ActKind::Delete => {}
        }
    }
    for (emoji, who) in standing {
        match marks
            .reactions
            .iter_mut()
            .find(|(known, _)| *known == emoji)
        {
            Some((_, people)) => people.push(who),
            None => marks.reactions.push((emoji.into_owned(), vec![who])),
        }
    }
    marks
}

/// The emoji of a reaction as it is shown.
pub(super) fn emoji(act: &ActRow) -> Option<Cow<'_, str>> {
    std::str::from_utf8(&act.value).ok().map(safe_line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::MessageId;

    const ANA: AccountId = AccountId([1; 32]);
    const BRUNO: AccountId = AccountId([2; 32]);

    fn message(number: u8) -> MessageId {
        MessageId::compute("sender", "room", &[number], &[0; 16]).unwrap()
    }

    fn react(number: u8, sender: AccountId, emoji: &str) -> ActRow {
        ActRow {
            message: message(number),
            sender,
            target: message(0),
            kind: ActKind::React,
            value: emoji.into(),
            placed: true,
        }
    }

    fn unreact(number: u8, sender: AccountId, reaction: u8) -> ActRow {
        ActRow {
            message: message(number),
            sender,
            target: message(reaction),
            kind: ActKind::Unreact,
            value: Vec::new(),
            placed: true,
        }
    }

    fn shown(acts: &[ActRow]) -> Vec<(String, Vec<AccountId>)> {
        marks(acts, Some(ANA)).reactions
    }

    fn act(number: u8, sender: AccountId, kind: ActKind, value: &[u8]) -> ActRow {
        ActRow {
            kind,
            value: value.to_vec(),
            ..react(number, sender, "")
        }
    }

    #[test]
    fn the_last_vote_of_a_person_counts_until_the_author_closes() {
        let vote = |number, who, chosen| act(number, who, ActKind::Vote, chosen);
        let acts = [
            vote(1, BRUNO, &[0]),
            vote(2, ANA, &[1]),
            act(3, BRUNO, ActKind::Close, &[]),
            vote(4, BRUNO, &[1]),
            act(5, ANA, ActKind::Close, &[]),
            vote(6, ANA, &[0]),
        ];
        let shown = marks(&acts, Some(ANA));
        assert_eq!(shown.votes, [(BRUNO, vec![1]), (ANA, vec![1])]);
        assert!(shown.closed);
        assert!(!marks(&acts, None).closed);
    }

    #[test]
    fn the_last_pin_decides() {
        let pin = |number, who, value| act(number, who, ActKind::Pin, &[value]);
        let acts = [pin(1, ANA, 1), pin(2, BRUNO, 0), pin(3, ANA, 1)];
        assert!(marks(&acts, None).pinned);
        assert!(!marks(&acts[..2], None).pinned);
    }

    #[test]
    fn a_person_counts_once_for_an_emoji() {
        let acts = [
            react(1, ANA, "👍"),
            react(2, BRUNO, "👍"),
            react(3, ANA, "👍"),
        ];
        assert_eq!(shown(&acts), [("👍".to_owned(), vec![ANA, BRUNO])]);
    }

    #[test]
    fn taking_back_covers_what_stands_before_and_nothing_after() {
        let two = [react(1, ANA, "👍"), react(2, ANA, "👍"), unreact(3, ANA, 1)];
        assert_eq!(shown(&two), []);
        let again = [react(1, ANA, "👍"), unreact(3, ANA, 1), react(2, ANA, "👍")];
        assert_eq!(shown(&again), [("👍".to_owned(), vec![ANA])]);
    }

    #[test]
    fn nobody_takes_back_what_another_said() {
        let acts = [react(1, ANA, "👍"), unreact(2, BRUNO, 1)];
        assert_eq!(shown(&acts), [("👍".to_owned(), vec![ANA])]);
    }
}
