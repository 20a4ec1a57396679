//! The rows of a batch, written to their tables: a statement for each table, all sent at once.

use super::apply::is_empty;
use super::cache::NumberedLog;
use super::connection::{Connection, Sent, Values, in_order};
use super::convert::{Found, int, room_kind, state_number};
use super::entry;
use super::error::Fault;
use super::rows::PgRows;
use crate::store::rows::{
    AccountRow, Blind, DeviceRow, MemberRow, Remembered, RoomRow, Share, Span,
};
use lacre_wire::codec;
use lacre_wire::ids::{AccountId, DeviceId, LogId, Seq};

const NEW_ACCOUNT: &str = "INSERT INTO account (id, handle, aik, list, list_signature, list_version, created_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const ACCOUNT: &str =
    "UPDATE account SET list = $2, list_signature = $3, list_version = $4 WHERE id = $1";
/// A device never changes its account: if another relay gave it to somebody else, nothing is touched.
const DEVICES: &str = "
INSERT INTO device (id, account, key, counter, state, seen_ms)
SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bigint[], $5::smallint[], $6::bigint[])
ON CONFLICT (id) DO UPDATE SET counter = excluded.counter, state = excluded.state, seen_ms = excluded.seen_ms
WHERE device.account = excluded.account";
const LOGS: &str = "
UPDATE log SET head = new.head, chain = new.chain, last_ms = new.last_ms, first = new.first,
    chain_before = new.chain_before, bytes = new.bytes, swept = new.swept, due_ms = new.due_ms
FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bigint[],
            $8::bigint[], $9::bigint[])
    AS new(number, head, chain, last_ms, first, chain_before, bytes, swept, due_ms)
WHERE log.number = new.number";
const ROOM: &str = "
INSERT INTO room (log, kind, generation, epoch, epoch_seq, group_info, gi_mac, key_number, tree, frozen, join_open,
    retention_ms, listed, snapshot_generation, snapshot_epoch, pending, reports, blame)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (log) DO UPDATE SET kind = excluded.kind, generation = excluded.generation, epoch = excluded.epoch,
    epoch_seq = excluded.epoch_seq, group_info = excluded.group_info, gi_mac = excluded.gi_mac,
    key_number = excluded.key_number, tree = excluded.tree, frozen = excluded.frozen, join_open = excluded.join_open,
    retention_ms = excluded.retention_ms, listed = excluded.listed,
    snapshot_generation = excluded.snapshot_generation, snapshot_epoch = excluded.snapshot_epoch,
    pending = excluded.pending, reports = excluded.reports, blame = excluded.blame";
const MEMBERS: &str = "
INSERT INTO member (log, device, account, from_seq, until_seq, acked, earlier_from, earlier_until, last, owed)
SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                     $8::bigint[], $9::bytea[], $10::boolean[])
ON CONFLICT (log, device) DO UPDATE SET account = excluded.account, from_seq = excluded.from_seq,
    until_seq = excluded.until_seq, acked = excluded.acked, earlier_from = excluded.earlier_from,
    earlier_until = excluded.earlier_until, last = excluded.last, owed = excluded.owed";
const SHARES: &str = "
INSERT INTO share (device, origin, entries, bytes)
SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[])
ON CONFLICT (device, origin) DO UPDATE SET entries = excluded.entries, bytes = excluded.bytes";
const DROP_SHARES: &str = "
DELETE FROM share USING unnest($1::bytea[], $2::bytea[]) AS gone(device, origin)
WHERE share.device = gone.device AND share.origin = gone.origin";
const SUBMISSIONS: &str = "
INSERT INTO submission (key, seq, accepted_ms) SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[])
ON CONFLICT (key) DO UPDATE SET seq = excluded.seq, accepted_ms = excluded.accepted_ms";

/// Prepared when a writer connects.
pub(super) const PREPARED: [&str; 10] = [
    entry::INSERT,
    NEW_ACCOUNT,
    ACCOUNT,
    DEVICES,
    LOGS,
    ROOM,
    MEMBERS,
    SHARES,
    DROP_SHARES,
    SUBMISSIONS,
];

impl PgRows<'_> {
    /// Writes what was decided and the tables lack.
    pub(super) fn flush(&mut self) -> Found<()> {
        if !self.cache.is_dirty() {
            return Ok(());
        }
        let connection = self.connection;
        let entries = std::mem::take(&mut self.cache.entries);
        let writes = std::mem::take(&mut self.cache.writes);
        if !writes.is_empty() {
            self.cache.packages = None;
        }
        let accounts = self.cache.accounts.take();
        let devices = self.cache.devices.take();
        let logs = self.cache.logs.take();
        let submissions = self.cache.submissions.take();
        let (empty, shares): (Vec<_>, Vec<_>) = self
            .cache
            .shares
            .take()
            .into_iter()
            .partition(|(_, share, _)| is_empty(share));
        let mut rooms = Vec::new();
        for (room, row, _) in self.cache.rooms.take() {
            rooms.push((self.known(LogId::Room(room))?, row));
        }
        let mut members = Vec::new();
        for ((room, device), row, _) in self.cache.members.take() {
            members.push((self.known(LogId::Room(room))?, device, row));
        }
        // In the order in which every relay takes these locks.
        members.sort_unstable_by_key(|(number, device, _)| (*number, *device));
        let mut all: Vec<Sent<'_>> = Vec::new();
        if !entries.is_empty() {
            all.push(Box::pin(async {
                entry::insert(connection, &entries).await?;
                Ok(0)
            }));
        }
        for write in &writes {
            let sent = self.send(write, connection)?;
            all.push(sent);
        }
        for (id, row, stored) in &accounts {
            all.push(Box::pin(account(connection, id, row, *stored)));
        }
        for (number, row) in &rooms {
            all.push(Box::pin(room(connection, *number, row)));
        }
        all.push(Box::pin(put_devices(connection, &devices)));
        all.push(Box::pin(put_logs(connection, &logs)));
        all.push(Box::pin(put_members(connection, &members)));
        all.push(Box::pin(put_shares(connection, &shares, SHARES)));
        all.push(Box::pin(put_shares(connection, &empty, DROP_SHARES)));
        all.push(Box::pin(put_submissions(connection, &submissions)));
        connection.run(in_order(all))
    }
}

async fn account(
    connection: &Connection,
    id: &AccountId,
    row: &AccountRow,
    stored: bool,
) -> Found<u64> {
    let (list, signature) = (row.list.list.as_slice(), row.list.signature.0.as_slice());
    let (id, version) = (id.0.as_slice(), int(row.list_version));
    if stored {
        let values: Values<'_> = &[&id, &list, &signature, &version];
        return connection.write(ACCOUNT, values).await;
    }
    let (handle, aik, created) = (&row.handle, row.aik.0.as_slice(), int(row.created_ms));
    let values: Values<'_> = &[&id, handle, &aik, &list, &signature, &version, &created];
    connection.write(NEW_ACCOUNT, values).await
}

async fn room(connection: &Connection, number: i64, row: &RoomRow) -> Found<u64> {
    let snapshot = row.snapshot.unzip();
    connection
        .write(
            ROOM,
            &[
                &number,
                &room_kind(row.kind),
                &i64::from(row.generation),
                &int(row.epoch),
                &int(row.epoch_seq),
                &row.group_info.0.as_slice(),
                &row.gi_mac.0.as_slice(),
                &i64::from(row.key_number),
                &row.tree.0.as_slice(),
                &row.frozen,
                &row.join_open,
                &row.retention_ms.map(int),
                &row.listed,
                &snapshot.0.map(i64::from),
                &snapshot.1.map(int),
                &codec::to_vec(&row.pending),
                &codec::to_vec(&row.reports),
                &codec::to_vec(&row.blame),
            ],
        )
        .await
}

async fn put_devices(connection: &Connection, rows: &[(DeviceId, DeviceRow, bool)]) -> Found<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<&[u8]> = rows.iter().map(|(id, ..)| id.0.as_slice()).collect();
    let accounts: Vec<&[u8]> = rows
        .iter()
        .map(|(_, row, _)| row.account.0.as_slice())
        .collect();
    let keys: Vec<&[u8]> = rows
        .iter()
        .map(|(_, row, _)| row.key.0.as_slice())
        .collect();
    let counters: Vec<i64> = rows.iter().map(|(_, row, _)| int(row.counter)).collect();
    let states: Vec<i16> = rows
        .iter()
        .map(|(_, row, _)| state_number(row.state))
        .collect();
    let seen: Vec<i64> = rows.iter().map(|(_, row, _)| int(row.seen_ms)).collect();
    let touched = connection
        .write(
            DEVICES,
            &[&ids, &accounts, &keys, &counters, &states, &seen],
        )
        .await?;
    if usize::try_from(touched) == Ok(rows.len()) {
        Ok(touched)
    } else {
        Err(Fault::Raced("a device"))
    }
}

async fn put_logs(connection: &Connection, rows: &[(LogId, NumberedLog, bool)]) -> Found<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let numbers: Vec<i64> = rows.iter().map(|(_, log, _)| log.number).collect();
    let rows = || rows.iter().map(|(_, log, _)| &log.row);
    let heads: Vec<i64> = rows().map(|row| int(row.head)).collect();
    let chains: Vec<&[u8]> = rows().map(|row| row.chain.0.as_slice()).collect();
    let times: Vec<i64> = rows().map(|row| int(row.last_ms)).collect();
    let firsts: Vec<i64> = rows().map(|row| int(row.first)).collect();
    let befores: Vec<&[u8]> = rows().map(|row| row.before.0.as_slice()).collect();
    let bytes: Vec<i64> = rows().map(|row| int(row.bytes)).collect();
    let swept: Vec<i64> = rows().map(|row| int(row.swept)).collect();
    let due: Vec<Option<i64>> = rows().map(|row| row.due_ms.map(int)).collect();
    connection
        .write(
            LOGS,
            &[
                &numbers, &heads, &chains, &times, &firsts, &befores, &bytes, &swept, &due,
            ],
        )
        .await
}

async fn put_members(connection: &Connection, rows: &[(i64, DeviceId, MemberRow)]) -> Found<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let logs: Vec<i64> = rows.iter().map(|(log, ..)| *log).collect();
    let devices: Vec<&[u8]> = rows.iter().map(|(_, id, _)| id.0.as_slice()).collect();
    let rows = || rows.iter().map(|(.., row)| row);
    let accounts: Vec<&[u8]> = rows().map(|row| row.account.0.as_slice()).collect();
    let from: Vec<i64> = rows().map(|row| int(row.from_seq)).collect();
    let until: Vec<Option<i64>> = rows().map(|row| row.until_seq.map(int)).collect();
    let acked: Vec<i64> = rows().map(|row| int(row.acked)).collect();
    let earlier = |end: fn(&Span) -> Seq| -> Vec<Option<i64>> {
        rows()
            .map(|row| row.earlier.as_ref().map(end).map(int))
            .collect()
    };
    let (earlier_from, earlier_until) = (
        earlier(|span| span.from_seq),
        earlier(|span| span.until_seq),
    );
    let last: Vec<Option<&[u8]>> = rows()
        .map(|row| row.last.as_ref().map(|last| last.0.as_slice()))
        .collect();
    let owed: Vec<bool> = rows().map(|row| row.owed).collect();
    connection
        .write(
            MEMBERS,
            &[
                &logs,
                &devices,
                &accounts,
                &from,
                &until,
                &acked,
                &earlier_from,
                &earlier_until,
                &last,
                &owed,
            ],
        )
        .await
}

async fn put_shares(
    connection: &Connection,
    rows: &[((DeviceId, Blind), Share, bool)],
    sql: &'static str,
) -> Found<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let devices: Vec<&[u8]> = rows.iter().map(|(key, ..)| key.0.0.as_slice()).collect();
    let origins: Vec<&[u8]> = rows.iter().map(|(key, ..)| key.1.as_slice()).collect();
    if sql == DROP_SHARES {
        return connection.write(sql, &[&devices, &origins]).await;
    }
    let entries: Vec<i64> = rows
        .iter()
        .map(|(_, share, _)| int(share.entries))
        .collect();
    let bytes: Vec<i64> = rows.iter().map(|(_, share, _)| int(share.bytes)).collect();
    connection
        .write(sql, &[&devices, &origins, &entries, &bytes])
        .await
}

async fn put_submissions(
    connection: &Connection,
    rows: &[(Blind, Remembered, bool)],
) -> Found<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let keys: Vec<&[u8]> = rows.iter().map(|(key, ..)| key.as_slice()).collect();
    let seqs: Vec<i64> = rows.iter().map(|(_, row, _)| int(row.seq)).collect();
    let times: Vec<i64> = rows
        .iter()
        .map(|(_, row, _)| int(row.accepted_ms))
        .collect();
    connection.write(SUBMISSIONS, &[&keys, &seqs, &times]).await
}
