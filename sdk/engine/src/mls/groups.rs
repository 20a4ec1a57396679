//! Loaded groups, by room. A group that a rollback touched is dropped and read again.

use super::storage::Provider;
use super::{failed, invalid};
use crate::error::{Error, ErrorKind, Result};
use lacre_wire::ids::{Generation, RoomId};
use openmls::group::{GroupId, MlsGroup};
use openmls::prelude::tls_codec::DeserializeBytes;
use openmls::prelude::{MlsMessageIn, ProtocolMessage};
use openmls_traits::OpenMlsProvider;
use std::collections::{BTreeSet, HashMap};

/// The cache of loaded groups.
#[derive(Default)]
pub(crate) struct Groups(HashMap<(RoomId, Generation), MlsGroup>);

impl Groups {
    /// The group of a room's generation, loaded if need be.
    pub(crate) fn get(
        &mut self,
        provider: &Provider,
        room: RoomId,
        generation: Generation,
    ) -> Result<&mut MlsGroup> {
        use std::collections::hash_map::Entry;
        match self.0.entry((room, generation)) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let id = GroupId::from_slice(&room.group_id(generation));
                let group = MlsGroup::load(provider.storage(), &id)
                    .map_err(|e| failed("a room's keys could not be read", e))?
                    .ok_or_else(|| {
                        Error::new(
                            ErrorKind::Store,
                            "NoGroup",
                            "the keys of this room are not in the store",
                        )
                    })?;
                Ok(entry.insert(group))
            }
        }
    }

    /// The group, if it is loaded.
    pub(crate) fn loaded(&self, room: RoomId, generation: Generation) -> Option<&MlsGroup> {
        self.0.get(&(room, generation))
    }

    /// Keeps a group that was just made.
    pub(crate) fn put(&mut self, room: RoomId, generation: Generation, group: MlsGroup) {
        self.0.insert((room, generation), group);
    }

    /// Drops a group.
    pub(crate) fn forget(&mut self, room: RoomId, generation: Generation) {
        self.0.remove(&(room, generation));
    }

    /// Drops the groups that a rollback touched.
    pub(crate) fn forget_all(&mut self, groups: &BTreeSet<GroupId>) {
        for id in groups {
            if let Some(key) = RoomId::from_group_id(id.as_slice()) {
                self.0.remove(&key);
            }
        }
    }
}

/// Reads an MLS protocol message.
pub(crate) fn protocol_message(bytes: &[u8]) -> Result<ProtocolMessage> {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes)
        .map_err(|e| invalid("an MLS message cannot be read", e))?
        .try_into_protocol_message()
        .map_err(|e| invalid("an MLS message is of an unexpected kind", e))
}
