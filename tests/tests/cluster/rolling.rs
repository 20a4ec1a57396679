//! All relays are restarted one after the other, as for a new version, while everybody talks. A prober
//! says something every 50 ms, and somebody comes and goes all the time: how many of their words
//! arrive in time is the availability that people see.

use crate::scene::Scene;
use crate::tally::Tally;
use lacre::RoomId;
use lacre_tests::balancer::Health;
use lacre_tests::device::Device;
use lacre_tests::seed::Seed;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Between two probes.
const EVERY: Duration = Duration::from_millis(50);
/// Later is not in time.
const IN_TIME: Duration = Duration::from_secs(2);
/// What must arrive in time, of a thousand.
const AVAILABLE: u64 = 999;
/// Fewer probes, as one seed makes, say nothing of a thousandth: one that a busy machine held up would
/// fail them all. They must arrive, however late.
const ENOUGH: u64 = 2_000;

/// How long each probe took to arrive.
type Took = Mutex<Vec<Duration>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_are_restarted_one_after_the_other() {
    let (sum, all) = (Tally::default(), Took::default());
    for mut seed in Seed::as_many("LACRE_CLUSTER_SEEDS", 1) {
        println!("rolling restart: {seed}");
        let mut scene = Scene::balanced(&mut seed).await;
        let (others, took) = rolls(&mut scene, &mut seed).await;
        let tally = scene.judge_with(others).await;
        println!("rolling restart: {tally}; {}", Availability::of(&took));
        all.lock().unwrap().extend(took);
        sum.take(&tally);
    }
    let seen = Availability::of(&all.into_inner().unwrap());
    println!("rolling restart, in all: {sum}; {seen}");
    if seen.probes >= ENOUGH {
        assert!(seen.in_time * 1000 >= seen.probes * AVAILABLE, "{seen}");
    }
}

/// Restarts every relay while everybody talks and the prober probes.
async fn rolls(scene: &mut Scene, seed: &mut Seed) -> (Vec<Device>, Vec<Duration>) {
    let address = {
        let balancer = scene.balancer.as_ref().unwrap();
        balancer.in_front_of(scene.nodes[0].host.address())
    };
    let one = Device::sign_up(&scene.stage, &address, "one").await;
    let two = Device::sign_up(&scene.stage, &address, "two").await;
    let mut fresh = Device::sign_up(&scene.stage, &address, "fresh").await;
    let room = one.group("Probe", &[&two, &fresh]).await;
    let (one, two) = (Arc::new(one), Arc::new(two));
    let (over, took) = (AtomicBool::new(false), Arc::new(Took::default()));
    let mut moments = seed.fork();
    let Scene {
        cast,
        nodes,
        balancer,
        tally,
        stage,
        ..
    } = scene;
    let balancer = balancer.as_ref().unwrap();
    let restarting = async {
        for (index, node) in nodes.iter_mut().enumerate() {
            let calm = Duration::from_millis(1000) + moments.time(Duration::from_millis(1000));
            tokio::time::sleep(calm).await;
            node.host.stop().await;
            node.host.start().await;
            balancer.ask_at(index, node.host.http());
            let well = async {
                while balancer.health(index) != Health::Well {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            stage.within("the relay is well again", well).await;
            tally.add("relays restarted", 1);
        }
        tokio::time::sleep(Duration::from_millis(1000)).await;
        over.store(true, Ordering::Relaxed);
    };
    let talking = cast.talk_during(restarting, seed, tally);
    tokio::join!(
        talking,
        probe(&one, &two, room, &over, &took),
        come_and_go(&mut fresh, &two, room, &over, &took),
    );
    tally.add("flows moved by the balancer", balancer.moved());
    let mut others: Vec<Device> = [one, two]
        .map(|device| Arc::try_unwrap(device).ok().unwrap())
        .into();
    others.push(fresh);
    let took = took.lock().unwrap().clone();
    (others, took)
}

/// From a session that stands to one that stands.
async fn probe(from: &Device, to: &Arc<Device>, room: RoomId, over: &AtomicBool, took: &Arc<Took>) {
    let (mut under_way, mut number) = (JoinSet::new(), 0);
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        number += 1;
        let said = from.say(room, &format!("probe {number}")).await;
        let (to, took) = (Arc::clone(to), Arc::clone(took));
        under_way.spawn(async move {
            to.sees(room, &[said]).await;
            took.lock().unwrap().push(began.elapsed());
        });
        tokio::time::sleep_until((began + EVERY).into()).await;
    }
    under_way.join_all().await;
}

/// Somebody opens the application, says something, and closes it once it has arrived.
async fn come_and_go(
    fresh: &mut Device,
    to: &Device,
    room: RoomId,
    over: &AtomicBool,
    took: &Took,
) {
    fresh.close().await;
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let began = Instant::now();
        fresh.open().await;
        let said = fresh.say(room, &format!("fresh {number}")).await;
        to.sees(room, &[said]).await;
        took.lock().unwrap().push(began.elapsed());
        fresh.close().await;
        tokio::time::sleep(EVERY).await;
    }
}

/// What the prober saw.
struct Availability {
    probes: u64,
    in_time: u64,
    within_a_second: u64,
    median: Duration,
    p99: Duration,
    longest: Duration,
}

impl Availability {
    fn of(took: &[Duration]) -> Self {
        let mut took = took.to_vec();
        took.sort();
        let count = |limit: Duration| {
            u64::try_from(took.iter().filter(|took| **took <= limit).count()).unwrap()
        };
        let at = |per_cent: usize| took[(took.len() - 1) * per_cent / 100];
        Self {
            probes: u64::try_from(took.len()).unwrap(),
            in_time: count(IN_TIME),
            within_a_second: count(Duration::from_secs(1)),
            median: at(50),
            p99: at(99),
            longest: at(100),
        }
    }
}

impl std::fmt::Display for Availability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = |part: u64| part * 10_000 / self.probes;
        let (in_time, second) = (share(self.in_time), share(self.within_a_second));
        write!(
            f,
            "{} probes, {}.{:02} % arrived within {IN_TIME:?} ({}.{:02} % within 1s), median {:?}, p99 {:?}, longest {:?}",
            self.probes,
            in_time / 100,
            in_time % 100,
            second / 100,
            second % 100,
            self.median,
            self.p99,
            self.longest
        )
    }
}
