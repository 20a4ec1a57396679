//! Compiles SQLite3 Multiple Ciphers once, for every crate that links `sqlite3`.

use std::path::Path;

/// SQLite's own switches; the cipher is chosen at run time (`PRAGMA cipher`).
const DEFINES: &[(&str, Option<&str>)] = &[
    ("SQLITE_CORE", None),
    ("SQLITE_THREADSAFE", Some("1")),
    ("SQLITE_DEFAULT_FOREIGN_KEYS", Some("1")),
    ("SQLITE_ENABLE_API_ARMOR", None),
    ("SQLITE_ENABLE_COLUMN_METADATA", None),
    ("SQLITE_ENABLE_DBSTAT_VTAB", None),
    ("SQLITE_ENABLE_FTS5", None),
    ("SQLITE_ENABLE_STAT4", None),
    ("SQLITE_TEMP_STORE", Some("2")),
    ("SQLITE_USE_URI", None),
    ("SQLITE_OMIT_LOAD_EXTENSION", None),
    ("SQLITE_SECURE_DELETE", None),
    ("_GNU_SOURCE", None),
];

fn main() {
    // There rusqlite brings a SQLite made for WebAssembly.
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        return;
    }
    let folder: &Path = sqlite3mc_src::source_dir();
    let mut build = cc::Build::new();
    build
        .file(folder.join(sqlite3mc_src::SOURCE_FILE))
        .include(folder)
        .warnings(false)
        .opt_level(3)
        .flag_if_supported("-std=c11");
    for (name, value) in DEFINES {
        build.define(name, *value);
    }
    // Linux has fdatasync, which spares a journal write where only data changed.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        build.define("HAVE_FDATASYNC", None);
    }
    // No CPU-specific flags: chacha20 needs none, and shipped binaries must run anywhere.
    build.compile("sqlite3mc");
}
