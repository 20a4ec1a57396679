//! Who sits at which leaf of the ratchet tree.

use crate::identity::{Device, IdentityError, LeafIdentity};
use crate::room::refusal::Refusal;
use crate::room::view::Members;
use openmls::group::Member;
use openmls::prelude::{BasicCredential, Credential, LeafNode, LeafNodeIndex};
use std::collections::BTreeMap;

/// The devices of a group by leaf index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leaves(BTreeMap<u32, Device>);

impl Leaves {
    /// Verifies every leaf's identity. Whoever opens a group it has not followed (a joiner, a
    /// relay given a new group) must do this once; it costs two signatures a leaf.
    ///
    /// # Errors
    /// The first leaf that does not hold.
    pub fn verify(members: impl Iterator<Item = Member>) -> Result<Self, IdentityError> {
        Self::read(members, |identity, key| identity.verify(key))
    }

    /// Reads the leaves of a group whose every leaf was verified when it came in: by
    /// [`Leaves::verify`] at the start, and by judging every commit since.
    ///
    /// # Errors
    /// [`IdentityError`] when a credential is not one of ours at all.
    pub fn known(members: impl Iterator<Item = Member>) -> Result<Self, IdentityError> {
        Self::read(members, |identity, _| Ok(identity.claimed()))
    }

    fn read(
        members: impl Iterator<Item = Member>,
        check: impl Fn(&LeafIdentity, &[u8]) -> Result<Device, IdentityError>,
    ) -> Result<Self, IdentityError> {
        members
            .map(|member| {
                let identity = identity(&member.credential)?;
                Ok((member.index.u32(), check(&identity, &member.signature_key)?))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The device at a leaf.
    ///
    /// # Errors
    /// [`Refusal::NoSuchLeaf`].
    pub fn at(&self, index: LeafNodeIndex) -> Result<Device, Refusal> {
        self.0
            .get(&index.u32())
            .copied()
            .ok_or(Refusal::NoSuchLeaf { index: index.u32() })
    }

    /// The leaf a device sits at.
    pub fn index_of(&self, device: &crate::ids::DeviceId) -> Option<LeafNodeIndex> {
        self.0
            .iter()
            .find(|(_, leaf)| leaf.device == *device)
            .map(|(index, _)| LeafNodeIndex::new(*index))
    }

    /// The devices, in the order of their leaves.
    pub fn devices(&self) -> impl Iterator<Item = Device> {
        self.0.values().copied()
    }

    /// The same as the rules see it.
    pub fn members(&self) -> Members {
        self.devices().collect()
    }
}

/// Verifies the identity in one leaf node.
///
/// # Errors
/// What does not hold.
pub fn verify_leaf(leaf: &LeafNode) -> Result<Device, IdentityError> {
    identity(leaf.credential())?.verify(leaf.signature_key().as_slice())
}

fn identity(credential: &Credential) -> Result<LeafIdentity, IdentityError> {
    let basic =
        BasicCredential::try_from(credential.clone()).map_err(|_| IdentityError::NotBasic)?;
    LeafIdentity::decode(basic.identity())
}
