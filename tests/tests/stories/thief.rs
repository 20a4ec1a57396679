//! Who steals the relay's database without its key file.

use lacre_tests::world::World;
use lacre_wire::hash::sha256;
use lacre_wire::ids::AccountId;
use rusqlite::Connection;
use rusqlite::types::Value;

/// Where messages, their stamps and their submissions are kept. Handshakes name their authors: the
/// relay must know who is in a room.
const TABLES: [&str; 3] = ["entry WHERE kind = 0", "submission", "submission_recent"];

/// Every value of a table that is bytes or text, row by row.
fn rows(store: &Connection, table: &str) -> Vec<Vec<Vec<u8>>> {
    let mut statement = store.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let values = (0..columns).map(|column| row.get::<_, Value>(column).unwrap());
        let bytes = values.filter_map(|value| match value {
            Value::Blob(bytes) => Some(bytes),
            Value::Text(text) => Some(text.into_bytes()),
            _ => None,
        });
        Ok(bytes.collect())
    };
    statement
        .query_map([], row)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// Whether some 32 bytes of a row open some other 32 bytes of it as the commitment to a sender.
fn names(row: &[Vec<u8>], account: &AccountId) -> bool {
    let windows = || row.iter().flat_map(|value| value.windows(32));
    let commitments: Vec<_> = windows()
        .map(|r| sha256(&[b"lacre/sender", &account.0, r]).0)
        .collect();
    windows().any(|window| commitments.iter().any(|commitment| commitment == window))
}

/// The thief sees who is in the room. Who said what stands nowhere: not by name, not as the opening of
/// a commitment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_alone_names_no_sender() {
    let mut world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    for number in 0..4 {
        ana.says(room, &format!("ana's number {number}")).await;
        bruno.says(room, &format!("bruno's number {number}")).await;
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
    world.relay.stop().await;
    let store = Connection::open(world.relay.folder().join("relay.db")).unwrap();
    let members = rows(&store, "member");
    for person in [&ana, &bruno] {
        let (account, device) = (person.account(), person.id());
        // What is looked for can be found: the test looks at the right bytes.
        assert!(members.iter().flatten().any(|value| *value == account.0));
        for table in TABLES {
            for row in rows(&store, table) {
                let named = |value: &Vec<u8>| {
                    let mut ids = [&account.0[..], &device.0].into_iter();
                    ids.any(|id| value.windows(id.len()).any(|window| window == id))
                };
                assert!(!row.iter().any(named), "{table} names {}", person.name());
                assert!(!names(&row, &account), "{table} opens to {}", person.name());
            }
        }
    }
    let messages = "SELECT count(*) FROM entry WHERE kind = 0 AND stamp IS NOT NULL";
    let messages: i64 = store.query_row(messages, [], |row| row.get(0)).unwrap();
    assert!(messages >= 8, "{messages} messages are there");
}
