//! The screen as a whole: pictures of it, and what keys do.

mod keys;
pub(crate) mod make;
mod pictures;
mod reading;
mod thread;
