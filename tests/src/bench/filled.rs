//! Stores that were filled without a relay: the statements of the engine, with made-up messages.
//!
//! Sealing a million messages would take the better part of an hour and say nothing about reading
//! them. What is written here is what the engine writes for a message it has opened, so the index is
//! kept by the same triggers.

use lacre::StoreKey;
use rusqlite::{Connection, params};
use std::path::Path;

/// Milliseconds between two messages.
const EVERY_MS: u64 = 7_919;
/// When the first was said.
const FIRST_MS: u64 = 1_700_000_000_000;
/// Different words people know.
const WORDS: u64 = 20_000;

/// The key in a folder's key file.
pub(crate) fn key(folder: &Path) -> StoreKey {
    StoreKey::new(raw_key(folder))
}

fn raw_key(folder: &Path) -> [u8; 32] {
    std::fs::read(folder.join("store.key"))
        .unwrap()
        .try_into()
        .unwrap()
}

/// Opens a store that nobody uses, as the engine does.
pub(crate) fn open(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join("store.db")).unwrap();
    let key = hex::encode(raw_key(folder));
    connection
        .execute_batch(&format!(
            "PRAGMA cipher = 'chacha20'; PRAGMA key = \"x'{key}'\"; PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384;"
        ))
        .unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection
}

/// Numbers that look random, the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn throw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Below a bound.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.throw() % bound
    }

    /// A word by its rank: the second is said half as often as the first, and so on (Zipf's law).
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "ranks of a few thousand words"
    )]
    fn rank(&mut self) -> u64 {
        let share = (self.throw() >> 11) as f64 / (1u64 << 53) as f64;
        (WORDS as f64).powf(share) as u64
    }
}

/// The word of a rank: syllables, so that words have common beginnings as words do.
pub(crate) fn word(rank: u64) -> String {
    const SYLLABLES: [&str; 32] = [
        "ma", "ção", "de", "lo", "ri", "tas", "pe", "no", "ca", "res", "vi", "da", "bo", "quí",
        "lu", "sem", "ta", "me", "ro", "fá", "gi", "con", "te", "po", "sa", "ni", "tra", "du",
        "ve", "ela", "mo", "is",
    ];
    let mut word = String::new();
    let mut rest = rank.wrapping_mul(0x5851_F42D) % 1_048_573 + 32;
    while rest > 0 {
        word += SYLLABLES[usize::try_from(rest % 32).unwrap()];
        rest /= 32;
    }
    word
}

/// What somebody says: 3 to 14 words.
pub(crate) fn sentence(dice: &mut Dice) -> String {
    let count = 3 + dice.below(12);
    let words: Vec<_> = (0..count).map(|_| word(dice.rank())).collect();
    words.join(" ")
}

/// What is put into a store.
pub(crate) struct Fill {
    /// How many messages.
    pub(crate) count: u64,
    /// The rooms they are in, by their references in the store.
    pub(crate) rooms: Vec<i64>,
    /// How many people say them.
    pub(crate) people: u64,
    /// Whether there are replies, edits and reactions too.
    pub(crate) lively: bool,
    /// Messages of one transaction.
    pub(crate) run: u64,
}

/// The rooms of a store.
pub(crate) fn rooms(connection: &Connection, wanted: usize) -> Vec<i64> {
    let known: i64 = connection
        .query_row("SELECT count(*) FROM room", [], |row| row.get(0))
        .unwrap();
    for number in known..i64::try_from(wanted).unwrap() {
        let id = [u8::try_from(number).unwrap(); 16];
        connection
            .execute(
                "INSERT INTO room (id, kind, generation, status, name) VALUES (?1, 1, 0, 4, ?2)",
                params![id, format!("Room {number}")],
            )
            .unwrap();
    }
    let mut statement = connection
        .prepare("SELECT ref FROM room ORDER BY ref")
        .unwrap();
    let rooms = statement.query_map([], |row| row.get(0)).unwrap();
    rooms.map(Result::unwrap).collect()
}

/// Who says things.
pub(crate) fn account(number: u64) -> [u8; 32] {
    let mut account = [7; 32];
    account[..8].copy_from_slice(&(number + 1).to_be_bytes());
    account
}

fn message_id(number: u64) -> [u8; 32] {
    let mut id = [1; 32];
    id[24..].copy_from_slice(&number.to_be_bytes());
    id
}

/// Puts messages into a store.
pub(crate) fn fill(connection: &Connection, dice: &mut Dice, fill: &Fill) {
    let mut insert = connection
        .prepare(
            "INSERT OR IGNORE INTO message (room, seq, message, sender, at_ms, kind, text, reply_to, state, content, stamp)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, 1, ?8, ?9)",
        )
        .unwrap();
    let mut edit = connection
        .prepare("UPDATE message SET text = ?3, edited = 1 WHERE room = ?1 AND message = ?2")
        .unwrap();
    let mut react = connection
        .prepare(
            "INSERT OR IGNORE INTO act (room, seq, message, sender, target, kind, value)
             VALUES (?1, ?2, ?3, ?4, ?5, 2, ?6)",
        )
        .unwrap();
    let stamp = [9u8; 250];
    let mut ids = fill.count;
    let rooms = u64::try_from(fill.rooms.len()).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    for number in 0..fill.count {
        let room = fill.rooms[usize::try_from(dice.below(rooms)).unwrap()];
        let text = sentence(dice);
        let content = format!("{}{text}", "c".repeat(150));
        let reply = (fill.lively && number > 10 && dice.below(10) == 0)
            .then(|| message_id(number - 1 - dice.below(10)));
        let id = message_id(number);
        let at = i64::try_from(FIRST_MS + number * EVERY_MS).unwrap();
        let seq = i64::try_from(number + 10).unwrap();
        let sender = account(dice.below(fill.people));
        let row = params![
            room,
            seq,
            id,
            sender,
            at,
            text,
            reply,
            content.as_bytes(),
            stamp
        ];
        insert.execute(row).unwrap();
        if fill.lively && dice.below(10) == 0 {
            edit.execute(params![room, id, sentence(dice)]).unwrap();
        }
        while fill.lively && dice.below(3) == 0 {
            ids += 1;
            let emoji = ["👍", "❤️", "😂"][usize::try_from(dice.below(3)).unwrap()];
            let by = account(dice.below(fill.people));
            react
                .execute(params![
                    room,
                    seq,
                    message_id(ids),
                    by,
                    id,
                    emoji.as_bytes()
                ])
                .unwrap();
        }
        if number % fill.run == fill.run - 1 {
            connection.execute_batch("COMMIT; BEGIN IMMEDIATE").unwrap();
        }
    }
    connection.execute_batch("COMMIT").unwrap();
}

/// The moment of a message.
pub(crate) fn moment(number: u64) -> u64 {
    FIRST_MS + number * EVERY_MS
}
