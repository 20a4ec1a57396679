//! What became of a poll: who voted, and whether it was closed.

use lacre::{AccountId, Poll};

/// How a poll differs from what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Polled {
    /// These people chose anew.
    Voted(Vec<AccountId>),
    /// Votes do not count any more.
    Closed,
}

/// What happened between two states of one poll; `None` if nothing did, or it is another question.
pub(crate) fn polled(before: &Poll, now: &Poll) -> Option<Polled> {
    if before.question != now.question || before.options.len() != now.options.len() {
        return None;
    }
    if now.closed && !before.closed {
        return Some(Polled::Closed);
    }
    let mut changed: Vec<AccountId> = Vec::new();
    for (old, new) in before.options.iter().zip(&now.options) {
        let came = new.votes.iter().filter(|who| !old.votes.contains(who));
        let went = old.votes.iter().filter(|who| !new.votes.contains(who));
        for who in came.chain(went) {
            if !changed.contains(who) {
                changed.push(*who);
            }
        }
    }
    (!changed.is_empty()).then_some(Polled::Voted(changed))
}

#[cfg(test)]
mod tests {
    use super::{Polled, polled};
    use lacre::{AccountId, Poll, PollOption};

    const ANA: AccountId = AccountId([1; 32]);
    const BRUNO: AccountId = AccountId([2; 32]);

    fn poll(first: &[AccountId], second: &[AccountId], closed: bool) -> Poll {
        let option = |votes: &[AccountId]| PollOption {
            text: "x".to_owned(),
            votes: votes.to_vec(),
        };
        Poll {
            question: "?".to_owned(),
            options: vec![option(first), option(second)],
            multiple: false,
            closed,
        }
    }

    #[test]
    fn votes_and_closing_are_told_apart() {
        let before = poll(&[ANA], &[], false);
        assert_eq!(polled(&before, &before), None);
        let moved = poll(&[], &[ANA], false);
        assert_eq!(polled(&before, &moved), Some(Polled::Voted(vec![ANA])));
        let both = poll(&[ANA, BRUNO], &[], false);
        assert_eq!(polled(&before, &both), Some(Polled::Voted(vec![BRUNO])));
        assert_eq!(polled(&both, &before), Some(Polled::Voted(vec![BRUNO])));
        let closed = poll(&[ANA], &[], true);
        assert_eq!(polled(&before, &closed), Some(Polled::Closed));
        assert_eq!(polled(&closed, &closed), None);
    }
}
