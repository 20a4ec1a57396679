//! The chat that fills the terminal.
//!
//! - [`model`]: what the screen shows, as plain data.
//! - [`msg`], [`update`], [`keys`]: what happens, and how the screen changes by it. Pure.
//! - [`draw`]: the screen as it looks. Pure.
//! - [`act`]: what is to be done, and doing it beside the screen.
//! - [`terminal`], [`run`]: the terminal, and the loop that joins all of it.
//!
//! A key touches the model and nothing else, so the screen answers at once whatever the network
//! and the store do. Texts of others come in through one place, `act::dress`, which takes from them
//! all that could act on the screen.

mod act;
mod draw;
mod keys;
mod model;
mod msg;
mod run;
mod score;
mod terminal;
mod update;

pub(crate) use run::run;

#[cfg(test)]
mod tests;
