//! Where most attacks begin: a group of two honest people and one who is not.

use super::seat::Seat;
use super::villain::Villain;
use crate::device::Device;
use crate::world::World;
use lacre::{ItemBody, RoomId};
use lacre_wire::hash::sha256;
use lacre_wire::ids::{AccountId, Seq};
use lacre_wire::log::EntryKind;

/// Ana owns a group; Bruno and Mallory are members.
pub struct Scene {
    /// The relay and the stage.
    pub world: World,
    /// Its owner, with a real client.
    pub ana: Device,
    /// A member, with a real client.
    pub bruno: Device,
    /// A member who keeps no rules.
    pub mallory: Villain,
    /// The room.
    pub room: RoomId,
    /// Mallory's seat in it.
    pub seat: Seat,
}

/// A villain with an account.
pub async fn villain(world: &World, handle: &str) -> Villain {
    let caller = world.caller();
    let villain = Villain::sign_up(&caller, handle);
    world.stage().within("a villain signs up", villain).await
}

impl Scene {
    /// The group, with everybody in it.
    pub async fn begin() -> Self {
        let world = World::start().await;
        let [ana, bruno] = world.people(["ana", "bruno"]).await;
        let mut mallory = villain(&world, "mallory").await;
        let room = ana.group("Algebra", &[&bruno]).await;
        ana.within("inviting mallory", ana.room(room).invite(&["mallory"]))
            .await
            .unwrap();
        let seat = ana.within("mallory enters", mallory.enter(room)).await;
        let mut scene = Self {
            world,
            ana,
            bruno,
            mallory,
            room,
            seat,
        };
        let mallory = scene.mallory.account();
        for person in [&scene.ana, &scene.bruno] {
            person
                .until("mallory is seen", |_| is_in(person, scene.room, mallory))
                .await;
        }
        // From here on nothing is under way: the room's key has gone to the newcomer before it.
        scene.ana.says(scene.room, "welcome").await;
        scene.bruno.reads(scene.room, "welcome").await;
        scene.follow().await;
        scene
    }

    /// The last entry of the room.
    pub fn head(&self) -> Seq {
        self.world.logged(self.room).head
    }

    /// How many commits the room has seen.
    pub fn commits(&self) -> usize {
        self.world.logged(self.room).count(EntryKind::Commit)
    }

    /// Whether exactly these bytes stand in the room's log.
    pub fn is_logged(&self, body: &[u8]) -> bool {
        let hash = sha256(&[body]);
        let logged = self.world.logged(self.room);
        logged.entries.iter().any(|entry| entry.link.body == hash)
    }

    /// Mallory reads to the head.
    pub async fn follow(&mut self) {
        let head = self.head();
        let followed = self.mallory.follow(&mut self.seat, head);
        self.world.stage().within("mallory reads", followed).await;
    }

    /// Waits until a person has read up to `seq`, where a placeholder stands.
    pub async fn placeholder(&self, person: &Device, seq: Seq) -> String {
        let stands = |item: &lacre::Item| item.seq == Some(seq);
        person
            .until("a placeholder", |told| {
                told.items
                    .get(&self.room)
                    .is_some_and(|items| items.values().any(stands))
            })
            .await;
        let timeline = person.timeline(self.room).await;
        match &timeline.iter().find(|item| stands(item)).unwrap().body {
            ItemBody::Unreadable(why) => why.clone(),
            other => self
                .world
                .stage()
                .fail(&format!("{} shows {other:?}", person.name())),
        }
    }

    /// The room goes on for the honest, and nothing stopped.
    pub async fn room_goes_on(&self) {
        self.ana.says(self.room, "we go on").await;
        self.bruno.reads(self.room, "we go on").await;
        self.bruno.says(self.room, "so we do").await;
        self.ana.reads(self.room, "so we do").await;
        for person in [&self.ana, &self.bruno] {
            assert_eq!(person.room(self.room).stopped(), None);
            assert!(person.look(|told| told.stopped.is_empty()));
        }
    }

    /// The room was repaired for these, without their doing anything: all of them speak and are heard.
    pub async fn is_repaired(&self, people: &[&Device]) {
        for person in people {
            person
                .until("the room goes on", |_| {
                    person.room(self.room).stopped().is_none()
                })
                .await;
        }
        for person in people {
            let text = format!("{} is back", person.name());
            person.says(self.room, &text).await;
            for other in people {
                other.reads(self.room, &text).await;
            }
        }
    }

    /// The rest of the honest people's accounts goes on, whatever became of the room.
    pub async fn accounts_go_on(&self) {
        let other = self.ana.direct(&self.bruno).await;
        self.bruno.enters(other).await;
        self.ana.says(other, "elsewhere").await;
        self.bruno.reads(other, "elsewhere").await;
        self.bruno.says(other, "here too").await;
        self.ana.reads(other, "here too").await;
    }

    /// Waits until a person's room has stopped; the code that says why.
    pub async fn stops(&self, person: &Device) -> &'static str {
        person
            .until("the room stops", |told| {
                told.stopped.contains_key(&self.room)
            })
            .await;
        person.look(|told| told.stopped[&self.room].code())
    }
}

/// Whether a device shows somebody as a member.
pub fn is_in(person: &Device, room: RoomId, account: AccountId) -> bool {
    person
        .room(room)
        .members()
        .iter()
        .any(|member| member.account == account)
}
