//! What acts leave on a message beside its text. Pure: acts in the log's order in, marks out.

use super::acts::{ActKind, ActRow};
use lacre_wire::ids::AccountId;

/// What is shown on a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Emoji and who, in the order of the first that is still there.
    pub(crate) reactions: Vec<(String, Vec<AccountId>)>,
}

/// The marks that acts on one message leave, given in the order of the log.
pub(crate) fn marks(acts: &[ActRow]) -> Marks {
    let mut standing: Vec<(&str, AccountId)> = Vec::new();
    for (at, act) in acts.iter().enumerate() {
        match act.kind {
            ActKind::React => {
                if let Some(emoji) = emoji(act)
                    && !standing.contains(&(emoji, act.sender))
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
                    standing.retain(|mark| *mark != (emoji, act.sender));
                }
            }
            ActKind::Edit | ActKind::Delete => {}
        }
    }
    let mut marks = Marks::default();
    for (emoji, who) in standing {
        match marks.reactions.iter_mut().find(|(known, _)| known == emoji) {
            Some((_, people)) => people.push(who),
            None => marks.reactions.push((emoji.to_owned(), vec![who])),
        }
    }
    marks
}

fn emoji(act: &ActRow) -> Option<&str> {
    std::str::from_utf8(&act.value).ok()
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
        marks(acts).reactions
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
