//! Creating a room: its group, its first members and their Welcomes go to the relay in one step.

use super::Intent;
use crate::content::RoomKey;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Done, Event};
use crate::live::Asked;
use crate::mls::{Plan, build_commit, create_group, read_key_package};
use crate::profile::{self, RoomProfile};
use crate::random;
use crate::session::{Uploads, unexpected};
use crate::store::changes::ChangeRow;
use crate::store::logs::Position;
use crate::store::rooms::Status;
use lacre_wire::answer::{Answer, ClaimedAccount};
use lacre_wire::codec;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{DeviceId, LogId, Millis, RoomId, SubmitId};
use lacre_wire::log::chain_start;
use lacre_wire::request::{CommitBundle, CreateRoom, Request};
use lacre_wire::room::{JoinRule, Operation, RoomKind, RoomState};
use openmls::prelude::KeyPackage;
use std::collections::BTreeSet;

/// Number of a room's first K_room.
const FIRST_KEY: u32 = 1;

impl Engine {
    pub(crate) fn start_creation(
        &mut self,
        change: &ChangeRow,
        room: RoomId,
        now: Millis,
    ) -> Result<()> {
        self.live.busy_changes.insert(change.id);
        if let Some(row) = self.db.room(room)? {
            if row.status == Status::Joined {
                return match row.commit_hash {
                    Some(_) => Ok(()),
                    None => self.change_ends(change.id, Ok(Done::Room(room))),
                };
            }
            // Made in an earlier session; the relay's answer was lost. The same bytes go out again.
            return self.resend_creation(row.r, room, change.id);
        }
        let Some(claimed) = self.live.claimed.remove(&change.id) else {
            let me = self.me()?.card.account;
            let (kind, mut accounts) = match &change.intent {
                Intent::CreateDirect { peer } => (RoomKind::Direct, vec![*peer]),
                Intent::CreateGroup { members, kind, .. } => (*kind, members.clone()),
                _ => return Err(Error::internal("not a creation")),
            };
            if self.me()?.list()?.devices.len() > 1 {
                accounts.push(me);
            }
            accounts.sort();
            accounts.dedup();
            if accounts.is_empty() {
                self.live.claimed.insert(change.id, Vec::new());
                return self.start_creation(change, room, now);
            }
            self.claim(change.id, kind.suite(), accounts);
            return Ok(());
        };
        self.atomically(|e| e.create(change, room, &claimed, now))
    }

    /// The key packages of every device of the claimed accounts that is not in `present`, verified
    /// against their owners' device lists.
    pub(crate) fn packages(
        &mut self,
        claimed: &[ClaimedAccount],
        present: &BTreeSet<DeviceId>,
    ) -> Result<Vec<KeyPackage>> {
        let mut packages = Vec::new();
        for account in claimed {
            let list = crate::store::people::verify(&account.info)?;
            for package in &account.packages {
                if present.contains(&package.device) {
                    continue;
                }
                let read = read_key_package(&self.provider, &package.package)?;
                let device = lacre_wire::room::mls::verify_leaf(read.leaf_node()).map_err(|e| {
                    Error::new(
                        ErrorKind::Security,
                        "BadIdentity",
                        format!("a device of @{} does not verify", account.info.handle),
                    )
                    .with_source(e)
                })?;
                if device.account != account.info.account
                    || device.device != package.device
                    || list.device(&device.device).is_none()
                {
                    return Err(Error::new(
                        ErrorKind::Security,
                        "BadIdentity",
                        format!(
                            "the relay offered a device for @{} that is not in their device list",
                            account.info.handle
                        ),
                    ));
                }
                packages.push(read);
            }
        }
        Ok(packages)
    }

    fn create(
        &mut self,
        change: &ChangeRow,
        room: RoomId,
        claimed: &[ClaimedAccount],
        now: Millis,
    ) -> Result<()> {
        let me = self.me()?;
        let (account, device, identity) = (me.card.account, me.device(), me.leaf()?);
        let (kind, peer, name, listed) = match &change.intent {
            Intent::CreateDirect { peer } => (RoomKind::Direct, Some(*peer), None, None),
            Intent::CreateGroup {
                name, listed, kind, ..
            } => (*kind, None, Some(name.clone()), listed.clone()),
            _ => return Err(Error::internal("not a creation")),
        };
        for claimed in claimed {
            self.keep_info(&claimed.info)?;
            if claimed.info.account != account && claimed.packages.is_empty() {
                return Err(no_packages(&claimed.info.handle));
            }
        }
        let packages = self.packages(claimed, &BTreeSet::from([device]))?;
        let relay_key = self
            .live
            .relay_key
            .ok_or_else(|| Error::internal("creating a room without a session"))?;
        let state = RoomState::template(kind, account, peer);
        let signer = &self
            .me
            .as_ref()
            .ok_or_else(|| Error::internal("no account"))?
            .signer;
        let mut created = create_group(
            &self.provider,
            signer,
            &identity,
            (room, 0),
            &relay_key,
            &state,
        )?;
        let key = RoomKey::new(random::bytes()?);
        let r = self
            .db
            .add_room(room, kind, 0, Status::Creating, peer, now)?;
        self.db.make_room_key(r, FIRST_KEY, &key)?;
        let mut operations = match &name {
            Some(name) => vec![Operation::SetProfile(profile::seal(
                &RoomProfile { name: name.clone() },
                room,
                FIRST_KEY,
                &key,
            )?)],
            None => Vec::new(),
        };
        if listed.is_some() {
            operations.push(Operation::SetJoinRule(JoinRule::Open));
            operations.push(Operation::SetListed { name: listed });
        }
        let gi_mac = profile::gi_mac(&key, &created.group_info);
        let bundle = match packages.is_empty() && operations.is_empty() {
            true => None,
            false => {
                let plan = Plan {
                    adds: packages,
                    operations,
                    ..Plan::default()
                };
                Some(build_commit(
                    &self.provider,
                    signer,
                    &mut created.group,
                    &[],
                    plan,
                    now,
                )?)
            }
        };
        let mut uploads = Uploads::default();
        let bundle = match bundle {
            Some(built) => {
                let hash = sha256(&[&built.commit]);
                let bundle = self.bundle(
                    &mut uploads,
                    built.commit,
                    built.group_info,
                    built.welcome,
                    &key,
                    FIRST_KEY,
                )?;
                Some((hash, bundle))
            }
            None => None,
        };
        let request = CreateRoom {
            room,
            peer,
            group_info: uploads.payload(created.group_info),
            tree: uploads.payload(created.tree),
            bundle: bundle.as_ref().map(|(_, bundle)| bundle.clone()),
            gi_mac,
            submit_id: SubmitId(random::bytes()?),
        };
        let frame = codec::to_vec(&SavedCreation {
            request: request.clone(),
            uploads: uploads.saved(),
        });
        let hash = bundle.map_or_else(|| sha256(&[&room.0]), |(hash, _)| hash);
        self.db.set_commit(r, Some((hash, &frame)))?;
        self.db.set_position(
            LogId::Room(room),
            Position {
                seq: 0,
                chain: chain_start(LogId::Room(room)),
            },
        )?;
        self.db
            .set_members(r, [(account, state.role(&account))].into_iter())?;
        self.groups.put(room, 0, created.group);
        self.ask_after(
            uploads,
            Request::CreateRoom(request),
            Asked::Create {
                room,
                change: change.id,
            },
        );
        Ok(())
    }

    /// A commit and what belongs to it, as the relay takes it.
    pub(crate) fn bundle(
        &mut self,
        uploads: &mut Uploads,
        commit: Vec<u8>,
        group_info: Vec<u8>,
        welcome: Option<Vec<u8>>,
        key: &RoomKey,
        key_number: u32,
    ) -> Result<CommitBundle> {
        let gi_mac = profile::gi_mac(key, &group_info);
        Ok(CommitBundle {
            submit_id: SubmitId(random::bytes()?),
            commit: uploads.payload(commit),
            group_info: uploads.payload(group_info),
            gi_mac,
            key_number,
            welcome: welcome.map(|welcome| uploads.payload(welcome)),
        })
    }

    fn resend_creation(&mut self, r: i64, room: RoomId, change: i64) -> Result<()> {
        let frame = self
            .db
            .commit_frame(r)?
            .ok_or_else(|| Error::internal("a room in creation without its request"))?;
        let saved: SavedCreation = codec::from_slice(&frame).map_err(|e| {
            Error::new(
                ErrorKind::Store,
                "StoreDamaged",
                "a room in creation cannot be read",
            )
            .with_source(e)
        })?;
        self.ask_after(
            Uploads::from_saved(saved.uploads),
            Request::CreateRoom(saved.request),
            Asked::Create { room, change },
        );
        Ok(())
    }

    pub(crate) fn on_created(&mut self, room: RoomId, change: i64, answer: Answer) -> Result<()> {
        self.live.busy_changes.remove(&change);
        let Some(row) = self.db.room(room)? else {
            return Ok(());
        };
        match answer {
            Answer::Accepted(accepted) => self.atomically(|e| {
                e.db.set_status(row.r, Status::Joined, None)?;
                if accepted.seq == 0 {
                    e.db.set_commit(row.r, None)?;
                }
                let view = e.view(&row)?;
                e.db.keep_view(row.r, &view)?;
                e.open_profile_of(&row, &view)?;
                e.tell(Event::RoomAdded(room));
                // With first members, it is done when their commit is reached in the log.
                match accepted.seq {
                    0 => e.change_ends(change, Ok(Done::Room(room)))?,
                    _ => drop(e.live.busy_changes.insert(change)),
                }
                e.open_room(room)
            }),
            Answer::Exists { room: existing } if row.peer.is_some() => self.atomically(|e| {
                e.forget_creation(&row)?;
                // The room that won is entered by its own Welcome, unless this device is in it already.
                e.db.turn_into_join(change, existing, row.peer)?;
                match e.db.room(existing)? {
                    Some(there) if there.status == Status::Joined => e.joins_done(existing),
                    _ => Ok(()),
                }
            }),
            Answer::Failed(error) if error.code.is_retryable() => Ok(()),
            Answer::Failed(error) => {
                self.atomically(|e| e.forget_creation(&row))?;
                self.change_failed(change, error.into())
            }
            _ => Err(unexpected()),
        }
    }

    fn forget_creation(&mut self, row: &crate::store::rooms::RoomRow) -> Result<()> {
        self.forget_group(row)?;
        self.db.forget_log(LogId::Room(row.id))?;
        self.db.drop_room(row.r)
    }
}

pub(super) fn no_packages(handle: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        "NoKeyPackage",
        format!("@{handle} has no device that can be added yet; they must have been online once"),
    )
}

/// A room in creation, as kept in the store.
#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct SavedCreation {
    #[n(0)]
    request: CreateRoom,
    #[n(1)]
    uploads: Vec<minicbor::bytes::ByteVec>,
}
