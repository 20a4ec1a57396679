//! Who has what, and who read it, as they said.
//!
//! Each member has a line that says how far they are, which is what items show; recent receipts are kept
//! beside with their times, which is what the details of one message show.

use super::profiles::{Called, named};
use super::{Db, int, uint};
use crate::content::{MessageId, MessageStatus};
use crate::error::Result;
use crate::event::LocalId;
use crate::reading::{READ_ACCOUNTS, Receipt, SeenBy};
use crate::timeline::Item;
use lacre_wire::ids::{AccountId, Millis, Seq};
use rusqlite::{Connection, OptionalExtension, params};

/// Entries of a log behind its newest receipt for which times are kept.
const TIMES_KEPT: u64 = 4096;

/// How far a member is.
struct Head {
    /// They are in the room since this entry.
    since: Seq,
    delivered: Seq,
    read: Seq,
}

/// The members beside this account; `None` where there are too many for receipts.
fn heads(connection: &Connection, room: i64, me: AccountId) -> rusqlite::Result<Option<Vec<Head>>> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(s.since, 0), coalesce(s.delivered, 0), coalesce(s.read, 0)
         FROM member m LEFT JOIN seen_by s ON s.room = m.room AND s.account = m.account
         WHERE m.room = ?1 AND m.account <> ?2 LIMIT ?3",
    )?;
    let heads = statement
        .query_map(params![room, me.0, int(READ_ACCOUNTS as u64)], |row| {
            Ok(Head {
                since: uint(row.get(0)?),
                delivered: uint(row.get(1)?),
                read: uint(row.get(2)?),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok((heads.len() < READ_ACCOUNTS).then_some(heads))
}

/// Says of own messages how many have them, on any connection.
pub(crate) fn fill(
    connection: &Connection,
    room: i64,
    me: AccountId,
    items: &mut [Item],
) -> rusqlite::Result<()> {
    if !items.iter().any(|item| item.own && item.seq.is_some()) {
        return Ok(());
    }
    let Some(heads) = heads(connection, room, me)? else {
        return Ok(());
    };
    for item in items.iter_mut().filter(|item| item.own) {
        let Some(seq) = item.seq else { continue };
        let mut receipt = Receipt::default();
        for head in heads.iter().filter(|head| head.since < seq) {
            receipt.of += 1;
            receipt.delivered += u32::from(head.delivered.max(head.read) >= seq);
            receipt.read += u32::from(head.read >= seq);
        }
        item.receipt = (receipt.of > 0).then_some(receipt);
    }
    Ok(())
}

/// Who has a message and who read it, on any connection: every member who was there, but this account
/// and the message's sender.
pub(crate) fn seen_by(
    connection: &Connection,
    room: i64,
    me: AccountId,
    message: MessageId,
) -> rusqlite::Result<Vec<SeenBy>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.account,
             (SELECT at_ms FROM receipt r WHERE r.room = m.room AND r.account = m.account
                 AND r.status = 1 AND r.upto >= t.seq ORDER BY r.upto LIMIT 1),
             (SELECT at_ms FROM receipt r WHERE r.room = m.room AND r.account = m.account
                 AND r.status = 2 AND r.upto >= t.seq ORDER BY r.upto LIMIT 1)
         FROM message t JOIN member m ON m.room = t.room
             LEFT JOIN seen_by s ON s.room = m.room AND s.account = m.account
         WHERE t.room = ?1 AND t.message = ?3 AND t.seq IS NOT NULL
             AND m.account <> ?2 AND m.account <> t.sender AND coalesce(s.since, 0) < t.seq
",
    )?;
    let mut people = statement
        .query_map(params![room, me.0, message.as_bytes()], |row| {
            let account = AccountId(row.get(0)?);
            let Called { handle, name, .. } = named(connection, room, account)?;
            let delivered = row.get::<_, Option<i64>>(1)?.map(uint);
            let read = row.get::<_, Option<i64>>(2)?.map(uint);
            Ok(SeenBy {
                account,
                handle,
                name,
                // Who read it has it.
                delivered_ms: delivered.into_iter().chain(read).min(),
                read_ms: read,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    people.sort_by(|one, other| one.handle.cmp(&other.handle));
    Ok(people)
}

impl Db {
    /// A member came in with this entry: earlier messages are not theirs to have.
    pub(crate) fn member_since(&self, room: i64, account: AccountId, seq: Seq) -> Result<()> {
        self.with(|c| {
            c.prepare_cached(
                "INSERT INTO seen_by (room, account, since) VALUES (?1, ?2, ?3)
                 ON CONFLICT (room, account) DO UPDATE SET since = ?3",
            )?
            .execute(params![room, account.0, int(seq)])
        })?;
        Ok(())
    }

    /// Keeps a receipt. Returns how far the member was before, if they are further now.
    pub(crate) fn keep_receipt(
        &self,
        room: i64,
        account: AccountId,
        status: MessageStatus,
        upto: Seq,
        at: Millis,
    ) -> Result<Option<Seq>> {
        let column = match status {
            MessageStatus::READ => "read",
            _ => "delivered",
        };
        self.with(|c| {
            let before: Option<i64> = c
                .prepare_cached(&format!(
                    "SELECT {column} FROM seen_by WHERE room = ?1 AND account = ?2"
                ))?
                .query_row(params![room, account.0], |row| row.get(0))
                .optional()?;
            let before = before.map_or(0, uint);
            if upto <= before {
                return Ok(None);
            }
            c.prepare_cached(&format!(
                "INSERT INTO seen_by (room, account, {column}) VALUES (?1, ?2, ?3)
                 ON CONFLICT (room, account) DO UPDATE SET {column} = ?3"
            ))?
            .execute(params![room, account.0, int(upto)])?;
            c.prepare_cached(
                "INSERT OR IGNORE INTO receipt (room, account, status, upto, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![room, account.0, status.0, int(upto), int(at)])?;
            c.prepare_cached(
                "DELETE FROM receipt WHERE room = ?1 AND account = ?2 AND status = ?3 AND upto < ?4",
            )?
            .execute(params![
                room,
                account.0,
                status.0,
                int(upto.saturating_sub(TIMES_KEPT))
            ])?;
            Ok(Some(before))
        })
    }

    /// The newest own items in `(after, upto]`, newest first.
    pub(crate) fn own_items(
        &self,
        room: i64,
        me: AccountId,
        after: Seq,
        upto: Seq,
        limit: u32,
    ) -> Result<Vec<LocalId>> {
        self.with(|c| {
            let mut statement = c.prepare_cached(
                "SELECT id FROM message WHERE room = ?1 AND seq > ?3 AND seq <= ?4 AND sender = ?2
                 ORDER BY seq DESC LIMIT ?5",
            )?;
            statement
                .query_map(params![room, me.0, int(after), int(upto), limit], |row| {
                    row.get(0)
                })?
                .collect()
        })
    }

    /// How far receipts of this account were sent: delivered, read.
    pub(crate) fn sent_receipts(&self, room: i64) -> Result<(Seq, Seq)> {
        let found = self.with(|c| {
            c.prepare_cached("SELECT sent_delivered, sent_read FROM reading WHERE room = ?1")?
                .query_row([room], |row| Ok((uint(row.get(0)?), uint(row.get(1)?))))
                .optional()
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Receipts of this account were sent so far, by this device or another one.
    pub(crate) fn set_sent_receipts(&self, room: i64, delivered: Seq, read: Seq) -> Result<()> {
        self.with(|c| {
            c.prepare_cached(
                "UPDATE reading SET sent_delivered = max(sent_delivered, ?2), sent_read = max(sent_read, ?3)
                 WHERE room = ?1",
            )?
            .execute(params![room, int(delivered), int(read)])
        })?;
        Ok(())
    }

    /// What was read while nobody was to be told stays so.
    pub(crate) fn forgive_read_receipts(&self) -> Result<()> {
        self.run("UPDATE reading SET sent_read = max(sent_read, read)")
    }

    /// The newest message of others in `(after, upto]`.
    pub(crate) fn newest_of_others(
        &self,
        room: i64,
        me: AccountId,
        after: Seq,
        upto: Seq,
    ) -> Result<Option<(MessageId, Seq)>> {
        if after >= upto {
            return Ok(None);
        }
        let found = self.with(|c| {
            c.prepare_cached(
                "SELECT message, seq FROM message WHERE room = ?1 AND seq > ?3 AND seq <= ?4
                 AND counts AND sender <> ?2 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row(params![room, me.0, int(after), int(upto)], |row| {
                let id = MessageId::from_slice(row.get_ref(0)?.as_blob()?);
                Ok(id.zip(Some(uint(row.get(1)?))))
            })
            .optional()
        })?;
        Ok(found.flatten())
    }

    /// Rooms in which receipts may be owed.
    pub(crate) fn rooms_to_report(&self) -> Result<Vec<i64>> {
        self.with(|c| {
            let mut statement = c.prepare_cached(
                "SELECT room FROM reading WHERE counted > sent_delivered OR read > sent_read",
            )?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }
}
