//! What was learned about ways to the relay, kept for the next start. Hints: losing them costs a moment.

use crate::engine::Engine;
use crate::error::Result;
use lacre_wire::ids::Millis;
use minicbor::{Decode, Encode};

/// Name of the stored list.
const WAYS: &str = "ways";

/// A network that let no UDP through to the relay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlockedWay {
    /// The network and the relay's place, as the driver names them.
    #[n(0)]
    pub network: String,
    /// When UDP was last given its chance.
    #[n(1)]
    pub since: Millis,
}

impl Engine {
    /// The networks that were kept last.
    ///
    /// # Errors
    /// `Store` when they cannot be read.
    pub fn blocked_ways(&self) -> Result<Vec<BlockedWay>> {
        Ok(self.db.meta_as(WAYS)?.unwrap_or_default())
    }

    /// Keeps networks for the next start, in the place of those before.
    ///
    /// # Errors
    /// `Store` when they cannot be written.
    pub fn keep_blocked_ways(&mut self, ways: &Vec<BlockedWay>) -> Result<()> {
        self.db.set_meta_as(WAYS, ways)
    }

    /// How far this device's clock is ahead of the relay's, in milliseconds, as the last login of this
    /// run showed; none before.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.reading.clock_ahead()
    }
}
