//! Rows of the server as the rows of the store.

pub(super) use crate::store::numbers::{entry_kind, gone_reason, room_kind};

use super::error::Fault;
use crate::store::numbers;
use crate::store::record::DeviceState;
use crate::store::rows::{
    AccountRow, DeviceRow, LogRow, MemberRow, Remembered, RoomRow, Share, Span,
};
use lacre_wire::codec;
use lacre_wire::identity::SignedDeviceList;
use lacre_wire::ids::{AccountId, Hash, LogId, PublicKey, Signature, SubmitId};
use lacre_wire::log::{EntryKind, GoneReason};
use lacre_wire::room::RoomKind;
use tokio_postgres::Row;

pub(super) type Found<T> = Result<T, Fault>;

/// The server's integers have a sign; nothing here comes near the top.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn size(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn uint(row: &Row, at: usize) -> Found<u64> {
    u64::try_from(row.try_get::<_, i64>(at)?).map_err(|_| Fault::Damaged("a negative number"))
}

pub(super) fn maybe_uint(row: &Row, at: usize) -> Found<Option<u64>> {
    let value: Option<i64> = row.try_get(at)?;
    value
        .map(|value| u64::try_from(value).map_err(|_| Fault::Damaged("a negative number")))
        .transpose()
}

pub(super) fn small(row: &Row, at: usize) -> Found<u32> {
    u32::try_from(row.try_get::<_, i64>(at)?).map_err(|_| Fault::Damaged("a number above 32 bits"))
}

pub(super) fn suite(row: &Row, at: usize) -> Found<u16> {
    u16::try_from(row.try_get::<_, i64>(at)?).map_err(|_| Fault::Damaged("a ciphersuite"))
}

/// An identifier, by the function that reads one of its length.
pub(super) fn id<T>(row: &Row, at: usize, read: impl Fn(&[u8]) -> Option<T>) -> Found<T> {
    read(row.try_get(at)?).ok_or(Fault::Damaged("an identifier"))
}

pub(super) fn maybe_id<T>(
    row: &Row,
    at: usize,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Found<Option<T>> {
    let bytes: Option<&[u8]> = row.try_get(at)?;
    bytes
        .map(|bytes| read(bytes).ok_or(Fault::Damaged("an identifier")))
        .transpose()
}

/// Bytes of a fixed length.
pub(super) fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

pub(super) fn hash(row: &Row, at: usize) -> Found<Hash> {
    id(row, at, Hash::from_slice)
}

pub(super) fn log_id(row: &Row, at: usize) -> Found<LogId> {
    id(row, at, LogId::from_key)
}

/// From `aik, handle, list, list_signature, list_version, created_ms`.
pub(super) fn account(row: &Row, at: usize) -> Found<AccountRow> {
    Ok(AccountRow {
        aik: id(row, at, PublicKey::from_slice)?,
        handle: row.try_get(at + 1)?,
        list: SignedDeviceList {
            list: row.try_get::<_, Vec<u8>>(at + 2)?.into(),
            signature: id(row, at + 3, |bytes| array(bytes).map(Signature))?,
        },
        list_version: uint(row, at + 4)?,
        created_ms: uint(row, at + 5)?,
    })
}

/// From `account, key, counter, state, seen_ms`.
pub(super) fn device(row: &Row, at: usize) -> Found<DeviceRow> {
    let state = match row.try_get::<_, i16>(at + 3)? {
        0 => DeviceState::Pending,
        1 => DeviceState::Listed,
        2 => DeviceState::Revoked,
        _ => return Err(Fault::Damaged("the state of a device")),
    };
    Ok(DeviceRow {
        account: id(row, at, AccountId::from_slice)?,
        key: id(row, at + 1, PublicKey::from_slice)?,
        counter: uint(row, at + 2)?,
        state,
        seen_ms: uint(row, at + 4)?,
    })
}

pub(super) const fn state_number(state: DeviceState) -> i16 {
    match state {
        DeviceState::Pending => 0,
        DeviceState::Listed => 1,
        DeviceState::Revoked => 2,
    }
}

/// From `head, chain, last_ms, first, chain_before, bytes, swept, due_ms`.
pub(super) fn log(row: &Row, at: usize) -> Found<LogRow> {
    Ok(LogRow {
        head: uint(row, at)?,
        chain: hash(row, at + 1)?,
        last_ms: uint(row, at + 2)?,
        first: uint(row, at + 3)?,
        before: hash(row, at + 4)?,
        bytes: uint(row, at + 5)?,
        swept: uint(row, at + 6)?,
        due_ms: maybe_uint(row, at + 7)?,
    })
}

/// From `kind, generation, epoch, epoch_seq, group_info, gi_mac, key_number, tree, frozen, join_open,
/// retention_ms, listed, snapshot_generation, snapshot_epoch, pending, reports, blame`.
pub(super) fn room(row: &Row, at: usize) -> Found<RoomRow> {
    let snapshot = match (maybe_uint(row, at + 12)?, maybe_uint(row, at + 13)?) {
        (Some(_), Some(epoch)) => Some((small(row, at + 12)?, epoch)),
        _ => None,
    };
    let (pending, reports): (&[u8], &[u8]) = (row.try_get(at + 14)?, row.try_get(at + 15)?);
    let damaged = |what| move |_| Fault::Damaged(what);
    Ok(RoomRow {
        kind: to_room_kind(row.try_get(at)?)?,
        generation: small(row, at + 1)?,
        epoch: uint(row, at + 2)?,
        epoch_seq: uint(row, at + 3)?,
        group_info: hash(row, at + 4)?,
        gi_mac: hash(row, at + 5)?,
        key_number: small(row, at + 6)?,
        tree: hash(row, at + 7)?,
        frozen: row.try_get(at + 8)?,
        join_open: row.try_get(at + 9)?,
        retention_ms: maybe_uint(row, at + 10)?,
        listed: row.try_get(at + 11)?,
        snapshot,
        pending: codec::from_slice(pending).map_err(damaged("the proposals of a room"))?,
        reports: codec::from_slice(reports).map_err(damaged("the reports of a room"))?,
        blame: codec::from_slice(row.try_get(at + 16)?).map_err(damaged("the blame of a room"))?,
    })
}

/// From `account, from_seq, until_seq, acked, earlier_from, earlier_until, last, owed`.
pub(super) fn member(row: &Row, at: usize) -> Found<MemberRow> {
    Ok(MemberRow {
        account: id(row, at, AccountId::from_slice)?,
        from_seq: uint(row, at + 1)?,
        until_seq: maybe_uint(row, at + 2)?,
        acked: uint(row, at + 3)?,
        earlier: Span::of(maybe_uint(row, at + 4)?, maybe_uint(row, at + 5)?),
        last: maybe_id(row, at + 6, |bytes| array(bytes).map(SubmitId))?,
        owed: row.try_get(at + 7)?,
    })
}

/// From `entries, bytes`.
pub(super) fn share(row: &Row, at: usize) -> Found<Share> {
    Ok(Share {
        entries: uint(row, at)?,
        bytes: uint(row, at + 1)?,
    })
}

/// From `seq, accepted_ms`.
pub(super) fn remembered(row: &Row, at: usize) -> Found<Remembered> {
    Ok(Remembered {
        seq: uint(row, at)?,
        accepted_ms: uint(row, at + 1)?,
    })
}

pub(super) fn to_entry_kind(number: i16) -> Found<EntryKind> {
    numbers::to_entry_kind(number.into()).ok_or(Fault::Damaged("the kind of an entry"))
}

pub(super) fn to_gone_reason(number: i16) -> Found<GoneReason> {
    numbers::to_gone_reason(number.into()).ok_or(Fault::Damaged("why a body went"))
}

fn to_room_kind(number: i16) -> Found<RoomKind> {
    numbers::to_room_kind(number.into()).ok_or(Fault::Damaged("the kind of a room"))
}
