//! A device as rooms see it.

use crate::ids::{AccountId, DeviceId};

/// What a verified leaf says: whose device it is, and how new the list is that its owner stood by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Device {
    /// The account.
    pub account: AccountId,
    /// The device.
    pub device: DeviceId,
    /// Version of the account's device list when the leaf was made.
    pub list_version: u64,
}
