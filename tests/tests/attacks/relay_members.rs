//! A relay that would like somebody else in the room: by asking for them, by naming more people than
//! were asked for, by swapping their keys and lists, by showing a room as another's.

use lacre_engine::{Done, Event};
use lacre_tests::hostile::loot::public_state;
use lacre_tests::hostile::outsider::Entry;
use lacre_tests::hostile::plot::{Plot, answers, entries, made_up, once};
use lacre_tests::hostile::scene::villain;
use lacre_tests::hostile::villain::{package_bytes, package_in, random};
use lacre_wire::answer::{Answer, ClaimedAccount, ClaimedPackage, OpenState};
use lacre_wire::codec;
use lacre_wire::identity::{DeviceCertificate, DeviceEntry, LeafIdentity};
use lacre_wire::ids::{DeviceId, Hash, LogId, RoomId};
use lacre_wire::log::EntryKind;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{ClientFrame, Payload, Request};
use lacre_wire::room::{RoomKind, RoomState};
use openmls::prelude::BasicCredential;
use std::sync::{Arc, Mutex};

/// The relay names somebody who waits to be let into a closed room. Its owner, who could add them, does
/// not; it does not even ask for their keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_let_into_a_closed_room() {
    let mut plot = Plot::begin().await;
    let mallory = villain(&plot.world, "mallory").await;
    plot.vera.twist = Some(once(ServerFrame::JoinRequests {
        room: plot.room,
        accounts: vec![mallory.account()],
    }));
    plot.ana.says(plot.room, "who is there?").await;
    plot.vera.reads(plot.room, "who is there?").await;
    // Changes are made in the order they were asked for.
    let room = plot.room;
    let renamed = plot
        .vera
        .perform(|engine, now| engine.set_name(room, "Geometria", now))
        .await;
    assert_eq!(renamed.unwrap(), Done::Changed);
    assert!(!plot.vera.members(room).contains(&mallory.account()));
    let claims = plot.vera.said.iter().any(|frame| {
        matches!(frame, ClientFrame::Request { request: Request::ClaimKeyPackages { accounts, .. }, .. }
            if accounts.contains(&mallory.account()))
    });
    assert!(!claims);
    plot.room_goes_on().await;
}

/// Asked for Ana's keys, the relay answers with Mallory's too. Nobody is added, and no room is made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_comes_along_with_others() {
    let mut plot = Plot::begin().await;
    let bruno = plot.world.person("bruno").await;
    let mut mallory = villain(&plot.world, "mallory").await;
    let me = mallory.account();
    let along = mallory.claim(me).await;
    let more = move |answer: &mut Answer| {
        if let Answer::KeyPackages(claimed) = answer {
            claimed.push(along.clone());
        }
    };
    plot.vera.twist = Some(answers(more));
    let (room, invited) = (plot.room, vec![bruno.account()]);
    let refused = plot
        .vera
        .perform(|engine, now| engine.invite(room, invited.clone(), now))
        .await;
    assert_eq!(refused.unwrap_err().code(), "RelayMisbehaved");
    let refused = plot
        .vera
        .perform(|engine, now| engine.create_group("Only us", invited.clone(), now))
        .await;
    assert_eq!(refused.unwrap_err().code(), "RelayMisbehaved");
    assert_eq!(plot.vera.members(room).len(), 2);
    assert_eq!(plot.vera.rooms().len(), 1);
    plot.room_goes_on().await;
    plot.account_goes_on().await;
}

/// The leaf that a key package brings.
fn leaf(package: &[u8]) -> LeafIdentity {
    let package = package_in(package);
    let credential = BasicCredential::try_from(package.leaf_node().credential().clone()).unwrap();
    LeafIdentity::decode(credential.identity()).unwrap()
}

/// The relay puts Mallory's keys in the place of Ana's: as they are, under Ana's device, with Ana's
/// certificates; and slips a device of Mallory's into Ana's list.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_lists_cannot_be_swapped() {
    let mut plot = Plot::begin().await;
    let mut mallory = villain(&plot.world, "mallory").await;
    let ana = plot.ana.account();
    let honest = mallory.claim(ana).await;
    let theirs = leaf(&honest.packages[0].package);
    let device = honest.packages[0].device;
    let package = |device: DeviceId, package: &openmls::prelude::KeyPackage| ClaimedPackage {
        device,
        package: package_bytes(package).into(),
        last_resort: false,
    };
    let with = |packages: Vec<ClaimedPackage>| ClaimedAccount {
        packages,
        ..honest.clone()
    };
    let own = mallory.key_package(RoomKind::Group);
    let borrowed = mallory.key_package_as(RoomKind::Group, &theirs);
    let ghost = DeviceCertificate::issue(&mallory.dsk, 1, ana, mallory.key.public(), 0);
    let slipped = LeafIdentity {
        certificate: ghost.clone(),
        ..theirs.clone()
    };
    let slipped = mallory.key_package_as(RoomKind::Group, &slipped);
    let mut list = honest.info.list.read().unwrap();
    list.devices.push(DeviceEntry {
        certificate: ghost,
        added_ms: 0,
    });
    let mut listed = with(vec![package(mallory.device(), &slipped)]);
    listed.info.list = list.sign(&mallory.dsk);
    let mut unsigned = listed.clone();
    unsigned.info.list.signature = honest.info.list.signature;
    let mut another = with(vec![package(mallory.device(), &own)]);
    another.info.aik = mallory.aik.public();
    let swaps = [
        with(vec![package(mallory.device(), &own)]),
        with(vec![package(device, &own)]),
        with(vec![package(device, &borrowed)]),
        with(vec![package(mallory.device(), &slipped)]),
        listed,
        unsigned,
        another,
    ];
    for (number, swap) in swaps.into_iter().enumerate() {
        plot.vera.twist = Some(answers(move |answer| {
            if let Answer::KeyPackages(claimed) = answer {
                *claimed = vec![swap.clone()];
            }
        }));
        let refused = plot
            .vera
            .perform(|engine, now| engine.create_group("With Ana", vec![ana], now))
            .await;
        assert_eq!(refused.unwrap_err().code(), "BadIdentity", "swap {number}");
    }
    assert_eq!(plot.vera.rooms().len(), 1);
    plot.account_goes_on().await;
}

/// Asked who Bruno is, the relay answers with a list of its own making, which is newer than his, under
/// his key and under Mallory's; and with Mallory's own list and key. None is kept: his true list is
/// believed afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_list_is_not_kept() {
    let mut plot = Plot::begin().await;
    let mut mallory = villain(&plot.world, "mallory").await;
    let _bruno = plot.world.person("bruno").await;
    let me = mallory.account();
    let (dsk, own) = (mallory.dsk.clone(), mallory.claim(me).await.info);
    for (newer, under_own) in [(true, false), (true, true), (false, true)] {
        let (dsk, own) = (dsk.clone(), own.clone());
        plot.vera.twist = Some(answers(move |answer| {
            if let Answer::Account(info) = answer {
                let mut list = info.list.read().unwrap();
                list.version = 99;
                info.list = match newer {
                    true => list.sign(&dsk),
                    false => own.list.clone(),
                };
                if under_own {
                    info.aik = own.aik;
                }
            }
        }));
        let refused = plot
            .vera
            .perform(|engine, now| engine.lookup("bruno", now))
            .await;
        assert_eq!(refused.unwrap_err().code(), "BadIdentity");
    }
    plot.vera.twist = None;
    let found = plot
        .vera
        .perform(|engine, now| engine.lookup("bruno", now))
        .await;
    assert!(matches!(found, Ok(Done::Person { .. })), "{found:?}");
    plot.room_goes_on().await;
}

/// Ana's list as it was before she got her second device. Who has seen the newer one does not go back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_do_not_go_back() {
    let mut plot = Plot::begin().await;
    let mut mallory = villain(&plot.world, "mallory").await;
    let ana = plot.ana.account();
    let older = mallory.claim(ana).await;
    let tablet = plot.ana.second("tablet").await;
    tablet.enters(plot.room).await;
    let with_both = plot.vera.group("With both", vec![ana]).await;
    tablet.enters(with_both).await;
    plot.vera.twist = Some(answers(move |answer| {
        if let Answer::KeyPackages(claimed) = answer {
            claimed[0].info = older.info.clone();
        }
    }));
    let refused = plot
        .vera
        .perform(|engine, now| engine.create_group("As before", vec![ana], now))
        .await;
    assert_eq!(refused.unwrap_err().code(), "StaleDeviceList");
    plot.account_goes_on().await;
}

/// Vera asks for the room with Bruno. The relay says there is one, and names the group. Then it shows a
/// room with Mallory in it as the one with Ana.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_room_is_with_the_person_asked_for() {
    let mut plot = Plot::begin().await;
    let bruno = plot.world.person("bruno").await.account();
    let mut mallory = villain(&plot.world, "mallory").await;
    let (ana, vera) = (plot.ana.account(), plot.vera.account());
    let room = plot.room;
    plot.vera.twist = Some(answers(move |answer| {
        if matches!(answer, Answer::Accepted(_)) {
            *answer = Answer::Exists { room };
        }
    }));
    let refused = plot
        .vera
        .perform(|engine, now| engine.direct(bruno, now))
        .await;
    assert_eq!(refused.unwrap_err().code(), "RelayMisbehaved");

    // The state names Vera and Ana; those in it are Vera and Mallory.
    let false_room = RoomId(random());
    let state = RoomState::template(RoomKind::Direct, ana, Some(vera));
    let group = mallory.make_up(false_room, &state);
    let notice = mallory.welcome(false_room, group, vera).await;
    let inbox = LogId::Inbox(plot.vera.engine.profile().unwrap().device);
    let entry = made_up(1, EntryKind::Welcome, 0, codec::to_vec(&notice));
    plot.vera.twist = Some(once(ServerFrame::Entries {
        log: inbox,
        entries: vec![entry],
    }));
    plot.ana.says(room, "here I am").await;
    plot.vera.reads(room, "here I am").await;
    plot.vera
        .until(
            "the room is refused",
            |event| matches!(event, Event::Error(error) if error.code() == "InvalidMls"),
        )
        .await;
    assert!(!plot.vera.rooms().contains(&false_room));

    // A stranger's group is what it says, and is entered: the Welcome was good.
    let strangers = RoomId(random());
    let state = RoomState::template(RoomKind::Group, mallory.account(), None);
    let group = mallory.make_up(strangers, &state);
    let notice = mallory.welcome(strangers, group, vera).await;
    let entry = made_up(2, EntryKind::Welcome, 0, codec::to_vec(&notice));
    plot.vera.twist = Some(once(ServerFrame::Entries {
        log: inbox,
        entries: vec![entry],
    }));
    plot.ana.says(room, "still here").await;
    plot.vera.reads(room, "still here").await;
    plot.vera
        .until(
            "a stranger's group",
            |event| matches!(event, Event::RoomAdded(room) if *room == strangers),
        )
        .await;
    let members = plot.vera.members(strangers);
    assert!(members.len() == 2 && members.contains(&mallory.account()));

    plot.vera.twist = None;
    let direct = plot
        .vera
        .perform(|engine, now| engine.direct(ana, now))
        .await;
    let Done::Room(direct) = direct.unwrap() else {
        panic!()
    };
    assert!(direct != false_room && direct != room);
    plot.ana.enters(direct).await;
    plot.vera.says(direct, "only you").await;
    plot.ana.reads(direct, "only you").await;
}

/// The relay writes a commit into the log by which Mallory comes in. Vera stops the room, reports it,
/// and shows nobody new.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_of_the_relays_own_brings_nobody_in() {
    let mut plot = Plot::begin().await;
    let mallory = villain(&plot.world, "mallory").await;
    let room = plot.room;
    let state = public_state(plot.world.relay.folder(), room);
    let bundle = mallory.external(&state, Entry::default());
    let Payload::Inline(commit) = bundle.commit else {
        panic!()
    };
    let epoch = plot.world.logged(room).epoch;
    let commit = Arc::new(Mutex::new(Some(commit)));
    plot.vera.twist = Some(entries(room, move |mut run| {
        if let Some(commit) = commit.lock().unwrap().take() {
            let seq = run[0].seq;
            run = vec![made_up(seq, EntryKind::Commit, epoch, commit.to_vec())];
        }
        run
    }));
    plot.ana.says(room, "who is that?").await;
    let stopped = plot
        .vera
        .until("the room stops", |event| {
            matches!(event, Event::RoomStopped { .. })
        })
        .await;
    let Event::RoomStopped { room: which, error } = stopped else {
        unreachable!()
    };
    assert_eq!((which, error.code()), (room, "InvalidMls"));
    assert!(!plot.vera.members(room).contains(&mallory.account()));
    let reports = plot.vera.said.iter().any(|frame| {
        matches!(
            frame,
            ClientFrame::Request {
                request: Request::BadCommit(_),
                ..
            }
        )
    });
    assert!(reports);
    plot.account_goes_on().await;
}

/// The relay makes a group under the room's id and welcomes Vera: one by a member, as the next generation
/// of a room that goes on; one by a stranger, into a room that it has made stop. Neither takes the
/// room's place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_room_is_put_in_the_place_of_another() {
    let mut plot = Plot::begin().await;
    let mut eve = villain(&plot.world, "eve").await;
    let mut mallory = villain(&plot.world, "mallory").await;
    let (room, vera, account) = (plot.room, plot.vera.account(), mallory.account());
    let invited = plot
        .vera
        .perform(|engine, now| engine.invite(room, vec![account], now))
        .await;
    assert_eq!(invited.unwrap(), Done::Changed);
    let before = plot.vera.members(room);
    let inbox = LogId::Inbox(plot.vera.engine.profile().unwrap().device);
    for (number, text) in [(1, "one"), (2, "two")] {
        let by = match text {
            "one" => &mut mallory,
            _ => &mut eve,
        };
        let state = RoomState::template(RoomKind::Group, by.account(), None);
        let group = by.make_up_at(room, number, &state);
        let mut notice = by.welcome(room, group, vera).await;
        notice.generation = number;
        let entry = made_up(number.into(), EntryKind::Welcome, 0, codec::to_vec(&notice));
        plot.vera.twist = Some(once(ServerFrame::Entries {
            log: inbox,
            entries: vec![entry],
        }));
        plot.ana.says(room, text).await;
        let refusals = move |complaints: &[&str]| {
            let refused = complaints.iter().filter(|code| **code == "InvalidMls");
            refused.count() >= usize::try_from(number).unwrap()
        };
        plot.vera.until_complaints("it is refused", refusals).await;
        assert_eq!(plot.vera.members(room), before);
        if text == "one" {
            plot.room_goes_on().await;
            let epoch = plot.world.logged(room).epoch;
            let mut nonsense = Some(vec![1, 2, 3]);
            plot.vera.twist = Some(entries(room, move |mut run| {
                if let Some(body) = nonsense.take() {
                    run = vec![made_up(run[0].seq, EntryKind::Commit, epoch, body)];
                }
                run
            }));
            plot.ana.says(room, "stop").await;
            plot.vera
                .until("the room stops", |event| {
                    matches!(event, Event::RoomStopped { .. })
                })
                .await;
        }
    }
    plot.account_goes_on().await;
}

/// Vera is let into a room, and the relay begins its log behind what was said first. She does not take
/// that for the beginning: the session is given up, and an honest relay shows her everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_beginning_cannot_be_hidden_from_a_newcomer() {
    let mut plot = Plot::begin().await;
    let known = plot.room;
    let mut hides = true;
    plot.vera.twist = Some(answers(move |answer| {
        let Answer::Opened(opened) = answer else {
            return;
        };
        for log in opened
            .iter_mut()
            .filter(|log| log.log.room().is_some_and(|room| room != known))
        {
            if let OpenState::Live { start, head, .. } = &mut log.state
                && std::mem::take(&mut hides)
            {
                (start.seq, start.chain) = (*head, Hash([7; 32]));
            }
        }
    }));
    let vera = plot.vera.account();
    let room = plot.ana.group("Geometry", &[]).await;
    let here = plot.ana.room(room);
    plot.ana
        .within("vera is let in", here.invite_accounts(vec![vera]))
        .await
        .unwrap();
    plot.ana.says(room, "the first").await;
    let why = plot.vera.gives_up().await;
    assert!(why.contains("begins at entry"), "{why}");
    plot.vera.twist = None;
    let caller = plot.caller.clone();
    plot.vera.reconnect(&caller).await;
    plot.vera.reads(room, "the first").await;
    plot.room_goes_on().await;
}
