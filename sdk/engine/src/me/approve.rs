//! Approving a device: the account's device-signing key, sealed to the new device (RFC 9180).

use super::keys::{HPKE, InitKey};
use crate::error::{Error, ErrorKind, Result};
use lacre_wire::codec;
use lacre_wire::identity::SignedDeviceList;
use lacre_wire::ids::{AccountId, DeviceId, PublicKey};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::HpkeCiphertext;
use zeroize::{Zeroize, Zeroizing};

/// Names the purpose of the sealing (HPKE `info`).
const INFO: &[u8] = b"lacre/device-grant/1";

/// What devices of an account tell each other through their inboxes.
#[derive(Encode, Decode)]
pub(crate) enum DeviceNote {
    /// The approval: a [`Grant`], sealed to the receiver.
    #[n(0)]
    Approved(#[n(0)] ByteVec),
    /// A new device has its key packages at the relay and can be added to rooms.
    #[n(1)]
    Ready,
}

/// What an approved device receives.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(crate) struct Grant {
    #[n(0)]
    pub(crate) aik: PublicKey,
    #[n(1)]
    pub(crate) handle: String,
    #[n(2)]
    pub(crate) dsk: ByteArray<32>,
    #[n(3)]
    pub(crate) list: SignedDeviceList,
}

impl Drop for Grant {
    fn drop(&mut self) {
        self.dsk.zeroize();
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Sealed {
    #[n(0)]
    kem: ByteVec,
    #[n(1)]
    ciphertext: ByteVec,
}

fn aad(account: &AccountId, device: &DeviceId) -> Vec<u8> {
    [account.0.as_slice(), &device.0].concat()
}

/// Seals a grant to a device's HPKE key.
pub(crate) fn seal_grant(
    grant: &Grant,
    account: &AccountId,
    device: &DeviceId,
    init_key: &[u8],
) -> Result<Vec<u8>> {
    let plain = Zeroizing::new(codec::to_vec(grant));
    let sealed = RustCrypto::default()
        .hpke_seal(HPKE, init_key, INFO, &aad(account, device), &plain)
        .map_err(|_| {
            Error::new(
                ErrorKind::Security,
                "BadIdentity",
                "the new device's key cannot be used; ask for approval again from a fresh folder",
            )
        })?;
    let sealed = Sealed {
        kem: sealed.kem_output.as_slice().to_vec().into(),
        ciphertext: sealed.ciphertext.as_slice().to_vec().into(),
    };
    Ok(codec::to_vec(&sealed))
}

/// Opens a grant. That it really comes from the account is proven by its device list.
pub(crate) fn open_grant(
    sealed: &[u8],
    account: &AccountId,
    device: &DeviceId,
    key: &InitKey,
) -> Result<Grant> {
    let bad = |what: &str| {
        Error::new(
            ErrorKind::Security,
            "BadGrant",
            format!("an approval cannot be used: {what}"),
        )
    };
    let sealed: Sealed =
        codec::from_slice(sealed).map_err(|e| bad("it cannot be read").with_source(e))?;
    let input = HpkeCiphertext {
        kem_output: sealed.kem.to_vec().into(),
        ciphertext: sealed.ciphertext.to_vec().into(),
    };
    let plain = RustCrypto::default()
        .hpke_open(HPKE, &input, &key.private, INFO, &aad(account, device))
        .map_err(|_| bad("it was not sealed to this device"))?;
    let grant: Grant = codec::from_slice(&Zeroizing::new(plain))
        .map_err(|e| bad("its content cannot be read").with_source(e))?;
    if AccountId::of(&grant.aik) != *account {
        return Err(bad("it belongs to another account"));
    }
    let list = grant
        .list
        .verify(&grant.aik)
        .map_err(|e| bad("its device list does not verify").with_source(e))?;
    if list.account != *account || list.device(device).is_none() {
        return Err(bad("its device list does not name this device"));
    }
    Ok(grant)
}
