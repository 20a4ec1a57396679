//! One value of every message, the same in every run: they are the vectors, and every rule of the
//! CDDL is met by one of them.

mod answer;
mod ephemeral;
mod identity;
mod log;
mod request;
mod room;
mod session;

pub(crate) use ephemeral::ephemeral;
pub(crate) use log::{STAMP_KEY, commit, context, gone, message};
pub(crate) use session::{EXPORTER, hello, relay_hello};

use crate::properties::{Again, again};
use lacre_wire::codec;
use lacre_wire::identity::SigningKey;
use lacre_wire::ids::{AccountId, DeviceId, Hash, Lineage, PublicKey, RoomId, SubmitId};
use minicbor::{Decode, Encode};

/// A message with its name, its rule and its bytes.
pub(crate) struct Sample {
    /// Unique in its theme.
    pub(crate) name: &'static str,
    /// The CDDL rule.
    pub(crate) rule: &'static str,
    /// Canonical CBOR.
    pub(crate) bytes: Vec<u8>,
    /// Reads and writes it again.
    pub(crate) again: Again,
}

/// A sample of a value.
fn sample<T: Encode<()> + for<'b> Decode<'b, ()>>(
    name: &'static str,
    rule: &'static str,
    value: &T,
) -> Sample {
    Sample {
        name,
        rule,
        bytes: codec::to_vec(value),
        again: again::<T>,
    }
}

/// The themes: each is a file of `specs/vectors`.
pub(crate) fn themes() -> Vec<(&'static str, Vec<Sample>)> {
    vec![
        ("identity", identity::samples()),
        ("logs", log::samples()),
        ("session", session::samples()),
        ("requests", request::samples()),
        ("answers", answer::samples()),
        ("rooms", room::samples()),
        ("ephemerals", ephemeral::samples()),
    ]
}

/// Every sample.
pub(crate) fn all() -> impl Iterator<Item = Sample> {
    themes().into_iter().flat_map(|(_, samples)| samples)
}

/// The signing key that grows from 32 times this byte.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

pub(crate) const AIK: u8 = 1;
pub(crate) const DSK: u8 = 2;
pub(crate) const DEVICE: u8 = 3;
pub(crate) const OTHER_DEVICE: u8 = 4;
pub(crate) const RELAY: u8 = 5;

pub(crate) fn account() -> AccountId {
    AccountId::of(&key(AIK).public())
}

fn other_account() -> AccountId {
    AccountId::of(&key(9).public())
}

pub(crate) fn device() -> DeviceId {
    DeviceId::of(&key(DEVICE).public())
}

fn device_key() -> PublicKey {
    key(DEVICE).public()
}

pub(crate) fn room() -> RoomId {
    RoomId([0x0a; 16])
}

fn lineage() -> Lineage {
    Lineage([0x0b; 16])
}

fn submit_id(n: u8) -> SubmitId {
    SubmitId([n; 16])
}

fn hash(n: u8) -> Hash {
    Hash([n; 32])
}

/// A moment: 2026-01-02 03:04:05.678 UTC.
const NOW: u64 = 1_767_323_045_678;
