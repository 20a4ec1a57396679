//! The store in memory: the oracle that other back ends are compared with, and the store of tests.
//!
//! Plain ordered maps, every look-up written the obvious way. Nothing here is durable.

mod apply;
mod tables;

pub(crate) use tables::Tables;
