//! This device's identity: keys, certificates, device list, and the login counter.

mod approve;
mod keys;

pub(crate) use approve::{DeviceNote, Grant, open_grant, seal_grant};
pub(crate) use keys::Secrets;

use crate::error::{Error, ErrorKind, Result};

use crate::store::Db;
use lacre_wire::identity::{
    DeviceCertificate, DeviceEntry, DeviceList, DskStatement, LeafIdentity, SignedDeviceList,
    SigningKey,
};
use lacre_wire::ids::{AccountId, DeviceId, Millis, PublicKey};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

/// How far the set-up of this device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Stage {
    /// A new account: the relay has not seen it yet.
    #[n(0)]
    SigningUp,
    /// A new device of an account: waits to be approved.
    #[n(1)]
    Requesting,
    /// In use.
    #[n(2)]
    Ready,
}

/// The durable identity, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Card {
    #[n(0)]
    pub(crate) account: AccountId,
    #[n(1)]
    pub(crate) device_key: PublicKey,
    #[n(2)]
    pub(crate) handle: String,
    #[n(3)]
    pub(crate) stage: Stage,
    /// The account's identity key; unknown while requesting.
    #[n(4)]
    pub(crate) aik: Option<PublicKey>,
    /// The newest device list of the account.
    #[n(5)]
    pub(crate) list: Option<SignedDeviceList>,
    /// What the person calls the device.
    #[n(6)]
    pub(crate) name: String,
}

const CARD: &str = "card";
const SECRETS: &str = "secrets";
const COUNTER: &str = "counter";
/// Set once the other devices were told that this one can be added to rooms.
const ANNOUNCED: &str = "announced";

impl Card {
    /// Reads the identity on any connection.
    pub(crate) fn read_from(connection: &rusqlite::Connection) -> Result<Option<Self>> {
        let bytes = crate::store::meta::value(connection, CARD)?;
        let read = |bytes: Vec<u8>| lacre_wire::codec::from_slice(&bytes);
        bytes.map(read).transpose().map_err(|e| {
            let text = "this device's identity cannot be read";
            Error::new(ErrorKind::Store, "StoreDamaged", text).with_source(e)
        })
    }
}

/// A device of the account, as shown to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The device.
    pub device: DeviceId,
    /// What the person called it; empty where that is not known.
    pub name: String,
    /// Whether it is this one.
    pub current: bool,
    /// Whether it waits to be approved.
    pub pending: bool,
}

/// The identity in use.
pub(crate) struct Me {
    pub(crate) card: Card,
    pub(crate) secrets: Secrets,
    pub(crate) signer: SigningKey,
}

impl Me {
    /// Reads the identity; `None` in a fresh store.
    pub(crate) fn load(db: &Db) -> Result<Option<Self>> {
        let (Some(card), Some(secrets)) = (db.meta_as::<Card>(CARD)?, db.meta(SECRETS)?) else {
            return Ok(None);
        };
        let secrets = Secrets::read(&Zeroizing::new(secrets))?;
        Ok(Some(Self {
            signer: secrets.signer(),
            card,
            secrets,
        }))
    }

    /// Makes the keys of a new account with this device as its first.
    pub(crate) fn sign_up(db: &Db, handle: &str, now: Millis) -> Result<Self> {
        let secrets = Secrets::new_account()?;
        let (Some(aik), Some(dsk)) = (secrets.aik(), secrets.dsk()) else {
            return Err(Error::internal("a new account without keys"));
        };
        let account = AccountId::of(&aik.public());
        let statement = DskStatement::issue(&aik, 1, dsk.public());
        let device_key = secrets.device().public();
        let certificate = DeviceCertificate::issue(&dsk, 1, account, device_key, now);
        let list = DeviceList {
            account,
            version: 1,
            prev_hash: None,
            dsk: statement,
            devices: vec![DeviceEntry {
                certificate,
                added_ms: now,
            }],
            revoked: Vec::new(),
        }
        .sign(&dsk);
        let card = Card {
            account,
            device_key,
            handle: handle.to_owned(),
            stage: Stage::SigningUp,
            aik: Some(aik.public()),
            list: Some(list),
            name: String::new(),
        };
        Self {
            signer: secrets.signer(),
            card,
            secrets,
        }
        .saved(db)
    }

    /// Makes the keys of a new device of `account`.
    pub(crate) fn request(db: &Db, account: AccountId, name: &str) -> Result<Self> {
        let secrets = Secrets::new_device()?;
        let card = Card {
            account,
            device_key: secrets.device().public(),
            handle: String::new(),
            stage: Stage::Requesting,
            aik: None,
            list: None,
            name: name.to_owned(),
        };
        Self {
            signer: secrets.signer(),
            card,
            secrets,
        }
        .saved(db)
    }

    fn saved(self, db: &Db) -> Result<Self> {
        self.save(db)?;
        Ok(self)
    }

    /// Writes the identity.
    pub(crate) fn save(&self, db: &Db) -> Result<()> {
        db.set_meta(SECRETS, &self.secrets.write())?;
        db.set_meta_as(CARD, &self.card)
    }

    /// Removes the identity: the relay refused the sign-up.
    pub(crate) fn erase(db: &Db) -> Result<()> {
        db.with(|c| c.execute("DELETE FROM meta WHERE key IN (?1, ?2)", [CARD, SECRETS]))?;
        Ok(())
    }

    /// This device's id.
    pub(crate) fn device(&self) -> DeviceId {
        DeviceId::of(&self.card.device_key)
    }

    /// The account's device list, read and verified.
    pub(crate) fn list(&self) -> Result<DeviceList> {
        let (Some(aik), Some(list)) = (&self.card.aik, &self.card.list) else {
            return Err(Error::new(
                ErrorKind::Refused,
                "NotApproved",
                "this device waits to be approved by another device of the account",
            ));
        };
        list.verify(aik).map_err(|e| {
            Error::new(
                ErrorKind::Security,
                "BadIdentity",
                "this account's own device list does not verify",
            )
            .with_source(e)
        })
    }

    /// What every leaf of this device says.
    pub(crate) fn leaf(&self) -> Result<LeafIdentity> {
        let list = self.list()?;
        let entry = list.device(&self.device()).ok_or_else(|| {
            Error::new(
                ErrorKind::Refused,
                "DeviceRevoked",
                "this device is no longer in its account's list; it was revoked",
            )
        })?;
        let aik = self
            .card
            .aik
            .ok_or_else(|| Error::internal("a listed device without its account's key"))?;
        Ok(LeafIdentity {
            aik,
            dsk: list.dsk.clone(),
            certificate: entry.certificate.clone(),
            list_version: list.version,
        })
    }

    /// The list that also names a new device. Needs the device-signing key.
    pub(crate) fn list_with(&self, key: PublicKey, now: Millis) -> Result<SignedDeviceList> {
        let dsk = self.dsk()?;
        let mut list = self.list()?;
        let prev = self.card.list.as_ref().map(SignedDeviceList::hash);
        let certificate =
            DeviceCertificate::issue(&dsk, list.dsk.number, self.card.account, key, now);
        list.version += 1;
        list.prev_hash = prev;
        list.devices.push(DeviceEntry {
            certificate,
            added_ms: now,
        });
        Ok(list.sign(&dsk))
    }

    /// The device-signing key.
    pub(crate) fn dsk(&self) -> Result<SigningKey> {
        self.secrets.dsk().ok_or_else(|| {
            Error::new(
                ErrorKind::Refused,
                "NotApproved",
                "this device does not hold the account's device-signing key",
            )
        })
    }

    /// Whether the other devices still have to be told that this one can be added to rooms.
    pub(crate) fn to_announce(db: &Db) -> Result<bool> {
        Ok(db.meta(ANNOUNCED)?.is_none())
    }

    /// The other devices were told.
    pub(crate) fn announced(db: &Db) -> Result<()> {
        db.set_meta(ANNOUNCED, &[])
    }

    /// Raises the login counter durably; the new value goes into the login.
    pub(crate) fn raise_counter(db: &Db) -> Result<u64> {
        let counter = db.meta_as::<u64>(COUNTER)?.unwrap_or(0) + 1;
        db.set_meta_as(COUNTER, &counter)?;
        Ok(counter)
    }
}
