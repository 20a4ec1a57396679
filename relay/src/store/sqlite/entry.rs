//! Entries in their table, and the rowids that keep a log together.

use super::convert::{
    damaged, entry_kind, gone_reason, int, maybe_uint, size, small, to_entry_kind, to_gone_reason,
    uint,
};
use super::schema::SEQ_BITS;
use crate::store::rows::{EntryMeta, EntryRow, PageBound, SealedSender, StoredBody};
use bytes::Bytes;
use lacre_wire::codec;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{Epoch, Generation, Hash, Seq};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

/// The rowid of an entry.
pub(super) fn rowid(log: i64, seq: Seq) -> i64 {
    log << SEQ_BITS | int(seq.min((1 << SEQ_BITS) - 1))
}

fn seq_of(rowid: i64) -> Seq {
    u64::try_from(rowid & ((1 << SEQ_BITS) - 1)).unwrap_or(0)
}

const COLUMNS: &str = "id, kind, generation, epoch, accepted_ms, chain, gone, body_hash, body_size, stamp, sealed_in, \
                       sealed_sender, origin, refs, body";

pub(super) fn insert(connection: &Connection, log: i64, row: &EntryRow) -> rusqlite::Result<()> {
    let (gone, hash, length, body) = match &row.body {
        StoredBody::Inline(bytes) => (None, None, None, Some(bytes.as_ref())),
        StoredBody::Object { hash, size } => (None, Some(hash.0), Some(int(*size)), None),
        StoredBody::Gone { hash, reason } => (Some(gone_reason(*reason)), Some(hash.0), None, None),
    };
    let refs = (!row.refs.is_empty())
        .then(|| row.refs.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>());
    connection
        .prepare_cached(
            "INSERT INTO entry (id, kind, generation, epoch, accepted_ms, chain, gone, body_hash, body_size, stamp, \
             sealed_in, sealed_sender, origin, refs, body) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            rowid(log, row.seq),
            entry_kind(row.kind),
            row.generation,
            int(row.epoch),
            int(row.accepted_ms),
            row.chain.0,
            gone,
            hash,
            length,
            row.stamp.as_ref().map(codec::to_vec),
            row.sender.map(|sender| sender.lineage),
            row.sender.map(|sender| sender.sealed),
            row.origin,
            refs,
            body,
        ])?;
    Ok(())
}

fn refs(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<Hash>> {
    match row.get_ref(column)? {
        ValueRef::Blob(bytes) => Ok(bytes
            .chunks_exact(32)
            .filter_map(Hash::from_slice)
            .collect()),
        _ => Ok(Vec::new()),
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    let hash: Option<[u8; 32]> = row.get(7)?;
    let body = match (row.get::<_, Option<i64>>(6)?, hash, maybe_uint(row, 8)?) {
        (Some(reason), Some(hash), _) => StoredBody::Gone {
            hash: Hash(hash),
            reason: to_gone_reason(reason)?,
        },
        (None, Some(hash), Some(size)) => StoredBody::Object {
            hash: Hash(hash),
            size,
        },
        (None, None, None) => StoredBody::Inline(Bytes::from(row.get::<_, Vec<u8>>(14)?)),
        _ => return Err(damaged("the body of an entry")),
    };
    let stamp = match row.get_ref(9)? {
        ValueRef::Blob(bytes) => Some(codec::from_slice(bytes).map_err(|_| damaged("a stamp"))?),
        _ => None,
    };
    let sealed: Option<[u8; 32]> = row.get(11)?;
    let sender = match sealed {
        Some(sealed) => Some(SealedSender {
            lineage: small(row, 10)?,
            sealed,
        }),
        None => None,
    };
    Ok(EntryRow {
        seq: seq_of(row.get(0)?),
        kind: to_entry_kind(row.get(1)?)?,
        generation: small(row, 2)?,
        epoch: uint(row, 3)?,
        accepted_ms: uint(row, 4)?,
        chain: Hash(row.get(5)?),
        body,
        stamp,
        sender,
        opening: None,
        origin: row.get(12)?,
        refs: refs(row, 13)?,
    })
}

fn meta(row: &Row<'_>) -> rusqlite::Result<EntryMeta> {
    let hash: Option<[u8; 32]> = row.get(7)?;
    let (body, length) = match (hash, row.get_ref(14)?) {
        (Some(hash), _) => (Hash(hash), 0),
        (None, ValueRef::Blob(bytes)) => (sha256(&[bytes]), bytes.len()),
        _ => return Err(damaged("the body of an entry")),
    };
    Ok(EntryMeta {
        seq: seq_of(row.get(0)?),
        kind: to_entry_kind(row.get(1)?)?,
        generation: small(row, 2)?,
        epoch: uint(row, 3)?,
        accepted_ms: uint(row, 4)?,
        chain: Hash(row.get(5)?),
        body,
        gone: row.get::<_, Option<i64>>(6)?.is_some(),
        size: u64::try_from(length).unwrap_or(u64::MAX),
        origin: row.get(12)?,
        refs: refs(row, 13)?,
    })
}

/// The bound's entries, cut at its bytes.
fn page(mut rows: rusqlite::Rows<'_>, limit: PageBound) -> rusqlite::Result<Vec<EntryRow>> {
    let (mut out, mut bytes) = (Vec::new(), 0);
    while bytes < limit.bytes
        && let Some(row) = rows.next()?
    {
        let row = read(row)?;
        if let StoredBody::Inline(body) = &row.body {
            bytes += body.len();
        }
        out.push(row);
    }
    Ok(out)
}

pub(super) fn entries(
    connection: &Connection,
    log: i64,
    after: Seq,
    limit: PageBound,
) -> rusqlite::Result<Vec<EntryRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM entry WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3"
    ))?;
    let rows = statement.query(params![
        rowid(log, after),
        rowid(log, limit.until),
        size(limit.entries)
    ])?;
    page(rows, limit)
}

pub(super) fn handshakes(
    connection: &Connection,
    log: i64,
    after: Seq,
    (generation, epoch): (Generation, Epoch),
    limit: PageBound,
) -> rusqlite::Result<Vec<EntryRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM entry WHERE kind BETWEEN 1 AND 3 AND id > ?1 AND id <= ?2 \
         AND (generation, epoch) >= (?3, ?4) ORDER BY id LIMIT ?5"
    ))?;
    let rows = statement.query(params![
        rowid(log, after),
        rowid(log, limit.until),
        generation,
        int(epoch),
        size(limit.entries)
    ])?;
    page(rows, limit)
}

pub(super) fn metas(
    connection: &Connection,
    log: i64,
    after: Seq,
    limit: usize,
) -> rusqlite::Result<Vec<EntryMeta>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM entry WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3"
    ))?;
    let rows = statement.query_map(
        params![rowid(log, after), rowid(log, Seq::MAX), size(limit)],
        meta,
    )?;
    rows.collect()
}
