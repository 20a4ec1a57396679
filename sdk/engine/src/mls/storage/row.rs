//! The address of a row: which group, which kind, which one of that kind.

use openmls::group::GroupId;
use serde::Serialize;

use super::StorageError;
use super::codec::{decode, encode_key};
use super::label::Label;

/// The primary key of a row in the `mls` table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey {
    /// The raw MLS group id; empty for rows of the device.
    pub(super) group: Vec<u8>,
    /// [`Label::code`].
    pub(super) label: u8,
    /// Tells rows of one kind apart; empty where a group has only one.
    pub(super) key: Vec<u8>,
}

impl RowKey {
    /// The single row of a kind in a group.
    pub(super) fn of_group(label: Label, group: &impl Serialize) -> Result<Self, StorageError> {
        Ok(Self {
            group: group_bytes(label, group)?,
            label: label.code(),
            key: Vec::new(),
        })
    }

    /// One of several rows of a kind in a group.
    pub(super) fn in_group(
        label: Label,
        group: &impl Serialize,
        key: &impl Serialize,
    ) -> Result<Self, StorageError> {
        Ok(Self {
            group: group_bytes(label, group)?,
            label: label.code(),
            key: encode_key(label, key)?,
        })
    }

    /// A row of the device.
    pub(super) fn of_device(label: Label, key: &impl Serialize) -> Result<Self, StorageError> {
        Ok(Self {
            group: Vec::new(),
            label: label.code(),
            key: encode_key(label, key)?,
        })
    }
}

/// The raw id behind the opaque group key of the storage trait.
///
/// The trait promises only `Serialize`, so the id makes a round trip. Raw bytes in
/// the table let the rest of the store name a group by the id it knows.
fn group_bytes(label: Label, group: &impl Serialize) -> Result<Vec<u8>, StorageError> {
    let id: GroupId = decode(label, &encode_key(label, group)?)?;
    if id.as_slice().is_empty() {
        return Err(StorageError::EmptyGroupId);
    }
    Ok(id.to_vec())
}
