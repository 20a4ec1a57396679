//! Two relays write one database at once. Whatever they decide, it is as if one had decided.

use super::super::world::{Person, World, options};
use super::open;
use crate::postgres::Database;
use bytes::Bytes;
use lacre_relay::store::command::{
    Ack, ClaimKeyPackages, Command, Login, PutDeviceList, PutKeyPackages,
};
use lacre_relay::store::read::{ReadAccounts, ReadRooms};
use lacre_relay::store::{Store, Verdict};
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{LogId, RoomId, SubmitId};
use lacre_wire::log::EntryKind;
use lacre_wire::request::LogSeq;
use std::collections::BTreeSet;

/// Two stores on one database, as two relays open them.
fn two() -> [Store; 2] {
    let database = Database::new();
    [0, 1].map(|_| open(&database, &options()))
}

/// A submit id of nobody else.
fn submit_id(device: u8, n: u64) -> SubmitId {
    let mut id = [device; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    SubmitId(id)
}

/// Asks both at the same moment.
async fn both(stores: &[Store; 2], commands: [Command; 2]) -> [Verdict; 2] {
    let [one, other] = commands;
    let asked = (
        tokio::spawn(stores[0].submit(one)),
        tokio::spawn(stores[1].submit(other)),
    );
    [
        asked.0.await.unwrap().unwrap().verdict,
        asked.1.await.unwrap().unwrap().verdict,
    ]
}

fn accepted(verdicts: &[Verdict; 2]) -> usize {
    let is_accepted = |verdict: &&Verdict| matches!(verdict, Verdict::Accepted(_));
    verdicts.iter().filter(is_accepted).count()
}

/// Six people write into two rooms through both relays, commit, ack, and repeat what was accepted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_and_commits_of_two_relays_are_one_log() {
    const EACH: u64 = 40;
    let stores = two();
    let mut w = World::of(stores[0].clone(), None);
    let mut people = Vec::new();
    for number in 1..=6 {
        people.push(w.person(number).await);
    }
    let everybody: Vec<&Person> = people.iter().collect();
    let rooms = [w.room(1, &everybody).await, w.room(2, &everybody).await];
    let mut tasks = Vec::new();
    for (n, person) in people.iter().enumerate() {
        let (store, person) = (stores[n % 2].clone(), person.clone());
        tasks.push(tokio::spawn(async move {
            let mut w = World::of(store, None);
            let (mut seqs, mut last, mut commits) = (Vec::new(), [None; 2], 0);
            for n in 0..EACH {
                let at = usize::try_from(n % 2).unwrap();
                let id = submit_id(person.number, n);
                loop {
                    let verdict = if n % 8 == 7 {
                        let mut commit = w.commit(rooms[at], person.member(0), &[], &[]).await;
                        commit.submit_id = id;
                        w.verdict(Command::Commit(Box::new(commit))).await
                    } else {
                        let text = format!("{} {n}", person.number);
                        let mut message = w
                            .message(rooms[at], person.member(0), last[at], &text)
                            .await;
                        message.submit_id = id;
                        let verdict = w.verdict(Command::Append(message.clone())).await;
                        if let Verdict::Accepted(first) = &verdict {
                            last[at] = Some(id);
                            let again = w.accept(Command::Append(message)).await;
                            assert_eq!(again, *first);
                        }
                        verdict
                    };
                    match verdict {
                        Verdict::Accepted(accepted) => {
                            commits += usize::from(n % 8 == 7);
                            seqs.push((rooms[at], accepted.seq));
                            break;
                        }
                        Verdict::WrongEpoch { .. } => {}
                        other => panic!("{other:?}"),
                    }
                }
                let acks = rooms.iter().map(|room| LogSeq {
                    log: LogId::Room(*room),
                    seq: 1,
                });
                let ack = Command::Ack(Ack {
                    now_ms: w.now,
                    device: person.device(0),
                    acks: acks.collect(),
                });
                assert_eq!(w.verdict(ack).await, Verdict::Done);
            }
            (seqs, commits)
        }));
    }
    let (mut all, mut commits) = (Vec::new(), 0);
    for task in tasks {
        let (seqs, made) = task.await.unwrap();
        all.extend(seqs);
        commits += made;
    }
    let distinct: BTreeSet<_> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len(), "two entries at one place");
    let mut epochs = 0;
    for room in rooms {
        // Checks the chain and that there is no gap.
        let log = w.log(LogId::Room(room)).await;
        let mine = all.iter().filter(|(of, _)| *of == room).count();
        // The creation added everybody.
        assert_eq!(log.len(), mine + 1);
        let handshakes: Vec<_> = log
            .iter()
            .filter(|entry| entry.kind == EntryKind::Commit)
            .map(|entry| entry.epoch)
            .collect();
        assert!(handshakes.is_sorted_by(|a, b| a < b), "{handshakes:?}");
        epochs += w.state(room).await.epoch;
    }
    assert_eq!(epochs, commits as u64 + 2);
    for person in &people {
        for room in rooms {
            let members = w.store.members(room).await.unwrap();
            let member = members.iter().find(|m| m.device == person.device(0));
            assert_eq!(member.unwrap().acked, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_one_of_a_kind_is_given_once() {
    let stores = two();
    let mut w = World::of(stores[0].clone(), None);
    for round in 0..8u8 {
        // One handle.
        let people = [Person::new(10 + 2 * round), Person::new(11 + 2 * round)];
        let sign_ups = people.each_ref().map(|person| {
            let Command::SignUp(mut sign_up) = w.sign_up(person) else {
                unreachable!()
            };
            sign_up.handle = format!("wanted{round}");
            Command::SignUp(sign_up)
        });
        let verdicts = both(&stores, sign_ups).await;
        let taken = |verdict: &Verdict| matches!(verdict, Verdict::Refused(error) if error.code == ErrorCode::HandleTaken);
        assert_eq!(
            verdicts.iter().filter(|verdict| taken(verdict)).count(),
            1,
            "{verdicts:?}"
        );
        // One counter.
        let ana = w.person(100 + round).await;
        let login = Command::Login(Login {
            now_ms: w.now,
            account: ana.account,
            device: ana.device(0),
            counter: 2,
        });
        let verdicts = both(&stores, [login.clone(), login]).await;
        let is_in = |verdict: &&Verdict| matches!(verdict, Verdict::LoggedIn { .. });
        assert_eq!(verdicts.iter().filter(is_in).count(), 1, "{verdicts:?}");
        // One room of a pair.
        let ben = w.person(150 + round).await;
        let room = |n: u8| RoomId([100 + 10 * n + round; 16]);
        let direct = |w: &mut World, n: u8, by: &Person, peer: &Person| {
            let mut create = w.create(room(n), &[by, peer]);
            create.submit_id = submit_id(100 + round, n.into());
            create.peer = Some(peer.account);
            Command::CreateRoom(Box::new(create))
        };
        let creations = [direct(&mut w, 0, &ana, &ben), direct(&mut w, 1, &ben, &ana)];
        let verdicts = both(&stores, creations).await;
        assert_eq!(accepted(&verdicts), 1, "{verdicts:?}");
        // One name.
        let named = [2, 3].map(|n| {
            let mut create = w.create(room(n), &[&ana]);
            create.submit_id = submit_id(100 + round, n.into());
            create.summary.listed = Some(format!("name {round}"));
            Command::CreateRoom(Box::new(create))
        });
        let verdicts = both(&stores, named).await;
        assert_eq!(accepted(&verdicts), 1, "{verdicts:?}");
        // One room of an id.
        let same = [0, 1].map(|n| {
            let mut create = w.create(room(4), &[[&ana, &ben][n]]);
            create.submit_id = submit_id(100 + round, 50 + n as u64);
            Command::CreateRoom(Box::new(create))
        });
        let verdicts = both(&stores, same).await;
        assert_eq!(accepted(&verdicts), 1, "{verdicts:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_package_is_handed_out_once() {
    let stores = two();
    let w = World::of(stores[0].clone(), None);
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let put = Command::PutKeyPackages(PutKeyPackages {
        now_ms: w.now,
        device: ana.device(0),
        suite: 3,
        one_time: (0..40u8).map(|n| Bytes::from(vec![n; 8])).collect(),
        last_resort: Some(Bytes::from_static(b"last")),
    });
    assert_eq!(w.verdict(put).await, Verdict::Done);
    let mut asked = Vec::new();
    for n in 0..40 {
        let claim = Command::ClaimKeyPackages(ClaimKeyPackages {
            now_ms: w.now,
            device: ben.device(0),
            suite: 3,
            accounts: vec![ana.account],
        });
        asked.push(tokio::spawn(stores[n % 2].submit(claim)));
    }
    let mut given = BTreeSet::new();
    for answer in asked {
        let Verdict::KeyPackages(accounts) = answer.await.unwrap().unwrap().verdict else {
            panic!("no packages");
        };
        let package = &accounts[0].packages[0];
        assert!(given.insert(format!("{package:?}")), "{package:?} twice");
    }
    let counts = w.store.key_package_counts(ana.device(0)).await.unwrap();
    assert_eq!((counts[0].left, counts[0].last_resort), (0, true));
}

/// A device is revoked at one relay while the other adds it to a room: whoever comes second sees the
/// first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_device_reads_nothing_whoever_adds_it() {
    let stores = two();
    let mut w = World::of(stores[0].clone(), None);
    let ana = w.person(1).await;
    for round in 0..12u8 {
        let mut ben = w.person(10 + round).await;
        let entry = ben.entry(1);
        let list = ben.next_list(|list| list.devices.push(entry));
        let put = |w: &World, ben: &Person, list| {
            Command::PutDeviceList(Box::new(PutDeviceList {
                now_ms: w.now,
                account: ben.account,
                list,
            }))
        };
        assert_eq!(w.verdict(put(&w, &ben, list)).await, Verdict::Done);
        let room = w.room(50 + round, &[&ana]).await;
        let (gone, member) = (ben.device(1), ben.member(1));
        let commit = w.commit(room, ana.member(0), &[member], &[]).await;
        let revoking = ben.next_list(|list| {
            list.devices.pop();
            list.revoked.push(gone);
        });
        let verdicts = both(
            &stores,
            [put(&w, &ben, revoking), Command::Commit(Box::new(commit))],
        )
        .await;
        assert_eq!(verdicts[0], Verdict::Done);
        let members = w.store.members(room).await.unwrap();
        let reads = members
            .iter()
            .any(|m| m.device == gone && m.interval.until_seq.is_none());
        assert!(!reads, "{verdicts:?}");
    }
}
