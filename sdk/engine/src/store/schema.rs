//! Tables and their versions. Changes only move forward; every version is a step here.

use super::{expiry, schedule};
use crate::error::{Error, ErrorKind, Result};
use crate::mls::storage;
use crate::search;
use rusqlite::Connection;

/// Version of the schema this code writes.
const VERSION: i64 = 1;

const V1: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Where this device stands in each log it reads.
CREATE TABLE log (key BLOB PRIMARY KEY, seq INTEGER NOT NULL, chain BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE room (
    ref INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    status INTEGER NOT NULL,
    reason TEXT,
    -- Of a stopped room: 1 while it is repaired, 2 after the relay's store was reset.
    healing INTEGER NOT NULL DEFAULT 0,
    peer BLOB,
    name TEXT,
    from_seq INTEGER NOT NULL DEFAULT 0,
    -- The last entry this device reads, once it is out of the room.
    until_seq INTEGER,
    disappearing_s INTEGER NOT NULL DEFAULT 0,
    listed TEXT,
    -- When the room's keys are to be sent to somebody who came from outside.
    keys_due INTEGER,
    last_ms INTEGER NOT NULL DEFAULT 0,
    last_accepted BLOB,
    commit_hash BLOB,
    commit_submit BLOB,
    commit_frame BLOB
) STRICT;

-- K_room, by number.
-- `placed` is 0 while it was made here and the log does not have it yet: of two that were made with
-- one number at the same time, the first in the log is the room's.
CREATE TABLE room_key (room INTEGER NOT NULL, number INTEGER NOT NULL, key BLOB NOT NULL, placed INTEGER NOT NULL,
    PRIMARY KEY (room, number)) STRICT, WITHOUT ROWID;

-- A copy of what the MLS group says, for readers.
CREATE TABLE member (room INTEGER NOT NULL, account BLOB NOT NULL, role INTEGER NOT NULL,
    PRIMARY KEY (room, account)) STRICT, WITHOUT ROWID;

CREATE TABLE ban (room INTEGER NOT NULL, account BLOB NOT NULL,
    PRIMARY KEY (room, account)) STRICT, WITHOUT ROWID;

CREATE TABLE person (account BLOB PRIMARY KEY, handle TEXT NOT NULL, list BLOB NOT NULL, list_version INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;

-- Chain values of recent entries, to compare with what other members saw.
CREATE TABLE chain (room INTEGER NOT NULL, seq INTEGER NOT NULL, chain BLOB NOT NULL,
    PRIMARY KEY (room, seq)) STRICT, WITHOUT ROWID;

-- Proposals of the present epoch; MLS sees them only together with a commit.
CREATE TABLE proposal (room INTEGER NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL, message BLOB NOT NULL,
    PRIMARY KEY (room, seq)) STRICT, WITHOUT ROWID;

-- Ids are never used twice: timelines and the search index name messages by them.
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room INTEGER NOT NULL,
    seq INTEGER,
    message BLOB NOT NULL,
    sender BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text TEXT,
    reply_to BLOB,
    -- Who is mentioned in the text, as the extension has it.
    mentions BLOB,
    -- The message its thread begins with; where it was forwarded from; what only its kind has.
    thread BLOB,
    forwarded BLOB,
    extra BLOB,
    -- What can be chosen in a poll, a line each, for the search.
    options TEXT,
    edited INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL,
    content BLOB,
    stamp BLOB,
    -- Whether it mentions this account.
    mentions_me INTEGER NOT NULL DEFAULT 0,
    -- Whether it counts as unread: texts, and what is shown as one. The one place that says so.
    counts INTEGER NOT NULL GENERATED ALWAYS AS (kind IN (0, 3, 6)) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX message_once ON message (room, message, sender);
CREATE INDEX message_order ON message (room, seq);
CREATE INDEX message_thread ON message (room, thread) WHERE thread IS NOT NULL;
CREATE INDEX message_unsent ON message (room, id) WHERE seq IS NULL;

-- What was done to messages, here or not: edits, deletions, reactions. Order of the log; no place: last.
CREATE TABLE act (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room INTEGER NOT NULL,
    seq INTEGER,
    message BLOB NOT NULL,
    sender BLOB NOT NULL,
    target BLOB NOT NULL,
    kind INTEGER NOT NULL,
    value BLOB NOT NULL,
    stamp BLOB
) STRICT;
CREATE UNIQUE INDEX act_once ON act (room, message, sender);
CREATE INDEX act_target ON act (room, target);
CREATE INDEX act_pin ON act (room) WHERE kind = 4;

-- What this account has read of a room, and how much is left: kept, so that no room is counted through.
CREATE TABLE reading (
    room INTEGER PRIMARY KEY,
    me BLOB NOT NULL,
    -- Everything up to here was read; the counts cover what stands behind it, up to `counted`.
    read INTEGER NOT NULL DEFAULT 0,
    counted INTEGER NOT NULL DEFAULT 0,
    messages INTEGER NOT NULL DEFAULT 0,
    mentions INTEGER NOT NULL DEFAULT 0,
    -- Marked as unread by hand.
    marked INTEGER NOT NULL DEFAULT 0,
    -- What others were told: how far this account has the room, has read it, and who it is.
    sent_delivered INTEGER NOT NULL DEFAULT 0,
    sent_read INTEGER NOT NULL DEFAULT 0,
    sent_profile INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Whoever deletes or changes a message that was counted: the counts follow.
CREATE TRIGGER reading_changed AFTER UPDATE OF kind, mentions_me ON message
WHEN old.seq IS NOT NULL AND (old.kind <> new.kind OR old.mentions_me <> new.mentions_me)
BEGIN
    UPDATE reading SET messages = messages - old.counts + new.counts,
        mentions = mentions - old.counts * old.mentions_me + new.counts * new.mentions_me
    WHERE room = old.room AND me <> old.sender AND old.seq > read AND old.seq <= counted;
END;
CREATE TRIGGER reading_deleted AFTER DELETE ON message WHEN old.seq IS NOT NULL AND old.counts
BEGIN
    UPDATE reading SET messages = messages - 1, mentions = mentions - old.mentions_me
    WHERE room = old.room AND me <> old.sender AND old.seq > read AND old.seq <= counted;
END;

-- What to be told of a room; a rule for a time stands in for the other.
CREATE TABLE notify (room INTEGER PRIMARY KEY, rule INTEGER NOT NULL, for_now INTEGER, until_ms INTEGER) STRICT;
-- What is being written in a room.
CREATE TABLE draft (room INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;

-- How far members are, as they said, and since when they are there.
CREATE TABLE seen_by (room INTEGER NOT NULL, account BLOB NOT NULL, since INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0, read INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room, account)) STRICT, WITHOUT ROWID;
-- When they said so, for the recent part of a log.
CREATE TABLE receipt (room INTEGER NOT NULL, account BLOB NOT NULL, status INTEGER NOT NULL, upto INTEGER NOT NULL,
    at_ms INTEGER NOT NULL, PRIMARY KEY (room, account, status, upto)) STRICT, WITHOUT ROWID;

-- What people want to be called, and what they say of themselves. `folded` finds names that read alike. When they
-- were last there, where they have said that it may be kept.
CREATE TABLE profile (account BLOB PRIMARY KEY, version INTEGER NOT NULL, name TEXT, folded TEXT, status TEXT,
    seen INTEGER NOT NULL, seen_ms INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX profile_folded ON profile (folded) WHERE folded IS NOT NULL;

-- Messages on their way out, in order. Ids are never used twice: a session remembers them.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room INTEGER NOT NULL,
    submit BLOB NOT NULL,
    item INTEGER,
    act INTEGER,
    content BLOB NOT NULL,
    sealed BLOB,
    sealed_hash BLOB,
    generation INTEGER,
    epoch INTEGER
) STRICT;
CREATE INDEX outbox_room ON outbox (room, id);
CREATE INDEX outbox_own ON outbox (room, sealed_hash) WHERE sealed_hash IS NOT NULL;

-- Changes asked for on this device, not done yet.
CREATE TABLE change (id INTEGER PRIMARY KEY AUTOINCREMENT, room BLOB, intent BLOB NOT NULL) STRICT;

-- Invitations whose group could not be entered yet: objects are being fetched.
CREATE TABLE welcome (id INTEGER PRIMARY KEY, room BLOB NOT NULL, notice BLOB NOT NULL) STRICT;

-- Devices of this account that wait to be approved here.
CREATE TABLE approval (device BLOB PRIMARY KEY, key BLOB NOT NULL, init_key BLOB NOT NULL, name TEXT NOT NULL)
    STRICT, WITHOUT ROWID;
";

/// Brings the schema to the present version.
pub(super) fn migrate(connection: &Connection) -> Result<()> {
    let found: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(Error::from)?;
    match found {
        0 => {
            let sql = format!(
                "BEGIN IMMEDIATE; {V1} {} {} {} {} PRAGMA user_version = {VERSION}; COMMIT;",
                storage::SCHEMA,
                search::schema::schema(),
                expiry::SCHEMA,
                schedule::SCHEMA
            );
            connection.execute_batch(&sql).map_err(Error::from)
        }
        VERSION => Ok(()),
        newer => Err(Error::new(
            ErrorKind::Outdated,
            "StoreTooNew",
            format!(
                "this store has version {newer}, this program knows up to {VERSION}; install a newer Lacre"
            ),
        )),
    }
}
