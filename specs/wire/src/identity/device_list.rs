//! The devices of an account, in signed versions.
//!
//! Each version names the hash of the one before and revocation is for good, so whoever has seen a
//! version cannot be shown an older truth. The list is kept as the bytes that were received: what
//! was signed is what is hashed and passed on.

use super::certificate::DeviceCertificate;
use super::dsk::DskStatement;
use super::error::IdentityError;
use super::keys::{SigningKey, verify};
use super::label::Label;
use crate::codec;
use crate::hash::sha256;
use crate::ids::{AccountId, DeviceId, Hash, Millis, PublicKey, Signature};
use crate::limits::MAX_DEVICES;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use std::collections::BTreeSet;

/// Devices an account has ever revoked: sixteen times the devices it can have at once, so that the
/// list stays below 64 KiB.
pub const MAX_REVOKED: usize = 1024;

/// One device of the account.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceEntry {
    /// Its certificate, by the list's device-signing key.
    #[n(0)]
    pub certificate: DeviceCertificate,
    /// When it was added, by the adding device's clock; shown to people, never judged.
    #[n(1)]
    pub added_ms: Millis,
}

/// One version of an account's device list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceList {
    /// The account.
    #[n(0)]
    pub account: AccountId,
    /// Counts 1, 2, 3…
    #[n(1)]
    pub version: u64,
    /// SHA-256 of the bytes of the version before; absent in version 1.
    #[n(2)]
    pub prev_hash: Option<Hash>,
    /// The device-signing key that signs this list and every certificate in it. When it changes,
    /// the remaining devices are certified anew.
    #[n(3)]
    pub dsk: DskStatement,
    /// The devices, at most 64.
    #[n(4)]
    pub devices: Vec<DeviceEntry>,
    /// Every device the account has revoked, for good.
    #[n(5)]
    pub revoked: Vec<DeviceId>,
}

/// A device list as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedDeviceList {
    /// Canonical CBOR of a [`DeviceList`].
    #[n(0)]
    pub list: ByteVec,
    /// By the list's DSK, label `lacre/device-list/1`.
    #[n(1)]
    pub signature: Signature,
}

impl DeviceList {
    /// Signs this version with its device-signing key.
    pub fn sign(&self, dsk: &SigningKey) -> SignedDeviceList {
        let list = codec::to_vec(self);
        let signature = dsk.sign(Label::DeviceList, &list);
        SignedDeviceList {
            list: list.into(),
            signature,
        }
    }

    /// The entry of a device, if the account has it.
    pub fn device(&self, device: &DeviceId) -> Option<&DeviceEntry> {
        self.devices
            .iter()
            .find(|entry| entry.certificate.device() == *device)
    }

    fn ids(&self) -> impl Iterator<Item = DeviceId> {
        self.devices.iter().map(|entry| entry.certificate.device())
    }

    fn check_bounds(&self) -> Result<(), IdentityError> {
        for (got, most) in [
            (self.devices.len(), MAX_DEVICES),
            (self.revoked.len(), MAX_REVOKED),
        ] {
            if got > most {
                return Err(IdentityError::TooMany { most, got });
            }
        }
        let mut seen = BTreeSet::new();
        match self
            .ids()
            .chain(self.revoked.iter().copied())
            .find(|device| !seen.insert(*device))
        {
            Some(device) => Err(IdentityError::NamedTwice { device }),
            None => Ok(()),
        }
    }
}

impl SignedDeviceList {
    /// SHA-256 of the list's bytes: what the next version names as `prev_hash`.
    pub fn hash(&self) -> Hash {
        sha256(&[&self.list])
    }

    /// Reads the list. Nothing is verified.
    ///
    /// # Errors
    /// [`IdentityError::Unreadable`].
    pub fn read(&self) -> Result<DeviceList, IdentityError> {
        Ok(codec::from_slice(&self.list)?)
    }

    /// Checks one version by itself: account, DSK statement, signature, every certificate, limits.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(&self, aik: &PublicKey) -> Result<DeviceList, IdentityError> {
        let list = self.read()?;
        list.dsk.verify(aik)?;
        if list.account != list.dsk.account {
            return Err(IdentityError::WrongAccount {
                expected: list.dsk.account,
                named: list.account,
            });
        }
        verify(
            &list.dsk.dsk,
            Label::DeviceList,
            &self.list,
            &self.signature,
        )
        .map_err(|_| IdentityError::ListSignature {
            account: list.account,
        })?;
        if list.version == 0 || (list.version == 1) != list.prev_hash.is_none() {
            return Err(IdentityError::ListChain {
                version: list.version,
            });
        }
        list.check_bounds()?;
        list.devices
            .iter()
            .try_for_each(|entry| entry.certificate.verify(&list.dsk))?;
        Ok(list)
    }

    /// Checks that this version may follow `previous`. Both must have been verified: this compares
    /// them and checks no signature.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn succeeds(&self, previous: &Self) -> Result<(), IdentityError> {
        let (list, before) = (self.read()?, previous.read()?);
        if list.account != before.account {
            return Err(IdentityError::WrongAccount {
                expected: before.account,
                named: list.account,
            });
        }
        if before.version.checked_add(1) != Some(list.version) {
            return Err(IdentityError::ListVersion {
                before: before.version,
                got: list.version,
            });
        }
        if list.prev_hash != Some(previous.hash()) {
            return Err(IdentityError::ListChain {
                version: list.version,
            });
        }
        let (dsk, old) = (&list.dsk, &before.dsk);
        let kept = dsk.number == old.number && dsk.dsk == old.dsk;
        let renewed = old.number.checked_add(1) == Some(dsk.number) && dsk.dsk != old.dsk;
        if !kept && !renewed {
            return Err(IdentityError::DskSuccession {
                before: old.number,
                got: dsk.number,
            });
        }
        let revoked: BTreeSet<_> = list.revoked.iter().copied().collect();
        let present: BTreeSet<_> = list.ids().collect();
        let restored = before
            .revoked
            .iter()
            .copied()
            .find(|device| !revoked.contains(device));
        let dropped = before
            .ids()
            .find(|device| !present.contains(device) && !revoked.contains(device));
        match restored.or(dropped) {
            Some(device) => Err(IdentityError::Revocation { device }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::IdentityError as E;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32])
    }

    fn entry(dsk: u8, number: u32, device: u8) -> DeviceEntry {
        let account = AccountId::of(&key(1).public());
        let certificate =
            DeviceCertificate::issue(&key(dsk), number, account, key(device).public(), 0);
        DeviceEntry {
            certificate,
            added_ms: 0,
        }
    }

    fn id(device: u8) -> DeviceId {
        DeviceId::of(&key(device).public())
    }

    fn first() -> DeviceList {
        DeviceList {
            account: AccountId::of(&key(1).public()),
            version: 1,
            prev_hash: None,
            dsk: DskStatement::issue(&key(1), 1, key(2).public()),
            devices: vec![entry(2, 1, 10), entry(2, 1, 11)],
            revoked: vec![],
        }
    }

    fn second(change: impl FnOnce(&mut DeviceList)) -> SignedDeviceList {
        let mut list = first();
        list.version = 2;
        list.prev_hash = Some(first().sign(&key(2)).hash());
        change(&mut list);
        let by = if list.dsk.dsk == key(2).public() {
            2
        } else {
            3
        };
        list.sign(&key(by))
    }

    fn verify_error(list: &SignedDeviceList) -> E {
        list.verify(&key(1).public()).unwrap_err()
    }

    #[test]
    fn a_list_verifies_under_its_account_only() {
        let list = first().sign(&key(2));
        assert_eq!(list.verify(&key(1).public()), Ok(first()));
        assert!(matches!(
            list.verify(&key(9).public()),
            Err(E::WrongAccount { .. })
        ));
        assert!(matches!(
            verify_error(&first().sign(&key(3))),
            E::ListSignature { .. }
        ));
        let mut twice = first();
        twice.revoked = vec![id(10)];
        assert!(matches!(
            verify_error(&twice.sign(&key(2))),
            E::NamedTwice { .. }
        ));
        let mut foreign = first();
        foreign.devices.push(entry(3, 1, 12));
        assert!(matches!(
            verify_error(&foreign.sign(&key(2))),
            E::CertificateSignature { .. }
        ));
        let mut many = first();
        many.devices = (0..65).map(|n| entry(2, 1, 20 + n)).collect();
        assert!(matches!(
            verify_error(&many.sign(&key(2))),
            E::TooMany { most: 64, got: 65 }
        ));
        let mut headless = first();
        headless.version = 2;
        assert!(matches!(
            verify_error(&headless.sign(&key(2))),
            E::ListChain { .. }
        ));
    }

    #[test]
    fn a_successor_adds_revokes_and_renews_the_key() {
        let previous = first().sign(&key(2));
        let check = |list: SignedDeviceList| {
            list.verify(&key(1).public()).unwrap();
            list.succeeds(&previous)
        };
        assert_eq!(check(second(|l| l.devices.push(entry(2, 1, 12)))), Ok(()));
        let revoke = |l: &mut DeviceList| {
            l.devices.pop();
            l.revoked.push(id(11));
        };
        assert_eq!(check(second(revoke)), Ok(()));
        let renew = |l: &mut DeviceList| {
            l.dsk = DskStatement::issue(&key(1), 2, key(3).public());
            l.devices = vec![entry(3, 2, 10), entry(3, 2, 11)];
        };
        assert_eq!(check(second(renew)), Ok(()));
    }

    #[test]
    fn a_successor_cannot_go_back() {
        let previous = first().sign(&key(2));
        let error = |change: fn(&mut DeviceList)| second(change).succeeds(&previous).unwrap_err();
        assert!(matches!(
            error(|l| l.version = 3),
            E::ListVersion { before: 1, got: 3 }
        ));
        assert!(matches!(
            error(|l| l.prev_hash = Some(Hash([0; 32]))),
            E::ListChain { .. }
        ));
        assert!(matches!(
            error(|l| l.devices.truncate(1)),
            E::Revocation { .. }
        ));
        let skips = |l: &mut DeviceList| l.dsk = DskStatement::issue(&key(1), 3, key(3).public());
        assert!(matches!(
            error(skips),
            E::DskSuccession { before: 1, got: 3 }
        ));
        let replaced =
            |l: &mut DeviceList| l.dsk = DskStatement::issue(&key(1), 1, key(3).public());
        assert!(matches!(error(replaced), E::DskSuccession { .. }));

        let revoked = second(|l| {
            l.devices.pop();
            l.revoked.push(id(11));
        });
        let mut back = first();
        back.version = 3;
        back.prev_hash = Some(revoked.hash());
        assert!(matches!(
            back.sign(&key(2)).succeeds(&revoked),
            Err(E::Revocation { .. })
        ));
    }
}
