//! The sans-I/O core of the Lacre SDK: identity, MLS groups, rooms, content, and the client store.
//!
//! An [`Engine`] is a synchronous state machine over one encrypted SQLite file. It is told what
//! came from the relay and what the person wants, and answers with [`Output`]s for a driver to
//! carry out. It opens no socket, and time is an argument of every call.
//!
//! Three rules keep messages safe (`specs/logs.md`):
//! - what leaves was committed to the store before; a crash sends the same bytes again;
//! - what arrives is applied in runs, one transaction each: cursor, MLS state and timeline together;
//! - whatever is rolled back also drops the MLS group it touched.

pub mod content;

mod change;
mod engine;
mod error;
mod event;
mod expiry;
mod hints;
mod inbound;
mod io;
mod later;
mod live;
mod me;
mod meaning;
pub mod mls;
mod notice;
mod outbound;
mod pins;
mod profile;
mod random;
mod reader;
mod reading;
mod schedule;
mod search;
mod session;
mod store;
#[cfg(test)]
mod testing;
pub mod text;
mod timeline;
mod ways;

pub use engine::{Engine, EngineOptions, Profile};
pub use error::{Error, ErrorKind, Result};
pub use event::{Connection, Done, Event, LocalId};
pub use expiry::Expiry;
pub use hints::Presence;
pub use io::Output;
pub use me::DeviceInfo;
pub use notice::{Named, Notice};
pub use reader::{Member, Reader, RoomInfo};
pub use reading::{NotifyReason, NotifyRule, NotifySetting, Receipt, SeenBy, Unread};
pub use schedule::{Scheduled, ScheduledId};
pub use search::{Hit, Search, SearchKind, Snippet, snippet};
pub use store::StoreKey;
pub use timeline::{Draft, Item, ItemBody, PageKey, Poll, PollOption, SendState};
pub use ways::BlockedWay;
