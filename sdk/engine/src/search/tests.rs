//! The index against a store: what is found, in which order, and what is no longer there.

use super::*;
use crate::content::MessageId;
use crate::store::rooms::Status;
use crate::store::{Db, Lock, StoreKey, int, open_reader, open_writer};
use lacre_wire::room::RoomKind;
use rusqlite::{Connection, params};
use tempfile::TempDir;

const ME: AccountId = AccountId([1; 32]);
const ANA: AccountId = AccountId([2; 32]);
const DAY: Millis = 86_400_000;

struct Store {
    folder: TempDir,
    db: Db,
    _lock: Lock,
    said: std::cell::Cell<u64>,
}

impl Store {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (db, lock) = open_writer(folder.path(), &StoreKey::new([7; 32])).unwrap();
        Self {
            folder,
            db,
            _lock: lock,
            said: std::cell::Cell::new(0),
        }
    }

    fn room(&self, id: u8) -> i64 {
        self.db
            .add_room(
                RoomId([id; 16]),
                RoomKind::Group,
                0,
                Status::Joined,
                None,
                0,
            )
            .unwrap()
    }

    /// Puts a text into the store with the bare statement: the triggers do the rest, whoever writes.
    fn say_at(&self, room: i64, sender: AccountId, text: &str, at_ms: Millis) -> MessageId {
        let number = self.said.get() + 1;
        self.said.set(number);
        let message = MessageId::compute("a", "b", &number.to_be_bytes(), &[0; 16]).unwrap();
        let sql = "INSERT INTO message (room, seq, message, sender, at_ms, kind, text, state)
            VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, 1)";
        let row = params![
            room,
            int(number),
            message.as_bytes(),
            sender.0,
            int(at_ms),
            text
        ];
        self.db.with(|c| c.execute(sql, row)).unwrap();
        message
    }

    fn change(&self, set: &str, message: MessageId) {
        let sql = format!("UPDATE message SET {set} WHERE message = ?1");
        let changed = self.db.with(|c| c.execute(&sql, [message.as_bytes()]));
        assert_eq!(changed.unwrap(), 1);
    }

    fn say(&self, room: i64, text: &str) -> MessageId {
        self.say_at(room, ANA, text, DAY)
    }

    fn reader(&self) -> Connection {
        open_reader(self.folder.path(), &StoreKey::new([7; 32])).unwrap()
    }

    fn find(&self, wanted: Search) -> Vec<String> {
        let hits = search(&self.reader(), ME, &wanted).unwrap();
        hits.into_iter().map(|hit| hit.text).collect()
    }

    fn words(&self, words: &str) -> Vec<String> {
        self.find(Search::words(words))
    }

    /// FTS5 compares every word of the index with the texts.
    fn is_whole(&self) {
        let check = "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)";
        self.db.run(check).unwrap();
    }
}

#[test]
fn words_are_found_as_people_type_them() {
    let store = Store::new();
    let room = store.room(1);
    for text in [
        "A informação está no capítulo três",
        "Olá, João! Boa noite.",
        "boa aula, ótima noite",
        "it's <b>not</b> NEAR here",
    ] {
        store.say(room, text);
    }
    assert_eq!(
        store.words("INFORMACAO tres "),
        ["A informação está no capítulo três"]
    );
    assert_eq!(store.words("cap"), ["A informação está no capítulo três"]);
    assert!(store.words("cap ").is_empty(), "a space ends the word");
    assert_eq!(
        store.words("boa noite"),
        ["boa aula, ótima noite", "Olá, João! Boa noite."],
        "newest first"
    );
    assert_eq!(store.words("\"boa noite\""), ["Olá, João! Boa noite."]);
    assert_eq!(store.words("jo"), ["Olá, João! Boa noite."]);
    assert_eq!(store.words("it's"), ["it's <b>not</b> NEAR here"]);
    assert_eq!(store.words("NOT near*"), ["it's <b>not</b> NEAR here"]);
    for nothing in [
        "boa AND noite",
        "text:boa",
        "❤",
        "\"",
        "zzz",
        "boa OR",
        "-boa!!! -noites",
    ] {
        assert!(store.words(nothing).is_empty(), "{nothing}");
    }
    store.is_whole();
}

#[test]
fn what_fits_is_marked() {
    let store = Store::new();
    store.say(store.room(1), "não: “Não” e nada, naturalmente");
    let hits = search(&store.reader(), ME, &Search::words("nada NAO")).unwrap();
    let hit = &hits[0];
    let marked: Vec<_> = hit
        .matches
        .iter()
        .map(|range| &hit.text[range.clone()])
        .collect();
    assert_eq!(marked, ["não", "Não", "nada"]);
    assert_eq!(snippet(&hit.text, &hit.matches, 100).text, hit.text);
}

#[test]
fn filters_hold_together() {
    let store = Store::new();
    let (one, two) = (store.room(1), store.room(2));
    store.say_at(one, ANA, "maçã um", DAY);
    store.say_at(two, ANA, "maçã dois https://example.org", 2 * DAY);
    store.say_at(one, ME, "maçã três", 3 * DAY);
    store.say_at(one, ANA, "pera", 4 * DAY);
    let wanted = || Search::words("maca");
    let of = |change: &dyn Fn(&mut Search)| {
        let mut wanted = wanted();
        change(&mut wanted);
        store.find(wanted)
    };
    let all = ["maçã três", "maçã dois https://example.org", "maçã um"];
    assert_eq!(store.find(wanted()), all);
    assert_eq!(of(&|s| s.room = Some(RoomId([1; 16]))), [all[0], all[2]]);
    assert!(of(&|s| s.room = Some(RoomId([9; 16]))).is_empty());
    assert_eq!(of(&|s| s.from = Some(ANA)), [all[1], all[2]]);
    assert_eq!(of(&|s| s.kind = Some(SearchKind::Link)), [all[1]]);
    assert_eq!(of(&|s| s.kind = Some(SearchKind::Text)), all);
    assert_eq!(of(&|s| s.since = Some(2 * DAY)), [all[0], all[1]]);
    assert_eq!(of(&|s| s.until = Some(2 * DAY)), [all[1], all[2]]);
    assert_eq!(
        of(&|s| (s.since, s.until) = (Some(DAY + 1), Some(3 * DAY - 1))),
        [all[1]]
    );
    assert!(of(&|s| s.until = Some(DAY - 1)).is_empty());
    assert_eq!(of(&|s| s.limit = 1), [all[0]]);
    let everything = Search {
        from: Some(ANA),
        room: Some(RoomId([1; 16])),
        ..Search::default()
    };
    assert_eq!(store.find(everything), ["pera", "maçã um"]);
    assert_eq!(store.find(Search::default()).len(), 4);
    // Facts are not words.
    for fact in ["\u{e000}r1", "r1", "\u{e000}k0"] {
        assert!(store.words(fact).is_empty());
    }
}

#[test]
fn pages_follow_each_other() {
    let store = Store::new();
    let room = store.room(1);
    for number in 0..25 {
        store.say(room, &format!("palavra {number}"));
    }
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let wanted = Search {
            limit: 10,
            before,
            ..Search::words("palavra")
        };
        let page = search(&store.reader(), ME, &wanted).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id());
        found.extend(page.into_iter().map(|hit| hit.text));
    }
    let expected: Vec<_> = (0..25)
        .rev()
        .map(|number| format!("palavra {number}"))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn beginnings_of_many_words_are_found_too() {
    let store = Store::new();
    let room = store.room(1);
    for number in 0..300 {
        store.say(room, &format!("termo{number:03}"));
    }
    // More words than are looked for one by one: FTS5 merges them.
    for beginning in ["te", "ter", "termo"] {
        let hits = store.words(beginning);
        assert_eq!(hits.len(), 50, "{beginning}");
        assert_eq!(hits[0], "termo299");
    }
    assert_eq!(store.words("termo29").len(), 10);
    assert!(
        store.words("t").is_empty(),
        "one letter is a word where it begins too many"
    );
}

#[test]
fn edits_and_deletions_are_followed() {
    let store = Store::new();
    let room = store.room(1);
    let first = store.say(room, "segredo antigo");
    let second = store.say(room, "outro segredo");
    store.change("text = 'coisa nova', edited = 1", first);
    assert_eq!(store.words("segredo"), ["outro segredo"]);
    assert_eq!(store.words("nova"), ["coisa nova"]);
    store.change("kind = 1, text = NULL", second);
    assert!(store.words("segredo").is_empty());
    store.is_whole();
    // The words themselves are gone, not only their messages.
    let words: i64 = store
        .reader()
        .query_row(
            "SELECT count(*) FROM search_word WHERE term IN ('segredo', 'antigo', 'outro')",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(words, 0);
    store.db.drop_room(room).unwrap();
    assert!(store.words("nova").is_empty());
    store.is_whole();
}

#[test]
fn polls_are_found_by_their_question_and_what_can_be_chosen() {
    let store = Store::new();
    let room = store.room(1);
    let text = store.say(room, "quando é a prova?");
    let poll = store.say(room, "quando estudamos?");
    store.change("kind = 6, options = 'segunda\nterça-feira'", poll);
    assert_eq!(
        store.words("TERCA"),
        ["quando estudamos?\nsegunda\nterça-feira"]
    );
    assert_eq!(store.words("quando terca"), store.words("segunda"));
    assert_eq!(store.words("quando").len(), 2);
    // An option is no part of the next one.
    assert!(store.words("\"estudamos terça\"").is_empty());
    let hits = search(&store.reader(), ME, &Search::words("feira")).unwrap();
    let found = &hits[0].text[hits[0].matches[0].clone()];
    assert_eq!(found, "feira", "what fits is marked where it stands");
    let of = |kind| {
        let wanted = Search {
            kind: Some(kind),
            ..Search::words("quando")
        };
        store.find(wanted).len()
    };
    assert_eq!((of(SearchKind::Poll), of(SearchKind::Text)), (1, 1));
    let polls = Search {
        kind: Some(SearchKind::Poll),
        ..Search::default()
    };
    assert_eq!(store.find(polls).len(), 1);
    assert_eq!(store.find(Search::default()).len(), 2);
    store.is_whole();
    // With the poll go the words of its options.
    store.change("options = 'quarta'", poll);
    assert!(store.words("segunda").is_empty());
    store.change("kind = 1, text = NULL, options = NULL", poll);
    assert!(store.words("quarta").is_empty() && store.words("estudamos").is_empty());
    assert_eq!(store.words("quando"), ["quando é a prova?"]);
    store.change("kind = 1, text = NULL", text);
    store.is_whole();
}

#[test]
fn a_rolled_back_message_is_not_found() {
    let store = Store::new();
    let room = store.room(1);
    store.db.run("BEGIN IMMEDIATE; SAVEPOINT entry").unwrap();
    store.say(room, "fantasma");
    store.db.run("ROLLBACK TO entry; RELEASE entry").unwrap();
    store.say(room, "presente");
    store.db.run("COMMIT").unwrap();
    assert!(store.words("fantasma").is_empty());
    assert_eq!(store.words("presente"), ["presente"]);
    store.is_whole();
}

#[test]
fn times_that_move_stay_within_their_span() {
    let store = Store::new();
    let room = store.room(1);
    let message = store.say_at(room, ME, "tarde", 10 * DAY);
    store.change(&format!("at_ms = {}", 20 * DAY), message);
    let since = Search {
        since: Some(20 * DAY),
        ..Search::words("tarde")
    };
    assert_eq!(store.find(since), ["tarde"]);
}
