//! Read markers and kept counts.
//!
//! A room's counts cover `(read, counted]` of its log. A run adds what it brought, reading moves `read`
//! and takes away what it passed, and triggers follow every change of a message in between. So
//! a list of rooms costs one row each, however much is unread.

use super::{Db, int, uint};
use crate::content::MessageId;
use crate::error::Result;
use crate::reading::Unread;
use lacre_wire::ids::{AccountId, Millis, Seq};
use rusqlite::{Connection, OptionalExtension, params};

/// A room's marker with its counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marker {
    /// Everything up to here was read.
    pub(crate) read: Seq,
    /// The counts cover the log up to here.
    pub(crate) counted: Seq,
    pub(crate) messages: u64,
    pub(crate) mentions: u64,
    /// Marked as unread by hand.
    pub(crate) marked: bool,
}

/// What a run brought.
pub(crate) struct Counted {
    /// What it brought stands behind this, and is not read.
    pub(crate) after: Seq,
    pub(crate) upto: Seq,
    /// Unread messages among it.
    pub(crate) fresh: u64,
    /// When the newest message of anybody among it was accepted.
    pub(crate) newest: Option<Millis>,
}

fn marker(connection: &Connection, room: i64) -> rusqlite::Result<Marker> {
    let found = connection
        .prepare_cached(
            "SELECT read, counted, messages, mentions, marked FROM reading WHERE room = ?1",
        )?
        .query_row([room], |row| {
            Ok(Marker {
                read: uint(row.get(0)?),
                counted: uint(row.get(1)?),
                messages: uint(row.get(2)?),
                mentions: uint(row.get(3)?),
                marked: row.get(4)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Messages and mentions of others in `(after, upto]`.
fn count(
    connection: &Connection,
    room: i64,
    me: AccountId,
    after: Seq,
    upto: Seq,
) -> rusqlite::Result<(u64, u64)> {
    if after >= upto {
        return Ok((0, 0));
    }
    connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(mentions_me), 0) FROM message
             WHERE room = ?1 AND seq > ?3 AND seq <= ?4 AND counts AND sender <> ?2",
        )?
        .query_row(params![room, me.0, int(after), int(upto)], |row| {
            Ok((uint(row.get(0)?), uint(row.get(1)?)))
        })
}

/// What is unread in a room, on any connection.
pub(crate) fn unread(
    connection: &Connection,
    room: i64,
    me: AccountId,
) -> rusqlite::Result<Unread> {
    let marker = marker(connection, room)?;
    if marker.messages == 0 && !marker.marked {
        return Ok(Unread::default());
    }
    // Marked by hand, the line stands before the marked message, whoever wrote it.
    let first = connection
        .prepare_cached(
            "SELECT message FROM message WHERE room = ?1 AND seq > ?3 AND (?4 OR (counts AND sender <> ?2))
             ORDER BY seq LIMIT 1",
        )?
        .query_row(params![room, me.0, int(marker.read), marker.marked], |row| {
            Ok(MessageId::from_slice(row.get_ref(0)?.as_blob()?))
        })
        .optional()?
        .flatten();
    let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Unread {
        messages: small(marker.messages),
        mentions: small(marker.mentions),
        first,
        marked: marker.marked,
    })
}

impl Db {
    /// A room's marker.
    pub(crate) fn marker(&self, room: i64) -> Result<Marker> {
        self.with(|c| marker(c, room))
    }

    /// What is unread in a room.
    pub(crate) fn unread(&self, room: i64, me: AccountId) -> Result<Unread> {
        self.with(|c| unread(c, room, me))
    }

    /// Counts what the log brought up to `upto`.
    pub(crate) fn count_run(&self, room: i64, me: AccountId, upto: Seq) -> Result<Counted> {
        self.with(|c| {
            let marker = marker(c, room)?;
            // Own messages move a room up in the list, and count as read.
            let (messages, mentions, newest): (i64, i64, Option<i64>) = c
                .prepare_cached(
                    "SELECT count(*) FILTER (WHERE counts AND sender <> ?2 AND seq > ?5),
                         count(*) FILTER (WHERE counts AND sender <> ?2 AND seq > ?5 AND mentions_me),
                         max(at_ms)
                     FROM message WHERE room = ?1 AND seq > ?3 AND seq <= ?4",
                )?
                .query_row(
                    params![room, me.0, int(marker.counted), int(upto), int(marker.read)],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )?;
            c.prepare_cached(
                "INSERT INTO reading (room, me, counted, messages, mentions) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (room) DO UPDATE SET counted = max(counted, ?3),
                     messages = messages + ?4, mentions = mentions + ?5",
            )?
            .execute(params![room, me.0, int(upto), messages, mentions])?;
            Ok(Counted {
                after: marker.counted.max(marker.read),
                upto,
                fresh: uint(messages),
                newest: newest.map(uint),
            })
        })
    }

    /// Everything up to `upto` was read. Returns false if that was known.
    pub(crate) fn set_read(&self, room: i64, me: AccountId, upto: Seq) -> Result<bool> {
        self.with(|c| {
            let old = marker(c, room)?;
            if upto <= old.read && !old.marked {
                return Ok(false);
            }
            let read = upto.max(old.read);
            // The shorter way: take away what was passed, or count what is left.
            let passed_is_less = read - old.read < old.counted.saturating_sub(read);
            let (messages, mentions) = if passed_is_less {
                let (messages, mentions) = count(c, room, me, old.read, read)?;
                (
                    old.messages.saturating_sub(messages),
                    old.mentions.saturating_sub(mentions),
                )
            } else {
                count(c, room, me, read, old.counted)?
            };
            let new = Marker {
                read,
                messages,
                mentions,
                marked: false,
                ..old
            };
            keep(c, room, me, new)?;
            Ok(true)
        })
    }

    /// Nothing from `from` on was read, as far as the marker goes.
    pub(crate) fn set_unread(&self, room: i64, me: AccountId, from: Seq) -> Result<()> {
        self.with(|c| {
            let old = marker(c, room)?;
            let read = from.saturating_sub(1);
            let (messages, mentions) = count(c, room, me, read, old.counted)?;
            let new = Marker {
                read,
                messages,
                mentions,
                marked: true,
                ..old
            };
            keep(c, room, me, new)
        })
    }

    /// Where a message stands: `None` if it is not here, `Some(None)` if it has no place yet.
    pub(crate) fn seq_of(&self, room: i64, message: MessageId) -> Result<Option<Option<Seq>>> {
        self.with(|c| {
            c.prepare_cached(
                "SELECT seq FROM message WHERE room = ?1 AND message = ?2 ORDER BY id LIMIT 1",
            )?
            .query_row(params![room, message.as_bytes()], |row| {
                Ok(row.get::<_, Option<i64>>(0)?.map(uint))
            })
            .optional()
        })
    }
}

fn keep(connection: &Connection, room: i64, me: AccountId, new: Marker) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO reading (room, me, read, counted, messages, mentions, marked)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (room) DO UPDATE SET read = ?3, messages = ?5, mentions = ?6, marked = ?7",
        )?
        .execute(params![
            room,
            me.0,
            int(new.read),
            int(new.counted),
            int(new.messages),
            int(new.mentions),
            new.marked
        ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Lock, StoreKey, open_writer};
    use proptest::prelude::*;

    const ME: AccountId = AccountId([1; 32]);
    const OTHER: AccountId = AccountId([2; 32]);
    const ROOM: i64 = 7;

    fn store() -> (tempfile::TempDir, Db, Lock) {
        let folder = tempfile::tempdir().unwrap();
        let (db, lock) = open_writer(folder.path(), &StoreKey::new([7; 32])).unwrap();
        (folder, db, lock)
    }

    fn name(seq: Seq) -> MessageId {
        MessageId::compute("sender", "room", &seq.to_be_bytes(), &[0; 16]).unwrap()
    }

    // What stands in `message.kind`.
    const TEXT: i64 = 0;
    const DELETED: i64 = 1;
    const UNREADABLE: i64 = 2;
    const UNSUPPORTED: i64 = 3;
    const GONE: i64 = 4;

    fn add(db: &Db, seq: Seq, sender: AccountId, kind: i64, mentions: bool) {
        let sql =
            "INSERT INTO message (room, seq, message, sender, at_ms, kind, state, mentions_me)
            VALUES (?1, ?2, ?3, ?4, ?2, ?5, 1, ?6)";
        let id = name(seq);
        let values = params![ROOM, int(seq), id.as_bytes(), sender.0, kind, mentions];
        db.with(|c| c.execute(sql, values)).unwrap();
    }

    fn change(db: &Db, seq: Seq, what: &str, value: i64) {
        let sql = format!("UPDATE message SET {what} = ?2 WHERE seq = ?1");
        db.with(|c| c.execute(&sql, params![int(seq), value]))
            .unwrap();
    }

    #[test]
    fn own_deleted_and_unreadable_messages_are_not_unread() {
        let (_folder, db, _lock) = store();
        for (seq, sender, kind) in [
            (3, OTHER, TEXT),
            (4, ME, TEXT),
            (5, OTHER, UNREADABLE),
            (6, OTHER, UNSUPPORTED),
            (8, OTHER, GONE),
        ] {
            add(&db, seq, sender, kind, false);
        }
        // The newest message of anybody moves the room up, not what is only in the log.
        assert_eq!(db.count_run(ROOM, ME, 9).unwrap().newest, Some(8));
        let unread = db.unread(ROOM, ME).unwrap();
        assert_eq!((unread.messages, unread.first), (2, Some(name(3))));
        change(&db, 3, "kind", DELETED);
        let unread = db.unread(ROOM, ME).unwrap();
        assert_eq!((unread.messages, unread.first), (1, Some(name(6))));
        assert_eq!(db.count_run(ROOM, ME, 10).unwrap().newest, None);
        assert_eq!(db.unread(ROOM, ME).unwrap().messages, 1);
    }

    #[test]
    fn the_mark_stands_before_the_message_it_was_set_on() {
        let (_folder, db, _lock) = store();
        add(&db, 1, OTHER, TEXT, false);
        add(&db, 2, ME, TEXT, false);
        db.count_run(ROOM, ME, 2).unwrap();
        assert!(db.set_read(ROOM, ME, 2).unwrap());
        assert!(!db.set_read(ROOM, ME, 1).unwrap(), "known already");
        db.set_unread(ROOM, ME, 2).unwrap();
        let unread = db.unread(ROOM, ME).unwrap();
        assert_eq!((unread.messages, unread.first), (0, Some(name(2))));
        assert!(unread.marked);
        assert!(db.set_read(ROOM, ME, 2).unwrap());
        assert_eq!(db.unread(ROOM, ME).unwrap(), Unread::default());
    }

    /// What may happen to a room.
    #[derive(Debug, Clone)]
    enum Step {
        Run(Vec<(bool, bool)>),
        Read(Seq),
        Unread(Seq),
        Delete(Seq),
        Drop(Seq),
        Mention(Seq, bool),
    }

    fn step() -> impl Strategy<Value = Step> {
        let seq = 1..40u64;
        prop_oneof![
            3 => proptest::collection::vec(any::<(bool, bool)>(), 0..6).prop_map(Step::Run),
            2 => seq.clone().prop_map(Step::Read),
            1 => seq.clone().prop_map(Step::Unread),
            1 => seq.clone().prop_map(Step::Delete),
            1 => seq.clone().prop_map(Step::Drop),
            1 => (seq, any::<bool>()).prop_map(|(seq, is)| Step::Mention(seq, is)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
        #[test]
        fn kept_counts_are_what_counting_says(steps in proptest::collection::vec(step(), 1..24)) {
            let (_folder, db, _lock) = store();
            let mut head = 0;
            for step in steps {
                match step {
                    Step::Run(messages) => {
                        for (own, mentions) in messages {
                            head += 1;
                            add(&db, head, if own { ME } else { OTHER }, TEXT, mentions);
                        }
                        db.count_run(ROOM, ME, head).unwrap();
                    }
                    Step::Read(seq) => drop(db.set_read(ROOM, ME, seq.min(head)).unwrap()),
                    Step::Unread(seq) => db.set_unread(ROOM, ME, seq.min(head)).unwrap(),
                    Step::Delete(seq) => change(&db, seq, "kind", DELETED),
                    Step::Drop(seq) => {
                        let sql = "DELETE FROM message WHERE seq = ?1";
                        db.with(|c| c.execute(sql, [int(seq)])).unwrap();
                    }
                    Step::Mention(seq, is) => change(&db, seq, "mentions_me", is.into()),
                }
                let marker = db.marker(ROOM).unwrap();
                let counted = db.with(|c| count(c, ROOM, ME, marker.read, head)).unwrap();
                prop_assert_eq!((marker.messages, marker.mentions), counted);
                let unread = db.unread(ROOM, ME).unwrap();
                prop_assert!(unread.marked || unread.first.is_some() == (counted.0 > 0));
            }
        }
    }
}
