//! Finding in a store of a million messages, and what the index costs a message that arrives.

use super::filled::{self, Dice, Fill};
use super::hall::Hall;
use super::table::{Goal, Table, millis, percentile};
use crate::process;
use lacre::{AccountId, Archive, Client, Options, Search, SearchKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Searches of each sort.
const TIMES: u64 = 60;

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let count = hall.scale.of(1_000_000, 20_000);
    let (folder, _) = account(hall).await;
    let store = filled::open(&folder);
    let rooms = filled::rooms(&store, 20);
    costs(hall, table).await;
    let fill = Fill {
        count,
        rooms: rooms.clone(),
        people: 200,
        lively: false,
        run: 4096,
    };
    filled::fill(&store, &mut Dice::new(1), &fill);
    drop(store);
    let archive = Archive::open(&folder, &filled::key(&folder)).unwrap();
    let room = archive.rooms().unwrap()[0].id;
    let someone = Some(AccountId(filled::account(7)));
    let common = |n: u64| filled::word(1 + n % 5);
    let usual = |n: u64| filled::word(200 + n * 7);
    let rare = |n: u64| filled::word(9_000 + n * 31);
    let begin = |word: String, letters: usize| word.chars().take(letters).collect::<String>();
    let of = |words: String| Search::words(&words);
    let half = Some(filled::moment(count / 2));
    let month = Some(filled::moment(count / 2) - 30 * 86_400_000);
    measure(table, &archive, count, "common words", &|n| {
        of(common(n) + " ")
    });
    measure(table, &archive, count, "common words, as typed", &|n| {
        of(common(n))
    });
    measure(table, &archive, count, "usual words, as typed", &|n| {
        of(usual(n))
    });
    measure(table, &archive, count, "rare words", &|n| of(rare(n)));
    measure(table, &archive, count, "two words", &|n| {
        of(format!("{} {}", common(n), usual(n)))
    });
    measure(table, &archive, count, "two common words together", &|n| {
        of(format!("\"{} {}\"", common(n), common(n + 1)))
    });
    for letters in 1..=4 {
        let name = format!("{letters} letters of a word");
        measure(table, &archive, count, &name, &|n| {
            of(begin(usual(n), letters))
        });
    }
    measure(table, &archive, count, "common words, one room", &|n| {
        Search {
            room: Some(room),
            ..of(common(n))
        }
    });
    measure(table, &archive, count, "usual words, one person", &|n| {
        Search {
            from: someone,
            ..of(usual(n))
        }
    });
    measure(
        table,
        &archive,
        count,
        "common words, one person, one room",
        &|n| Search {
            room: Some(room),
            from: someone,
            ..of(common(n))
        },
    );
    measure(table, &archive, count, "common words with a link", &|n| {
        Search {
            kind: Some(SearchKind::Link),
            ..of(common(n))
        }
    });
    measure(table, &archive, count, "common words, long ago", &|n| {
        Search {
            until: half,
            ..of(common(n))
        }
    });
    measure(table, &archive, count, "usual words, one month", &|n| {
        Search {
            since: month,
            until: half,
            ..of(usual(n))
        }
    });
}

/// A folder with an account that nobody uses, and the address of its relay, which is gone.
pub(super) async fn account(hall: &Hall) -> (PathBuf, String) {
    let mut relay = hall.relay(false).await;
    let folder = hall.room("ana");
    let options = Options::in_folder(relay.address(), folder.clone())
        .key_file()
        .handle("ana");
    let ana = Client::open(options).await.unwrap();
    ana.direct("ana").await.unwrap();
    ana.close().await;
    relay.stop().await;
    (folder, relay.address().to_owned())
}

fn measure(
    table: &mut Table,
    archive: &Archive,
    count: u64,
    what: &str,
    search: &dyn Fn(u64) -> Search,
) {
    let mut times = Vec::new();
    let mut hits = 0;
    for number in 0..TIMES {
        let search = search(number);
        let began = Instant::now();
        hits += archive.search(&search).unwrap().len();
        times.push(began.elapsed());
    }
    times.sort();
    let found = hits / usize::try_from(TIMES).unwrap();
    let at = |percent| millis(percentile(&times, percent));
    println!(
        "  {what}: {found} hits each, p50 {:.2}, p99 {:.2} ms",
        at(50.0),
        at(99.0)
    );
    let name = format!("search {count}, {what}, p95");
    table.add(name, at(95.0), "ms", Goal::AtMost(20.0), Goal::AtMost(5.0));
}

/// What a message costs with the index and without, in runs as they arrive and one by one.
async fn costs(hall: &Hall, table: &mut Table) {
    let count = hall.scale.of(60_000, 6_000);
    let (with, without) = (account(hall).await.0, account(hall).await.0);
    let triggers =
        "DROP TRIGGER message_comes; DROP TRIGGER message_changes; DROP TRIGGER message_moves;";
    filled::open(&without).execute_batch(triggers).unwrap();
    let used = |folder: &Path, count: u64, run: u64| -> Duration {
        let store = filled::open(folder);
        let rooms = filled::rooms(&store, 20);
        let fill = Fill {
            count,
            rooms,
            people: 200,
            lively: false,
            run,
        };
        let before = process::cpu_time(std::process::id());
        filled::fill(&store, &mut Dice::new(run), &fill);
        process::cpu_time(std::process::id()) - before
    };
    for (run, count, must) in [
        (256, count, Goal::AtMost(15.0)),
        (1, count / 20, Goal::None),
    ] {
        let more = used(&with, count, run).saturating_sub(used(&without, count, run));
        #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
        let each = more.as_secs_f64() * 1e6 / count as f64;
        table.add(
            format!("index, CPU a message, runs of {run}"),
            each,
            "µs",
            must,
            Goal::None,
        );
    }
}
