//! The memory of submissions: written densely, looked up by random keys.
//!
//! Keys are HMACs, so an index over all of them would change a random page for every message: more
//! than the message itself takes. New ones therefore go to a table in order of time, held in memory
//! as well; when there are many, they move into the indexed table in order of key, one sixteenth of
//! the key space at a time, so that one changed page serves many keys and no batch waits long.

use super::convert::{int, uint};
use crate::store::rows::{Blind, Remembered};
use lacre_wire::ids::Millis;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;

/// Submissions held in memory before some move: about 8 MiB.
const RECENT: usize = 65_536;

/// Indexed submissions looked at by one step of forgetting.
const FORGET: usize = 10_000;

#[derive(Clone, Copy)]
struct Recent {
    number: i64,
    found: Remembered,
}

/// What the writer knows of submissions.
pub(super) struct Memory {
    recent: HashMap<Blind, Recent>,
    /// Which sixteenth of the key space moves next.
    turn: u8,
    /// Where forgetting goes on in the indexed table.
    forgotten_to: Blind,
}

impl Memory {
    /// Reads what had not moved.
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare_cached(
            "SELECT key, number, seq, accepted_ms FROM submission_recent ORDER BY number",
        )?;
        let rows = statement.query_map([], |row| {
            let found = Remembered {
                seq: uint(row, 2)?,
                accepted_ms: uint(row, 3)?,
            };
            Ok((
                row.get(0)?,
                Recent {
                    number: row.get(1)?,
                    found,
                },
            ))
        })?;
        Ok(Self {
            recent: rows.collect::<Result<_, _>>()?,
            turn: 0,
            forgotten_to: [0; 16],
        })
    }

    pub(super) fn find(
        &self,
        connection: &Connection,
        key: &Blind,
    ) -> rusqlite::Result<Option<Remembered>> {
        if let Some(recent) = self.recent.get(key) {
            return Ok(Some(recent.found));
        }
        connection
            .prepare_cached("SELECT seq, accepted_ms FROM submission WHERE key = ?1")?
            .query_row([key], |row| {
                Ok(Remembered {
                    seq: uint(row, 0)?,
                    accepted_ms: uint(row, 1)?,
                })
            })
            .optional()
    }

    pub(super) fn remember(
        &mut self,
        connection: &Connection,
        key: &Blind,
        found: Remembered,
    ) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO submission_recent (key, seq, accepted_ms) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![key, int(found.seq), int(found.accepted_ms)])?;
        let recent = Recent {
            number: connection.last_insert_rowid(),
            found,
        };
        match self.recent.insert(*key, recent) {
            // The one before was too old to count.
            Some(before) => drop_recent(connection, before.number),
            None => Ok(()),
        }
    }

    /// Moves a part, when there are many.
    pub(super) fn settle(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.recent.len() < RECENT {
            return Ok(());
        }
        let turn = self.turn;
        self.turn = (turn + 1) % 16;
        let mut moving: Vec<(Blind, Recent)> = self
            .recent
            .extract_if(|key, _| key.first().is_some_and(|byte| byte >> 4 == turn))
            .collect();
        moving.sort_unstable_by_key(|(key, _)| *key);
        let mut insert =
            connection.prepare_cached("INSERT OR REPLACE INTO submission VALUES (?1, ?2, ?3)")?;
        for (key, recent) in &moving {
            insert.execute(params![
                key,
                int(recent.found.seq),
                int(recent.found.accepted_ms)
            ])?;
        }
        let mut numbers: Vec<i64> = moving.iter().map(|(_, recent)| recent.number).collect();
        numbers.sort_unstable();
        numbers
            .into_iter()
            .try_for_each(|number| drop_recent(connection, number))
    }

    /// Deletes recent ones from before `before`, and those among the next indexed ones.
    pub(super) fn forget(
        &mut self,
        connection: &Connection,
        before: Millis,
    ) -> rusqlite::Result<()> {
        let old: Vec<_> = self
            .recent
            .extract_if(|_, recent| recent.found.accepted_ms < before)
            .collect();
        old.into_iter()
            .try_for_each(|(_, recent)| drop_recent(connection, recent.number))?;
        let last: Option<Blind> = connection
            .prepare_cached(
                "SELECT key FROM submission WHERE key > ?1 ORDER BY key LIMIT 1 OFFSET ?2",
            )?
            .query_row(
                params![self.forgotten_to, super::convert::size(FORGET)],
                |row| row.get(0),
            )
            .optional()?;
        let upto = last.unwrap_or([0xff; 16]);
        connection
            .prepare_cached(
                "DELETE FROM submission WHERE key >= ?1 AND key <= ?2 AND accepted_ms < ?3",
            )?
            .execute(params![self.forgotten_to, upto, int(before)])?;
        // At the end it starts again.
        self.forgotten_to = last.unwrap_or([0; 16]);
        Ok(())
    }
}

fn drop_recent(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM submission_recent WHERE number = ?1")?
        .execute([number])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(super::super::schema::SCHEMA)
            .unwrap();
        connection
    }

    fn key(n: u32) -> Blind {
        let mut key = [0; 16];
        key.copy_from_slice(&lacre_wire::hash::sha256(&[&n.to_be_bytes()]).0[..16]);
        key
    }

    fn count(connection: &Connection, table: &str) -> usize {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        usize::try_from(count).unwrap()
    }

    #[test]
    fn many_move_in_parts_and_all_are_found() {
        let connection = tables();
        let mut memory = Memory::load(&connection).unwrap();
        let all = u32::try_from(RECENT).unwrap() + 10;
        connection.execute_batch("BEGIN").unwrap();
        for n in 0..all {
            memory
                .remember(
                    &connection,
                    &key(n),
                    Remembered {
                        seq: u64::from(n),
                        accepted_ms: 5,
                    },
                )
                .unwrap();
        }
        memory.settle(&connection).unwrap();
        let moved = count(&connection, "submission");
        assert!((RECENT / 20..RECENT / 12).contains(&moved), "{moved}");
        assert_eq!(
            moved + count(&connection, "submission_recent"),
            all as usize
        );
        let again = Memory::load(&connection).unwrap();
        for n in (0..all).step_by(97) {
            let found = Some(Remembered {
                seq: u64::from(n),
                accepted_ms: 5,
            });
            assert_eq!(memory.find(&connection, &key(n)).unwrap(), found);
            assert_eq!(again.find(&connection, &key(n)).unwrap(), found);
        }
        assert_eq!(memory.find(&connection, &key(all)).unwrap(), None);
    }

    #[test]
    fn forgetting_gets_around_the_whole_table() {
        let connection = tables();
        connection.execute_batch("BEGIN").unwrap();
        for n in 0..25_000u32 {
            let sql = "INSERT INTO submission VALUES (?1, 1, ?2)";
            connection.execute(sql, params![key(n), n % 2]).unwrap();
        }
        let mut memory = Memory::load(&connection).unwrap();
        memory
            .remember(
                &connection,
                &key(30_000),
                Remembered {
                    seq: 1,
                    accepted_ms: 0,
                },
            )
            .unwrap();
        let left: Vec<_> = (0..4)
            .map(|_| {
                memory.forget(&connection, 1).unwrap();
                count(&connection, "submission")
            })
            .collect();
        assert!(
            left[0] > 12_500 && left.is_sorted_by(|a, b| a >= b),
            "{left:?}"
        );
        assert_eq!(left[3], 12_500);
        assert_eq!(count(&connection, "submission_recent"), 0);
    }
}
