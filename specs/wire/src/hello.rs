//! The first flight: who connects, why, and what the relay answers.
//!
//! A client sends [`crate::request::ClientFrame::Open`] as its first frame. The signature covers
//! the hello's bytes, the relay's fingerprint and the TLS exporter (on WebSocket the relay's own
//! hello), so it is worth nothing on any other connection or relay.

use crate::error::WireError;
use crate::hash::sha256;
use crate::identity::SignedDeviceList;
use crate::ids::{AccountId, DeviceId, Hash, Lineage, LogId, Millis, PublicKey, Seq};
use crate::relay::SignedRelayStatement;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// The protocol version this crate speaks.
pub const VERSION: u32 = 1;

/// Signature label of a login.
pub const LOGIN_LABEL: &str = "lacre/login/1";

/// Who connects and why.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// Protocol versions the client speaks, best first.
    #[n(0)]
    pub versions: Vec<u32>,
    /// Name and version of the client, for the operator's statistics; at most 64 characters.
    #[n(1)]
    pub client: String,
    /// The account.
    #[n(2)]
    pub account: AccountId,
    /// The device's key; its id follows from it. The login is signed by it.
    #[n(3)]
    pub device_key: PublicKey,
    /// Raised durably before every login. One that does not rise betrays a copied store.
    #[n(4)]
    pub counter: u64,
    /// Why.
    #[n(5)]
    pub purpose: Purpose,
}

/// What a connection is for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Purpose {
    /// An account and a device that the relay knows.
    #[n(0)]
    SignIn,
    /// A new account with its first device.
    #[n(1)]
    SignUp {
        /// The account's identity key; `account` is its hash.
        #[n(0)]
        aik: PublicKey,
        /// Version 1 of the device list, naming this device alone.
        #[n(1)]
        list: SignedDeviceList,
        /// The handle the account wants.
        #[n(2)]
        handle: String,
    },
    /// A new device of an existing account that waits to be approved. The session may read its
    /// inbox and nothing else, until a device of the account lists it.
    #[n(2)]
    RequestDevice {
        /// Canonical CBOR of [`crate::identity::SignedInitKey`]: where to seal the account's
        /// device-signing key to. The relay passes it on as it is.
        #[n(0)]
        init_key: ByteVec,
        /// What the person calls the device; at most 64 characters.
        #[n(1)]
        name: String,
    },
}

/// What a login's signature covers, in order, under [`LOGIN_LABEL`]. `binding` is the TLS exporter on
/// QUIC, and [`crate::socket::binding`] of the relay's hello on WebSocket.
pub fn login_transcript(
    hello: &[u8],
    fingerprint: &Hash,
    binding: &[u8; 32],
    account: &AccountId,
    device: &DeviceId,
    counter: u64,
) -> Vec<u8> {
    let mut out = sha256(&[hello]).0.to_vec();
    out.extend(fingerprint.0);
    out.extend(binding);
    out.extend(account.0);
    out.extend(device.0);
    out.extend(counter.to_be_bytes());
    out
}

/// The relay's answer to a good login.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ready {
    /// The version spoken from here on.
    #[n(0)]
    pub version: u32,
    /// The store lineage; cursors of another one are answered `LogReset`.
    #[n(1)]
    pub lineage: Lineage,
    /// The relay's clock.
    #[n(2)]
    pub server_ms: Millis,
    /// The relay's working keys.
    #[n(3)]
    pub statement: SignedRelayStatement,
    /// After a lost connection, try again within this time, uniformly at random.
    #[n(4)]
    pub reconnect_spread_ms: Millis,
    /// Every log of this device; at most 4096, rooms with news first.
    #[n(5)]
    pub logs: Vec<LogHead>,
    /// How many one-time key packages are left, by suite.
    #[n(6)]
    pub key_packages: Vec<KeyPackageCount>,
    /// Version of the account's newest device list.
    #[n(7)]
    pub list_version: u64,
    /// Whether the device is listed; false for one that waits to be approved.
    #[n(8)]
    pub listed: bool,
}

/// A log of this device, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogHead {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// Its last entry.
    #[n(1)]
    pub head: Seq,
    /// First entry this device reads.
    #[n(2)]
    pub from_seq: Seq,
    /// Last entry this device reads, once it has been removed.
    #[n(3)]
    pub until_seq: Option<Seq>,
}

/// How many one-time key packages the relay holds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeyPackageCount {
    /// MLS ciphersuite.
    #[n(0)]
    pub suite: u16,
    /// One-time packages left.
    #[n(1)]
    pub left: u32,
    /// Whether a last-resort package is there.
    #[n(2)]
    pub last_resort: bool,
}

/// Why the relay refuses a connection. Sent instead of `Ready`, then the connection closes.
pub type Refused = WireError;
