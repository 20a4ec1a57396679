//! Sealing and opening: XChaCha20-Poly1305 under a key of the epoch and the sender.
//!
//! The key is exported from the group (RFC 9420 §8.5) and spends no ratchet step. Members can
//! derive each other's keys; the relay lets a hint pass only from the session of its sender, so
//! that forging one takes a member and the relay together.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::io::Output;
use crate::mls::{failed, invalid};
use crate::random;
use crate::store::rooms::Status;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use lacre_wire::codec;
use lacre_wire::ephemeral::{EXPORT_LABEL, Ephemeral, Hint, sender_key};
use lacre_wire::ids::{AccountId, DeviceId, Epoch, Generation, RoomId};
use lacre_wire::room::mls::Leaves;
use openmls_traits::OpenMlsProvider;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// Bytes of an XChaCha20 nonce.
const NONCE: usize = 24;

/// What the hints of an epoch are sealed with, and by whom they may be.
pub(super) struct EpochKey {
    pub(super) generation: Generation,
    pub(super) epoch: Epoch,
    exported: Zeroizing<Vec<u8>>,
    /// The members' devices.
    pub(super) devices: HashMap<DeviceId, AccountId>,
}

fn cipher(exported: &[u8], device: &DeviceId) -> XChaCha20Poly1305 {
    let key = Zeroizing::new(sender_key(exported, device));
    XChaCha20Poly1305::new(Key::from_slice(key.as_slice()))
}

/// Seals a hint: `head` with the rest filled in.
fn seal(exported: &[u8], head: Ephemeral, hint: &Hint) -> Result<Ephemeral> {
    let nonce: [u8; NONCE] = random::bytes()?;
    let payload = Payload {
        msg: &hint.pad(),
        aad: &head.aad(),
    };
    let sealed = cipher(exported, &head.device)
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| Error::internal("a hint could not be sealed"))?;
    Ok(Ephemeral {
        sealed: [nonce.as_slice(), &sealed].concat().into(),
        ..head
    })
}

/// Opens a hint; none if it is not what a member sealed in this epoch.
fn open(exported: &[u8], ephemeral: &Ephemeral) -> Option<Hint> {
    let (nonce, sealed) = ephemeral.sealed.split_at_checked(NONCE)?;
    let payload = Payload {
        msg: sealed,
        aad: &ephemeral.aad(),
    };
    let padded = cipher(exported, &ephemeral.device)
        .decrypt(XNonce::from_slice(nonce), payload)
        .ok()?;
    Hint::unpad(&padded).ok()
}

/// A hint that was opened.
pub(super) struct Heard {
    pub(super) room: RoomId,
    pub(super) account: AccountId,
    pub(super) device: DeviceId,
    pub(super) counter: u64,
    pub(super) hint: Hint,
}

impl Engine {
    /// Sends a hint to a room that is watched; without a session it is dropped.
    pub(super) fn send_hint(&mut self, room: RoomId, hint: Hint) {
        if let Err(error) = self.try_send_hint(room, hint) {
            tracing::debug!(%error, %room, "a hint was not sent");
        }
    }

    fn try_send_hint(&mut self, room: RoomId, hint: Hint) -> Result<()> {
        if !self.live.online || !self.know_key(room)? {
            return Ok(());
        }
        let device = self.me()?.device();
        self.hints.counter += 1;
        let counter = self.hints.counter;
        let watched = self.hints.rooms.get(&room);
        let Some(key) = watched.and_then(|watched| watched.key.as_ref()) else {
            return Ok(());
        };
        let head = Ephemeral {
            room,
            generation: key.generation,
            epoch: key.epoch,
            device,
            counter,
            sealed: Vec::new().into(),
        };
        let sealed = seal(&key.exported, head, &hint)?;
        self.out.push(Output::Datagram(codec::to_vec(&sealed)));
        Ok(())
    }

    /// Opens a hint of somebody else's, once: what does not open, does not rise, is of another epoch
    /// or of a device that is no member is refused.
    pub(super) fn open_hint(&mut self, ephemeral: &Ephemeral) -> Result<Option<Heard>> {
        let (room, device, counter) = (ephemeral.room, ephemeral.device, ephemeral.counter);
        if !self.hints.rooms.contains_key(&room) || !self.know_key(room)? {
            return Ok(None);
        }
        let me = self.me()?.card.account;
        let Some(watched) = self.hints.rooms.get_mut(&room) else {
            return Ok(None);
        };
        let Some(key) = &watched.key else {
            return Ok(None);
        };
        let same_epoch = (key.generation, key.epoch) == (ephemeral.generation, ephemeral.epoch);
        let rises = watched.met.get(&device).is_none_or(|met| *met < counter);
        let Some(account) = key.devices.get(&device).copied() else {
            return Ok(None);
        };
        if !same_epoch || !rises || account == me {
            return Ok(None);
        }
        let Some(hint) = open(&key.exported, ephemeral) else {
            return Ok(None);
        };
        watched.met.insert(device, counter);
        Ok(Some(Heard {
            room,
            account,
            device,
            counter,
            hint,
        }))
    }

    /// Sees to it that the key of the room's present epoch is known. False if there is none.
    fn know_key(&mut self, room: RoomId) -> Result<bool> {
        let Some(watched) = self.hints.rooms.get(&room) else {
            return Ok(false);
        };
        if let Some(key) = &watched.key {
            // A group moves on only while it is loaded.
            let loaded = self.groups.loaded(room, key.generation);
            if loaded.is_none_or(|group| group.epoch().as_u64() == key.epoch) {
                return Ok(true);
            }
        }
        let row = self.db.room(room)?;
        let Some(row) = row.filter(|row| row.status == Status::Joined) else {
            return Ok(false);
        };
        let was_loaded = self.groups.loaded(room, row.generation).is_some();
        let group = self.groups.get(&self.provider, room, row.generation)?;
        let exported = group
            .export_secret(self.provider.crypto(), EXPORT_LABEL, &[], 32)
            .map_err(|e| failed("a key for hints could not be exported", e))?;
        let leaves =
            Leaves::known(group.members()).map_err(|e| invalid("the members cannot be read", e))?;
        let devices: HashMap<_, _> = leaves
            .devices()
            .map(|device| (device.device, device.account))
            .collect();
        let key = EpochKey {
            generation: row.generation,
            epoch: group.epoch().as_u64(),
            exported: Zeroizing::new(exported),
            devices,
        };
        if !was_loaded {
            // Rooms nobody talks in need not stay in memory for their hints.
            self.groups.forget(room, row.generation);
        }
        if let Some(watched) = self.hints.rooms.get_mut(&room) {
            watched
                .met
                .retain(|device, _| key.devices.contains_key(device));
            watched.key = Some(key);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::ephemeral::SEALED;

    #[test]
    fn a_hint_opens_in_its_place_and_nowhere_else() {
        let exported = [3; 32];
        let head = Ephemeral {
            room: RoomId([1; 16]),
            generation: 0,
            epoch: 7,
            device: DeviceId([2; 16]),
            counter: 9,
            sealed: Vec::new().into(),
        };
        let sealed = seal(&exported, head.clone(), &Hint::Typing).unwrap();
        assert_eq!(sealed.sealed.len(), SEALED);
        assert_eq!(open(&exported, &sealed), Some(Hint::Typing));
        // All are of one size, and two of the same are not alike.
        let again = seal(&exported, head, &Hint::Typing).unwrap();
        assert_ne!(sealed.sealed, again.sealed);
        assert_eq!(open(&[4; 32], &sealed), None, "another epoch's key");
        let moved = [
            Ephemeral {
                room: RoomId([9; 16]),
                ..sealed.clone()
            },
            Ephemeral {
                generation: 1,
                ..sealed.clone()
            },
            Ephemeral {
                epoch: 8,
                ..sealed.clone()
            },
            Ephemeral {
                device: DeviceId([9; 16]),
                ..sealed.clone()
            },
            Ephemeral {
                counter: 10,
                ..sealed.clone()
            },
            Ephemeral {
                sealed: Vec::new().into(),
                ..sealed.clone()
            },
        ];
        for moved in moved {
            assert_eq!(open(&exported, &moved), None, "{moved:?}");
        }
        for at in 0..SEALED {
            let mut bytes = sealed.sealed.to_vec();
            bytes[at] ^= 1;
            let changed = Ephemeral {
                sealed: bytes.into(),
                ..sealed.clone()
            };
            assert_eq!(open(&exported, &changed), None, "byte {at}");
        }
    }
}
