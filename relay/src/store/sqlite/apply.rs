//! The writes in SQL.

use super::cache::NumberedLog;
use super::convert::{damaged, gone_reason, int, room_kind};
use super::entry;
use super::listing;
use super::rows::SqlRows;
use crate::store::effect::Effect;
use crate::store::record::DeviceState;
use crate::store::rows::{AccountRow, DeviceRow, LogRow, MemberRow, Remembered, RoomRow, Share};
use lacre_wire::codec;
use lacre_wire::ids::{AccountId, DeviceId, LogId, Seq};
use rusqlite::{Connection, Params, params};

fn execute(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute(params).map(drop)
}

impl SqlRows<'_> {
    /// Applies one write.
    pub(super) fn apply(&mut self, effect: &Effect) -> rusqlite::Result<()> {
        let connection = self.connection;
        match effect {
            Effect::Account(id, row) => account(connection, id, row),
            Effect::Device(id, row) => device(connection, id, row),
            Effect::DropDevice(id) => self.drop_device(id),
            Effect::Log(id, row) => self.put_log(*id, row),
            Effect::Room(id, row) => {
                self.cache.rooms.put(*id, (**row).clone());
                Ok(())
            }
            Effect::Member(room, device, row) => {
                self.cache.members.put((*room, *device), row.clone());
                Ok(())
            }
            Effect::Direct(pair, room) => execute(
                connection,
                "INSERT INTO direct VALUES (?1, ?2, ?3)",
                params![pair.0.0, pair.1.0, room.0],
            ),
            Effect::List(name, room) => {
                let number = self.known(LogId::Room(*room))?;
                listing::put(connection, name, number)
            }
            Effect::Unlist(name, room) => {
                let number = self.known(LogId::Room(*room))?;
                listing::drop(connection, name, number)
            }
            Effect::Append(log, row) => entry::insert(connection, self.known(*log)?, row),
            Effect::Blank(log, seq, hash, reason) => {
                let id = entry::rowid(self.known(*log)?, *seq);
                let sql = "UPDATE entry SET gone = ?2, body_hash = ?3, body_size = NULL, body = NULL WHERE id = ?1";
                execute(connection, sql, params![id, gone_reason(*reason), hash.0])
            }
            Effect::DropEntries(log, upto) => {
                let number = self.known(*log)?;
                drop_entries(connection, number, *upto)
            }
            Effect::Share(device, origin, share) if *share == Share::default() => execute(
                connection,
                "DELETE FROM share WHERE device = ?1 AND origin = ?2",
                params![device.0, origin],
            ),
            Effect::Share(device, origin, share) => execute(
                connection,
                "INSERT INTO share VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO UPDATE SET entries = excluded.entries, bytes = excluded.bytes",
                params![device.0, origin, int(share.entries), int(share.bytes)],
            ),
            Effect::Remember(key, seq, accepted_ms) => {
                let found = Remembered {
                    seq: *seq,
                    accepted_ms: *accepted_ms,
                };
                self.memory()?.remember(connection, key, found)
            }
            Effect::Forget(before) => self.memory()?.forget(connection, *before),
            _ => self.apply_object(effect),
        }
    }

    /// Key packages, objects and snapshots.
    fn apply_object(&mut self, effect: &Effect) -> rusqlite::Result<()> {
        let connection = self.connection;
        match effect {
            Effect::AddPackage {
                device,
                suite,
                hash,
                last_resort,
                package,
                now_ms,
            } => execute(
                connection,
                "INSERT INTO key_package (device, suite, last_resort, hash, stored_ms, package) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    device.0,
                    suite,
                    last_resort,
                    hash.0,
                    int(*now_ms),
                    package.as_ref()
                ],
            ),
            Effect::DropPackage(device, suite, hash) => execute(
                connection,
                "DELETE FROM key_package WHERE device = ?1 AND suite = ?2 AND last_resort = 0 AND hash = ?3",
                params![device.0, suite, hash.0],
            ),
            Effect::DropLastResort(device, suite) => execute(
                connection,
                "DELETE FROM key_package WHERE device = ?1 AND suite = ?2 AND last_resort = 1",
                params![device.0, suite],
            ),
            Effect::DropPackages(device) => execute(
                connection,
                "DELETE FROM key_package WHERE device = ?1",
                [device.0],
            ),
            Effect::Object(hash, bytes, now) => execute(
                connection,
                "INSERT INTO object (hash, refs, touched_ms, bytes) VALUES (?1, 0, ?2, ?3) \
                 ON CONFLICT DO UPDATE SET touched_ms = excluded.touched_ms, bytes = excluded.bytes",
                params![hash.0, int(*now), bytes.as_ref()],
            ),
            Effect::Ref(hash, now) => execute(
                connection,
                "INSERT INTO object (hash, refs, touched_ms) VALUES (?1, 1, ?2) \
                 ON CONFLICT DO UPDATE SET refs = refs + 1, touched_ms = excluded.touched_ms",
                params![hash.0, int(*now)],
            ),
            Effect::Unref(hash, now) => execute(
                connection,
                "INSERT INTO object (hash, refs, touched_ms) VALUES (?1, 0, ?2) \
                 ON CONFLICT DO UPDATE SET refs = max(refs - 1, 0), touched_ms = excluded.touched_ms",
                params![hash.0, int(*now)],
            ),
            Effect::DropObject(hash) => {
                execute(connection, "DELETE FROM object WHERE hash = ?1", [hash.0])
            }
            Effect::Snapshot(room, generation, epoch, bytes) => execute(
                connection,
                "INSERT INTO snapshot VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET \
                 generation = excluded.generation, epoch = excluded.epoch, bytes = excluded.bytes",
                params![
                    self.known(LogId::Room(*room))?,
                    generation,
                    int(*epoch),
                    bytes.as_ref()
                ],
            ),
            _ => Err(damaged("an effect without a table")),
        }
    }

    fn known(&mut self, log: LogId) -> rusqlite::Result<i64> {
        self.number(log)?
            .ok_or_else(|| damaged("a log that is not there"))
    }

    fn put_log(&mut self, id: LogId, row: &LogRow) -> rusqlite::Result<()> {
        if let Some(number) = self.number(id)? {
            self.cache.logs.put(
                id,
                NumberedLog {
                    number,
                    row: row.clone(),
                },
            );
            return Ok(());
        }
        execute(
            self.connection,
            "INSERT INTO log (key, head, chain, last_ms, first, chain_before, bytes, swept, due_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                id.to_key(),
                int(row.head),
                row.chain.0,
                int(row.last_ms),
                int(row.first),
                row.before.0,
                int(row.bytes),
                int(row.swept),
                row.due_ms.map(int),
            ],
        )?;
        let number = self.connection.last_insert_rowid();
        self.cache.logs.hold(
            id,
            NumberedLog {
                number,
                row: row.clone(),
            },
        );
        Ok(())
    }

    fn drop_device(&mut self, id: &DeviceId) -> rusqlite::Result<()> {
        let inbox = LogId::Inbox(*id);
        if let Some(number) = self.number(inbox)? {
            // Its number may be given to another log: no entry under it may stay.
            drop_entries(self.connection, number, Seq::MAX)?;
            execute(
                self.connection,
                "DELETE FROM log WHERE number = ?1",
                [number],
            )?;
            self.cache.logs.forget(&inbox);
        }
        execute(
            self.connection,
            "DELETE FROM share WHERE device = ?1",
            [id.0],
        )?;
        execute(
            self.connection,
            "DELETE FROM key_package WHERE device = ?1",
            [id.0],
        )?;
        execute(self.connection, "DELETE FROM device WHERE id = ?1", [id.0])
    }

    /// Writes the cached rows that changed.
    pub(super) fn flush(&mut self) -> rusqlite::Result<()> {
        let connection = self.connection;
        if let Some(memory) = &mut self.cache.memory {
            memory.settle(connection)?;
        }
        self.cache.logs.flush(|_, held| log(connection, held))?;
        if self.cache.rooms.is_clean() && self.cache.members.is_clean() {
            return Ok(());
        }
        // Both hang on the number of their log, which is cached or looked up now.
        let mut rooms = Vec::new();
        self.cache.rooms.flush(|id, row| {
            rooms.push((*id, row.clone()));
            Ok::<_, rusqlite::Error>(())
        })?;
        for (id, row) in rooms {
            let number = self.known(LogId::Room(id))?;
            room(connection, number, &row)?;
        }
        let mut members = Vec::new();
        self.cache.members.flush(|key, row| {
            members.push((*key, row.clone()));
            Ok::<_, rusqlite::Error>(())
        })?;
        for ((id, device), row) in members {
            let number = self.known(LogId::Room(id))?;
            member(connection, number, &device, &row)?;
        }
        Ok(())
    }
}

fn drop_entries(connection: &Connection, log: i64, upto: Seq) -> rusqlite::Result<()> {
    let sql = "DELETE FROM entry WHERE id > ?1 AND id <= ?2";
    execute(
        connection,
        sql,
        params![entry::rowid(log, 0), entry::rowid(log, upto)],
    )
}

fn account(connection: &Connection, id: &AccountId, row: &AccountRow) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO account (id, handle, aik, list, list_signature, list_version, created_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET \
         list = excluded.list, list_signature = excluded.list_signature, list_version = excluded.list_version",
        params![
            id.0,
            row.handle,
            row.aik.0,
            row.list.list.as_slice(),
            row.list.signature.0,
            int(row.list_version),
            int(row.created_ms)
        ],
    )
}

fn device(connection: &Connection, id: &DeviceId, row: &DeviceRow) -> rusqlite::Result<()> {
    let state = match row.state {
        DeviceState::Pending => 0,
        DeviceState::Listed => 1,
        DeviceState::Revoked => 2,
    };
    execute(
        connection,
        "INSERT INTO device VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET \
         counter = excluded.counter, state = excluded.state, seen_ms = excluded.seen_ms",
        params![
            id.0,
            row.account.0,
            row.key.0,
            int(row.counter),
            state,
            int(row.seen_ms)
        ],
    )
}

fn log(connection: &Connection, held: &NumberedLog) -> rusqlite::Result<()> {
    let row = &held.row;
    execute(
        connection,
        "UPDATE log SET head = ?2, chain = ?3, last_ms = ?4, first = ?5, chain_before = ?6, bytes = ?7, swept = ?8, \
         due_ms = ?9 WHERE number = ?1",
        params![
            held.number,
            int(row.head),
            row.chain.0,
            int(row.last_ms),
            int(row.first),
            row.before.0,
            int(row.bytes),
            int(row.swept),
            row.due_ms.map(int),
        ],
    )
}

fn room(connection: &Connection, number: i64, row: &RoomRow) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT OR REPLACE INTO room VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        params![
            number,
            room_kind(row.kind),
            row.generation,
            int(row.epoch),
            int(row.epoch_seq),
            row.group_info.0,
            row.gi_mac.0,
            row.key_number,
            row.tree.0,
            row.frozen,
            row.join_open,
            row.retention_ms.map(int),
            row.listed,
            row.snapshot.map(|(generation, _)| generation),
            row.snapshot.map(|(_, epoch)| int(epoch)),
            codec::to_vec(&row.pending),
            codec::to_vec(&row.reports),
            codec::to_vec(&row.blame),
        ],
    )
}

fn member(
    connection: &Connection,
    number: i64,
    device: &DeviceId,
    row: &MemberRow,
) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO member VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO UPDATE SET \
         account = excluded.account, from_seq = excluded.from_seq, until_seq = excluded.until_seq, \
         acked = excluded.acked, earlier_from = excluded.earlier_from, earlier_until = excluded.earlier_until, \
         last = excluded.last, owed = excluded.owed",
        params![
            number,
            device.0,
            row.account.0,
            int(row.from_seq),
            row.until_seq.map(int),
            int(row.acked),
            row.earlier.map(|earlier| int(earlier.from_seq)),
            row.earlier.map(|earlier| int(earlier.until_seq)),
            row.last.map(|last| last.0),
            row.owed,
        ],
    )
}
