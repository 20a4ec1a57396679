//! What both front ends of the chat share: the open conversation, its commands, and the lines that
//! tell what happened.
//!
//! A front end gives [`Session::say`] what a person typed and shows the [`Line`]s that come back;
//! events become lines by [`Teller`]. Nothing here knows a screen.

pub(crate) mod clock;
pub(crate) mod command;
mod line;
mod moment;
mod people;
mod polled;
mod preferences;
mod problem;
mod renamed;
mod said;
mod session;
mod span;
mod stats;
mod tell;
mod title;
mod which;

pub(crate) use clock::Clock;
pub(crate) use line::Line;
pub(crate) use problem::{Answer, Problem};
pub(crate) use session::Session;
pub(crate) use tell::Teller;
