//! Devices that are to go, found by looking at the store: at the start of a relay, and every hour.
//!
//! A device that nobody has seen for 90 days keeps its rooms from moving on: every handshake is kept
//! for it. So the relay proposes its removal, as it does for a device that was revoked, and whoever
//! comes back later has to be let in again. A revoked device is cut off with the new device list, in
//! one transaction; the proposals come after it, and a relay that was killed in between finds here
//! what it owes. A run is bounded, and goes on where the one before has ended.

use crate::service::Service;
use crate::store::command::{Command, Member, Seen};
use crate::store::limits::{DAY_MS, INACTIVE_MS};
use crate::store::outcome::StoreError;
use crate::store::read::{ReadIdle, ReadRooms};
use crate::tasks::Stage;
use lacre_wire::ids::{DeviceId, Millis, RoomId};
use lacre_wire::room::RoomKind;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Between two runs.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Devices in one page of a look-up, or one command.
const PAGE: usize = 200;

/// Pages of one run.
const PAGES: usize = 25;

/// Rooms in which one run proposes removals.
const ROOMS: usize = 100;

/// Devices that one run takes out of one room: a commit has to hold them all.
const PER_ROOM: usize = 50;

/// Where the last run ended.
#[derive(Default)]
struct Round {
    after: Option<(Millis, DeviceId)>,
    seen_at: Millis,
}

/// Looks until the relay stops.
pub(crate) async fn run(service: Arc<Service>) {
    let mut round = Round::default();
    loop {
        if let Err(error) = round.step(&service).await {
            tracing::warn!(%error, "looking for devices that are to go failed");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = service.tasks.reached(Stage::Stopped) => return,
        }
    }
}

impl Round {
    async fn step(&mut self, service: &Service) -> Result<(), StoreError> {
        let now = service.clock.now_ms();
        if self.seen_at.saturating_add(DAY_MS) <= now {
            self.seen_at = now;
            see(service, now).await?;
        }
        pay(service).await?;
        self.evict_inactive(service, now).await
    }

    async fn evict_inactive(&mut self, service: &Service, now: Millis) -> Result<(), StoreError> {
        let before = now.saturating_sub(INACTIVE_MS);
        let mut rooms: BTreeMap<RoomId, BTreeSet<DeviceId>> = BTreeMap::new();
        for _ in 0..PAGES {
            let after = self.after.unwrap_or((0, DeviceId([0; 16])));
            let page = service.store.inactive(after, before, PAGE).await?;
            let last = page
                .last()
                .map(|idle| (idle.device.seen_ms, idle.device.device));
            // At the end the next run begins anew.
            self.after = last.filter(|_| page.len() == PAGE);
            for idle in page {
                let device = idle.device.device;
                if service.online.device(&device).is_none() {
                    idle.rooms.into_iter().for_each(|room| {
                        rooms.entry(room).or_default().insert(device);
                    });
                }
            }
            if self.after.is_none() || rooms.len() >= ROOMS {
                break;
            }
        }
        for (room, idle) in rooms {
            let Some(row) = service.store.room(room).await? else {
                continue;
            };
            let members = service.store.members(room).await?;
            let open = members.iter().filter(|m| m.interval.until_seq.is_none());
            let open: Vec<_> = open
                .map(|member| Member {
                    account: member.account,
                    device: member.device,
                })
                .collect();
            let mut go = who_goes(row.kind, &open, &idle);
            go.truncate(PER_ROOM);
            if !go.is_empty() {
                tracing::info!(%room, devices = go.len(), "devices that were not seen for 90 days are to go");
                service.evict(room, go).await;
            }
        }
        Ok(())
    }
}

/// Whoever is connected is there, however long ago they logged in.
async fn see(service: &Service, now_ms: Millis) -> Result<(), StoreError> {
    for devices in service.online.devices().chunks(PAGE) {
        let devices = devices.to_vec();
        service
            .store
            .submit(Command::Seen(Seen { now_ms, devices }))
            .await?;
    }
    Ok(())
}

/// Proposes what was not proposed when devices were cut off.
async fn pay(service: &Service) -> Result<(), StoreError> {
    let mut rooms: BTreeMap<RoomId, Vec<Member>> = BTreeMap::new();
    for (room, member) in service.store.owed(PAGE).await? {
        rooms.entry(room).or_default().push(member);
    }
    for (room, members) in rooms {
        tracing::info!(%room, devices = members.len(), "removals that were not proposed are made up for");
        service.evict(room, members).await;
    }
    Ok(())
}

/// Who of a room's members goes. Somebody stays who could commit it, and a direct room, into which
/// there is no way back, keeps a device of both.
fn who_goes(kind: RoomKind, members: &[Member], idle: &BTreeSet<DeviceId>) -> Vec<Member> {
    let (go, stay): (Vec<Member>, Vec<Member>) = members
        .iter()
        .partition(|member| idle.contains(&member.device));
    if stay.is_empty() {
        return Vec::new();
    }
    let stays = |member: &Member| stay.iter().any(|other| other.account == member.account);
    let may_go = |member: &Member| kind != RoomKind::Direct || stays(member);
    go.into_iter().filter(may_go).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::ids::AccountId;

    fn member(account: u8, device: u8) -> Member {
        Member {
            account: AccountId([account; 32]),
            device: DeviceId([device; 16]),
        }
    }

    #[test]
    fn somebody_stays_and_a_direct_room_keeps_its_two() {
        let members = [member(1, 1), member(1, 2), member(2, 3)];
        let idle = |devices: &[u8]| devices.iter().map(|n| DeviceId([*n; 16])).collect();
        let goes = |kind, devices: &[u8]| who_goes(kind, &members, &idle(devices));
        assert_eq!(goes(RoomKind::Group, &[2, 3]), [member(1, 2), member(2, 3)]);
        assert_eq!(goes(RoomKind::Group, &[1, 2, 3]), []);
        assert_eq!(goes(RoomKind::Direct, &[2, 3]), [member(1, 2)]);
        assert_eq!(goes(RoomKind::Direct, &[3]), []);
        assert_eq!(goes(RoomKind::Space, &[]), []);
    }
}
