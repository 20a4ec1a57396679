//! The secrets the store works with. They come from the key file and never enter the database.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Keys of stamps, senders at rest and remembered submissions. A thief of the database who lacks
/// them learns no sender.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct StoreKeys {
    /// Which stamp key this is; written into every stamp.
    pub stamp_id: u32,
    /// Seals stamps.
    pub stamp: [u8; 32],
    /// Blinds sender commitments and seals senders at rest.
    pub rest: [u8; 32],
    /// Keys the memory of submissions.
    pub submit: [u8; 32],
}
