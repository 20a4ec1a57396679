//! A crowd: thousands of devices without an engine, in real rooms.
//!
//! Each has an account and true key packages, so real engines can add it to rooms, a hundred to a
//! room. What is said there it hears and cannot open, which is all that a relay sees of anybody.

use super::actors::Actor;
use super::hall::Hall;
use crate::light::Light;
use crate::puppet::Puppet;
use crate::relay::Host;
use crate::seed::Seed;
use crate::storm::Newcomer;
use crate::wire::{Caller, PER_ADDRESS};
use lacre_engine::Done;
use lacre_wire::ids::{Hash, Lineage, LogId, RoomId, Seq};
use lacre_wire::log::Cursor;
use lacre_wire::request::OpenLog;
use lacre_wire::room::RoomKind;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Devices that share their rooms.
pub(crate) const COHORT: usize = 100;

/// How many sign up at the same time.
const AT_ONCE: usize = 16;

/// A crowd that nobody of is connected.
pub(crate) struct Crowd {
    people: Vec<Light>,
    /// The rooms of each cohort.
    rooms: Vec<Vec<RoomId>>,
}

impl Crowd {
    /// Signs a crowd up and puts each into so many rooms.
    pub(crate) async fn gather(hall: &Hall, relay: &Host, count: usize, rooms: usize) -> Self {
        let began = Instant::now();
        let people = sign_up(relay, count, rooms).await;
        println!("  {count} devices signed up in {:.1?}", began.elapsed());
        let (folder, began) = (hall.room("makers"), Instant::now());
        let mut rooms_of_all = Vec::new();
        for (number, members) in people.chunks(COHORT).enumerate() {
            let handle = format!("maker-{number}");
            let caller = Caller::numbered(relay.address(), 3, number);
            let folder = folder.join(&handle);
            let mut maker = Puppet::sign_up(&caller, &folder, &handle).await;
            let members: Vec<_> = members.iter().map(Light::account).collect();
            let mut made = Vec::with_capacity(rooms);
            for room in 0..rooms {
                let (name, members) = (format!("room {room}"), members.clone());
                let done = maker.perform(|engine, now| engine.create_space(&name, members, now));
                match done.await {
                    Done::Room(room) => made.push(room),
                    other => panic!("making a room ended with {other:?}"),
                }
            }
            rooms_of_all.push(made);
        }
        println!(
            "  {} rooms of {COHORT} made in {:.1?}",
            rooms_of_all.len() * rooms,
            began.elapsed()
        );
        Self {
            people,
            rooms: rooms_of_all,
        }
    }

    /// How many they are.
    pub(crate) fn count(&self) -> usize {
        self.people.len()
    }

    /// The rooms of one device.
    pub(crate) fn rooms_of(&self, number: usize) -> &[RoomId] {
        &self.rooms[number / COHORT]
    }

    /// Its rooms' logs, to be opened where they end: see [`ends`].
    pub(crate) fn logs_of(&self, number: usize, lineage: Lineage, ends: &Ends) -> Vec<OpenLog> {
        let rooms = self.rooms_of(number).iter();
        let logs = rooms.map(|room| {
            let (seq, chain) = ends[room];
            OpenLog {
                log: LogId::Room(*room),
                cursor: Some(Cursor {
                    lineage,
                    seq,
                    chain,
                }),
            }
        });
        logs.collect()
    }

    /// Takes the devices out, to let each go its own way.
    pub(crate) fn take_people(&mut self) -> Vec<Light> {
        std::mem::take(&mut self.people)
    }

    /// Connects one device, with nothing opened.
    pub(crate) async fn connect(&mut self, caller: &Caller, number: usize) -> Actor {
        let (session, ready) = self.people[number].sign_in(caller).await;
        Actor::of(session, ready)
    }
}

/// Where every room's log ends.
pub(crate) type Ends = HashMap<RoomId, (Seq, Hash)>;

/// Where every room's log of a relay ends.
pub(crate) fn ends(relay: &Host) -> Ends {
    let places = relay.ledger().places().into_iter();
    let ends = places.map(|(place, seq, chain)| (place.room, (seq, chain)));
    ends.collect()
}

/// Why calls of clients failed, and how often.
pub(crate) type Refusals = BTreeMap<String, u64>;

/// Connects a device whose relay has gone, as clients do: within the time that the relay named for that,
/// and after a refusal within a limit that doubles.
pub(crate) async fn come_again(
    light: &mut Light,
    caller: &Caller,
    spread: Duration,
    seed: &mut Seed,
    refusals: &RefCell<Refusals>,
) -> Actor {
    let (mut limit, mut first) = (spread, true);
    loop {
        tokio::time::sleep(seed.time(limit)).await;
        match light.try_to_sign_in(caller).await {
            Ok((session, ready)) => return Actor::of(session, ready),
            Err(why) => *refusals.borrow_mut().entry(why.to_string()).or_default() += 1,
        }
        limit = match std::mem::take(&mut first) {
            true => Duration::from_millis(500),
            false => (limit * 2).min(Duration::from_secs(60)),
        };
    }
}

/// Several at a time, so that one fsync serves several.
async fn sign_up(relay: &Host, count: usize, packages: usize) -> Vec<Light> {
    let callers: Vec<_> = (0..count.div_ceil(PER_ADDRESS))
        .map(|number| Caller::numbered(relay.address(), 2, number * PER_ADDRESS))
        .collect();
    let people = Rc::new(RefCell::new((0..count).map(|_| None).collect::<Vec<_>>()));
    let mut signing = JoinSet::new();
    for number in 0..count {
        let (people, caller) = (Rc::clone(&people), callers[number / PER_ADDRESS].clone());
        signing.spawn_local(async move {
            let handle = format!("device-{number}");
            let newcomer = Newcomer::sign_up(&caller, &handle, RoomKind::Space, packages).await;
            people.borrow_mut()[number] = Some(newcomer.hang_up());
        });
        if signing.len() == AT_ONCE {
            signing.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(signed) = signing.join_next().await {
        signed.unwrap();
    }
    people.take().into_iter().map(Option::unwrap).collect()
}
