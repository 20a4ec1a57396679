//! Lacre's wire: the types that travel between relay and clients, their canonical encoding,
//! and the rules both sides apply to the same bytes.
//!
//! This crate does no I/O and reads no clock. The relay and the SDK share it and nothing else.
//! The prose is in `specs/`, the CDDL in `specs/cddl/`, and tests hold the three together.
//!
//! - [`ids`]: identifiers; [`hash`]: the two hash constructions.
//! - [`codec`]: canonical CBOR; [`limits`]: every hard limit with its reason.
//! - [`log`]: entries, bodies and the chain; [`stamp`]: franking marks; [`checkpoint`]: signed chain heads.
//! - [`hello`]: the first flight; [`request`], [`answer`], [`push`]: what a session exchanges.
//! - [`frame`]: how messages are delimited on a stream; [`error`]: the registry of error codes.
//! - [`identity`]: accounts, devices and their certificates; [`room`]: room state and `authorize()`.

pub mod answer;
pub mod checkpoint;
pub mod codec;
pub mod error;
pub mod frame;
pub mod hash;
pub mod hello;
pub mod identity;
pub mod ids;
pub mod limits;
pub mod log;
pub mod push;
pub mod relay;
pub mod request;
pub mod room;
pub mod stamp;
