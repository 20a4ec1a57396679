//! Stamps: the relay's franking mark on every message it accepts.
//!
//! The sender binds a tag to its content, the relay binds the tag to what it knows (room, position,
//! time, sender). A receiver that later reports a message proves both; a stamp never tells a reader
//! of the database who sent it, because the sender is committed to, not named.

use crate::codec;
use crate::hash::{hmac_sha256, sha256};
use crate::ids::{AccountId, Epoch, Generation, Hash, Millis, RoomId, Seq};
use minicbor::{Decode, Encode};
use subtle::ConstantTimeEq;

/// The mark as it is stored and delivered with a message.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stamp {
    /// Which of the relay's stamp keys made the mark.
    #[n(0)]
    pub key_id: u32,
    /// The sender's franking tag, as authenticated in the message.
    #[n(1)]
    pub tag: Hash,
    /// `SHA-256("lacre/sender" ‖ account ‖ r)`.
    #[n(2)]
    pub sender_c: Hash,
    /// `HMAC-SHA-256(K_stamp, tag ‖ context)`.
    #[n(3)]
    pub mac: Hash,
    /// The channel inside a space, if any.
    #[n(4)]
    pub channel: Option<u64>,
}

/// What a stamp says beside the tag; its canonical CBOR goes under the MAC.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StampContext {
    /// Which stamp key.
    #[n(0)]
    pub key_id: u32,
    /// The room.
    #[n(1)]
    pub room: RoomId,
    /// Generation of the room's group.
    #[n(2)]
    pub generation: Generation,
    /// The channel inside a space, if any.
    #[n(3)]
    pub channel: Option<u64>,
    /// Position in the room's log.
    #[n(4)]
    pub seq: Seq,
    /// MLS epoch.
    #[n(5)]
    pub epoch: Epoch,
    /// When the relay accepted it.
    #[n(6)]
    pub accepted_ms: Millis,
    /// Commitment to the sender.
    #[n(7)]
    pub sender_c: Hash,
}

/// The commitment to a sender's account.
pub fn commit_sender(account: &AccountId, r: &Hash) -> Hash {
    sha256(&[b"lacre/sender", &account.0, &r.0])
}

impl StampContext {
    /// Marks `tag` under the relay's stamp key.
    pub fn seal(&self, stamp_key: &[u8; 32], tag: Hash) -> Stamp {
        Stamp {
            key_id: self.key_id,
            tag,
            sender_c: self.sender_c,
            mac: self.mac(stamp_key, &tag),
            channel: self.channel,
        }
    }

    /// Whether `stamp` was made by the holder of `stamp_key` over this context. Constant time.
    pub fn verify(&self, stamp_key: &[u8; 32], stamp: &Stamp) -> bool {
        self.mac(stamp_key, &stamp.tag).0.ct_eq(&stamp.mac.0).into()
    }

    fn mac(&self, stamp_key: &[u8; 32], tag: &Hash) -> Hash {
        hmac_sha256(stamp_key, &[b"lacre/stamp/1", &tag.0, &codec::to_vec(self)])
    }
}

/// What a sender authenticates in the clear beside every message (MLS `authenticated_data`).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MessageAad {
    /// Franking tag of the content.
    #[n(0)]
    pub tag: Hash,
    /// The last entry of the room the sender had applied, and the chain there: a relay that shows
    /// people different logs is found out by the next message.
    #[n(1)]
    pub seen_seq: Seq,
    /// The chain at `seen_seq`.
    #[n(2)]
    pub seen_chain: Hash,
    /// The channel inside a space, if any.
    #[n(3)]
    pub channel: Option<u64>,
}
