//! Where a lying relay finds its victim: Vera owns a group, Ana is in it.

use super::loot::PublicState;
use super::victim::{Twist, Victim};
use super::villain::{Villain, package_in};
use crate::device::Device;
use crate::puppet::now;
use crate::wire::Caller;
use crate::world::World;
use lacre_wire::answer::{Answer, ClaimedAccount};
use lacre_wire::hash::sha256;
use lacre_wire::ids::{AccountId, Generation, LogId, RoomId, Seq};
use lacre_wire::log::{Body, Entry, EntryKind};
use lacre_wire::push::{ServerFrame, WelcomeNotice};
use lacre_wire::request::{Payload, Request};
use lacre_wire::room::mls::{create_config, credential};
use lacre_wire::room::{RoomKind, RoomState};
use openmls::prelude::tls_codec::Serialize;
use openmls::prelude::{GroupId, MlsGroup};
use openmls_traits::OpenMlsProvider;

/// Vera's relay lies to her.
pub struct Plot {
    /// The relay and the stage.
    pub world: World,
    /// A member with a real client, to whom the relay is honest.
    pub ana: Device,
    /// The owner.
    pub vera: Victim,
    /// Vera's way to the relay.
    pub caller: Caller,
    /// The room.
    pub room: RoomId,
}

impl Plot {
    /// The group, with nothing under way.
    pub async fn begin() -> Self {
        let world = World::start().await;
        let ana = world.person("ana").await;
        let caller = world.caller();
        let mut vera = Victim::sign_up(world.stage(), &caller, "vera").await;
        let room = vera.group("Algebra", vec![ana.account()]).await;
        ana.enters(room).await;
        vera.says(room, "welcome").await;
        ana.reads(room, "welcome").await;
        let mut plot = Self {
            world,
            ana,
            vera,
            caller,
            room,
        };
        plot.ana.says(room, "thank you").await;
        plot.vera.reads(room, "thank you").await;
        plot
    }

    /// The rest of Vera's account goes on with an honest relay, whatever became of the room.
    pub async fn account_goes_on(&mut self) {
        self.vera.twist = None;
        let other = self.vera.group("Elsewhere", vec![self.ana.account()]).await;
        self.ana.enters(other).await;
        self.ana.says(other, "elsewhere").await;
        self.vera.reads(other, "elsewhere").await;
    }

    /// The room goes on with an honest relay.
    pub async fn room_goes_on(&mut self) {
        self.vera.twist = None;
        self.ana.says(self.room, "we go on").await;
        self.vera.reads(self.room, "we go on").await;
        self.vera.says(self.room, "so we do").await;
        self.ana.reads(self.room, "so we do").await;
    }
}

impl Victim {
    /// Creates a group.
    pub async fn group(&mut self, name: &str, members: Vec<AccountId>) -> RoomId {
        let done = self
            .perform(|engine, now| engine.create_group(name, members, now))
            .await;
        match done {
            Ok(lacre_engine::Done::Room(room)) => room,
            other => panic!("a group was not created: {other:?}"),
        }
    }
}

impl Villain {
    /// The key packages the relay gives out for an account.
    pub async fn claim(&mut self, account: AccountId) -> ClaimedAccount {
        let claim = Request::ClaimKeyPackages {
            suite: RoomKind::Group.suite(),
            accounts: vec![account],
        };
        match self.ask(claim).await {
            Answer::KeyPackages(mut claimed) => claimed.remove(0),
            other => panic!("nothing was claimed: {other:?}"),
        }
    }

    /// A group of its own making, whatever its state says, with nobody else in it.
    pub fn make_up(&self, room: RoomId, state: &RoomState) -> MlsGroup {
        self.make_up_at(room, 0, state)
    }

    /// As [`Villain::make_up`], in a generation of its choice.
    pub fn make_up_at(&self, room: RoomId, generation: Generation, state: &RoomState) -> MlsGroup {
        let config = create_config(&self.relay_key, state).unwrap();
        let id = GroupId::from_slice(&room.group_id(generation));
        let with = credential(&self.identity());
        MlsGroup::new_with_group_id(&self.provider, &self.key, &config, id, with).unwrap()
    }

    /// Its public state.
    pub fn publish(&self, group: &MlsGroup) -> PublicState {
        let group_info = group
            .export_group_info(self.provider.crypto(), &self.key, false)
            .unwrap();
        PublicState {
            group_info: group_info.tls_serialize_detached().unwrap(),
            tree: group
                .export_ratchet_tree()
                .tls_serialize_detached()
                .unwrap(),
        }
    }

    /// A Welcome into it for somebody, whose tree the relay holds.
    pub async fn welcome(
        &mut self,
        room: RoomId,
        mut group: MlsGroup,
        whom: AccountId,
    ) -> WelcomeNotice {
        let claimed = self.claim(whom).await;
        let (_, welcome, _) = group
            .add_members(
                &self.provider,
                &self.key,
                &[package_in(&claimed.packages[0].package)],
            )
            .unwrap();
        group.merge_pending_commit(&self.provider).unwrap();
        let tree = group
            .export_ratchet_tree()
            .tls_serialize_detached()
            .unwrap();
        let hash = sha256(&[&tree]);
        self.session.upload(hash, &tree).await;
        WelcomeNotice {
            room,
            generation: 0,
            epoch: 1,
            from_seq: 1,
            welcome: Payload::Inline(welcome.tls_serialize_detached().unwrap().into()),
            tree: hash,
        }
    }
}

/// An entry that the relay made up.
pub fn made_up(seq: Seq, kind: EntryKind, epoch: u64, body: Vec<u8>) -> Entry {
    Entry {
        seq,
        kind,
        generation: 0,
        epoch,
        accepted_ms: now(),
        body: Body::Inline(body.into()),
        stamp: None,
        sender: None,
    }
}

/// Says something more before the next frame.
pub fn once(more: ServerFrame) -> Twist {
    let mut more = Some(more);
    Box::new(move |frame| more.take().into_iter().chain([frame]).collect())
}

/// Changes answers.
pub fn answers(mut change: impl FnMut(&mut Answer) + Send + 'static) -> Twist {
    Box::new(move |mut frame| {
        if let ServerFrame::Answer { answer, .. } = &mut frame {
            change(answer);
        }
        vec![frame]
    })
}

/// Changes the entries of a room's log, run by run.
pub fn entries(
    room: RoomId,
    mut change: impl FnMut(Vec<Entry>) -> Vec<Entry> + Send + 'static,
) -> Twist {
    Box::new(move |frame| match frame {
        ServerFrame::Entries { log, entries } if log == LogId::Room(room) => {
            match change(entries) {
                entries if entries.is_empty() => Vec::new(),
                entries => vec![ServerFrame::Entries { log, entries }],
            }
        }
        other => vec![other],
    })
}
