//! Why the relay refuses a commit, a proposal or a new room, and how that is answered.

use crate::store::StoreError;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{DeviceId, Epoch, Generation, Millis};
use lacre_wire::room::mls::JudgeError;
use lacre_wire::room::{CreationRefusal, GenerationRefusal, Refusal};

/// Why a commit, proposal or creation was refused. Nothing was stored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Bytes that are not the MLS message expected here.
    #[error("not readable: {0}")]
    Malformed(String),
    /// Larger than its limit.
    #[error("{what} has {got} bytes, at most {most} are accepted")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes.
        got: usize,
        /// The limit in bytes.
        most: usize,
    },
    /// The message names another group than the room's.
    #[error("the message does not belong to this room's group")]
    WrongGroup,
    /// The room is elsewhere; read what was missed and build the commit again.
    #[error("the room is at generation {generation}, epoch {epoch}")]
    WrongEpoch {
        /// The room's generation.
        generation: Generation,
        /// The room's epoch.
        epoch: Epoch,
    },
    /// The sender in the message is not the device that submitted it.
    #[error("the message is not by the device that submitted it; every device submits its own")]
    NotSubmitter,
    /// Not valid MLS, or a leaf whose identity does not hold.
    #[error("not a valid message of this group: {0}")]
    Invalid(String),
    /// The room's rules do not allow it.
    #[error("not allowed here: {0}")]
    NotAllowed(#[from] Refusal),
    /// The rules for new rooms do not allow it.
    #[error("the room cannot begin like this: {0}")]
    Creation(#[from] CreationRefusal),
    /// The rules for new generations do not allow it.
    #[error("the room cannot go on like this: {0}")]
    Generation(#[from] GenerationRefusal),
    /// A listed name that is not in its one form. The room's rules would allow it; this relay lists
    /// no two names that people cannot tell apart.
    #[error("{0}")]
    ListedName(String),
    /// A direct room for another pair than asked for, or a peer for a room that has none.
    #[error("the room's state does not name the peer of the request")]
    OtherPeer,
    /// The device is about to be removed.
    #[error("a removal of device {device} waits; it cannot commit, and cannot leave twice")]
    Leaving {
        /// Which.
        device: DeviceId,
    },
    /// Members ask to leave by SelfRemove; nothing else is proposed outside a commit.
    #[error("expected a SelfRemove; everything else is proposed inside a commit")]
    NotSelfRemove,
    /// More devices added than one commit may.
    #[error("a commit adds at most {most} devices, this one {got}")]
    TooManyAdds {
        /// Devices added.
        got: usize,
        /// The limit.
        most: usize,
    },
    /// Members have a moment to commit what waits before somebody comes in from outside.
    #[error("removals wait for a member to commit them; try again in {after_ms} ms")]
    RemovalsFirst {
        /// When an external commit may pass.
        after_ms: Millis,
    },
    /// The uploaded GroupInfo does not fit the commit.
    #[error("the GroupInfo does not fit: {0}")]
    GroupInfo(&'static str),
    /// The uploaded Welcome does not fit the commit.
    #[error("the Welcome does not fit: {0}")]
    Welcome(&'static str),
    /// The commit leaves out Removes the relay has proposed.
    #[error("proposals of the relay wait; commit them")]
    CommitFirst {
        /// The waiting proposals, as MLS messages.
        proposals: Vec<Vec<u8>>,
    },
    /// The relay's own copy of the group could not be read or brought to the room's epoch.
    #[error("the relay cannot follow this group: {0}")]
    Broken(String),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Checking panicked. The message is refused and the cached group dropped.
    #[error("the message could not be checked; it is refused")]
    Panicked,
}

impl Refused {
    /// How the session answers. `WrongEpoch` carries no missed entries; the session may add them.
    pub fn to_answer(&self) -> Answer {
        match self {
            Self::WrongEpoch { generation, epoch } => Answer::WrongEpoch {
                generation: *generation,
                epoch: *epoch,
                missed: Vec::new(),
            },
            Self::CommitFirst { proposals } => Answer::CommitFirst {
                proposals: proposals.iter().cloned().map(Into::into).collect(),
            },
            Self::RemovalsFirst { after_ms } => {
                Answer::Failed(WireError::retry(self.code(), self.to_string(), *after_ms))
            }
            Self::Store(error) => Answer::Failed(error.clone().into()),
            other => Answer::Failed(WireError::new(other.code(), other.to_string())),
        }
    }

    /// The code that goes with a plain failure.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed(_) => ErrorCode::Malformed,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::WrongGroup | Self::WrongEpoch { .. } => ErrorCode::WrongGroup,
            Self::NotAllowed(Refusal::TooManyDevices { .. }) => ErrorCode::RoomFull,
            Self::NotAllowed(Refusal::JoinClosed { .. }) => ErrorCode::JoinRefused,
            Self::NotAllowed(Refusal::Banned { .. }) => ErrorCode::Banned,
            Self::NotAllowed(Refusal::Identity(_)) => ErrorCode::BadIdentity,
            Self::ListedName(_) => ErrorCode::BadName,
            Self::NotSubmitter
            | Self::NotAllowed(_)
            | Self::Creation(_)
            | Self::Generation(_)
            | Self::OtherPeer
            | Self::Leaving { .. }
            | Self::NotSelfRemove
            | Self::CommitFirst { .. } => ErrorCode::NotAllowed,
            Self::TooManyAdds { .. } => ErrorCode::TooLarge,
            Self::RemovalsFirst { .. } => ErrorCode::Busy,
            Self::Invalid(_) | Self::GroupInfo(_) | Self::Welcome(_) | Self::Panicked => {
                ErrorCode::InvalidCommit
            }
            Self::Broken(_) | Self::Store(_) => ErrorCode::StoreFailed,
        }
    }
}

impl From<JudgeError> for Refused {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::Refused(refusal) => Self::NotAllowed(refusal),
            JudgeError::Invalid(why) => Self::Invalid(why),
            other @ (JudgeError::NotPublic | JudgeError::NotHandshake) => {
                Self::Malformed(other.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::ids::AccountId;

    #[test]
    fn answers_carry_what_the_client_needs() {
        let answer = Refused::WrongEpoch {
            generation: 1,
            epoch: 7,
        }
        .to_answer();
        assert_eq!(
            answer,
            Answer::WrongEpoch {
                generation: 1,
                epoch: 7,
                missed: Vec::new()
            }
        );
        let answer = Refused::CommitFirst {
            proposals: vec![vec![1, 2]],
        }
        .to_answer();
        assert_eq!(
            answer,
            Answer::CommitFirst {
                proposals: vec![vec![1, 2].into()]
            }
        );
        let Answer::Failed(error) = Refused::RemovalsFirst { after_ms: 70 }.to_answer() else {
            panic!()
        };
        assert_eq!(
            (error.code, error.retry_after_ms),
            (ErrorCode::Busy, Some(70))
        );
        let closed = Refused::NotAllowed(Refusal::JoinClosed {
            account: AccountId([1; 32]),
        });
        assert_eq!(closed.code(), ErrorCode::JoinRefused);
    }
}
