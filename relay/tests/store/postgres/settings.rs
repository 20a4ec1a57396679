//! Which databases a relay runs on.

use super::super::world::{World, keys, options};
use super::open;
use crate::postgres::{Database, Server};
use lacre_relay::store::read::ReadLogs;
use lacre_relay::store::{
    Durability, OpenError, PostgresAddress, PostgresError, Store, StoreOptions,
};
use lacre_wire::answer::OpenState;
use lacre_wire::ids::{Lineage, LogId};
use lacre_wire::log::Cursor;
use lacre_wire::request::OpenLog;

fn refusal(database: &Database, mark: Option<&str>, options: &StoreOptions) -> PostgresError {
    let address = PostgresAddress::parse(&database.url()).unwrap();
    match Store::postgres(&address, keys(), mark, options) {
        Err(OpenError::Postgres(error)) => error,
        other => panic!("{:?}", other.map(drop)),
    }
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_accepted_is_refused() {
    for (setting, from_the_file) in [
        ("fsync", true),
        ("full_page_writes", true),
        ("synchronous_commit", false),
    ] {
        let server = Server::start(&[&format!("{setting}=off")]);
        let database = server.database();
        let error = refusal(&database, None, &options());
        let text = error.to_string();
        assert!(
            matches!(error, PostgresError::Unsafe { setting: named, .. } if named == setting),
            "{text}"
        );
        assert!(text.contains(&format!("{setting}=on")), "{text}");
        // Nothing was made there.
        let tables = "SELECT count(*) FROM pg_namespace WHERE nspname = 'lacre'";
        assert_eq!(database.sql(tables), "0");
        if from_the_file {
            // Whoever asks for less gets less.
            let less = StoreOptions {
                durability: Durability::PageCache,
                ..options()
            };
            drop(open(&database, &less));
        }
    }
}

#[tokio::test]
async fn what_is_not_ours_or_not_for_us_is_refused() {
    let database = Database::new();
    drop(open(&database, &options()));
    let address = PostgresAddress::parse(&database.url()).unwrap();
    drop(Store::postgres(&address, keys(), Some("these keys"), &options()).unwrap());
    drop(Store::postgres(&address, keys(), Some("these keys"), &options()).unwrap());
    let other = refusal(&database, Some("other keys"), &options());
    assert!(matches!(other, PostgresError::OtherKeys(_)), "{other}");
    database.sql("UPDATE lacre.about SET version = 99");
    let newer = refusal(&database, None, &options());
    assert!(
        matches!(newer, PostgresError::Newer { found: 99, .. }),
        "{newer}"
    );
    database.sql(&format!(
        "ALTER DATABASE {} SET default_transaction_read_only = on",
        database.sql("SELECT current_database()")
    ));
    let standby = refusal(&database, None, &options());
    assert!(standby.to_string().contains("read-only"), "{standby}");

    let url = "postgres://lacre:s3cret@127.0.0.1:1/none?sslmode=disable";
    let away = PostgresAddress::parse(url).unwrap();
    let error = Store::postgres(&away, keys(), None, &options())
        .err()
        .unwrap();
    assert!(!error.to_string().contains("s3cret"), "{error}");
    let Some(OpenError::Postgres(PostgresError::Connect { .. })) = Some(error) else {
        panic!("expected no connection");
    };
}

/// Nodes start together; one makes the tables, and all have one lineage.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_that_start_together_make_one_store() {
    let database = Database::new();
    let starting: Vec<_> = (0..4)
        .map(|_| {
            let database = database.clone();
            std::thread::spawn(move || {
                let one = StoreOptions {
                    writers: 1,
                    readers: 1,
                    ..StoreOptions::default()
                };
                open(&database, &one).lineage()
            })
        })
        .collect();
    let lineages: Vec<Lineage> = starting.into_iter().map(|t| t.join().unwrap()).collect();
    assert!(lineages.iter().all(|lineage| *lineage == lineages[0]));
    assert_eq!(database.sql("SELECT count(*) FROM lacre.lineage"), "1");
}

#[tokio::test]
async fn a_renewed_lineage_resets_cursors() {
    let database = Database::new();
    let mut w = World::of(open(&database, &options()), None);
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let log = LogId::Room(room);
    w.say(room, ana.member(0), 2).await;
    let cursor = Cursor {
        lineage: w.store.lineage(),
        seq: 2,
        chain: w.chain(log, 2).await,
    };
    drop(w);
    // As a promotion or a recovery does: the server goes on from another timeline.
    database.sql("UPDATE lacre.lineage SET timeline = '0000000F'");
    let fresh = StoreOptions {
        lineage: Some(Lineage([8; 16])),
        ..options()
    };
    let mut w = World::of(open(&database, &fresh), None);
    let asked = OpenLog {
        log,
        cursor: Some(cursor),
    };
    let opened = w.store.open(ana.device(0), vec![asked]).await.unwrap();
    let lineage = Lineage([8; 16]);
    assert_eq!(opened[0].state, OpenState::LogReset { lineage });
    // Senders of the old lineage still open.
    w.say(room, ana.member(0), 1).await;
    let senders = w.log(log).await;
    assert!(
        senders
            .iter()
            .all(|entry| entry.sender.unwrap().account == ana.account)
    );
}
