//! Build glue without code: links SQLite3 Multiple Ciphers for `libsqlite3-sys`.
//!
//! Relay and SDK live in one binary, and a binary holds one SQLite. Both therefore
//! depend on this crate, write `use lacre_sqlite as _;`, and use `rusqlite` as usual.
//! The SDK opens its databases with a raw 32-byte key; the relay opens its own without.
//!
//! On WebAssembly the crate is empty: there rusqlite brings a SQLite made for it.

#[cfg(not(target_family = "wasm"))]
use libsqlite3_sys as _;
