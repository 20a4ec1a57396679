//! Lacre: end-to-end encrypted chat for your own product.
//!
//! A [`Client`] holds one device of one account: its keys, its messages, its connection. Everything
//! is stored in one folder, encrypted, and works without a network; the relay sees sealed envelopes.
//!
//! ```no_run
//! use lacre::{Client, Event, Options};
//!
//! #[tokio::main]
//! async fn main() -> lacre::Result<()> {
//!     let address = "lacre://<fingerprint>@chat.school.example";      // the line `lacre relay` prints
//!     let options = Options::new(address, "./ana").key_file().handle("ana");
//!     let client = Client::open(options).await?;                      // sign-up, sign-in and resume
//!     let room = client.direct("bruno").await?;                       // the one room you two share
//!     room.send("Why is x **negative** in question 4?").await?;       // safe on disk, sent when it can be
//!     let mut events = client.events();
//!     while let Some(event) = events.next().await {
//!         if let Event::Message(m) = event {
//!             println!("{} {}: {}", m.time(), m.sender().name(), m.text());
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! - [`Client`]: one device; finds people, opens rooms, tells [`Event`]s.
//! - [`Room`]: a set of people and their messages; [`Timeline`]: what a screen shows of it.
//! - [`Presence`]: how somebody is there; [`Event::Typing`]: who is writing. Neither is ever stored.
//! - [`text`]: what people wrote as a tree to show, and [`text::safe`] for everything else of theirs.
//! - [`SendHandle`]: how far a message came. [`Archive`]: what is on the device, without a client.
//! - [`Search`]: what to look for with [`Client::search`]; [`Hit`]: what is found.
//! - [`Error`]: what went wrong, with a stable code and whether trying again helps.
//!
//! Handles are cheap to clone and hold no locks. Any executor will do: the client brings its own
//! threads, one for its store and cipher work, and a few that all clients of a process share for
//! the network. Dropping the last handle ends them; [`Client::close`] does so and waits.

// Without a transport a session cannot be; what would follow one is never reached.
#![cfg_attr(target_family = "wasm", allow(unreachable_code, unused_variables))]

mod archive;
mod client;
mod conversation;
mod driver;
mod engine;
mod events;
mod later;
mod listing;
mod live;
mod message;
mod notify;
mod open;
mod options;
mod order;
mod path;
mod platform;
mod probe;
mod profile;
mod queue;
mod reading;
mod room;
mod search;
mod send;
pub mod text;
mod time;
mod timeline;
mod transport;

pub use archive::{Archive, ArchiveHit};
pub use client::Client;
pub use events::{Event, Events};
pub use message::{ApprovalRequest, Message, Person};
pub use notify::Notification;
pub use options::Options;
pub use path::Path;
pub use probe::{Probe, probe};
pub use profile::SeenBy;
pub use room::Room;
pub use search::Hit;
pub use send::SendHandle;
pub use time::Time;
pub use timeline::{Diff, Timeline};

pub use engine::{
    Connection, DeviceInfo, Error, ErrorKind, Expiry, Forwarded, Item, ItemBody, LocalId, Member,
    Mention, Mentioned, MessageId, Named, Notice, NotifyReason, NotifyRule, NotifySetting, Poll,
    PollOption, Presence, Profile, Receipt, Result, RoomInfo, Scheduled, ScheduledId, Search,
    SearchKind, SendState, Snippet, StoreKey, Unread,
};
pub use lacre_wire::answer::Listed;
pub use lacre_wire::ids::{AccountId, DeviceId, Hash, Millis, RoomId, Seq};
pub use lacre_wire::relay::RelayAddress;
pub use lacre_wire::room::{JoinRule, Role, RoomKind};
