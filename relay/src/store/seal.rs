//! Everything that needs the store's secrets: blinding, sealing and naming without naming.

use super::keys::StoreKeys;
use super::rows::Blind;
use lacre_wire::hash::hmac_sha256;
use lacre_wire::ids::{AccountId, DeviceId, Hash, Lineage, LogId, RoomId, Seq, SubmitId};
use lacre_wire::log::SenderOpening;

fn first_16(hash: Hash) -> Blind {
    let mut out = [0; 16];
    out.iter_mut().zip(hash.0).for_each(|(to, from)| *to = from);
    out
}

impl StoreKeys {
    /// Names a submission in the memory of submissions.
    pub(crate) fn submission(&self, log: LogId, device: &DeviceId, submit_id: &SubmitId) -> Blind {
        first_16(hmac_sha256(
            &self.submit,
            &[b"lacre/submit/1", &log.to_key(), &device.0, &submit_id.0],
        ))
    }

    /// Names a sender's share of an inbox.
    pub(crate) fn origin(&self, inbox: &DeviceId, sender: &AccountId) -> Blind {
        first_16(hmac_sha256(
            &self.rest,
            &[b"lacre/origin/1", &inbox.0, &sender.0],
        ))
    }

    /// Names the share of an inbox that requests for approval have.
    pub(crate) fn approvals(&self, inbox: &DeviceId) -> Blind {
        first_16(hmac_sha256(&self.rest, &[b"lacre/approvals/1", &inbox.0]))
    }

    /// The value that blinds the sender commitment of a message.
    pub(crate) fn blinding(&self, lineage: &Lineage, room: &RoomId, seq: Seq) -> Hash {
        hmac_sha256(
            &self.rest,
            &[b"lacre/r/1", &lineage.0, &room.0, &seq.to_be_bytes()],
        )
    }

    /// Seals a sender's account for one position, and opens it: the same operation.
    fn pad_sender(
        &self,
        lineage: &Lineage,
        room: &RoomId,
        seq: Seq,
        account: &[u8; 32],
    ) -> [u8; 32] {
        let pad = hmac_sha256(
            &self.rest,
            &[
                b"lacre/sender-pad/1",
                &lineage.0,
                &room.0,
                &seq.to_be_bytes(),
            ],
        );
        let mut out = *account;
        out.iter_mut()
            .zip(pad.0)
            .for_each(|(byte, pad)| *byte ^= pad);
        out
    }

    /// Seals a sender's account for the database.
    pub(crate) fn seal_sender(
        &self,
        lineage: &Lineage,
        room: &RoomId,
        seq: Seq,
        account: &AccountId,
    ) -> [u8; 32] {
        self.pad_sender(lineage, room, seq, &account.0)
    }

    /// Opens what [`StoreKeys::seal_sender`] sealed, for delivery.
    pub(crate) fn open_sender(
        &self,
        lineage: &Lineage,
        room: &RoomId,
        seq: Seq,
        sealed: &[u8; 32],
    ) -> SenderOpening {
        SenderOpening {
            account: AccountId(self.pad_sender(lineage, room, seq, sealed)),
            r: self.blinding(lineage, room, seq),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_sender_opens_at_its_own_position_only() {
        let keys = StoreKeys {
            stamp_id: 1,
            stamp: [1; 32],
            rest: [2; 32],
            submit: [3; 32],
        };
        let (lineage, room, account) = (Lineage([4; 16]), RoomId([5; 16]), AccountId([6; 32]));
        let sealed = keys.seal_sender(&lineage, &room, 7, &account);
        assert_ne!(sealed, account.0);
        assert_eq!(
            keys.open_sender(&lineage, &room, 7, &sealed).account,
            account
        );
        assert_ne!(
            keys.open_sender(&lineage, &room, 8, &sealed).account,
            account
        );
        assert_ne!(
            keys.open_sender(&Lineage([0; 16]), &room, 7, &sealed)
                .account,
            account
        );
        let r = keys.blinding(&lineage, &room, 7);
        assert_ne!(keys.blinding(&lineage, &room, 8), r);
        assert_ne!(keys.blinding(&lineage, &RoomId([0; 16]), 7), r);
        assert_ne!(keys.blinding(&Lineage([0; 16]), &room, 7), r);
    }
}
