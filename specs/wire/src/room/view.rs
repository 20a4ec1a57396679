//! What a commit is judged against: the room's state and who is in it.

use super::change::CommitFacts;
use super::state::RoomState;
use crate::identity::Device;
use crate::ids::{AccountId, DeviceId};
use std::collections::BTreeMap;

/// The devices in a room, by account, each with the version of the device list it stands by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members(BTreeMap<AccountId, BTreeMap<DeviceId, u64>>);

impl Members {
    /// Whether the account has a leaf.
    pub fn has_account(&self, account: &AccountId) -> bool {
        self.0.contains_key(account)
    }

    /// Whether the device is one of the account's leaves.
    pub fn has(&self, account: &AccountId, device: &DeviceId) -> bool {
        self.list_version(account, device).is_some()
    }

    /// The list version in a device's leaf.
    pub fn list_version(&self, account: &AccountId, device: &DeviceId) -> Option<u64> {
        self.0.get(account)?.get(device).copied()
    }

    /// The highest list version among an account's leaves.
    pub fn highest_version(&self, account: &AccountId) -> Option<u64> {
        self.0.get(account)?.values().max().copied()
    }

    /// The accounts, in order of their ids.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountId> {
        self.0.keys()
    }

    /// The leaves, in order of account and device ids.
    pub fn devices(&self) -> impl Iterator<Item = Device> {
        self.0.iter().flat_map(|(account, devices)| {
            let account = *account;
            devices.iter().map(move |(device, version)| Device {
                account,
                device: *device,
                list_version: *version,
            })
        })
    }

    /// How many leaves there are.
    pub fn device_count(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Puts a leaf in, or renews it.
    pub fn insert(&mut self, device: Device) {
        self.0
            .entry(device.account)
            .or_default()
            .insert(device.device, device.list_version);
    }

    /// Takes a leaf out; says whether it was there.
    pub fn remove(&mut self, account: &AccountId, device: &DeviceId) -> bool {
        let Some(devices) = self.0.get_mut(account) else {
            return false;
        };
        let was_there = devices.remove(device).is_some();
        if devices.is_empty() {
            self.0.remove(account);
        }
        was_there
    }

    /// Who is in the room after a commit. Says nothing about whether it is allowed.
    pub fn after(&self, facts: &CommitFacts) -> Self {
        let mut members = self.clone();
        for (account, device) in facts.removed() {
            members.remove(&account, &device);
        }
        facts
            .added()
            .chain(facts.renewed())
            .for_each(|device| members.insert(device));
        members
    }
}

impl FromIterator<Device> for Members {
    fn from_iter<T: IntoIterator<Item = Device>>(devices: T) -> Self {
        let mut members = Self::default();
        devices
            .into_iter()
            .for_each(|device| members.insert(device));
        members
    }
}

/// A room before a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// Its state.
    pub state: RoomState,
    /// Who is in it.
    pub members: Members,
}
