//! The world of a story: a relay, people, and the checker that has the last word.

use crate::contract::{self, Evidence};
use crate::device::Device;
use crate::ledger::LoggedRoom;
use crate::relay::Host;
use crate::stage::{PATIENCE, Stage};
use crate::wire::Caller;
use lacre::{Item, ItemBody, RoomId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A relay and a stage. Dropping it ends both.
pub struct World {
    /// The relay.
    pub relay: Host,
    stage: Arc<Stage>,
    may_be_unreadable: bool,
}

impl World {
    /// A relay in this process, on disk.
    pub async fn start() -> Self {
        Self::patient(PATIENCE).await
    }

    /// As [`World::start`], for a story that may take longer.
    pub async fn patient(patience: Duration) -> Self {
        let stage = Arc::new(Stage::new(patience));
        let relay = Host::here(&stage.path("relay")).await;
        Self {
            relay,
            stage,
            may_be_unreadable: false,
        }
    }

    /// The relay is the real program, in a process of its own.
    pub async fn real_process(patience: Duration) -> Self {
        // Built before the story's time begins.
        crate::binaries::lacre();
        let stage = Arc::new(Stage::new(patience));
        let relay = Host::process(&stage.path("relay")).await;
        Self {
            relay,
            stage,
            may_be_unreadable: false,
        }
    }

    /// As [`World::real_process`], with the store in a database.
    pub async fn on_database(patience: Duration, database: &str) -> Self {
        crate::binaries::lacre();
        let stage = Arc::new(Stage::new(patience));
        let relay = Host::on_database(&stage.path("relay"), database, true).await;
        Self::on(stage, relay)
    }

    /// On a stage that was set, with a relay that was started on it.
    pub fn on(stage: Arc<Stage>, relay: Host) -> Self {
        Self {
            relay,
            stage,
            may_be_unreadable: false,
        }
    }

    /// A person with a new account and one device.
    pub async fn person(&self, handle: &str) -> Device {
        Device::sign_up(&self.stage, self.relay.address(), handle).await
    }

    /// As [`World::person`], behind another address, such as a proxy's.
    pub async fn person_through(&self, address: &str, handle: &str) -> Device {
        Device::sign_up(&self.stage, address, handle).await
    }

    /// A socket to the relay, for clients that are played by hand.
    pub fn caller(&self) -> Caller {
        Caller::numbered(self.relay.address(), 0, 0)
    }

    /// Several people at once.
    pub async fn people<const N: usize>(&self, handles: [&str; N]) -> [Device; N] {
        let mut people = Vec::with_capacity(N);
        for handle in handles {
            people.push(self.person(handle).await);
        }
        people.try_into().ok().unwrap()
    }

    /// The stage.
    pub fn stage(&self) -> &Arc<Stage> {
        &self.stage
    }

    /// What the relay's store has of a room.
    pub fn logged(&self, room: RoomId) -> LoggedRoom {
        self.relay.ledger().room(room)
    }

    /// The story puts something into a log that nobody can read.
    pub fn expects_damage(&mut self) {
        self.may_be_unreadable = true;
    }

    /// Waits until everything that was said has arrived wherever it belongs, then judges.
    pub async fn check(&self, devices: &mut [&mut Device]) {
        for device in devices.iter_mut() {
            if !device.is_open() {
                device.open().await;
            }
        }
        for device in devices.iter() {
            device.has_sent_all().await;
            device
                .until("an empty outbox", |told| !told.has_queued())
                .await;
        }
        let rooms = self.relay.ledger().rooms();
        for device in devices.iter() {
            self.arrivals(device, &rooms, devices).await;
        }
        let mut evidence = Evidence {
            sendings: self.stage.record.sendings(),
            rooms: Vec::new(),
            ended: self.stage.record.all_ended(),
            devices: Vec::new(),
            may_be_unreadable: self.may_be_unreadable,
        };
        for device in devices.iter() {
            evidence.devices.push(device.shown().await);
        }
        // Last: what a device shows must be there, and the log only grows.
        evidence.rooms = self.relay.ledger().rooms();
        let violations = contract::violations(&evidence);
        if !violations.is_empty() {
            self.stage.fail(&format!(
                "the delivery contract is broken:\n  {}",
                violations.join("\n  ")
            ));
        }
    }

    /// Waits until a device has every message that anybody has of the part of a room it reads.
    async fn arrivals(&self, device: &Device, rooms: &[LoggedRoom], devices: &[&mut Device]) {
        for room in rooms {
            let reader = room
                .readers
                .iter()
                .find(|reader| reader.device == device.id());
            let Some(reader) = reader else { continue };
            let expected = devices.iter().flat_map(|device| {
                device.look(|told| {
                    let items = told.items.get(&room.room);
                    let items = items.into_iter().flat_map(HashMap::values);
                    // Notices are a device's own: a newcomer sees less of the commit that added it.
                    let is_said = |item: &Item| !matches!(item.body, ItemBody::Notice(_));
                    let reads = |item: &&Item| {
                        is_said(item) && item.seq.is_some_and(|seq| reader.reads(seq))
                    };
                    items
                        .filter(reads)
                        .map(|item| item.message)
                        .collect::<Vec<_>>()
                })
            });
            device.sees(room.room, &expected.collect::<Vec<_>>()).await;
        }
    }
}
