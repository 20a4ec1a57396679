//! Devices that are to go: cut off and not proposed for removal yet, or not seen for long.

use super::world::World;
use lacre_relay::store::command::{Command, Login, PutDeviceList, Seen};
use lacre_relay::store::read::ReadIdle;
use lacre_wire::ids::{DeviceId, Millis};

cases! {
    a_removal_is_owed_until_it_is_proposed
    a_removal_is_owed_until_it_is_made
    devices_are_found_by_when_they_were_seen
}

/// A room of two accounts, of which one has two devices; the second is revoked.
async fn revoke(
    w: &mut World,
) -> (
    lacre_wire::ids::RoomId,
    super::world::Person,
    super::world::Person,
) {
    let mut ana = w.person(1).await;
    let one = ana.entry(1);
    let put = |w: &World, ana: &super::world::Person, list| {
        Command::PutDeviceList(Box::new(PutDeviceList {
            now_ms: w.now,
            account: ana.account,
            list,
        }))
    };
    let list = ana.next_list(|list| list.devices.push(one));
    w.submit(put(w, &ana, list)).await;
    let ben = w.person(2).await;
    let room = w.room(1, &[&ben, &ana]).await;
    let add = w.commit(room, ben.member(0), &[ana.member(1)], &[]).await;
    w.accept(Command::Commit(Box::new(add))).await;
    assert_eq!(w.store.owed(9).await.unwrap(), []);
    let gone = ana.device(1);
    let list = ana.next_list(|list| {
        list.devices.pop();
        list.revoked.push(gone);
    });
    w.submit(put(w, &ana, list)).await;
    assert_eq!(w.store.owed(9).await.unwrap(), [(room, ana.member(1))]);
    assert_eq!(w.store.owed(0).await.unwrap(), []);
    (room, ana, ben)
}

async fn a_removal_is_owed_until_it_is_proposed(w: &mut World) {
    let (room, ana, _) = revoke(w).await;
    let proposal = w.relay_remove(room, ana.member(1)).await;
    let outcome = w.submit(Command::RelayPropose(proposal)).await;
    assert!(outcome.readers.is_empty(), "it reads nothing since before");
    assert_eq!(w.store.owed(9).await.unwrap(), []);
}

async fn a_removal_is_owed_until_it_is_made(w: &mut World) {
    let (room, ana, ben) = revoke(w).await;
    let out = w.commit(room, ben.member(0), &[], &[ana.member(1)]).await;
    w.accept(Command::Commit(Box::new(out))).await;
    assert_eq!(w.store.owed(9).await.unwrap(), []);
}

async fn devices_are_found_by_when_they_were_seen(w: &mut World) {
    let (ana, ben, eve) = (w.person(1).await, w.person(2).await, w.person(3).await);
    let begin = w.now;
    let room = w.room(1, &[&ana, &ben]).await;
    let lonely = w.room(2, &[&ana]).await;
    let login = |now_ms: Millis| {
        Command::Login(Login {
            now_ms,
            account: ben.account,
            device: ben.device(0),
            counter: 99,
        })
    };
    w.submit(login(begin + 500)).await;
    let found = |after: (Millis, DeviceId), before| {
        let store = w.store.clone();
        async move {
            let idle = store.inactive(after, before, 9).await.unwrap();
            idle.into_iter()
                .map(|idle| (idle.device.device, idle.device.seen_ms, idle.rooms))
                .collect::<Vec<_>>()
        }
    };
    let start = (0, DeviceId([0; 16]));
    let all = found(start, begin + 501).await;
    assert_eq!(all.len(), 3);
    assert_eq!(all[2], (ben.device(0), begin + 500, vec![room]));
    let older = found(start, begin + 500).await;
    assert_eq!(older, all[..2]);
    let rooms = |device: DeviceId| {
        let one = all.iter().find(|(of, ..)| *of == device);
        one.unwrap().2.clone()
    };
    let mut both = vec![room, lonely];
    both.sort();
    assert_eq!(rooms(ana.device(0)), both);
    assert_eq!(rooms(eve.device(0)), []);
    // A page goes on where the one before has ended.
    let next = found((all[0].1, all[0].0), begin + 501).await;
    assert_eq!(next, all[1..]);
    // Whoever is connected is seen; a device that is not known is nobody.
    let seen = Seen {
        now_ms: begin + 600,
        devices: vec![ana.device(0), DeviceId([0xee; 16])],
    };
    w.submit(Command::Seen(seen)).await;
    let now = found(start, begin + 601).await;
    assert_eq!(now[2].0, ana.device(0));
    assert_eq!(now[2].1, begin + 600);
    // Time never goes back.
    let late = Seen {
        now_ms: begin + 1,
        devices: vec![ana.device(0)],
    };
    w.submit(Command::Seen(late)).await;
    assert_eq!(found(start, begin + 601).await, now);
}
