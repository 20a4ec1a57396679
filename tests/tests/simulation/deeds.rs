//! What can happen, and how often it is wanted.

use lacre_tests::seed::Seed;

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    Say,
    SayMany,
    Reply,
    Edit,
    Delete,
    React,
    Rename,
    Churn,
    Close,
    Vanish,
    Rest,
    StopRelay,
    KillRelay,
    StartRelay,
    BadNetwork,
    GoodNetwork,
    Cut,
    Mend,
    Readdress,
}

/// Each deed, and its share.
const SHARES: [(Deed, u64); 19] = [
    (Deed::Say, 40),
    (Deed::SayMany, 8),
    (Deed::Reply, 6),
    (Deed::Edit, 6),
    (Deed::Delete, 3),
    (Deed::React, 6),
    (Deed::Rename, 4),
    (Deed::Churn, 4),
    (Deed::Close, 3),
    (Deed::Vanish, 2),
    (Deed::Rest, 2),
    (Deed::StopRelay, 2),
    (Deed::KillRelay, 3),
    (Deed::StartRelay, 5),
    (Deed::BadNetwork, 4),
    (Deed::GoodNetwork, 2),
    (Deed::Cut, 2),
    (Deed::Mend, 4),
    (Deed::Readdress, 2),
];

impl Deed {
    /// Every one there is.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        SHARES.iter().map(|(deed, _)| *deed)
    }

    /// The seed's next.
    pub(crate) fn draw(seed: &mut Seed) -> Self {
        let sum = SHARES.iter().map(|(_, share)| share).sum();
        let mut left = seed.below(sum);
        for (deed, share) in SHARES {
            if left < share {
                return deed;
            }
            left -= share;
        }
        Deed::Say
    }
}
