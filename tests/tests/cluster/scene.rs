//! Three relays on one database and one NATS server, with a line that can be cut between any two, and
//! people at each of them who talk all the time.

use crate::nats::Nats;
use crate::postgres::{Database, Server};
use crate::tally::Tally;
use lacre::RoomId;
use lacre_tests::balancer::Balancer;
use lacre_tests::device::Device;
use lacre_tests::gate::{End, Gate, Line};
use lacre_tests::proxy::Proxy;
use lacre_tests::relay::Host;
use lacre_tests::seed::Seed;
use lacre_tests::stage::Stage;
use lacre_tests::world::World;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How long one seed may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two messages of one person at most.
const PACE: Duration = Duration::from_millis(60);
/// Between two renamings of a room at most: each is a commit, and everybody has it to apply.
const RENAMES: Duration = Duration::from_millis(900);

/// A relay, and its lines.
pub(crate) struct Node {
    pub(crate) host: Host,
    /// Its line to the database.
    pub(crate) database: Gate,
    /// Its line to NATS.
    pub(crate) nats: Gate,
    /// The line of its people.
    pub(crate) people: Proxy,
}

/// What stands behind the relays.
pub(crate) struct Back {
    pub(crate) server: Arc<Server>,
    pub(crate) database: Database,
    pub(crate) nats: Nats,
}

/// Four people: Ana and Dora at the first relay, Bruno at the second, Carla at the third.
pub(crate) struct Cast {
    pub(crate) people: [Device; 4],
    /// All four, owned by Ana.
    pub(crate) all: RoomId,
    /// Ana, Bruno and Carla, owned by Bruno.
    pub(crate) some: RoomId,
}

/// Everything that takes part.
pub(crate) struct Scene {
    pub(crate) stage: Arc<Stage>,
    pub(crate) back: Back,
    pub(crate) nodes: Vec<Node>,
    /// Before the relays, if everybody goes through one.
    pub(crate) balancer: Option<Balancer>,
    pub(crate) cast: Cast,
    pub(crate) tally: Tally,
}

impl Back {
    /// A server of one's own each, which can be killed.
    pub(crate) fn start(server: Arc<Server>) -> Self {
        let database = server.database();
        Self {
            server,
            database,
            nats: Nats::running(),
        }
    }
}

impl Scene {
    /// Everybody is there, and nothing is wrong.
    pub(crate) async fn enter(seed: &mut Seed) -> Self {
        Self::on(Back::start(Server::start(&[])), seed, &[]).await
    }

    /// As [`Scene::enter`], on servers that were set up, with variables for each relay.
    pub(crate) async fn on(
        back: Back,
        seed: &mut Seed,
        variables: &[Vec<(String, String)>],
    ) -> Self {
        Self::with(back, seed, variables, false).await
    }

    /// As [`Scene::enter`], with a balancer before the relays, through which everybody goes.
    pub(crate) async fn balanced(seed: &mut Seed) -> Self {
        Self::with(Back::start(Server::start(&[])), seed, &[], true).await
    }

    async fn with(
        back: Back,
        seed: &mut Seed,
        variables: &[Vec<(String, String)>],
        balanced: bool,
    ) -> Self {
        // Built before the story's time begins.
        lacre_tests::binaries::lacre();
        let stage = Arc::new(Stage::new(PATIENCE));
        let mut nodes: Vec<Node> = Vec::new();
        for number in 0..3 {
            let folder = stage.path(&format!("relay-{number}"));
            if let Some(first) = nodes.first() {
                first.host.share_keys(&folder);
            }
            let variables = variables.get(number).map_or(&[][..], Vec::as_slice);
            nodes.push(Node::start(&back, &folder, seed, variables).await);
        }
        let balancer = match balanced {
            true => {
                let relays = nodes
                    .iter()
                    .map(|node| (node.host.socket(), node.host.http()));
                Some(Balancer::before(&relays.collect::<Vec<_>>()).await)
            }
            false => None,
        };
        let mut people = Vec::new();
        for (name, at) in [("ana", 0), ("bruno", 1), ("carla", 2), ("dora", 0)] {
            let address = match &balancer {
                Some(balancer) => balancer.in_front_of(nodes[at].host.address()),
                None => nodes[at].address(),
            };
            people.push(Device::sign_up(&stage, &address, name).await);
        }
        let cast = Cast::of(people.try_into().ok().unwrap()).await;
        Self {
            stage,
            back,
            nodes,
            balancer,
            cast,
            tally: Tally::default(),
        }
    }

    /// The database's address, without a line between that could be cut.
    pub(crate) fn store(&self) -> String {
        self.back.database.url()
    }

    /// All lines are open again, everybody gets everything, and the contract is judged.
    pub(crate) async fn judge(self) -> Tally {
        self.judge_with(Vec::new()).await
    }

    /// As [`Scene::judge`], with others who took part.
    pub(crate) async fn judge_with(self, mut others: Vec<Device>) -> Tally {
        let mut nodes = self.nodes;
        for node in &nodes {
            node.database.set(Line::Open);
            node.nats.set(Line::Open);
            node.people.cut(false);
        }
        let Cast {
            people: [mut ana, mut bruno, mut carla, mut dora],
            all,
            some,
        } = self.cast;
        // What each did before its last word stands before it in the log.
        let mut last = Vec::new();
        for person in [&ana, &bruno, &carla, &dora] {
            let text = format!("{} is done", person.name());
            last.push(person.say(all, &text).await);
        }
        for person in [&ana, &bruno, &carla, &dora] {
            person.sees(all, &last).await;
        }
        // Its lines stay.
        let Node {
            host,
            database: _database,
            nats: _nats,
            people: _people,
        } = nodes.remove(0);
        let world = World::on(Arc::clone(&self.stage), host);
        let mut everybody = vec![&mut ana, &mut bruno, &mut carla, &mut dora];
        everybody.extend(&mut others);
        world.check(&mut everybody).await;
        for room in [all, some] {
            let shown = ana.texts(room).await;
            for person in [&bruno, &carla] {
                assert_eq!(person.texts(room).await, shown, "{}", person.name());
            }
        }
        for person in [&mut ana, &mut bruno, &mut carla, &mut dora] {
            person.close().await;
        }
        for other in &mut others {
            other.close().await;
        }
        self.tally
    }
}

impl Cast {
    async fn of(people: [Device; 4]) -> Self {
        let [ana, bruno, carla, dora] = &people;
        let all = ana.group("Algebra", &[bruno, carla, dora]).await;
        let some = bruno.group("Botany", &[ana, carla]).await;
        Self { people, all, some }
    }

    /// Everybody talks, and rooms are renamed, while `strike` strikes so many times, with a while
    /// between that is never nothing.
    pub(crate) async fn talk_under(
        &self,
        times: u64,
        mut strike: impl AsyncFnMut(&mut Seed),
        seed: &mut Seed,
        tally: &Tally,
    ) {
        let mut moments = seed.fork();
        let striking = async {
            for _ in 0..times {
                a_while(&mut moments).await;
                strike(&mut moments).await;
            }
            a_while(&mut moments).await;
        };
        self.talk_during(striking, seed, tally).await;
    }

    /// Everybody talks, and rooms are renamed, for as long as `faults` take.
    pub(crate) async fn talk_during<T>(
        &self,
        faults: impl Future<Output = T>,
        seed: &mut Seed,
        tally: &Tally,
    ) -> T {
        let both = [self.all, self.some];
        let (over, said) = (AtomicBool::new(false), AtomicU64::new(0));
        let [ana, bruno, carla, dora] = &self.people;
        let mut paces: [Seed; 6] = std::array::from_fn(|_| seed.fork());
        let [one, two, three, four, five, six] = &mut paces;
        let faults = async {
            let result = faults.await;
            over.store(true, Ordering::Relaxed);
            result
        };
        let (result, ..) = tokio::join!(
            faults,
            talk(ana, &both, one, &over, &said),
            talk(bruno, &both, two, &over, &said),
            talk(carla, &both, three, &over, &said),
            talk(dora, &both[..1], four, &over, &said),
            rename(ana, self.all, five, &over, tally),
            rename(bruno, self.some, six, &over, tally),
        );
        tally.add("messages", said.into_inner());
        result
    }
}

impl Node {
    async fn start(
        back: &Back,
        folder: &Path,
        seed: &mut Seed,
        variables: &[(String, String)],
    ) -> Self {
        let database = Gate::open(End::Unix(back.database.socket())).await;
        let nats = Gate::open(End::Tcp(back.nats.address())).await;
        let store = format!(
            "postgres://lacre@{}/{}?sslmode=disable",
            database.address(),
            back.database.name()
        );
        let host = Host::node(
            folder,
            &store,
            &format!("nats://{}", nats.address()),
            variables,
        )
        .await;
        let people = Proxy::start(host.socket(), seed.fork()).await;
        Self {
            host,
            database,
            nats,
            people,
        }
    }

    /// The address of its people.
    pub(crate) fn address(&self) -> String {
        self.people.in_front_of(self.host.address())
    }
}

/// A while in which everybody talks undisturbed, at least a little.
async fn a_while(seed: &mut Seed) {
    tokio::time::sleep(Duration::from_millis(200) + seed.time(Duration::from_millis(900))).await;
}

/// Says something, in any of the rooms, until it is over.
async fn talk(
    person: &Device,
    rooms: &[RoomId],
    seed: &mut Seed,
    over: &AtomicBool,
    said: &AtomicU64,
) {
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let room = rooms[seed.index(rooms.len())];
        let text = format!("{} {number}", person.name());
        person.say(room, &text).await;
        said.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(seed.time(PACE)).await;
    }
}

/// Gives a room one name after the other: commits from more than one relay.
async fn rename(person: &Device, room: RoomId, seed: &mut Seed, over: &AtomicBool, tally: &Tally) {
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("{} {number}", person.name());
        let room = person.room(room);
        match person.within("renaming", room.set_name(&name)).await {
            Ok(()) => tally.add("renamings", 1),
            Err(error) => person.stage().fail(&format!("renaming: {error}")),
        }
        tokio::time::sleep(seed.time(RENAMES)).await;
    }
}
