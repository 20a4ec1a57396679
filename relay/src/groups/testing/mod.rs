//! Real OpenMLS members for tests.

mod person;
mod world;

pub(super) use person::Person;
pub(super) use world::World;

use lacre_wire::identity::SigningKey;
use lacre_wire::ids::RoomId;

/// The room of every test.
pub(super) const ROOM: RoomId = RoomId([7; 16]);

/// The relay's external sender key.
pub(super) fn relay_key() -> SigningKey {
    SigningKey::from_seed(&[200; 32])
}

/// A key of an account: `role` 100 and 101 are its identity and device-signing keys, others devices.
fn seed(account: u8, role: u8) -> SigningKey {
    let mut seed = [account; 32];
    seed[0] = role;
    SigningKey::from_seed(&seed)
}
