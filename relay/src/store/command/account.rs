//! Commands about accounts, devices and their key packages.

use bytes::Bytes;
use lacre_wire::identity::SignedDeviceList;
use lacre_wire::ids::{AccountId, DeviceId, Millis, PublicKey};

/// A new account with its first device. The caller verified the list under `aik`, that it names
/// this device alone, and the login's signature.
///
/// A repetition by the same device with the same list is a login: the first answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The account; the hash of `aik`.
    pub account: AccountId,
    /// The account's identity key.
    pub aik: PublicKey,
    /// The handle it wants.
    pub handle: String,
    /// Version 1 of its device list.
    pub list: SignedDeviceList,
    /// The first device.
    pub device: DeviceId,
    /// Its key.
    pub device_key: PublicKey,
    /// Its login counter.
    pub counter: u64,
}

/// A known device connects. The caller verified the signature under the stored device key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The account it claims.
    pub account: AccountId,
    /// The device.
    pub device: DeviceId,
    /// Its login counter; must be above the last one.
    pub counter: u64,
}

/// Devices that are connected now: nobody who is there counts as away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The relay's clock.
    pub now_ms: Millis,
    /// Which; of those that are not known nothing is kept.
    pub devices: Vec<DeviceId>,
}

/// A new device of an account asks the account's devices to approve it. The caller verified the
/// login's signature under `device_key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDevice {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The account.
    pub account: AccountId,
    /// The new device.
    pub device: DeviceId,
    /// Its key.
    pub device_key: PublicKey,
    /// Its login counter.
    pub counter: u64,
    /// HPKE public key to seal the device-signing key to.
    pub init_key: Bytes,
    /// What the person calls it.
    pub name: String,
}

/// The next device list. The caller verified signatures and that the list may follow the one it
/// read; the store checks that this one is still the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutDeviceList {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The account.
    pub account: AccountId,
    /// The list; read again inside, for version, devices and revocations.
    pub list: SignedDeviceList,
}

/// Key packages of one device and suite. The caller validated each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutKeyPackages {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The device.
    pub device: DeviceId,
    /// MLS ciphersuite.
    pub suite: u16,
    /// One-time packages. Those the store holds already are passed over.
    pub one_time: Vec<Bytes>,
    /// Replaces the last-resort package.
    pub last_resort: Option<Bytes>,
}

/// Takes one key package of every listed device of each account: the oldest one-time package, else
/// the last resort. The claiming device itself is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimKeyPackages {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The device that claims.
    pub device: DeviceId,
    /// MLS ciphersuite.
    pub suite: u16,
    /// The accounts, at most 50.
    pub accounts: Vec<AccountId>,
}
