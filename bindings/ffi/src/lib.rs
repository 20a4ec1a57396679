//! The SDK for other languages: the crate `lacre` through uniffi.
//!
//! One file a type, and each only translates: ids become text, handles become objects, the one error
//! becomes one variant a kind. Nothing here knows anything the SDK does not.
//!
//! No runtime is needed. The SDK brings its own threads, so its futures may be polled by whatever loop
//! the other language has; dropping one stops the waiting, never the work.

mod client;
mod error;
mod event;
mod id;
mod message;
mod room;
mod send;
mod timeline;

pub use client::{Client, Options};
pub use error::LacreError;
pub use event::{Event, Events};
pub use message::{Body, Message, Person, Reaction, SendState};
pub use room::{Room, RoomKind, RoomMember};
pub use send::SendHandle;
pub use timeline::{Diff, Timeline};

uniffi::setup_scaffolding!("lacre");

/// The version of this library, such as `0.1.0`.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
