//! Stories with real OpenMLS members around the relay's checks.

mod beginning;
mod commits;
mod joins;
mod removals;
mod uploads;
