//! MLS behind our own module: OpenMLS (RFC 9420) with the settings and rules of `lacre_wire::room`.
//!
//! [`storage`] is the overlay between OpenMLS and the store; the rest is one verb a file.

pub mod storage;

mod build;
mod create;
mod external_pub;
mod groups;
mod join;
mod packages;

pub(crate) use build::{BuiltCommit, Plan, build_commit, store_proposals};
pub(crate) use create::create_group;
pub(crate) use external_pub::{external_pub, is_from_outside};
pub(crate) use groups::{Groups, protocol_message};
pub(crate) use join::{External, join_from_outside, join_from_welcome};
pub(crate) use packages::{make_key_packages, read_key_package};
pub(crate) use storage::ScratchProvider;

use crate::error::{Error, ErrorKind};
use std::fmt::Display;

/// An MLS operation that should have worked.
pub(crate) fn failed(what: &str, error: impl Display) -> Error {
    Error::new(ErrorKind::Internal, "MlsFailed", format!("{what}: {error}"))
}

/// Bytes from outside that are not what MLS or the room's rules allow.
pub(crate) fn invalid(what: &str, error: impl Display) -> Error {
    Error::new(
        ErrorKind::Security,
        "InvalidMls",
        format!("{what}: {error}"),
    )
}
