//! One to one, 16 senders: how many messages a second are accepted, each after an fsync.

use super::actors::{Actor, Cast, place};
use super::hall::Hall;
use super::load::{Load, Press, receive, send_closed, send_open};
use super::meter::{self, median};
use super::table::{Goal, Table};
use crate::relay::Host;
use lacre_wire::ids::RoomId;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::{JoinHandle, spawn_local};

/// Senders, each with a receiver of its own.
pub(crate) const SENDERS: usize = 16;

/// Messages a sender has on the way; a session may have 64.
pub(crate) const WINDOW: usize = 32;

/// Pairs of accounts with a room each: the creator receives, the other sends.
pub(crate) struct Pairs {
    /// The accounts, receivers at even numbers.
    pub(crate) cast: Cast,
    /// The rooms, by pair.
    pub(crate) rooms: Vec<RoomId>,
}

/// Makes accounts and rooms.
pub(crate) async fn pairs(hall: &Hall, relay: &Host, count: usize) -> Pairs {
    let cast = Cast::sign_up(hall, relay, count * 2).await;
    let mut rooms = Vec::with_capacity(count);
    for pair in 0..count {
        rooms.extend(cast.create_rooms(relay, pair * 2, &[pair * 2 + 1], 1).await);
    }
    Pairs { cast, rooms }
}

impl Pairs {
    /// Lets every receiver listen.
    pub(crate) async fn receive(&self, relay: &Host, load: &Rc<Load>) {
        for (pair, room) in self.rooms.iter().enumerate() {
            self.receive_one(relay, load, pair, *room).await;
        }
    }

    /// Lets the receiver of one pair listen at this relay.
    pub(crate) async fn receive_one(
        &self,
        relay: &Host,
        load: &Rc<Load>,
        pair: usize,
        room: RoomId,
    ) {
        let mut receiver = self.cast.actor(relay, pair * 2).await;
        receiver.open_at_end(relay, room).await;
        let press = Press::new(place(relay, room).0, 0);
        spawn_local(receive(Rc::clone(load), receiver, press));
    }

    /// Lets the sender of every pair in, at the relay that `at` says for it, and then each do what `send`
    /// says. All are in before the first one sends: whoever came later would wait behind its messages.
    pub(crate) async fn send<'a, Sending: Future<Output = ()> + 'static>(
        &self,
        at: impl Fn(usize) -> &'a Host,
        send: impl Fn(usize, Actor, Press) -> Sending,
    ) -> Vec<JoinHandle<()>> {
        let mut sending = Vec::with_capacity(self.rooms.len());
        for (pair, room) in self.rooms.iter().enumerate() {
            let relay = at(pair);
            let sender = self.cast.actor(relay, pair * 2 + 1).await;
            let press = Press::new(place(relay, *room).0, u64::try_from(pair).unwrap());
            sending.push(send(pair, sender, press));
        }
        sending.into_iter().map(spawn_local).collect()
    }

    /// Lets every sender send at this relay, a message in each span of `every`, evenly one after the other
    /// and without waiting for answers, until the load is over.
    pub(crate) async fn send_evenly(
        &self,
        relay: &Host,
        load: &Rc<Load>,
        every: Duration,
    ) -> Vec<JoinHandle<()>> {
        let pairs = u32::try_from(self.rooms.len()).unwrap();
        let send = |pair, sender, press| {
            let first = every * u32::try_from(pair).unwrap() / pairs;
            send_open(Rc::clone(load), sender, press, every, first)
        };
        self.send(|_| relay, send).await
    }

    /// Entries in all rooms together, as the store has them.
    pub(crate) fn entries(&self, relay: &Host) -> u64 {
        let places = relay.ledger().places().into_iter();
        let ours = places.filter(|(place, ..)| self.rooms.contains(&place.room));
        ours.map(|(_, head, _)| head).sum()
    }
}

/// What one round measured.
pub(crate) struct Round {
    /// Messages accepted a second.
    pub(crate) rate: f64,
    /// Microseconds of the relay's processor for each.
    pub(crate) cpu_us: f64,
    batches: f64,
    server: f64,
    load: f64,
}

/// Measures class D and class P in turn, so that whatever the machine does in between hits both.
/// Returns class D's messages a second.
pub(crate) async fn run(hall: &Hall, table: &mut Table) -> f64 {
    let (mut full, mut cached) = (Vec::new(), Vec::new());
    for _ in 0..hall.scale.of(3, 1) {
        full.push(round(hall, true).await);
        cached.push(round(hall, false).await);
    }
    let rate = report(
        table,
        "D",
        &full,
        [Goal::AtLeast(12_000.0), Goal::AtLeast(20_000.0)],
        Goal::AtMost(45.0),
    );
    report(table, "P", &cached, [Goal::None; 2], Goal::None);
    rate
}

/// Medians over the rounds. Returns that of the rate.
fn report(table: &mut Table, class: &str, rounds: &[Round], rate: [Goal; 2], cpu: Goal) -> f64 {
    let median = |of: fn(&Round) -> f64| median(rounds, of);
    let rates = rounds.iter().map(|round| format!("{:.0}", round.rate));
    println!("{class}: rounds {}", rates.collect::<Vec<_>>().join(", "));
    let name = format!("{class}: 1→1 durable, {SENDERS} senders × {WINDOW}");
    table.add(name, median(|round| round.rate), "/s", rate[0], rate[1]);
    let name = format!("{class}: server CPU a message");
    table.add(name, median(|round| round.cpu_us), "µs", cpu, Goal::None);
    table.note(
        format!("{class}: batches (fsyncs) per 1000 accepted"),
        median(|round| round.batches),
        "",
    );
    table.note(
        format!("{class}: server core in use"),
        median(|round| round.server) * 100.0,
        "%",
    );
    table.note(
        format!("{class}: load core in use"),
        median(|round| round.load) * 100.0,
        "%",
    );
    median(|round| round.rate)
}

/// One round on a fresh relay.
pub(crate) async fn round(hall: &Hall, durable: bool) -> Round {
    let mut relay = hall.relay(durable).await;
    let pairs = pairs(hall, &relay, SENDERS).await;
    let load = Load::new();
    pairs.receive(&relay, &load).await;
    let before = pairs.entries(&relay);
    let send = |_, sender, press| send_closed(Rc::clone(&load), sender, press, WINDOW);
    let senders = pairs.send(|_| &relay, send).await;
    tokio::time::sleep(Duration::from_millis(hall.scale.of(2000, 300))).await;
    let start = meter::now(&relay, &load).await;
    tokio::time::sleep(Duration::from_millis(hall.scale.of(8000, 1000))).await;
    let between = start.until_now(&relay, &load).await;
    between.warn("1→1 durable");
    load.over.set(true);
    for sender in senders {
        sender.await.unwrap();
    }
    // What was accepted is in the store's file, neither less nor more.
    assert_eq!(pairs.entries(&relay) - before, load.accepted.get());
    relay.stop().await;
    Round {
        rate: between.accepted / between.seconds,
        cpu_us: between.cpu_each(between.accepted),
        batches: between.batches * 1000.0 / between.accepted,
        server: between.server(),
        load: between.load,
    }
}
