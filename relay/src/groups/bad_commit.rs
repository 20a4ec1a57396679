//! Reports of commits that members cannot apply.
//!
//! The relay cannot compute what only members can, so a commit it let in may still be bad. A device
//! that cannot apply one stops the room and says so, signed; the store counts reports and freezes
//! the group when two accounts agree (one in a room of two).

use super::refused::Refused;
use super::step::Submitter;
use crate::store::command::ReportBadCommit;
use lacre_wire::codec;
use lacre_wire::identity::{Label, verify};
use lacre_wire::ids::{DeviceId, Millis, PublicKey};
use lacre_wire::request::{BadCommit, SignedBadCommit};

/// Characters of a report's reason: it is for the operator's log.
pub const MAX_REASON: usize = 512;

/// Checks a report by the device that submits it, whose key is `key`. Returns the store's command
/// and the reason, for the log.
///
/// # Errors
/// [`Refused::Malformed`] for other bytes, [`Refused::NotSubmitter`] when the device did not sign it.
pub fn check_report(
    report: &SignedBadCommit,
    submitter: Submitter,
    key: &PublicKey,
    now_ms: Millis,
) -> Result<(ReportBadCommit, String), Refused> {
    let signed = verify(key, Label::BadCommit, &report.statement, &report.signature);
    if DeviceId::of(key) != submitter.device || signed.is_err() {
        return Err(Refused::NotSubmitter);
    }
    let BadCommit {
        room,
        generation,
        epoch,
        seq,
        commit,
        reason,
        external_pub,
    } = codec::from_slice(&report.statement).map_err(|e| Refused::Malformed(e.to_string()))?;
    let (account, device) = (submitter.account, submitter.device);
    let reason = reason
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_REASON)
        .collect();
    Ok((
        ReportBadCommit {
            now_ms,
            room,
            account,
            device,
            generation,
            epoch,
            seq,
            commit,
            external_pub,
        },
        reason,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::identity::SigningKey;
    use lacre_wire::ids::{AccountId, Hash, RoomId};

    #[test]
    fn a_report_counts_only_for_the_device_that_signed_it() {
        let key = SigningKey::from_seed(&[1; 32]);
        let room = RoomId([2; 16]);
        let reason = "tag\n".repeat(400);
        let statement = BadCommit {
            room,
            generation: 0,
            epoch: 4,
            seq: 9,
            commit: Hash([3; 32]),
            reason,
            external_pub: None,
        };
        let statement = codec::to_vec(&statement);
        let signature = key.sign(Label::BadCommit, &statement);
        let report = SignedBadCommit {
            statement: statement.into(),
            signature,
        };
        let device = DeviceId::of(&key.public());
        let submitter = Submitter {
            account: AccountId([4; 32]),
            device,
        };
        let (command, reason) = check_report(&report, submitter, &key.public(), 7).unwrap();
        assert_eq!(
            (command.room, command.epoch, command.seq, command.device),
            (room, 4, 9, device)
        );
        assert!(reason.len() == MAX_REASON && !reason.contains('\n'));

        let other = SigningKey::from_seed(&[5; 32]).public();
        assert_eq!(
            check_report(&report, submitter, &other, 7),
            Err(Refused::NotSubmitter)
        );
        let mut forged = report.clone();
        forged.statement = codec::to_vec(&"else").into();
        assert_eq!(
            check_report(&forged, submitter, &key.public(), 7),
            Err(Refused::NotSubmitter)
        );
        let signature = key.sign(Label::BadCommit, &forged.statement);
        let unreadable = SignedBadCommit {
            signature,
            ..forged
        };
        assert!(matches!(
            check_report(&unreadable, submitter, &key.public(), 7),
            Err(Refused::Malformed(_))
        ));
    }
}
