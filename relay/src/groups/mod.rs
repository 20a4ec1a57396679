//! What the relay knows of the rooms' MLS groups, and what it does with that.
//!
//! The relay holds no group secret. It follows every group by its public half, so that a commit that
//! breaks MLS or the room's rules never enters a log; it can propose to remove a device and nothing
//! else; and it keeps order where members would race: who commits next, who lets joiners in, who
//! ends a long epoch.
//!
//! - [`cache`]: the groups at hand; the entry point. [`public`]: one group.
//! - [`validate`], [`create`], [`generation`], [`remove`]: checks of commits, new rooms, new
//!   generations and removals;
//!   [`step`]: what passes on; [`refused`]: what does not.
//! - [`bad_commit`]: reports of what only members can see.
//! - [`turns`] over [`turn_queue`]: who commits next.
//! - [`nominations`] over [`joins`] and [`pleas`]: what members online are asked to do.

pub mod bad_commit;
pub mod cache;
mod codec;
pub mod create;
pub mod generation;
mod group_info;
pub mod joins;
pub mod nominations;
pub mod pleas;
pub mod public;
pub mod refused;
pub mod remove;
mod rota;
mod states;
pub mod step;
mod storage;
pub mod turn_queue;
pub mod turns;
pub mod validate;
mod welcome;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use cache::Groups;
pub use create::{CreationBytes, ValidCreation};
pub use generation::{GenerationBytes, ValidGeneration};
pub use nominations::Nominations;
pub use refused::Refused;
pub use remove::ValidProposal;
pub use rota::Sessions;
pub use step::{CommitBytes, Next, Submitter, ValidCommit};
pub use turns::{Turn, Turns, WrongEpoch};
