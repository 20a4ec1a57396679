//! From MLS to the rules, in one place.
//!
//! Relay and clients judge the same commit through the same functions: OpenMLS checks what MLS
//! says, the translation here turns proposals into changes, and
//! [`authorize`](super::authorize()) decides. Two translations would disagree one day, and that day
//! a room would fork.
//!
//! - [`settings`]: suites, capabilities, group configuration.
//! - [`leaves`]: who sits at which leaf.
//! - [`facts`]: what a commit says.
//! - [`judge`]: one call for the relay, one for a member.
//! - [`begin`]: what a new group says about itself.
//! - [`commit`]: the committer's side of an operation.

pub mod begin;
pub mod commit;
pub mod facts;
pub mod judge;
pub mod leaves;
pub mod settings;

#[cfg(test)]
mod tests;

pub use begin::creation_facts;
pub use commit::{operations_proposal, set_next_state, with_operations};
pub use facts::{facts_of_staged, proposed_of};
pub use judge::{
    JudgeError, Judged, JudgedProposal, Judgement, Staged, judge_member, judge_own, judge_public,
};
pub use leaves::{Leaves, verify_leaf};
pub use settings::{
    OUT_OF_ORDER, SKIP_AHEAD, capabilities, create_config, credential, group_context_extensions,
    join_config, relay_sender, required_capabilities, state_of, suite, unlimited_lifetime,
};
