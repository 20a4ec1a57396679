//! Commands about inboxes and read positions.

use bytes::Bytes;
use lacre_wire::ids::{AccountId, DeviceId, Millis};
use lacre_wire::request::LogSeq;

/// Sealed bytes for another device of the same account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendToDevice {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The account of both devices.
    pub account: AccountId,
    /// The sending device.
    pub from: DeviceId,
    /// The receiving device; may still wait to be approved.
    pub to: DeviceId,
    /// At most 16 KiB.
    pub sealed: Bytes,
}

/// What a device has durably applied, cumulative for each log. Entries of its inbox up to there are
/// deleted. Logs it does not read are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// The relay's clock.
    pub now_ms: Millis,
    /// The device.
    pub device: DeviceId,
    /// Log and last entry applied.
    pub acks: Vec<LogSeq>,
}
