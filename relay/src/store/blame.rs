//! Who made a room's group impossible to follow, and who makes no commit there for a while.
//!
//! What only members can see, the relay cannot check: it counts what they report. So blame is no
//! proof and decides nothing but the relay's own patience: whoever is to blame for a freeze waits
//! before the relay takes a commit of theirs in that room again, longer each time. It is kept in the
//! room's row, as CBOR.

use super::limits::DAY_MS;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{AccountId, Hash, Millis, Seq};
use minicbor::{Decode, Encode};

/// Commits of which the makers are kept: a report comes within a few of them.
const MAKERS: usize = 16;

/// How long somebody to blame makes no commit in the room, in milliseconds; twice as long each
/// further time.
pub(crate) const COOL_DOWN_MS: Millis = 10 * 60 * 1000;

/// The longest of these times.
const LONGEST_MS: Millis = DAY_MS;

/// A time that is over counts towards the next one for so long.
const REMEMBERED_MS: Millis = 30 * DAY_MS;

/// People who are remembered in one room.
const COOLING: usize = 64;

/// A room's blame.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Blame {
    /// Who signed the present GroupInfo.
    #[n(0)]
    pub(crate) signer: Option<AccountId>,
    /// SHA-256 of the `external_pub` in it.
    #[n(1)]
    pub(crate) external_pub: Option<Hash>,
    /// Who made the latest commits of the generation, oldest first.
    #[n(2)]
    pub(crate) makers: Vec<Maker>,
    /// Who is to blame for the freeze.
    #[n(3)]
    pub(crate) blamed: Option<AccountId>,
    /// Who waits, and who had to.
    #[n(4)]
    pub(crate) cooling: Vec<Cooling>,
}

/// Who made a commit, and on whose GroupInfo somebody from outside would have built it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Maker {
    #[n(0)]
    pub(crate) seq: Seq,
    #[n(1)]
    pub(crate) account: AccountId,
    #[n(2)]
    pub(crate) signer: Option<AccountId>,
    #[n(3)]
    pub(crate) external_pub: Option<Hash>,
}

/// Somebody of whom no commit is taken until then.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Cooling {
    /// Who.
    #[n(0)]
    pub(crate) account: AccountId,
    /// Until when, in milliseconds since the Unix epoch.
    #[n(1)]
    pub(crate) until_ms: Millis,
    /// How often it was so.
    #[n(2)]
    pub(crate) times: u32,
}

impl Blame {
    /// A commit was accepted, with a GroupInfo whose `external_pub` is this.
    pub(crate) fn made(&mut self, seq: Seq, account: AccountId, external_pub: Option<Hash>) {
        let (signer, before) = (self.signer.replace(account), self.external_pub.take());
        self.external_pub = external_pub;
        self.makers.push(Maker {
            seq,
            account,
            signer,
            external_pub: before,
        });
        let surplus = self.makers.len().saturating_sub(MAKERS);
        self.makers.drain(..surplus);
    }

    /// Who is to blame for a commit, as one says who derives this `external_pub` of the epoch before
    /// it: whoever signed a false one, else whoever made the commit.
    pub(crate) fn for_commit(&self, seq: Seq, external_pub: Option<Hash>) -> Option<AccountId> {
        let maker = self.makers.iter().find(|maker| maker.seq == seq)?;
        let was_false = match (maker.external_pub, external_pub) {
            (Some(said), Some(derived)) => said != derived,
            _ => false,
        };
        match maker.signer {
            Some(signer) if was_false => Some(signer),
            _ => Some(maker.account),
        }
    }

    /// The generation is over: whoever is to blame for its end waits, but not an owner who opens the
    /// next one. Two who lie together would else keep the room from being put in order.
    pub(crate) fn settle(&mut self, opener: &AccountId, now: Millis) {
        self.makers.clear();
        let Some(account) = self.blamed.take().filter(|blamed| blamed != opener) else {
            return;
        };
        self.cooling
            .retain(|cooling| cooling.until_ms.saturating_add(REMEMBERED_MS) > now);
        let known = self.cooling.iter().position(|c| c.account == account);
        let times = known
            .map(|at| self.cooling.remove(at))
            .map_or(1, |cooling| cooling.times.saturating_add(1));
        let doubled = 1u64
            .checked_shl(times.saturating_sub(1))
            .unwrap_or(u64::MAX);
        let wait = COOL_DOWN_MS.saturating_mul(doubled).min(LONGEST_MS);
        self.cooling.push(Cooling {
            account,
            until_ms: now.saturating_add(wait),
            times,
        });
        let surplus = self.cooling.len().saturating_sub(COOLING);
        self.cooling.drain(..surplus);
    }

    /// How long no commit of somebody is taken from now on, in milliseconds; 0: it is.
    pub(crate) fn wait_ms(&self, account: &AccountId, now: Millis) -> Millis {
        let cooling = self.cooling.iter().find(|one| one.account == *account);
        cooling.map_or(0, |one| one.until_ms.saturating_sub(now))
    }
}

/// What somebody is told who waits.
pub(crate) fn cooling_down(wait_ms: Millis) -> WireError {
    let text = "a commit of this account made the room stop; the relay takes no other of theirs in \
                this room for a while";
    WireError::retry(ErrorCode::CoolingDown, text, wait_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: AccountId = AccountId([1; 32]);
    const EVE: AccountId = AccountId([2; 32]);
    const KEY: Option<Hash> = Some(Hash([7; 32]));
    const OTHER: Option<Hash> = Some(Hash([8; 32]));

    #[test]
    fn a_false_key_is_its_signers_fault_and_anything_else_the_committers() {
        let mut blame = Blame::default();
        blame.made(1, EVE, KEY);
        blame.made(2, ANA, None);
        assert_eq!(blame.for_commit(1, KEY), Some(EVE));
        assert_eq!(blame.for_commit(2, OTHER), Some(EVE), "the key was false");
        assert_eq!(blame.for_commit(2, KEY), Some(ANA), "the key was true");
        assert_eq!(blame.for_commit(2, None), Some(ANA));
        assert_eq!(blame.for_commit(3, None), None);
        for seq in 3..40 {
            blame.made(seq, ANA, None);
        }
        assert_eq!(blame.makers.len(), MAKERS);
        assert_eq!(blame.for_commit(2, None), None, "too long ago");
    }

    #[test]
    fn each_time_is_twice_as_long() {
        let mut blame = Blame::default();
        blame.settle(&ANA, 0);
        assert_eq!(blame.wait_ms(&EVE, 0), 0, "nobody is to blame");
        blame.blamed = Some(ANA);
        blame.settle(&ANA, 0);
        assert_eq!(blame.wait_ms(&ANA, 0), 0, "she puts the room in order");
        blame.blamed = Some(EVE);
        blame.settle(&ANA, 1_000);
        assert_eq!(blame.wait_ms(&EVE, 1_000), COOL_DOWN_MS);
        assert_eq!(blame.wait_ms(&ANA, 1_000), 0);
        assert_eq!(blame.wait_ms(&EVE, 1_000 + COOL_DOWN_MS), 0);
        blame.blamed = Some(EVE);
        blame.settle(&ANA, DAY_MS);
        assert_eq!(blame.wait_ms(&EVE, DAY_MS), 2 * COOL_DOWN_MS);
        for _ in 0..100 {
            blame.blamed = Some(EVE);
            blame.settle(&ANA, DAY_MS);
        }
        assert_eq!(blame.wait_ms(&EVE, DAY_MS), LONGEST_MS);
        blame.blamed = Some(EVE);
        blame.settle(&ANA, 40 * DAY_MS);
        assert_eq!(blame.wait_ms(&EVE, 40 * DAY_MS), COOL_DOWN_MS, "long ago");
    }
}
