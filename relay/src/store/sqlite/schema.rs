//! The tables.

/// `PRAGMA application_id` of a Lacre store: "Lacr".
pub(super) const APPLICATION_ID: i64 = 0x4c61_6372;

/// `PRAGMA user_version` of the schema below.
pub(super) const VERSION: i64 = 1;

/// How many bits of an entry's rowid count within its log. The rest names the log, so that a log's
/// entries lie together and are read in one sweep: 2^27 logs of 2^36 entries.
pub(super) const SEQ_BITS: u32 = 36;

pub(super) const SCHEMA: &str = "
CREATE TABLE lineage (number INTEGER PRIMARY KEY, id BLOB NOT NULL);

CREATE TABLE account (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    handle TEXT NOT NULL UNIQUE,
    aik BLOB NOT NULL,
    list BLOB NOT NULL,
    list_signature BLOB NOT NULL,
    list_version INTEGER NOT NULL,
    created_ms INTEGER NOT NULL
);

CREATE TABLE device (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL,
    key BLOB NOT NULL,
    counter INTEGER NOT NULL,
    state INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX device_account ON device (account);
CREATE INDEX device_pending ON device (id) WHERE state = 0;
CREATE INDEX device_seen ON device (seen_ms, id) WHERE state = 1;

CREATE TABLE log (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    head INTEGER NOT NULL,
    chain BLOB NOT NULL,
    last_ms INTEGER NOT NULL,
    first INTEGER NOT NULL,
    chain_before BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    swept INTEGER NOT NULL,
    due_ms INTEGER
);
CREATE INDEX log_due ON log (due_ms, key) WHERE due_ms IS NOT NULL;

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    accepted_ms INTEGER NOT NULL,
    chain BLOB NOT NULL,
    gone INTEGER,
    body_hash BLOB,
    body_size INTEGER,
    stamp BLOB,
    sealed_in INTEGER,
    sealed_sender BLOB,
    origin BLOB,
    refs BLOB,
    body BLOB
);
CREATE INDEX entry_handshake ON entry (id, generation, epoch) WHERE kind BETWEEN 1 AND 3;

CREATE TABLE submission (
    key BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    accepted_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE submission_recent (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    seq INTEGER NOT NULL,
    accepted_ms INTEGER NOT NULL
);

CREATE TABLE room (
    log INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    epoch_seq INTEGER NOT NULL,
    group_info BLOB NOT NULL,
    gi_mac BLOB NOT NULL,
    key_number INTEGER NOT NULL,
    tree BLOB NOT NULL,
    frozen INTEGER NOT NULL,
    join_open INTEGER NOT NULL,
    retention_ms INTEGER,
    listed TEXT,
    snapshot_generation INTEGER,
    snapshot_epoch INTEGER,
    pending BLOB NOT NULL,
    reports BLOB NOT NULL,
    blame BLOB NOT NULL
);

CREATE TABLE member (
    log INTEGER NOT NULL,
    device BLOB NOT NULL,
    account BLOB NOT NULL,
    from_seq INTEGER NOT NULL,
    until_seq INTEGER,
    acked INTEGER NOT NULL,
    earlier_from INTEGER,
    earlier_until INTEGER,
    last BLOB,
    owed INTEGER NOT NULL,
    PRIMARY KEY (log, device)
) WITHOUT ROWID;
CREATE INDEX member_device ON member (device);
CREATE INDEX member_owed ON member (log) WHERE owed = 1;

CREATE TABLE direct (
    low BLOB NOT NULL,
    high BLOB NOT NULL,
    room BLOB NOT NULL,
    PRIMARY KEY (low, high)
) WITHOUT ROWID;

CREATE TABLE listing (
    name TEXT PRIMARY KEY,
    log INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE share (
    device BLOB NOT NULL,
    origin BLOB NOT NULL,
    entries INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (device, origin)
) WITHOUT ROWID;

CREATE TABLE key_package (
    number INTEGER PRIMARY KEY,
    device BLOB NOT NULL,
    suite INTEGER NOT NULL,
    last_resort INTEGER NOT NULL,
    hash BLOB NOT NULL,
    stored_ms INTEGER NOT NULL,
    package BLOB NOT NULL,
    UNIQUE (device, suite, last_resort, hash)
);
CREATE INDEX key_package_next ON key_package (device, suite, last_resort, number);
CREATE INDEX key_package_age ON key_package (stored_ms) WHERE last_resort = 0;

CREATE TABLE object (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    refs INTEGER NOT NULL,
    touched_ms INTEGER NOT NULL,
    bytes BLOB
);
CREATE INDEX object_orphan ON object (touched_ms, hash) WHERE refs = 0;

CREATE TABLE snapshot (
    log INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    bytes BLOB NOT NULL
);
";
