//! What a room is, and who may change it.
//!
//! A room's rules live in its MLS group context as one small piece of state. It changes only by
//! operations inside commits, and [`authorize()`] says whether a commit may pass: one pure function
//! over the public state before and what the commit says. The relay and every client run it over the
//! same inputs, so nobody is stricter by accident and no room forks.
//!
//! - [`state`], [`kind`], [`role`], [`operation`]: the state and what changes it.
//! - [`change`], [`view`]: what a commit says, and what it is judged against.
//! - [`mod@authorize`], [`creation`], [`generation`], [`refusal`]: the rules.
//! - [`listed`]: names under which relays list rooms.
//! - [`private_message`]: the clear header of a message, readable without MLS.
//! - `mls` (feature `mls`): the one translation from MLS to the above.

pub mod authorize;
pub mod change;
pub mod creation;
pub mod generation;
pub mod kind;
pub mod listed;
pub mod operation;
pub mod private_message;
pub mod refusal;
mod rights;
pub mod role;
pub mod state;
pub mod view;

#[cfg(feature = "mls")]
pub mod mls;

#[cfg(test)]
mod table;

pub use authorize::{authorize, authorize_proposal};
pub use change::{Actor, Change, CommitFacts, Proposed, Unsupported};
pub use creation::{CreationFacts, CreationRefusal, authorize_creation};
pub use generation::{GenerationRefusal, authorize_generation, authorize_opening};
pub use kind::{HistoryRule, JoinRule, RoomKind};
pub use operation::{Operation, OperationError};
pub use private_message::{ContentType, HeaderError, PrivateMessageHeader};
pub use refusal::Refusal;
pub use role::{Capability, Role};
pub use state::{RoomState, SealedProfile, StateError};
pub use view::{Members, RoomView};

/// The version of these rules. A room whose `min_version` is higher is not judged here: such a
/// client pauses the room until it is updated, because guessing would fork it.
pub const ROOM_VERSION: u32 = 1;

/// The component of the group's `app_data_dictionary` that holds the room state; from the range
/// for private use (draft-ietf-mls-extensions, component ids).
pub const COMPONENT_ID: u16 = 0x8001;

/// The suite of direct rooms and groups: ML-KEM-768 with X25519, AES-256-GCM, SHA-384, Ed25519
/// (draft-ietf-mls-pq-ciphersuites).
pub const SUITE_POST_QUANTUM: u16 = 0x004E;

/// The suite of spaces: X25519, ChaCha20-Poly1305, SHA-256, Ed25519 (RFC 9420 §17.1).
pub const SUITE_CLASSICAL: u16 = 0x0003;
