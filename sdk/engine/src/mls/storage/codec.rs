//! MessagePack for rows, in buffers that erase themselves.
//!
//! Values are maps with field names. OpenMLS renames and adds fields between releases and
//! reads old state through serde aliases and defaults, which need the names. Byte vectors
//! are written as binary: as sequences of integers they would take half as much again.
//! Keys carry no names, because a renamed field must not move a row.

use std::io;

use rmp_serde::config::BytesMode;
use rmp_serde::decode::Error as DecodeError;
use rmp_serde::{Deserializer, Serializer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::StorageError;
use super::label::Label;

/// An encoded value.
pub(super) type Secret = Zeroizing<Vec<u8>>;

/// Encodes a value.
pub(super) fn encode(label: Label, value: &impl Serialize) -> Result<Secret, StorageError> {
    let mut buffer = Buffer::default();
    append(label, &mut buffer, value)?;
    Ok(buffer.0)
}

/// Encodes a value behind the bytes of `list`: a list is its items, one after the other.
pub(super) fn encode_item(
    label: Label,
    list: &[u8],
    item: &impl Serialize,
) -> Result<Secret, StorageError> {
    let mut buffer = Buffer::default();
    buffer.extend(list);
    append(label, &mut buffer, item)?;
    Ok(buffer.0)
}

/// Encodes a row key.
pub(super) fn encode_key(label: Label, key: &impl Serialize) -> Result<Vec<u8>, StorageError> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::new(&mut bytes).with_bytes(BytesMode::ForceIterables);
    key.serialize(&mut serializer)
        .map_err(|source| encode_error(label, source))?;
    Ok(bytes)
}

/// Decodes a value, borrowing from `bytes`: no secret is copied on the way.
pub(super) fn decode<T: DeserializeOwned>(label: Label, bytes: &[u8]) -> Result<T, StorageError> {
    rmp_serde::from_slice(bytes).map_err(|error| decode_error(label, &error))
}

/// Decodes the items of a list. Lists hold public values only: this reader copies.
pub(super) fn decode_list<T: DeserializeOwned>(
    label: Label,
    bytes: &[u8],
) -> Result<Vec<T>, StorageError> {
    let mut items = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let item = T::deserialize(&mut Deserializer::new(&mut rest))
            .map_err(|error| decode_error(label, &error))?;
        items.push(item);
    }
    Ok(items)
}

fn append(label: Label, buffer: &mut Buffer, value: &impl Serialize) -> Result<(), StorageError> {
    let mut serializer = Serializer::new(buffer)
        .with_struct_map()
        .with_bytes(BytesMode::ForceIterables);
    value
        .serialize(&mut serializer)
        .map_err(|source| encode_error(label, source))
}

fn encode_error(label: Label, source: rmp_serde::encode::Error) -> StorageError {
    StorageError::Encode {
        kind: label.name(),
        source,
    }
}

fn decode_error(label: Label, error: &DecodeError) -> StorageError {
    StorageError::Decode {
        kind: label.name(),
        reason: reason(error),
    }
}

/// The decoder's own texts may quote the value they stumbled over.
fn reason(error: &DecodeError) -> &'static str {
    match error {
        DecodeError::InvalidMarkerRead(_) | DecodeError::InvalidDataRead(_) => "it ends too early",
        DecodeError::TypeMismatch(_) => "a value has another type",
        DecodeError::OutOfRange => "a number is out of range",
        DecodeError::LengthMismatch(_) => "an array has another length",
        DecodeError::Utf8Error(_) => "a text is not UTF-8",
        DecodeError::DepthLimitExceeded => "it is nested too deeply",
        DecodeError::Uncategorized(_) | DecodeError::Syntax(_) => "its fields do not match",
    }
}

/// A writer that leaves no copies behind: `Vec` frees its old memory as it is when it grows.
#[derive(Default)]
struct Buffer(Secret);

impl Buffer {
    fn extend(&mut self, data: &[u8]) {
        let needed = self.0.len().saturating_add(data.len());
        if needed > self.0.capacity() {
            let capacity = needed.max(self.0.capacity().saturating_mul(2)).max(256);
            let mut wider = Zeroizing::new(Vec::with_capacity(capacity));
            wider.extend_from_slice(&self.0);
            self.0 = wider;
        }
        self.0.extend_from_slice(data);
    }
}

impl io::Write for Buffer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.extend(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
