//! Messages on their way out: queued durably, sealed in runs, sent in order, met again in the log.

mod compose;
mod pump;
mod send;
mod submitted;

pub(crate) use compose::{no_such_message, refused_content};
