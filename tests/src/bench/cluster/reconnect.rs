//! One of two relays is killed with thousands of devices on it, and all come to the other at once. What
//! was said in their rooms meanwhile they fetch; people at the other relay go on talking.

use super::{Place, SETTINGS};
use crate::bench::actors::{Actor, caller};
use crate::bench::crowd::{COHORT, Crowd, Refusals, come_again, ends};
use crate::bench::durable::{SENDERS, pairs};
use crate::bench::hall::Hall;
use crate::bench::load::{Load, Press};
use crate::bench::table::{Goal, Table};
use crate::light::Light;
use crate::process;
use crate::relay::Host;
use crate::seed::Seed;
use crate::storm::percentile;
use crate::wire::Caller;
use lacre_wire::answer::Answer;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{ClientFrame, OpenLog, Request};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};

/// Messages in each room while nobody of it was there.
const MISSED: usize = 20;

/// Between two messages of one of those who talk meanwhile.
const EVERY: Duration = Duration::from_millis(40);

/// Measures.
pub(crate) async fn run(hall: &Hall, table: &mut Table) {
    let (devices, rooms) = hall.scale.of((5_000, 5), (200, 3));
    let server = super::postgres::Server::start(&SETTINGS);
    let launchers = vec![hall.launcher().to_vec(); 2];
    let mut site = Place::open(hall, &server, &launchers, Some("0")).await;
    let mut crowd = Crowd::gather(hall, &site.relays[0], devices, rooms).await;
    let known = known(&mut crowd, &site.relays[0]).await;
    site.relays[0].kill().await;
    let there = &site.relays[1];
    let caller = caller(there, 0);
    write(&mut crowd, there, &caller).await;
    println!("  {MISSED} messages written in each of their rooms");

    let load = Load::new();
    let talking = talk(hall, there, &load).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    load.measure(true);
    let cpu = process::cpu_time(there.pid());
    let people = crowd.take_people().into_iter().zip(known).collect();
    let Came { times, refusals } = come(there.address(), people, rooms * MISSED).await;
    load.measure(false);
    let cpu = process::cpu_time(there.pid()).saturating_sub(cpu);
    load.over.set(true);
    for sender in talking {
        sender.await.unwrap();
    }
    for (why, times) in refusals {
        println!("  {times} calls had to be repeated: {why}");
    }
    let name = |what: &str| format!("{devices} devices come from a dead relay, {what}");
    let half = percentile(&times, 50);
    table.note(name("half of them current"), half.as_secs_f64(), "s");
    table.add(
        name("all current"),
        percentile(&times, 100).as_secs_f64(),
        "s",
        Goal::AtMost(60.0),
        Goal::None,
    );
    let delays = load.delays.take();
    assert!(!delays.is_empty(), "nobody heard anything meanwhile");
    let p99 = percentile(&delays, 99);
    table.add(
        name("p99 of who talks meanwhile"),
        p99.as_secs_f64() * 1000.0,
        "ms",
        Goal::AtMost(1000.0),
        Goal::None,
    );
    table.note(
        name("CPU of the relay they come to"),
        cpu.as_secs_f64(),
        "s",
    );
    site.relays[1].stop().await;
}

/// What a device knows when its relay goes without a word.
struct Known {
    /// Where its logs stand.
    logs: Vec<OpenLog>,
    /// Over how long it is to come back.
    spread: Duration,
}

/// Connects everybody, and opens their logs at the end.
async fn known(crowd: &mut Crowd, relay: &Host) -> Vec<Known> {
    let (ends, caller, began) = (ends(relay), caller(relay, 0), Instant::now());
    let mut all = Vec::with_capacity(crowd.count());
    let mut present = Vec::with_capacity(crowd.count());
    for number in 0..crowd.count() {
        let mut actor = crowd.connect(&caller, number).await;
        let logs = crowd.logs_of(number, actor.ready.lineage, &ends);
        actor.open(logs.clone()).await;
        let spread = Duration::from_millis(actor.ready.reconnect_spread_ms);
        all.push(Known { logs, spread });
        present.push(actor);
    }
    println!("  {} connected in {:.1?}", all.len(), began.elapsed());
    all
}

/// A member of each cohort says what the others miss, and goes.
async fn write(crowd: &mut Crowd, relay: &Host, caller: &Caller) {
    let places = relay.ledger().places().into_iter();
    let mut places: HashMap<_, _> = places.map(|(place, ..)| (place.room, place)).collect();
    for first in (0..crowd.count()).step_by(COHORT) {
        let mut actor = crowd.connect(caller, first).await;
        for room in crowd.rooms_of(first) {
            let mut press = Press::new(places.remove(room).unwrap(), 0);
            let frames: Vec<u8> = (0..MISSED).flat_map(|_| press.next(0)).collect();
            actor.speaker.write(&frames).await;
            let mut accepted = 0;
            while accepted < MISSED {
                match actor.listener.next().await.unwrap() {
                    ServerFrame::Answer {
                        answer: Answer::Accepted(_),
                        ..
                    } => accepted += 1,
                    ServerFrame::Answer { answer, .. } => {
                        panic!("a message was refused: {answer:?}")
                    }
                    _ => {}
                }
            }
        }
        actor.connection.close(0u32.into(), b"");
    }
}

/// Pairs who talk in an open loop.
async fn talk(hall: &Hall, relay: &Host, load: &Rc<Load>) -> Vec<tokio::task::JoinHandle<()>> {
    let pairs = pairs(hall, relay, SENDERS).await;
    pairs.receive(relay, load).await;
    pairs.send_evenly(relay, load, EVERY).await
}

/// How a crowd came back.
struct Came {
    /// From the call to come until each had everything.
    times: Vec<Duration>,
    refusals: Refusals,
}

/// Lets everybody come to the relay with this address, in a thread of their own: those who talk meanwhile
/// are others, whose machines have nothing to do with the crowd's. Everybody stays until all are there.
async fn come(address: &str, people: Vec<(Light, Known)>, missed: usize) -> Came {
    let address = address.to_owned();
    let crowd = tokio::task::spawn_blocking(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        LocalSet::new().block_on(&runtime, all_come(&address, people, missed))
    });
    crowd.await.unwrap()
}

async fn all_come(address: &str, people: Vec<(Light, Known)>, missed: usize) -> Came {
    let (caller, began) = (Caller::numbered(address, 0, 0), Instant::now());
    let (mut coming, mut seed, refusals) = (JoinSet::new(), Seed::fresh(), Rc::default());
    for (mut light, known) in people {
        let (caller, refusals, mut seed) = (caller.clone(), Rc::clone(&refusals), seed.fork());
        coming.spawn_local(async move {
            let actor = come_again(&mut light, &caller, known.spread, &mut seed, &refusals).await;
            let actor = catch_up(actor, known.logs, missed).await;
            (actor, began.elapsed())
        });
    }
    let all = coming.join_all().await;
    Came {
        times: all.into_iter().map(|(_, time)| time).collect(),
        refusals: refusals.take(),
    }
}

/// Opens its logs, and reads until nothing is missing.
async fn catch_up(mut actor: Actor, logs: Vec<OpenLog>, missed: usize) -> Actor {
    let request = Request::Open(logs);
    let open = ClientFrame::Request { id: 1, request };
    actor.speaker.say(&open).await;
    let mut read = 0;
    while read < missed {
        match actor.listener.next().await {
            Some(ServerFrame::Entries { entries, .. }) => read += entries.len(),
            Some(_) => {}
            None => panic!("the relay ended the session of one who came back"),
        }
    }
    assert_eq!(read, missed, "more came than was missed");
    actor
}
