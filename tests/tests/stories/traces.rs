//! What is gone is gone: every table of every store is read, and every page of every file.
//!
//! The engines are driven by hand, because the clock has to be turned: a day, for evidence to end.

use lacre_engine::content::MessageId;
use lacre_engine::{Draft, Engine, Event, Expiry, Item, Search};
use lacre_tests::puppet::{Puppet, now};
use lacre_tests::scan;
use lacre_tests::wire::Caller;
use lacre_tests::world::World;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{Millis, RoomId};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

/// Words that nobody says by chance, in the form in which the index has them; and what stays of them
/// when an index leaves out the letters that the word before has too.
const DELETED: [&str; 2] = ["qwzdeletado", "wzdeletado"];
const EDITED: [&str; 2] = ["qwzeditado", "wzeditado"];
const EXPIRED: [&str; 2] = ["qwzexpirado", "wzexpirado"];
const PRIVATE: [&str; 2] = ["qwzprivado", "wzprivado"];
const LATER: [&str; 2] = ["qwzagendado", "wzagendado"];
const KEPT: &str = "qwzguardado";
const DAY: Millis = 24 * 3_600_000;

fn all() -> Vec<&'static str> {
    [DELETED, EDITED, EXPIRED, PRIVATE, LATER].concat()
}

async fn say(puppet: &mut Puppet, room: RoomId, draft: Draft) -> MessageId {
    let item = puppet.engine.send(room, draft, now()).unwrap();
    let message = item.message;
    arrives(puppet, |item| item.message == message && item.seq.is_some()).await;
    message
}

async fn arrives(puppet: &mut Puppet, fits: impl Fn(&Item) -> bool) {
    puppet
        .until(|event| matches!(event, Event::Item { item, .. } if fits(item)))
        .await;
}

fn text(words: &str) -> Draft {
    Draft::Text(format!("era uma vez {words} e mais nada"))
}

/// Everything in a closed store, by its key: tables, the index's own tables, and the pages as they
/// are, with what SQLite no longer counts as content.
fn traces(folder: &Path, handle: &str, copy: PathBuf) -> Vec<String> {
    let key = sha256(&[handle.as_bytes()]).0;
    let mut found = scan::find_in_store(&folder.join("store.db"), Some(&key), &all());
    scan::copy(folder, &copy);
    scan::decrypt(&copy.join("store.db"), &key);
    let pages = scan::find(&copy, &all());
    found.extend(
        pages
            .into_iter()
            .map(|(path, word)| format!("{word} in the pages of {}", path.display())),
    );
    assert!(
        !scan::find(&copy, &[KEPT]).is_empty(),
        "what was kept is in the pages: else nothing was looked at"
    );
    found
}

fn later(engine: &mut Engine, at: Millis) {
    // Once for what is due, and once more when the files are to be cleared.
    engine.tick(at);
    engine.tick(at + 120_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stays_of_what_was_deleted_or_went() {
    let world = World::start().await;
    let host = world.person("host").await;
    let caller = Caller::new(
        &world.relay.address().parse().unwrap(),
        Ipv4Addr::LOCALHOST.into(),
    );
    let folders = ["ana", "bruno"].map(|name| world.stage().path(name));
    let ana = Puppet::sign_up(&caller, &folders[0], "ana");
    let mut ana = host.within("ana signs up", ana).await;
    let bruno = Puppet::sign_up(&caller, &folders[1], "bruno");
    let mut bruno = host.within("bruno signs up", bruno).await;
    let story = async {
        let group = ana.create_group("Algebra", vec![bruno.account()]).await;
        bruno
            .until(|event| matches!(event, Event::RoomAdded(room) if *room == group))
            .await;
        let peer = bruno.account();
        ana.perform(|engine, now| engine.direct(peer, now)).await;
        let direct = ana.engine.reader().unwrap().rooms().unwrap();
        let direct = direct.iter().find(|room| room.id != group).unwrap().id;
        bruno
            .until(|event| matches!(event, Event::RoomAdded(room) if *room == direct))
            .await;

        // Said, found, and then taken back, edited away, gone; long enough to fill pages.
        for number in 0..60 {
            let filler = format!("enchimento {number} {KEPT} {}", "palha ".repeat(30));
            ana.engine.send(group, Draft::Text(filler), now()).unwrap();
        }
        let deleted = say(&mut ana, group, text(DELETED[0])).await;
        let edited = say(&mut ana, group, text(EDITED[0])).await;
        let edit = Draft::Edit {
            message: edited,
            text: format!("{} outra vez", EDITED[0]),
        };
        ana.engine.send(group, edit, now()).unwrap();
        let private = say(&mut ana, direct, text(PRIVATE[0])).await;
        let end = now() + DAY;
        let expiring = text(EXPIRED[0]);
        let expiring = ana
            .engine
            .send_expiring(group, expiring, Expiry::At(end), now())
            .unwrap();
        let scheduled = ana.engine.schedule(group, LATER[0], end, now()).unwrap();
        // A puppet sends only while somebody waits with it.
        let is_sent = |item: &Item| item.message == expiring.message && item.seq.is_some();
        arrives(&mut ana, is_sent).await;
        arrives(&mut bruno, is_sent).await;
        for puppet in [&ana, &bruno] {
            let reader = puppet.engine.reader().unwrap();
            for (word, times) in [(DELETED, 1), (EDITED, 1), (EXPIRED, 1)] {
                let hits = reader.search(&Search::words(word[0])).unwrap();
                assert_eq!(hits.len(), times, "{}", word[0]);
            }
        }

        ana.engine.cancel_scheduled(scheduled).unwrap();
        for (room, message) in [(group, deleted), (group, edited), (direct, private)] {
            ana.engine
                .send(room, Draft::Delete { message }, now())
                .unwrap();
        }
        let last = say(&mut ana, direct, text(KEPT)).await;
        arrives(&mut bruno, |item| item.message == last).await;
        for (puppet, folder) in [(&mut ana, &folders[0]), (&mut bruno, &folders[1])] {
            later(&mut puppet.engine, now());
            assert!(
                scan::find(folder, &all()).is_empty(),
                "the files are encrypted"
            );
        }
        end
    };
    let end = host.within("the story", story).await;

    // Within the window, the other's device still could report what was said in the group, and keeps
    // nothing of the direct room; one's own keeps nothing.
    let key = |handle: &str| sha256(&[handle.as_bytes()]).0;
    let during = scan::find_in_store(&folders[1].join("store.db"), Some(&key("bruno")), &all());
    println!("within the window: {during:#?}");
    let evidence = |word: &str| {
        during
            .iter()
            .any(|place| place.contains(word) && place.contains("evidence"))
    };
    assert!(evidence(DELETED[0]) && evidence(EDITED[0]));
    assert!(!during.iter().any(|place| place.contains(PRIVATE[0])));
    let aside = |place: &&String| !place.contains("evidence") && !place.contains(EXPIRED[1]);
    assert_eq!(
        during.iter().filter(aside).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );

    // The moment comes, then the window ends.
    for engine in [&mut ana.engine, &mut bruno.engine] {
        later(engine, end);
        later(engine, end + DAY + 120_000);
    }
    drop((ana, bruno));
    for (folder, handle) in folders.iter().zip(["ana", "bruno"]) {
        let copy = world.stage().path(&format!("copy-{handle}"));
        assert_eq!(
            traces(folder, handle, copy),
            Vec::<String>::new(),
            "{handle}"
        );
    }
    let relay = world.relay.folder().join("relay.db");
    assert_eq!(
        scan::find_in_store(&relay, None, &all()),
        Vec::<String>::new()
    );
    assert!(scan::find(world.stage().folder(), &all()).is_empty());
}
