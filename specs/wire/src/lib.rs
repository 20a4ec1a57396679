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
//! - [`ephemeral`]: hints that are never stored, in datagrams.
//! - [`socket`]: what stands in for QUIC where UDP is blocked.
//! - [`frame`]: how messages are delimited on a stream; [`error`]: the registry of error codes.
//! - [`identity`]: accounts, devices and their certificates; [`room`]: room state and `authorize()`.
//!
//! ```
//! use lacre_wire::ids::RoomId;
//!
//! let room: RoomId = "000102030405060708090a0b0c0d0e0f".parse()?;
//! assert_eq!(RoomId::from_group_id(&room.group_id(3)), Some((room, 3)));
//! # Ok::<(), lacre_wire::ids::ParseIdError>(())
//! ```

pub mod answer;
pub mod checkpoint;
pub mod codec;
pub mod ephemeral;
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
pub mod socket;
pub mod stamp;
