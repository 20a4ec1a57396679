//! Messages that go and messages that wait, by a clock that the test turns.

use super::*;
use crate::content::MessageId;
use crate::schedule::Scheduled;
use crate::search::Search;
use crate::store::int;
use crate::store::rooms::Status;
use crate::testing::{self, ROOM};
use lacre_wire::ids::AccountId;
use lacre_wire::room::RoomKind;
use rusqlite::params;
use tempfile::TempDir;

mod going;
mod waiting;

const DIRECT: RoomId = RoomId([4; 16]);
const ANA: AccountId = AccountId([2; 32]);
const START: Millis = 1_700_000_000_000;
const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

struct Device {
    folder: TempDir,
    engine: Engine,
}

impl Device {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut engine = testing::engine(&folder, START);
        engine.sign_up("me", START).unwrap();
        for (room, kind) in [(ROOM, RoomKind::Group), (DIRECT, RoomKind::Direct)] {
            engine
                .db
                .add_room(room, kind, 0, Status::Joined, None, START)
                .unwrap();
        }
        engine.outputs();
        Self { folder, engine }
    }

    fn reopen(self, now: Millis) -> Self {
        drop(self.engine);
        Self {
            engine: testing::engine(&self.folder, now),
            folder: self.folder,
        }
    }

    fn texts(&self, room: RoomId) -> Vec<String> {
        let items = self.engine.reader().unwrap().page(room, None, 100).unwrap();
        items
            .into_iter()
            .map(|item| format!("{:?}", item.body))
            .collect()
    }

    fn found(&self, words: &str) -> usize {
        let reader = self.engine.reader().unwrap();
        reader.search(&Search::words(words)).unwrap().len()
    }

    fn waiting(&self) -> Vec<Scheduled> {
        self.engine.reader().unwrap().scheduled(None).unwrap()
    }

    fn count(&self, sql: &str) -> i64 {
        self.engine
            .db
            .with(|c| c.query_row(sql, [], |row| row.get(0)))
            .unwrap()
    }

    fn events(&mut self) -> Vec<Event> {
        let events = self
            .engine
            .outputs()
            .into_iter()
            .filter_map(|output| match output {
                crate::io::Output::Event(event) => Some(event),
                _ => None,
            });
        events.collect()
    }

    /// Something that another person said, with everything a report needs.
    fn hears(&self, room: RoomId, text: &str) -> MessageId {
        let r = self.engine.db.room(room).unwrap().unwrap().r;
        let seq = self.count("SELECT count(*) + 1 FROM message");
        let message = MessageId::compute("a", text, &seq.to_be_bytes(), &[0; 16]).unwrap();
        let sql = "INSERT INTO message (room, seq, message, sender, at_ms, kind, text, state, content, stamp)
            VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, 1, ?7, x'01')";
        let row = params![
            r,
            seq,
            message.as_bytes(),
            ANA.0,
            int(START),
            text,
            text.as_bytes()
        ];
        self.engine.db.with(|c| c.execute(sql, row)).unwrap();
        message
    }

    /// Its author deletes it.
    fn is_deleted(&self, message: MessageId) {
        let sql = "UPDATE message SET kind = 1, text = NULL, content = NULL WHERE message = ?1";
        self.engine
            .db
            .with(|c| c.execute(sql, [message.as_bytes()]))
            .unwrap();
    }

    fn log_size(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("store.db-wal"))
            .unwrap()
            .len()
    }
}

fn text(text: &str) -> Draft {
    Draft::Text(text.to_owned())
}
