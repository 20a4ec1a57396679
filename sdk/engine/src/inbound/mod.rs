//! What the relay delivers: entries of rooms and of the inbox, applied in runs.

mod commit;
mod departure;
mod generation;
mod inbox;
mod message;
pub(crate) use message::stamp_bytes;
mod notices;
mod run;
mod stop;
mod welcome;
