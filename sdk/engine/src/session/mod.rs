//! The session: logging in, frames in and out, answers, time.

mod answers;
mod beginning;
mod devices;
mod frames;
mod hello;
mod objects;
mod people;
mod ready;
mod tick;

pub(crate) use objects::Uploads;
pub(crate) use people::unexpected;
