//! Accounts, logins, devices and their list.

use super::world::{Person, World};
use bytes::Bytes;
use lacre_relay::store::Verdict;
use lacre_relay::store::command::{Command, Login, PutDeviceList, RequestDevice};
use lacre_relay::store::read::{ReadAccounts, ReadLogs};
use lacre_relay::store::record::DeviceState;
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::identity::SignedDeviceList;
use lacre_wire::ids::LogId;
use lacre_wire::log::EntryKind;
use lacre_wire::push::ApprovalRequested;

cases! {
    sign_up_opens_an_account
    handles_are_unique_and_plain
    a_repeated_sign_up_is_a_login
    a_login_counter_must_rise
    a_new_device_asks_to_be_approved
    requests_for_approval_are_bounded
    a_device_list_follows_the_newest
    a_revoked_device_reads_nothing_more
}

fn login(w: &World, person: &Person, index: u8, counter: u64) -> Command {
    Command::Login(Login {
        now_ms: w.now,
        account: person.account,
        device: person.device(index),
        counter,
    })
}

fn request(w: &World, person: &Person, index: u8, counter: u64) -> Command {
    Command::RequestDevice(Box::new(RequestDevice {
        now_ms: w.now,
        account: person.account,
        device: person.device(index),
        device_key: person.key(index),
        counter,
        init_key: Bytes::from_static(b"init"),
        name: "tablet".to_owned(),
    }))
}

fn put(w: &World, person: &Person, list: SignedDeviceList) -> Command {
    Command::PutDeviceList(Box::new(PutDeviceList {
        now_ms: w.now,
        account: person.account,
        list,
    }))
}

async fn sign_up_opens_an_account(w: &mut World) {
    let ana = w.person(1).await;
    let record = w.store.account(ana.account).await.unwrap().unwrap();
    assert_eq!(
        (
            record.info.handle.as_str(),
            record.list_version,
            record.created_ms
        ),
        ("person1", 1, w.now)
    );
    assert_eq!(
        (record.info.aik, &record.info.list),
        (ana.aik(), &ana.signed())
    );
    let by_handle = w
        .store
        .account_by_handle("person1".to_owned())
        .await
        .unwrap();
    assert_eq!(by_handle, Some(record));
    assert_eq!(
        w.store
            .account_by_handle("nobody".to_owned())
            .await
            .unwrap(),
        None
    );
    let device = w.store.device(ana.device(0)).await.unwrap().unwrap();
    assert_eq!(
        (device.account, device.key, device.state),
        (ana.account, ana.key(0), DeviceState::Listed)
    );
    let head = w
        .store
        .head(LogId::Inbox(ana.device(0)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((head.seq, head.first), (0, 1));
}

async fn handles_are_unique_and_plain(w: &mut World) {
    w.person(1).await;
    let ben = Person::new(2);
    for (handle, code) in [
        ("person1", ErrorCode::HandleTaken),
        ("", ErrorCode::BadHandle),
        ("Ben", ErrorCode::BadHandle),
        ("-ben", ErrorCode::BadHandle),
        ("b n", ErrorCode::BadHandle),
        ("bén", ErrorCode::BadHandle),
        ("a23456789012345678901234567890123", ErrorCode::BadHandle),
    ] {
        let Command::SignUp(mut c) = w.sign_up(&ben) else {
            unreachable!()
        };
        c.handle = handle.to_owned();
        assert_eq!(w.refused(Command::SignUp(c)).await, code, "{handle}");
    }
    assert_eq!(w.store.account(ben.account).await.unwrap(), None);
}

async fn a_repeated_sign_up_is_a_login(w: &mut World) {
    let ana = w.person(1).await;
    assert_eq!(w.refused(w.sign_up(&ana)).await, ErrorCode::CopiedStore);
    let Command::SignUp(mut again) = w.sign_up(&ana) else {
        unreachable!()
    };
    again.counter = 2;
    let verdict = w.verdict(Command::SignUp(again.clone())).await;
    assert_eq!(
        verdict,
        Verdict::LoggedIn {
            listed: true,
            list_version: 1
        }
    );
    again.counter = 3;
    again.device = ana.device(1);
    assert_eq!(
        w.refused(Command::SignUp(again)).await,
        ErrorCode::AccountExists
    );
}

async fn a_login_counter_must_rise(w: &mut World) {
    let ana = w.person(1).await;
    assert_eq!(
        w.refused(login(w, &ana, 0, 1)).await,
        ErrorCode::CopiedStore
    );
    let verdict = w.verdict(login(w, &ana, 0, 5)).await;
    assert_eq!(
        verdict,
        Verdict::LoggedIn {
            listed: true,
            list_version: 1
        }
    );
    assert_eq!(
        w.refused(login(w, &ana, 0, 5)).await,
        ErrorCode::CopiedStore
    );
    assert_eq!(
        w.refused(login(w, &ana, 1, 9)).await,
        ErrorCode::NoSuchDevice
    );
    assert_eq!(
        w.refused(login(w, &Person::new(2), 0, 9)).await,
        ErrorCode::NoSuchAccount
    );
}

async fn a_new_device_asks_to_be_approved(w: &mut World) {
    let mut ana = w.person(1).await;
    let pending = Verdict::LoggedIn {
        listed: false,
        list_version: 1,
    };
    assert_eq!(w.verdict(request(w, &ana, 1, 1)).await, pending);
    let inbox = w.inbox(ana.device(0)).await;
    assert_eq!(
        (inbox.len(), inbox[0].kind),
        (1, EntryKind::ApprovalRequested)
    );
    let asked: ApprovalRequested = codec::from_slice(inbox[0].body.bytes().unwrap()).unwrap();
    assert_eq!(
        (asked.device_key, asked.name.as_str()),
        (ana.key(1), "tablet")
    );
    // It may come back; it asks again only after a while.
    assert_eq!(w.verdict(login(w, &ana, 1, 2)).await, pending);
    w.now += 1_000;
    assert_eq!(w.verdict(request(w, &ana, 1, 3)).await, pending);
    assert_eq!(w.inbox(ana.device(0)).await.len(), 1);
    w.now += 60_000;
    assert_eq!(w.verdict(request(w, &ana, 1, 4)).await, pending);
    assert_eq!(w.inbox(ana.device(0)).await.len(), 2);
    assert_eq!(
        w.refused(request(w, &ana, 1, 4)).await,
        ErrorCode::CopiedStore
    );

    let entry = ana.entry(1);
    let list = ana.next_list(|list| list.devices.push(entry));
    assert_eq!(w.verdict(put(w, &ana, list)).await, Verdict::Done);
    let listed = Verdict::LoggedIn {
        listed: true,
        list_version: 2,
    };
    assert_eq!(w.verdict(request(w, &ana, 1, 5)).await, listed);
}

async fn requests_for_approval_are_bounded(w: &mut World) {
    let ana = w.person(1).await;
    for index in 1..=8 {
        w.submit(request(w, &ana, index, 1)).await;
    }
    assert_eq!(
        w.refused(request(w, &ana, 9, 1)).await,
        ErrorCode::RateLimited
    );
    w.now += 2 * 60 * 60 * 1000;
    for index in 9..=16 {
        assert!(matches!(
            w.verdict(request(w, &ana, index, 1)).await,
            Verdict::LoggedIn { .. }
        ));
    }
    w.now += 2 * 60 * 60 * 1000;
    assert!(matches!(
        w.verdict(request(w, &ana, 17, 1)).await,
        Verdict::LoggedIn { .. }
    ));
    assert_eq!(
        w.inbox(ana.device(0)).await.len(),
        16,
        "the share of requests is full"
    );
    // Nobody approves them: they are forgotten.
    w.now += 8 * super::world::DAY;
    w.housekeep().await;
    assert_eq!(w.store.devices_of(ana.account).await.unwrap().len(), 1);
    assert_eq!(
        w.store.head(LogId::Inbox(ana.device(3))).await.unwrap(),
        None
    );
}

async fn a_device_list_follows_the_newest(w: &mut World) {
    let mut ana = w.person(1).await;
    let (one, two) = (ana.entry(1), ana.entry(2));
    let mut twin = ana.clone();
    let list = ana.next_list(|list| list.devices.push(one));
    let other = twin.next_list(|list| list.devices.push(two));
    assert_eq!(w.verdict(put(w, &ana, list.clone())).await, Verdict::Done);
    assert_eq!(w.verdict(put(w, &ana, list.clone())).await, Verdict::Done);
    assert_eq!(
        w.refused(put(w, &ana, other)).await,
        ErrorCode::StaleDeviceList
    );
    let record = w.store.account(ana.account).await.unwrap().unwrap();
    assert_eq!((record.list_version, record.info.list), (2, list));
    let states: Vec<_> = w
        .store
        .devices_of(ana.account)
        .await
        .unwrap()
        .iter()
        .map(|device| device.state)
        .collect();
    assert_eq!(states, [DeviceState::Listed; 2]);
    assert!(
        w.store
            .head(LogId::Inbox(ana.device(1)))
            .await
            .unwrap()
            .is_some()
    );
}

async fn a_revoked_device_reads_nothing_more(w: &mut World) {
    let mut ana = w.person(1).await;
    let one = ana.entry(1);
    let list = ana.next_list(|list| list.devices.push(one));
    w.submit(put(w, &ana, list)).await;
    let ben = w.person(2).await;
    let room = w.room(1, &[&ben, &ana]).await;
    let add = w.commit(room, ben.member(0), &[ana.member(1)], &[]).await;
    w.accept(Command::Commit(Box::new(add))).await;
    w.say(room, ben.member(0), 2).await;

    let gone = ana.device(1);
    let list = ana.next_list(|list| {
        list.devices.pop();
        list.revoked.push(gone);
    });
    let outcome = w.submit(put(w, &ana, list)).await;
    assert_eq!(outcome.readers.len(), 1);
    assert_eq!(
        (outcome.readers[0].device, outcome.readers[0].until_seq),
        (gone, Some(4))
    );
    assert_eq!(
        w.refused(login(w, &ana, 1, 9)).await,
        ErrorCode::DeviceRevoked
    );
    let message = w.message(room, ana.member(1), None, "still here").await;
    assert_eq!(
        w.refused(Command::Append(message)).await,
        ErrorCode::NotAReader
    );
    let again = w.commit(room, ben.member(0), &[ana.member(1)], &[]).await;
    assert_eq!(
        w.refused(Command::Commit(Box::new(again))).await,
        ErrorCode::DeviceRevoked
    );
    w.say(room, ana.member(0), 1).await;
}
