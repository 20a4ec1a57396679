//! What a decision changes, taken into the rows of the batch.

use super::cache::{NumberedLog, Write};
use super::connection::{Connection, Sent, Values};
use super::convert::{Found, gone_reason, int};
use super::error::Fault;
use super::rows::PgRows;
use crate::store::effect::Effect;
use crate::store::rows::{LogRow, Remembered, Share};
use lacre_wire::ids::{DeviceId, LogId, Seq};
use tokio_postgres::types::ToSql;

const NEW_LOG: &str = "INSERT INTO log (key, head, chain, last_ms, first, chain_before, bytes, swept, due_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING number";

const DIRECT: &str = "INSERT INTO direct VALUES ($1, $2, $3)";
const LIST: &str =
    "INSERT INTO listing VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET log = excluded.log";
const UNLIST: &str = "DELETE FROM listing WHERE name = $1 AND log = $2";
const BLANK: &str = "UPDATE entry SET gone = $3, body_hash = $4, body_size = NULL, body = NULL \
     WHERE log = $1 AND seq = $2";
const DROP_ENTRIES: &str = "DELETE FROM entry WHERE log = $1 AND seq <= $2";
const DROP_LOG: &str = "DELETE FROM log WHERE number = $1";
const DROP_SHARES: &str = "DELETE FROM share WHERE device = $1";
const DROP_PACKAGES: &str = "DELETE FROM key_package WHERE device = $1";
const DROP_DEVICE: &str = "DELETE FROM device WHERE id = $1";
const ADD_PACKAGE: &str = "INSERT INTO key_package (device, suite, last_resort, hash, stored_ms, package) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const DROP_PACKAGE: &str =
    "DELETE FROM key_package WHERE device = $1 AND suite = $2 AND NOT last_resort AND hash = $3";
const DROP_LAST_RESORT: &str =
    "DELETE FROM key_package WHERE device = $1 AND suite = $2 AND last_resort";
const OBJECT: &str = "INSERT INTO object (hash, refs, touched_ms, bytes) VALUES ($1, 0, $2, $3) \
     ON CONFLICT (hash) DO UPDATE SET touched_ms = excluded.touched_ms, bytes = excluded.bytes";
const REF: &str = "INSERT INTO object (hash, refs, touched_ms) VALUES ($1, $3, $2) \
     ON CONFLICT (hash) DO UPDATE SET refs = object.refs + excluded.refs, touched_ms = excluded.touched_ms";
const UNREF: &str = "INSERT INTO object (hash, refs, touched_ms) VALUES ($1, 0, $2) \
     ON CONFLICT (hash) DO UPDATE SET refs = greatest(object.refs - 1, 0), touched_ms = excluded.touched_ms";
const DROP_OBJECT: &str = "DELETE FROM object WHERE hash = $1";
const SNAPSHOT: &str = "INSERT INTO snapshot VALUES ($1, $2, $3, $4) ON CONFLICT (log) DO UPDATE SET \
     generation = excluded.generation, epoch = excluded.epoch, bytes = excluded.bytes";
/// In chunks, the oldest first, and none that another relay is about to delete.
const FORGET: &str = "DELETE FROM submission WHERE key IN (SELECT key FROM submission WHERE accepted_ms < $1 \
     ORDER BY accepted_ms LIMIT 5000 FOR UPDATE SKIP LOCKED)";

/// Prepared when a writer connects: they are sent many at a time.
pub(super) const PREPARED: [&str; 18] = [
    DIRECT,
    LIST,
    UNLIST,
    BLANK,
    DROP_ENTRIES,
    DROP_LOG,
    DROP_SHARES,
    DROP_PACKAGES,
    DROP_DEVICE,
    ADD_PACKAGE,
    DROP_PACKAGE,
    DROP_LAST_RESORT,
    OBJECT,
    REF,
    UNREF,
    DROP_OBJECT,
    SNAPSHOT,
    FORGET,
];

impl PgRows<'_> {
    /// Takes in one write.
    pub(super) fn apply(&mut self, effect: &Effect) -> Found<()> {
        let cache = &mut *self.cache;
        match effect {
            Effect::Account(id, row) => cache.accounts.put(*id, (**row).clone()),
            Effect::Device(id, row) => cache.devices.put(*id, row.clone()),
            Effect::Log(id, row) => return self.put_log(*id, row),
            Effect::Room(id, row) => cache.rooms.put(*id, (**row).clone()),
            Effect::Member(room, device, row) => {
                cache.members.put((*room, *device), row.clone());
            }
            Effect::Share(device, origin, share) => cache.shares.put((*device, *origin), *share),
            Effect::Remember(key, seq, accepted_ms) => {
                let found = Remembered {
                    seq: *seq,
                    accepted_ms: *accepted_ms,
                };
                cache.submissions.put(*key, found);
            }
            Effect::Append(log, row) => {
                let number = self.known(*log)?;
                self.cache.entries.push((number, (**row).clone()));
            }
            Effect::DropDevice(id) => return self.drop_device(*id),
            Effect::Ref(hash, now) => match cache.writes.last_mut() {
                Some(Write::Refs(same, count, at)) if same == hash => {
                    *count += 1;
                    *at = *now;
                }
                _ => cache.writes.push(Write::Refs(*hash, 1, *now)),
            },
            Effect::Blank(log, ..) | Effect::DropEntries(log, _) => {
                self.known(*log)?;
                self.cache.writes.push(Write::Effect(effect.clone()));
            }
            Effect::List(_, room) | Effect::Unlist(_, room) | Effect::Snapshot(room, ..) => {
                self.known(LogId::Room(*room))?;
                self.cache.writes.push(Write::Effect(effect.clone()));
            }
            _ => cache.writes.push(Write::Effect(effect.clone())),
        }
        Ok(())
    }

    /// The number of a log that a decision names.
    pub(super) fn known(&mut self, log: LogId) -> Found<i64> {
        self.number(log)?
            .ok_or(Fault::Damaged("a log that is not there"))
    }

    fn put_log(&mut self, id: LogId, row: &LogRow) -> Found<()> {
        let held = self.cache.logs.get(&id).flatten();
        if let Some(held) = held {
            if !held.locked {
                return Err(Fault::Raced("a log that was only read"));
            }
            let number = held.number;
            let log = NumberedLog {
                number,
                row: row.clone(),
                locked: true,
            };
            self.cache.logs.put(id, log);
            return Ok(());
        }
        // If another relay was faster, the key is there, and the batch begins anew.
        let key = id.to_key();
        let values: Values<'_> = &[
            &key.as_slice(),
            &int(row.head),
            &row.chain.0.as_slice(),
            &int(row.last_ms),
            &int(row.first),
            &row.before.0.as_slice(),
            &int(row.bytes),
            &int(row.swept),
            &row.due_ms.map(int),
        ];
        let made = self.connection.one(NEW_LOG, values)?;
        let made = made.ok_or(Fault::Damaged("a log without a number"))?;
        let log = NumberedLog {
            number: made.try_get(0)?,
            row: row.clone(),
            locked: true,
        };
        self.cache.logs.hold(id, Some(log));
        Ok(())
    }

    fn drop_device(&mut self, id: DeviceId) -> Found<()> {
        self.flush()?;
        let inbox = LogId::Inbox(id);
        if let Some(number) = self.number(inbox)? {
            let writes = [(DROP_ENTRIES, Some(int(Seq::MAX))), (DROP_LOG, None)];
            for (sql, upto) in writes {
                match upto {
                    Some(upto) => self.connection.query(sql, &[&number, &upto])?,
                    None => self.connection.query(sql, &[&number])?,
                };
            }
        }
        for sql in [DROP_SHARES, DROP_PACKAGES, DROP_DEVICE] {
            self.connection.query(sql, &[&id.0.as_slice()])?;
        }
        self.cache.logs.forget(inbox);
        self.cache.devices.forget(id);
        self.cache.packages = None;
        Ok(())
    }

    /// The statement of a write that goes to its table as it is.
    pub(super) fn send<'a>(
        &mut self,
        write: &'a Write,
        connection: &'a Connection,
    ) -> Found<Sent<'a>> {
        let effect = match write {
            Write::Refs(hash, count, now) => {
                return Ok(Box::pin(async move {
                    connection
                        .write(REF, &[&hash.0.as_slice(), &int(*now), count])
                        .await
                }));
            }
            Write::Effect(effect) => effect,
        };
        let number = match effect {
            Effect::Blank(log, ..) | Effect::DropEntries(log, _) => self.known(*log)?,
            Effect::List(_, room) | Effect::Unlist(_, room) | Effect::Snapshot(room, ..) => {
                self.known(LogId::Room(*room))?
            }
            _ => 0,
        };
        Ok(Box::pin(send(connection, effect, number)))
    }
}

async fn send(connection: &Connection, effect: &Effect, log: i64) -> Found<u64> {
    let (sql, values): (_, &[&(dyn ToSql + Sync)]) = match effect {
        Effect::Direct(pair, room) => (
            DIRECT,
            &[
                &pair.0.0.as_slice(),
                &pair.1.0.as_slice(),
                &room.0.as_slice(),
            ],
        ),
        Effect::List(name, _) => (LIST, &[name, &log]),
        Effect::Unlist(name, _) => (UNLIST, &[name, &log]),
        Effect::Blank(_, seq, hash, reason) => (
            BLANK,
            &[&log, &int(*seq), &gone_reason(*reason), &hash.0.as_slice()],
        ),
        Effect::DropEntries(_, upto) => (DROP_ENTRIES, &[&log, &int(*upto)]),
        Effect::AddPackage {
            device,
            suite,
            hash,
            last_resort,
            package,
            now_ms,
        } => (
            ADD_PACKAGE,
            &[
                &device.0.as_slice(),
                &i64::from(*suite),
                last_resort,
                &hash.0.as_slice(),
                &int(*now_ms),
                &package.as_ref(),
            ],
        ),
        Effect::DropPackage(device, suite, hash) => (
            DROP_PACKAGE,
            &[&device.0.as_slice(), &i64::from(*suite), &hash.0.as_slice()],
        ),
        Effect::DropLastResort(device, suite) => (
            DROP_LAST_RESORT,
            &[&device.0.as_slice(), &i64::from(*suite)],
        ),
        Effect::DropPackages(device) => (DROP_PACKAGES, &[&device.0.as_slice()]),
        Effect::Object(hash, bytes, now) => {
            (OBJECT, &[&hash.0.as_slice(), &int(*now), &bytes.as_ref()])
        }
        Effect::Unref(hash, now) => (UNREF, &[&hash.0.as_slice(), &int(*now)]),
        Effect::DropObject(hash) => (DROP_OBJECT, &[&hash.0.as_slice()]),
        Effect::Snapshot(_, generation, epoch, bytes) => (
            SNAPSHOT,
            &[&log, &i64::from(*generation), &int(*epoch), &bytes.as_ref()],
        ),
        Effect::Forget(before) => (FORGET, &[&int(*before)]),
        _ => return Err(Fault::Damaged("an effect without a table")),
    };
    connection.write(sql, values).await
}

/// A share that holds nothing has no row.
pub(super) fn is_empty(share: &Share) -> bool {
    *share == Share::default()
}
