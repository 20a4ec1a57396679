//! Who takes part, and what each deed does to them.

use super::deeds::Deed;
use lacre::{ItemBody, MessageId, RoomId};
use lacre_tests::device::Device;
use lacre_tests::ledger::Ledger;
use lacre_tests::proxy::{Faults, Fired, Proxy};
use lacre_tests::seed::Seed;
use lacre_tests::world::World;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long one seed may take.
const PATIENCE: Duration = Duration::from_secs(240);

/// What happened, how often.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    deeds: BTreeMap<Deed, u64>,
    sendings: usize,
    network: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        for (deed, times) in &other.deeds {
            *self.deeds.entry(*deed).or_default() += times;
        }
        for (fault, times) in &other.network {
            *self.network.entry(fault).or_default() += times;
        }
        self.sendings += other.sendings;
    }

    /// What was never done, and which faults never struck.
    pub(crate) fn never(&self) -> Vec<String> {
        let deeds = Deed::all().filter(|deed| !self.deeds.contains_key(deed));
        let faults = self.network.iter().filter(|(_, times)| **times == 0);
        deeds
            .map(|deed| format!("{deed:?}"))
            .chain(faults.map(|(fault, _)| (*fault).to_owned()))
            .collect()
    }

    fn struck(&mut self, fired: Fired) {
        self.network = BTreeMap::from([
            ("datagrams delayed", fired.delayed),
            ("datagrams lost", fired.lost),
            ("datagrams repeated", fired.repeated),
            ("datagrams reordered", fired.reordered),
            ("datagrams cut", fired.cut),
            ("clients readdressed", fired.readdressed),
        ]);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sendings", self.sendings)?;
        for (deed, times) in &self.deeds {
            write!(f, ", {deed:?} {times}")?;
        }
        for (fault, times) in &self.network {
            write!(f, ", {fault} {times}")?;
        }
        Ok(())
    }
}

/// Whether Dora is switched off while she is taken out and let in again. Of several times in and out she
/// would read the first and the last, so then it is once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absence {
    Undecided,
    Away,
    Over,
    Never,
}

/// A relay behind a network, four devices of three people who talk, and Dora, who comes and goes.
pub(crate) struct Cast {
    world: World,
    proxy: Proxy,
    faults: Faults,
    relay_is_up: bool,
    devices: Vec<Device>,
    dora: Device,
    absence: Absence,
    room: RoomId,
    /// What was said, and by which device.
    said: Vec<(usize, MessageId)>,
    number: u32,
    /// Changes of the room under way.
    changes: Vec<JoinHandle<()>>,
    tally: Tally,
}

impl Cast {
    /// Everybody is there, and the network is good.
    pub(crate) async fn enter(mut seed: Seed) -> Self {
        let world = World::real_process(PATIENCE).await;
        let proxy = Proxy::start(world.relay.socket(), seed.fork()).await;
        let address = proxy.in_front_of(world.relay.address());
        let ana = world.person_through(&address, "ana").await;
        let bruno = world.person_through(&address, "bruno").await;
        let carla = world.person("carla").await;
        let dora = world.person_through(&address, "dora").await;
        let tablet = ana.second("tablet").await;
        let room = ana.group("Algebra", &[&bruno, &carla]).await;
        tablet.enters(room).await;
        Self {
            world,
            proxy,
            faults: Faults::default(),
            relay_is_up: true,
            devices: vec![ana, bruno, carla, tablet],
            dora,
            absence: Absence::Undecided,
            room,
            said: Vec::new(),
            number: 0,
            changes: Vec::new(),
            tally: Tally::default(),
        }
    }

    pub(crate) async fn does(&mut self, deed: Deed, seed: &mut Seed) {
        if self.tries(deed, seed).await {
            *self.tally.deeds.entry(deed).or_default() += 1;
        }
        // Pace, not synchronisation: faults need something to happen to.
        tokio::time::sleep(seed.time(Duration::from_millis(30))).await;
    }

    /// Does it, if it can be done now.
    async fn tries(&mut self, deed: Deed, seed: &mut Seed) -> bool {
        let who = seed.index(self.devices.len());
        match deed {
            Deed::Say => self.says(who, 1).await,
            Deed::SayMany => self.says(who, 2 + seed.below(8)).await,
            Deed::Reply | Deed::Edit | Deed::Delete | Deed::React => {
                return self.acts(deed, who, seed).await;
            }
            Deed::Rename => return self.changes_room(deed),
            Deed::Churn => return self.churns(seed).await,
            Deed::Close => self.devices[who].close().await,
            Deed::Vanish if self.devices[who].is_open() => self.vanishes(who).await,
            Deed::Rest if self.devices[who].is_open() => self.rests(who).await,
            Deed::StopRelay if self.relay_is_up => {
                self.world.relay.stop().await;
                self.relay_is_up = false;
            }
            Deed::KillRelay if self.relay_is_up => {
                self.world.relay.kill().await;
                self.relay_is_up = false;
            }
            Deed::StartRelay if !self.relay_is_up => self.starts_relay().await,
            Deed::BadNetwork => self.network(Faults {
                cut: self.faults.cut,
                ..Faults::mobile()
            }),
            Deed::GoodNetwork => self.network(Faults {
                cut: self.faults.cut,
                ..Faults::default()
            }),
            Deed::Cut => self.network(Faults {
                cut: true,
                ..self.faults
            }),
            Deed::Mend => self.network(Faults {
                cut: false,
                ..self.faults
            }),
            Deed::Readdress => self.proxy.change_addresses().await,
            _ => return false,
        }
        true
    }

    async fn starts_relay(&mut self) {
        self.world.relay.start().await;
        self.relay_is_up = true;
    }

    fn network(&mut self, faults: Faults) {
        self.faults = faults;
        self.proxy.set(faults);
    }

    /// A device that is switched on; that takes no network.
    async fn awake(&mut self, who: usize) {
        if !self.devices[who].is_open() {
            self.devices[who].open().await;
        }
    }

    /// The application is gone without a word.
    async fn vanishes(&mut self, who: usize) {
        // What waits for the end of a change holds the client, as an application would.
        for change in std::mem::take(&mut self.changes) {
            change.abort();
            let _aborted = change.await;
        }
        self.devices[who].drop_without_closing().await;
    }

    async fn says(&mut self, who: usize, count: u64) {
        self.awake(who).await;
        for _ in 0..count {
            self.number += 1;
            let device = &self.devices[who];
            let text = format!("{} {}", device.name(), self.number);
            let message = device.say(self.room, &text).await;
            self.said.push((who, message));
        }
    }

    /// Something is done to a message that this device has.
    async fn acts(&mut self, deed: Deed, who: usize, seed: &mut Seed) -> bool {
        self.awake(who).await;
        let (device, room) = (&self.devices[who], self.room);
        if self.said.is_empty() {
            return false;
        }
        let (by, message) = self.said[seed.index(self.said.len())];
        let own = device.account() == self.devices[by].account();
        // What is deleted before it was sent need not arrive.
        let is_text = device.look(|told| {
            told.item(room, message).is_some_and(|item| {
                matches!(item.body, ItemBody::Text(_))
                    && (item.seq.is_some() || deed != Deed::Delete)
            })
        });
        if !is_text || !own && matches!(deed, Deed::Edit | Deed::Delete) {
            return false;
        }
        self.number += 1;
        let number = self.number;
        match deed {
            Deed::Reply => {
                let text = format!("{} answers {number}", device.name());
                let answer = device.reply(room, message, &text).await;
                self.said.push((who, answer));
            }
            Deed::Edit => {
                let text = format!("{} corrects {number}", device.name());
                device.edits(room, message, &text).await;
            }
            // Its text goes; the line stays.
            Deed::Delete => device.deletes(room, message).await,
            _ => device.reacts(room, message, "👍").await,
        }
        true
    }

    /// Dora is taken out, or let in.
    async fn churns(&mut self, seed: &mut Seed) -> bool {
        let is_in = self.dora_is_in();
        match self.absence {
            Absence::Undecided if is_in && seed.below(2) == 0 && self.dora_reads() => {
                self.absence = Absence::Away;
                self.dora.close().await;
            }
            Absence::Undecided if is_in => self.absence = Absence::Never,
            Absence::Away if is_in => {
                self.absence = Absence::Over;
                self.dora.open().await;
                return true;
            }
            Absence::Over if is_in => return false,
            _ => {}
        }
        self.changes_room(Deed::Churn)
    }

    fn dora_is_in(&self) -> bool {
        let (owner, dora) = (&self.devices[0], self.dora.account());
        owner.is_open()
            && owner
                .room(self.room)
                .members()
                .iter()
                .any(|member| member.account == dora)
    }

    /// Whether Dora has come to read what is said.
    fn dora_reads(&self) -> bool {
        let is_text = |item: &lacre::Item| matches!(item.body, ItemBody::Text(_));
        self.dora.look(|told| {
            let items = told.items.get(&self.room);
            items.is_some_and(|items| items.values().any(is_text))
        })
    }

    /// A commit of the owner's, which ends when it ends.
    fn changes_room(&mut self, deed: Deed) -> bool {
        self.changes.retain(|change| !change.is_finished());
        let owner = &self.devices[0];
        if !self.changes.is_empty() || !owner.is_open() {
            return false;
        }
        self.number += 1;
        let (room, dora) = (owner.room(self.room), self.dora.account());
        let name = format!("Algebra {}", self.number);
        let is_in = self.dora_is_in();
        let (stage, device) = (Arc::clone(self.world.stage()), self.dora.id());
        let folder = self.world.relay.folder().to_owned();
        self.changes.push(tokio::spawn(async move {
            // It may fail where the client is closed first; then it is carried out later.
            let _result = match (deed, is_in) {
                (Deed::Rename, _) => room.set_name(&name).await,
                (_, true) => room.remove(dora).await,
                (_, false) => {
                    let logged = Ledger::open(&folder).room(room.id());
                    stage.record.ended(&logged, device);
                    room.invite(&["dora"]).await
                }
            };
        }));
        true
    }

    /// As a phone does in the background.
    async fn rests(&mut self, who: usize) {
        let device = &self.devices[who];
        let client = device.client().clone();
        device.within("resting", client.pause()).await.unwrap();
        device.within("waking", client.resume()).await.unwrap();
    }

    /// All faults end, everybody is there, and the contract is judged.
    pub(crate) async fn finale(mut self) -> Tally {
        self.network(Faults::default());
        if !self.relay_is_up {
            self.starts_relay().await;
        }
        for who in 0..self.devices.len() {
            self.awake(who).await;
        }
        for change in std::mem::take(&mut self.changes) {
            let ended = self.dora.within("a change of the room ends", change).await;
            ended.unwrap();
        }
        // What each did before its last word stands before it in the log.
        let mut last = Vec::new();
        for device in &self.devices {
            let text = format!("{} is done", device.name());
            last.push(device.say(self.room, &text).await);
        }
        for device in &self.devices {
            device.sees(self.room, &last).await;
        }
        let [ana, bruno, carla, tablet] = &mut self.devices[..] else {
            unreachable!()
        };
        self.world
            .check(&mut [ana, bruno, carla, tablet, &mut self.dora])
            .await;
        // Edits and deletions too: all who were there from the beginning show the same.
        let shown = self.devices[0].texts(self.room).await;
        for device in &self.devices[1..] {
            assert_eq!(device.texts(self.room).await, shown, "{}", device.name());
        }
        self.tally.sendings = self.world.stage().record.sendings().len();
        self.tally.struck(self.proxy.fired());
        self.tally
    }
}
