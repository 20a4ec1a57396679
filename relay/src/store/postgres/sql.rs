//! The statements, in one place. Of look-ups that are decided upon there is a second form, which
//! locks what it finds; those for retention pass over what somebody else has locked.

macro_rules! log {
    () => {
        "head, chain, last_ms, first, chain_before, bytes, swept, due_ms"
    };
}
macro_rules! member {
    () => {
        "member.account, member.from_seq, member.until_seq, member.acked, member.earlier_from, member.earlier_until, \
         member.last, member.owed"
    };
}
macro_rules! room {
    () => {
        "kind, generation, epoch, epoch_seq, group_info, gi_mac, key_number, tree, frozen, join_open, retention_ms, \
         listed, snapshot_generation, snapshot_epoch, pending, reports, blame"
    };
}
macro_rules! account {
    () => {
        "aik, handle, list, list_signature, list_version, created_ms"
    };
}
macro_rules! device {
    () => {
        "account, key, counter, state, seen_ms"
    };
}

pub(super) const LOG: &str = concat!("SELECT number, ", log!(), " FROM log WHERE key = $1");
pub(super) const LOCK_LOG: &str = concat!(
    "SELECT number, ",
    log!(),
    " FROM log WHERE key = $1 FOR UPDATE"
);
pub(super) const LOGS: &str = concat!(
    "SELECT key, number, ",
    log!(),
    " FROM log WHERE key = ANY($1)"
);
pub(super) const LOCK_LOGS: &str = concat!(
    "SELECT key, number, ",
    log!(),
    " FROM log WHERE key = ANY($1) ORDER BY key FOR UPDATE"
);
pub(super) const DUE: &str =
    "SELECT key FROM log WHERE due_ms IS NOT NULL AND due_ms <= $1 ORDER BY due_ms, key LIMIT 1";
pub(super) const LOCK_DUE: &str = "SELECT key FROM log WHERE due_ms IS NOT NULL AND due_ms <= $1 \
     ORDER BY due_ms, key LIMIT 1 FOR UPDATE SKIP LOCKED";
pub(super) const CHAIN: &str = "SELECT chain FROM entry WHERE log = $1 AND seq = $2";

pub(super) const SUBMISSION: &str = "SELECT seq, accepted_ms FROM submission WHERE key = $1";
pub(super) const SUBMISSIONS: &str =
    "SELECT key, seq, accepted_ms FROM submission WHERE key = ANY($1)";

pub(super) const ACCOUNT: &str = concat!("SELECT ", account!(), " FROM account WHERE id = $1");
pub(super) const ACCOUNTS: &str = concat!(
    "SELECT id, ",
    account!(),
    " FROM account WHERE id = ANY($1)"
);
pub(super) const LOCK_ACCOUNTS: &str = concat!(
    "SELECT id, ",
    account!(),
    " FROM account WHERE id = ANY($1) ORDER BY id FOR UPDATE"
);
pub(super) const HANDLE: &str = "SELECT id FROM account WHERE handle = $1";

pub(super) const DEVICE: &str = concat!("SELECT ", device!(), " FROM device WHERE id = $1");
pub(super) const DEVICES: &str =
    concat!("SELECT id, ", device!(), " FROM device WHERE id = ANY($1)");
pub(super) const DEVICES_OF: &str = concat!(
    "SELECT id, ",
    device!(),
    " FROM device WHERE account = $1 ORDER BY id"
);
pub(super) const DEVICE_IDS: &str = "SELECT id FROM device WHERE account = ANY($1)";
pub(super) const INACTIVE: &str = concat!(
    "SELECT id, ",
    device!(),
    " FROM device WHERE state = 1 AND (seen_ms, id) > ($1, $2) AND seen_ms < $3 ORDER BY seen_ms, id LIMIT $4"
);
pub(super) const OWED: &str = "SELECT log.key, member.device, member.account FROM member \
     JOIN log ON log.number = member.log WHERE member.owed LIMIT $1";
pub(super) const FORLORN: &str =
    "SELECT id FROM device WHERE state = 0 AND seen_ms < $1 ORDER BY id LIMIT $2";
/// A device is guarded by its inbox, whose key is a 1 and its id.
pub(super) const LOCK_FORLORN: &str = "SELECT device.id FROM device \
     JOIN log ON log.key = '\\x01'::bytea || device.id WHERE device.state = 0 AND device.seen_ms < $1 \
     ORDER BY device.id LIMIT $2 FOR UPDATE OF log, device SKIP LOCKED";

pub(super) const SHARE: &str = "SELECT entries, bytes FROM share WHERE device = $1 AND origin = $2";
pub(super) const SHARES: &str = "SELECT share.device, share.origin, share.entries, share.bytes FROM share \
     JOIN unnest($1::bytea[], $2::bytea[]) AS wanted(device, origin) USING (device, origin)";

pub(super) const ROOM: &str = concat!("SELECT ", room!(), " FROM room WHERE log = $1");
pub(super) const ROOMS: &str = concat!("SELECT ", room!(), ", log FROM room WHERE log = ANY($1)");
pub(super) const DIRECT: &str = "SELECT room FROM direct WHERE low = $1 AND high = $2";

pub(super) const MEMBER: &str = concat!(
    "SELECT ",
    member!(),
    " FROM member WHERE log = $1 AND device = $2"
);
pub(super) const LOCK_MEMBER: &str = concat!(
    "SELECT ",
    member!(),
    " FROM member WHERE log = $1 AND device = $2 FOR UPDATE"
);
pub(super) const LOCK_MEMBERS: &str = concat!(
    "SELECT member.log, member.device, ",
    member!(),
    " FROM member JOIN unnest($1::bigint[], $2::bytea[]) AS wanted(log, device) \
     ON member.log = wanted.log AND member.device = wanted.device \
     ORDER BY member.log, member.device FOR UPDATE OF member"
);
pub(super) const MEMBERS: &str = concat!(
    "SELECT device, ",
    member!(),
    " FROM member WHERE log = $1 ORDER BY device"
);
pub(super) const ROOMS_OF: &str = "SELECT log.key FROM member JOIN log ON log.number = member.log \
     WHERE member.device = $1 AND member.until_seq IS NULL ORDER BY log.key";
pub(super) const ROOMS_OF_ALL: &str = "SELECT DISTINCT log.key FROM member JOIN log ON log.number = member.log \
     WHERE member.device = ANY($1) AND member.until_seq IS NULL";
pub(super) const READERS: &str = "SELECT count(*), min(member.acked) FROM member \
     JOIN device ON device.id = member.device \
     WHERE member.log = $1 AND member.until_seq IS NULL AND device.seen_ms >= $2";
pub(super) const LOGS_OF: &str = "SELECT log.key, log.head, log.last_ms, member.from_seq, member.until_seq \
     FROM member JOIN log ON log.number = member.log WHERE member.device = $1";
pub(super) const HAS_MEMBERS: &str =
    "SELECT 1 FROM member WHERE log = $1 AND until_seq IS NULL LIMIT 1";

pub(super) const LOCK_NAME: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 1280393074))";
pub(super) const LISTING: &str = "SELECT log.key FROM listing JOIN log ON log.number = listing.log \
     WHERE listing.name = $1";
pub(super) const LISTINGS: &str = "SELECT listing.name, log.key, room.join_open, counted.members \
     FROM listing JOIN log ON log.number = listing.log JOIN room ON room.log = listing.log \
     CROSS JOIN LATERAL (SELECT count(DISTINCT account) AS members FROM member \
         WHERE member.log = listing.log AND until_seq IS NULL) AS counted \
     WHERE listing.name >= $1 AND (listing.name <> $1 OR $3) AND counted.members > 0 ORDER BY listing.name LIMIT $2";

pub(super) const PACKAGES: &str =
    "SELECT hash FROM key_package WHERE device = $1 AND suite = $2 AND NOT last_resort";
pub(super) const PACKAGE_COUNTS: &str = "SELECT suite, count(*) FILTER (WHERE NOT last_resort), \
     count(*) FILTER (WHERE last_resort) FROM key_package WHERE device = $1 GROUP BY suite ORDER BY suite";
pub(super) const PACKAGE: &str = "SELECT hash, last_resort, package FROM key_package \
     WHERE device = $1 AND suite = $2 AND (last_resort OR stored_ms >= $3) ORDER BY last_resort, number LIMIT 1";
pub(super) const LOCK_PACKAGE: &str = "SELECT hash, last_resort, package FROM key_package \
     WHERE device = $1 AND suite = $2 AND (last_resort OR stored_ms >= $3) ORDER BY last_resort, number LIMIT 1 \
     FOR UPDATE";
pub(super) const STALE: &str = "SELECT device, suite, hash FROM key_package \
     WHERE NOT last_resort AND stored_ms < $1 ORDER BY number LIMIT $2";
pub(super) const LOCK_STALE: &str = "SELECT device, suite, hash FROM key_package \
     WHERE NOT last_resort AND stored_ms < $1 ORDER BY number LIMIT $2 FOR UPDATE SKIP LOCKED";

pub(super) const HAS_OBJECT: &str = "SELECT 1 FROM object WHERE hash = $1 AND bytes IS NOT NULL";
pub(super) const LOCK_OBJECT: &str =
    "SELECT 1 FROM object WHERE hash = $1 AND bytes IS NOT NULL FOR UPDATE";
pub(super) const OBJECT: &str = "SELECT bytes FROM object WHERE hash = $1";
pub(super) const ORPHANS: &str =
    "SELECT hash FROM object WHERE refs = 0 AND touched_ms < $1 ORDER BY touched_ms, hash LIMIT $2";
pub(super) const LOCK_ORPHANS: &str = "SELECT hash FROM object WHERE refs = 0 AND touched_ms < $1 \
     ORDER BY touched_ms, hash LIMIT $2 FOR UPDATE SKIP LOCKED";
pub(super) const SNAPSHOT: &str = "SELECT generation, epoch, bytes FROM snapshot WHERE log = $1";
