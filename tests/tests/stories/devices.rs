//! Several devices of one person, and devices that must not open.

use lacre::{Client, ErrorKind, Options};
use lacre_tests::child;
use lacre_tests::scan;
use lacre_tests::world::World;
use std::fs;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_devices_of_a_person_get_everything() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    ana.says(room, "from the phone").await;
    let mut tablet = ana.second("ana-tablet").await;
    assert_eq!(tablet.account(), ana.account());
    assert_eq!(ana.client().devices().await.unwrap().len(), 2);
    tablet.enters(room).await;
    let said = [
        ana.says(room, "from the phone again").await,
        tablet.says(room, "from the tablet").await,
        bruno.says(room, "to both").await,
    ];
    for device in [&ana, &tablet, &bruno] {
        device.sees(room, &said).await;
    }
    let item = tablet.item(room, said[0]).await;
    assert!(item.own, "what the phone said is the tablet's own");
    // A room that is new is known to both at once.
    let group = bruno.group("Geometry", &[&ana]).await;
    tablet.enters(group).await;
    let greeting = bruno.says(group, "hello both").await;
    ana.sees(group, &[greeting]).await;
    tablet.sees(group, &[greeting]).await;
    world.check(&mut [&mut ana, &mut tablet, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_nobody_let_in_reads_and_writes_nothing() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    let stranger = ana.ask_for_second("stranger").await;
    ana.until("the request", |told| told.approvals.len() == 1)
        .await;
    let said = ana.says(room, "between us").await;
    bruno.sees(room, &[said]).await;
    assert!(!stranger.client().me().approved);
    assert!(stranger.client().rooms().unwrap().is_empty());
    let devices = ana.client().devices().await.unwrap();
    assert_eq!(devices.iter().filter(|device| !device.pending).count(), 1);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handle_belongs_to_one_account() {
    let world = World::start().await;
    let ana = world.person("ana").await;
    let options =
        || Options::in_folder(world.relay.address(), world.stage().path("other")).key_file();
    let taken = ana
        .within("signing up as ana", Client::open(options().handle("ana")))
        .await
        .unwrap_err();
    assert_eq!(
        (taken.kind(), taken.code()),
        (ErrorKind::Exists, "HandleTaken"),
        "{taken}"
    );
    // The same folder may try another one.
    let free = ana
        .within("signing up as ana2", Client::open(options().handle("ana2")))
        .await
        .unwrap();
    assert_eq!(free.me().handle, "ana2");
    free.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_relay_under_the_same_address_is_refused() {
    let world = World::start().await;
    let impostor = World::start().await;
    let mut ana = world.person("ana").await;
    ana.close().await;
    // The impostor answers where the relay was; its identity is another.
    let (identity, _) = world.relay.address().split_once('@').unwrap();
    let false_address = format!("{identity}@{}", impostor.relay.socket());
    let options = Options::in_folder(&false_address, world.stage().path("new"))
        .key_file()
        .handle("bruno");
    let refused = ana
        .within("connecting to an impostor", Client::open(options))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.kind(), refused.code()),
        (ErrorKind::Relay, "WrongFingerprint"),
        "{refused}"
    );
    assert_eq!(impostor.relay.metrics().await.get("lacre_logins_total"), 0);
    // And a store never changes its relay.
    ana.connect_through(impostor.relay.address());
    let refused = ana.try_open().await.unwrap_err();
    assert_eq!(
        (refused.kind(), refused.code()),
        (ErrorKind::Relay, "OtherRelay"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_data_folder_is_found_out() {
    let world = World::start().await;
    let mut ana = world.person("ana").await;
    ana.close().await;
    let copy = world.stage().path("copy");
    scan::copy(ana.folder(), &copy);
    // The original goes on: its counter rises beyond the copy's.
    ana.restart().await;
    ana.comes_online().await;
    ana.restart().await;
    ana.comes_online().await;
    ana.close().await;
    let client = Client::open(Options::in_folder(world.relay.address(), copy).key_file())
        .await
        .unwrap();
    let mut events = client.events();
    let refusal = ana.within("the copy is refused", async {
        loop {
            match events.next().await.unwrap() {
                lacre::Event::Error(error) if error.kind() == ErrorKind::Refused => return error,
                _ => {}
            }
        }
    });
    assert_eq!(refusal.await.code(), "CopiedStore");
    client.close().await;
    ana.open().await;
    ana.comes_online().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_serves_one_client_at_a_time() {
    let world = World::start().await;
    let ana = world.person("ana").await;
    let refused = ana.try_open().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InUse, "{refused}");
    // The same from another process.
    let code = child::refusal(world.stage(), world.relay.address(), ana.folder(), "ana").await;
    assert_eq!(code.as_deref(), Some(refused.code()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_stores_and_wrong_keys_are_told_apart() {
    let world = World::start().await;
    let mut ana = world.person("ana").await;
    ana.close().await;
    let key = ana.folder().join("store.key");
    let good = fs::read(&key).unwrap();
    fs::write(&key, [7; 32]).unwrap();
    let wrong = ana.try_open().await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::WrongKey, "{wrong}");
    fs::write(&key, &good).unwrap();
    ana.open().await;
    ana.comes_online().await;
    ana.close().await;
    // A page in the middle of the store is overwritten: told as damage, never a panic.
    let store = scan::files(ana.folder())
        .into_iter()
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .unwrap();
    let mut bytes = fs::read(&store).unwrap();
    let half = bytes.len() / 2;
    bytes[4096..half].fill(0x55);
    fs::write(&store, bytes).unwrap();
    match ana.try_open().await {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Store, "{error}"),
        // SQLite may notice only when it reads the page.
        Ok(client) => {
            let rooms = client.rooms().unwrap_err();
            assert_eq!(rooms.kind(), ErrorKind::Store, "{rooms}");
        }
    }
}
