//! The commands of people, one file each.

pub(crate) mod account;
pub(crate) mod chat;
pub(crate) mod devices;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod listen;
pub(crate) mod profile;
pub(crate) mod rooms;
pub(crate) mod search;
pub(crate) mod send;
