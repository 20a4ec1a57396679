//! Entries in their table.

use super::connection::Connection;
use super::convert::{
    Found, array, entry_kind, gone_reason, hash, int, maybe_id, maybe_uint, size, small,
    to_entry_kind, to_gone_reason, uint,
};
use super::error::Fault;
use crate::store::read::{PageLimit, Run};
use crate::store::rows::{EntryMeta, EntryRow, PageBound, SealedSender, StoredBody};
use crate::store::runs::{Runs, StoredRun};
use bytes::Bytes;
use lacre_wire::codec;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{Epoch, Generation, Hash, Seq};
use tokio_postgres::Row;

macro_rules! columns {
    () => {
        "seq, kind, generation, epoch, accepted_ms, chain, gone, body_hash, body_size, stamp, sealed_in, \
         sealed_sender, origin, refs, body"
    };
}

/// The server cuts at the bytes of the bodies, so that none is sent in vain; `before` are those of the
/// entries before.
macro_rules! page {
    ($log:literal, $after:literal, $until:literal, $which:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM (SELECT *, sum(coalesce(length(body), 0)) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) \
             - coalesce(length(body), 0) AS before FROM entry WHERE log = ",
            $log,
            " AND seq > ",
            $after,
            " AND seq <= ",
            $until,
            $which,
            " ORDER BY seq LIMIT $4) AS page WHERE before < $5 ORDER BY seq"
        )
    };
}

const PAGE: &str = page!("$1", "$2", "$3", "");
const HANDSHAKES: &str = page!(
    "$1",
    "$2",
    "$3",
    " AND kind BETWEEN 1 AND 3 AND (generation, epoch) >= ($6, $7)"
);
const RUNS: &str = concat!(
    "SELECT ",
    columns!(),
    ", place, log_head, log_first FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) \
     WITH ORDINALITY AS asked(log_key, after, until, place) \
     JOIN (SELECT key AS log_key, number, head AS log_head, first AS log_first FROM log) AS held \
     USING (log_key) LEFT JOIN LATERAL (",
    page!("number", "after", "until", " AND after + 1 >= log_first"),
    ") AS run ON true ORDER BY place, seq"
);

/// Inserts many; $1 is the log of each.
pub(super) const INSERT: &str = "
INSERT INTO entry (log, seq, kind, generation, epoch, accepted_ms, chain, gone, body_hash, body_size, stamp,
                   sealed_in, sealed_sender, origin, refs, body)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[],
                     $7::bytea[], $8::smallint[], $9::bytea[], $10::bigint[], $11::bytea[], $12::bigint[],
                     $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[])";

/// Writes appended entries.
pub(super) async fn insert(connection: &Connection, rows: &[(i64, EntryRow)]) -> Found<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let logs: Vec<i64> = rows.iter().map(|(log, _)| *log).collect();
    let rows = || rows.iter().map(|(_, row)| row);
    let seqs: Vec<i64> = rows().map(|row| int(row.seq)).collect();
    let kinds: Vec<i16> = rows().map(|row| entry_kind(row.kind)).collect();
    let generations: Vec<i64> = rows().map(|row| row.generation.into()).collect();
    let epochs: Vec<i64> = rows().map(|row| int(row.epoch)).collect();
    let times: Vec<i64> = rows().map(|row| int(row.accepted_ms)).collect();
    let chains: Vec<&[u8]> = rows().map(|row| row.chain.0.as_slice()).collect();
    let gone: Vec<Option<i16>> = rows()
        .map(|row| match &row.body {
            StoredBody::Gone { reason, .. } => Some(gone_reason(*reason)),
            _ => None,
        })
        .collect();
    let hashes: Vec<Option<&[u8]>> = rows()
        .map(|row| match &row.body {
            StoredBody::Object { hash, .. } | StoredBody::Gone { hash, .. } => {
                Some(hash.0.as_slice())
            }
            StoredBody::Inline(_) => None,
        })
        .collect();
    let sizes: Vec<Option<i64>> = rows()
        .map(|row| match &row.body {
            StoredBody::Object { size, .. } => Some(int(*size)),
            _ => None,
        })
        .collect();
    let stamps: Vec<Option<Vec<u8>>> = rows()
        .map(|row| row.stamp.as_ref().map(codec::to_vec))
        .collect();
    let sealed_in: Vec<Option<i64>> = rows()
        .map(|row| row.sender.map(|sender| sender.lineage.into()))
        .collect();
    let senders: Vec<Option<&[u8]>> = rows()
        .map(|row| row.sender.as_ref().map(|sender| sender.sealed.as_slice()))
        .collect();
    let origins: Vec<Option<&[u8]>> = rows()
        .map(|row| row.origin.as_ref().map(|origin| origin.as_slice()))
        .collect();
    let refs: Vec<Option<Vec<u8>>> = rows()
        .map(|row| {
            let refs = row.refs.iter().flat_map(|hash| hash.0).collect();
            (!row.refs.is_empty()).then_some(refs)
        })
        .collect();
    let bodies: Vec<Option<&[u8]>> = rows()
        .map(|row| match &row.body {
            StoredBody::Inline(bytes) => Some(bytes.as_ref()),
            _ => None,
        })
        .collect();
    connection
        .write(
            INSERT,
            &[
                &logs,
                &seqs,
                &kinds,
                &generations,
                &epochs,
                &times,
                &chains,
                &gone,
                &hashes,
                &sizes,
                &stamps,
                &sealed_in,
                &senders,
                &origins,
                &refs,
                &bodies,
            ],
        )
        .await
        .map(drop)
}

fn refs(row: &Row) -> Found<Vec<Hash>> {
    let bytes: Option<&[u8]> = row.try_get(13)?;
    Ok(bytes
        .unwrap_or_default()
        .chunks_exact(32)
        .filter_map(Hash::from_slice)
        .collect())
}

fn read(row: &Row) -> Found<EntryRow> {
    let hash_of_body = maybe_id(row, 7, Hash::from_slice)?;
    let gone: Option<i16> = row.try_get(6)?;
    let body = match (gone, hash_of_body, maybe_uint(row, 8)?) {
        (Some(reason), Some(hash), _) => StoredBody::Gone {
            hash,
            reason: to_gone_reason(reason)?,
        },
        (None, Some(hash), Some(size)) => StoredBody::Object { hash, size },
        (None, None, None) => StoredBody::Inline(Bytes::from(row.try_get::<_, Vec<u8>>(14)?)),
        _ => return Err(Fault::Damaged("the body of an entry")),
    };
    let stamp = match row.try_get::<_, Option<&[u8]>>(9)? {
        Some(bytes) => Some(codec::from_slice(bytes).map_err(|_| Fault::Damaged("a stamp"))?),
        None => None,
    };
    let sender = match maybe_id(row, 11, array)? {
        Some(sealed) => Some(SealedSender {
            lineage: small(row, 10)?,
            sealed,
        }),
        None => None,
    };
    Ok(EntryRow {
        seq: uint(row, 0)?,
        kind: to_entry_kind(row.try_get(1)?)?,
        generation: small(row, 2)?,
        epoch: uint(row, 3)?,
        accepted_ms: uint(row, 4)?,
        chain: hash(row, 5)?,
        body,
        stamp,
        sender,
        opening: None,
        origin: maybe_id(row, 12, array)?,
        refs: refs(row)?,
    })
}

fn meta(row: &Row) -> Found<EntryMeta> {
    let (body, length) = match (
        maybe_id(row, 7, Hash::from_slice)?,
        row.try_get::<_, Option<&[u8]>>(14)?,
    ) {
        (Some(hash), _) => (hash, 0),
        (None, Some(bytes)) => (sha256(&[bytes]), bytes.len()),
        _ => return Err(Fault::Damaged("the body of an entry")),
    };
    Ok(EntryMeta {
        seq: uint(row, 0)?,
        kind: to_entry_kind(row.try_get(1)?)?,
        generation: small(row, 2)?,
        epoch: uint(row, 3)?,
        accepted_ms: uint(row, 4)?,
        chain: hash(row, 5)?,
        body,
        gone: row.try_get::<_, Option<i16>>(6)?.is_some(),
        size: u64::try_from(length).unwrap_or(u64::MAX),
        origin: maybe_id(row, 12, array)?,
        refs: refs(row)?,
    })
}

/// Runs of several logs, by one statement.
pub(super) fn runs(connection: &Connection, asked: &[Run], limit: PageLimit) -> Found<Runs> {
    let keys: Vec<_> = asked.iter().map(|run| run.log.to_key()).collect();
    let keys: Vec<&[u8]> = keys.iter().map(<[u8; 17]>::as_slice).collect();
    let afters: Vec<i64> = asked.iter().map(|run| int(run.after)).collect();
    let untils = asked.iter().map(|run| int(run.until.unwrap_or(Seq::MAX)));
    let untils: Vec<i64> = untils.collect();
    let (count, bytes) = (size(limit.entries), size(limit.bytes));
    let found = connection.query(RUNS, &[&keys, &afters, &untils, &count, &bytes])?;
    let mut runs: Runs = asked.iter().map(|_| None).collect();
    for row in &found {
        let place = usize::try_from(row.try_get::<_, i64>(15)?).ok();
        let place = place.and_then(|place| runs.get_mut(place.checked_sub(1)?));
        let run = place.ok_or(Fault::Damaged("the place of a run"))?;
        let (head, first) = (uint(row, 16)?, uint(row, 17)?);
        let run = run.get_or_insert_with(|| StoredRun {
            head,
            first,
            rows: Vec::new(),
        });
        // A log of which nothing is asked has one row without an entry.
        if row.try_get::<_, Option<i64>>(0)?.is_some() {
            run.rows.push(read(row)?);
        }
    }
    Ok(runs)
}

pub(super) fn handshakes(
    connection: &Connection,
    log: i64,
    after: Seq,
    (generation, epoch): (Generation, Epoch),
    limit: PageBound,
) -> Found<Vec<EntryRow>> {
    let (after, until) = (int(after), int(limit.until));
    let (count, bytes) = (size(limit.entries), size(limit.bytes));
    let (generation, epoch) = (i64::from(generation), int(epoch));
    let rows = connection.query(
        HANDSHAKES,
        &[&log, &after, &until, &count, &bytes, &generation, &epoch],
    )?;
    rows.iter().map(read).collect()
}

pub(super) fn metas(
    connection: &Connection,
    log: i64,
    after: Seq,
    limit: usize,
) -> Found<Vec<EntryMeta>> {
    let all = i64::MAX;
    let rows = connection.query(PAGE, &[&log, &int(after), &all, &size(limit), &all])?;
    rows.iter().map(meta).collect()
}
