//! Operations: the only way a room's state changes.
//!
//! An operation is an intent, not a new state. Two people who change different things at once both
//! get their way: who loses the race builds the operation again on the new state, and a client
//! never has to write fields it does not understand.

use super::kind::JoinRule;
use super::role::Role;
use super::state::{MAX_PROFILE, RoomState, SealedProfile};
use crate::codec::{self, CodecError};
use crate::ids::AccountId;
use minicbor::{Decode, Encode};

/// Operations in one commit. Nobody changes more by hand; tools send several commits.
pub const MAX_OPERATIONS: usize = 16;

/// Why a list of operations was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// An operation, role or rule of a later version.
    #[error("this change needs a newer version ({0}); update to go on")]
    NeedsNewerVersion(String),
    /// None, or more than [`MAX_OPERATIONS`].
    #[error("a commit carries 1 to {MAX_OPERATIONS} operations, this one {0}")]
    Count(usize),
    /// Not canonical CBOR, or not operations.
    #[error("unreadable operations: {0}")]
    Unreadable(#[from] CodecError),
}

/// One change to a room's state.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Operation {
    /// Changes name, topic and picture.
    #[n(0)]
    SetProfile(#[n(0)] SealedProfile),
    /// Gives a member a role.
    #[n(1)]
    SetRole {
        /// To whom.
        #[n(0)]
        account: AccountId,
        /// Which.
        #[n(1)]
        role: Role,
    },
    /// Takes a role. Whoever removes the last device of somebody with a role must add this.
    #[n(2)]
    ClearRole {
        /// From whom.
        #[n(0)]
        account: AccountId,
    },
    /// Says who may join.
    #[n(3)]
    SetJoinRule(#[n(0)] JoinRule),
    /// Keeps an account out. Whoever bans somebody who is in the room must remove all their devices
    /// in the same commit.
    #[n(4)]
    Ban {
        /// Whom.
        #[n(0)]
        account: AccountId,
    },
    /// Lifts a ban.
    #[n(5)]
    Unban {
        /// Whose.
        #[n(0)]
        account: AccountId,
    },
    /// Says after how many seconds messages disappear; 0 means never.
    #[n(6)]
    SetDisappearing {
        /// Seconds.
        #[n(0)]
        seconds: u32,
    },
    /// Lists the room at the relay under a name, or takes it off the list. A relay lists each name
    /// once, and refuses the commit if another room has it.
    #[n(7)]
    SetListed {
        /// The name, in the form that [`super::listed::normal`] gives it; none for an unlisted room.
        #[n(0)]
        name: Option<String>,
    },
}

impl Operation {
    /// Encodes operations as the payload of an MLS AppDataUpdate proposal.
    pub fn encode_all(operations: &[Self]) -> Vec<u8> {
        codec::to_vec(&operations)
    }

    /// Reads the payload of an MLS AppDataUpdate proposal.
    ///
    /// # Errors
    /// [`OperationError`] says whether an update would help.
    pub fn decode_all(bytes: &[u8]) -> Result<Vec<Self>, OperationError> {
        codec::check(bytes)?;
        let operations: Vec<Self> =
            minicbor::decode(bytes).map_err(|e| match e.is_unknown_variant() {
                true => OperationError::NeedsNewerVersion(e.to_string()),
                false => CodecError::Shape(e.to_string()).into(),
            })?;
        if operations.is_empty() || operations.len() > MAX_OPERATIONS {
            return Err(OperationError::Count(operations.len()));
        }
        // A field that was passed over belongs to a later version and may mean anything.
        if Self::encode_all(&operations) == bytes {
            Ok(operations)
        } else {
            Err(OperationError::NeedsNewerVersion(
                "an operation with more fields".into(),
            ))
        }
    }

    /// Whether a sealed profile fits.
    pub(super) fn fits(&self) -> bool {
        !matches!(self, Self::SetProfile(profile) if profile.sealed.len() > MAX_PROFILE)
    }
}

impl RoomState {
    /// The state after an operation. Says nothing about whether it is allowed.
    pub fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::SetProfile(profile) => self.profile = Some(profile.clone()),
            Operation::SetRole { account, role } => self.set_role(*account, *role),
            Operation::ClearRole { account } => self.set_role(*account, Role::default()),
            Operation::SetJoinRule(rule) => self.join_rule = *rule,
            Operation::Ban { account } => drop(self.bans.insert(*account)),
            Operation::Unban { account } => drop(self.bans.remove(account)),
            Operation::SetDisappearing { seconds } => self.disappearing_s = *seconds,
            Operation::SetListed { name } => self.listed.clone_from(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unknown_operations_ask_for_an_update() {
        // [[9, []]], then SetJoinRule with rule 9, then SetJoinRule with a second field.
        for bytes in [
            &[0x81, 0x82, 0x09, 0x80][..],
            &[0x81, 0x82, 0x03, 0x81, 0x09],
            &[0x81, 0x82, 0x03, 0x82, 0x01, 0x00],
        ] {
            assert!(
                matches!(
                    Operation::decode_all(bytes),
                    Err(OperationError::NeedsNewerVersion(_))
                ),
                "{bytes:?}"
            );
        }
        assert_eq!(
            Operation::decode_all(&[0x81, 0x82, 0x03, 0x81, 0x01]),
            Ok(vec![Operation::SetJoinRule(JoinRule::Open)])
        );
        assert_eq!(
            Operation::decode_all(&[0x80]),
            Err(OperationError::Count(0))
        );
        let many = vec![Operation::SetJoinRule(JoinRule::Open); 17];
        assert_eq!(
            Operation::decode_all(&Operation::encode_all(&many)),
            Err(OperationError::Count(17))
        );
    }

    fn operation() -> impl Strategy<Value = Operation> {
        let role = prop_oneof![Just(Role::Member), Just(Role::Owner)];
        let rule = prop_oneof![Just(JoinRule::Closed), Just(JoinRule::Open)];
        prop_oneof![
            (any::<u32>(), any::<Vec<u8>>()).prop_map(|(key_number, sealed)| {
                Operation::SetProfile(SealedProfile {
                    key_number,
                    sealed: sealed.into(),
                })
            }),
            (any::<[u8; 32]>(), role).prop_map(|(id, role)| Operation::SetRole {
                account: AccountId(id),
                role
            }),
            any::<[u8; 32]>().prop_map(|id| Operation::ClearRole {
                account: AccountId(id)
            }),
            rule.prop_map(Operation::SetJoinRule),
            any::<[u8; 32]>().prop_map(|id| Operation::Ban {
                account: AccountId(id)
            }),
            any::<[u8; 32]>().prop_map(|id| Operation::Unban {
                account: AccountId(id)
            }),
            any::<u32>().prop_map(|seconds| Operation::SetDisappearing { seconds }),
            any::<Option<String>>().prop_map(|name| Operation::SetListed { name }),
        ]
    }

    proptest! {
        #[test]
        fn operations_round_trip(operations in prop::collection::vec(operation(), 1..=MAX_OPERATIONS)) {
            prop_assert_eq!(Operation::decode_all(&Operation::encode_all(&operations)), Ok(operations));
        }

        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = Operation::decode_all(&bytes);
        }
    }
}
