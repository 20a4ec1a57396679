//! What a batch locks and fetches before anything is decided.
//!
//! Several relays write one database, so whatever a decision reads must be held until its commit.
//! The order is the same everywhere, so that batches wait for each other and do not block each other
//! for good:
//!
//! 1. **accounts**, by id: they guard which devices an account has, and its list;
//! 2. **logs**, by key: a room's log guards its room, its entries, its members' intervals and what is
//!    remembered of its submissions; a device's inbox guards the device, its shares and its packages;
//! 3. **members**, by log and device: acks change them without the log's lock;
//! 4. what is found on the way: names (advisory), objects by hash, key packages.
//!
//! What is not there yet cannot be locked. Handles, ids, pairs and log keys are unique in their
//! tables instead: if another relay was faster, the batch fails, begins anew, and sees it. So does a
//! batch that the server chose as the victim of a deadlock, which the order leaves to rare cases.
//!
//! Read without a lock are values whose age does no harm: a log's head under an ack, the list version
//! told at a login, acks and last logins under retention. They only grow.

use super::cache::{Cache, NumberedLog};
use super::connection::{Connection, Values};
use super::convert::{self, Found, array, id, log_id};
use super::error::Fault;
use super::sql;
use crate::store::command::{Command, GroupStep};
use crate::store::keys::StoreKeys;
use crate::store::queue::Job;
use crate::store::rows::Blind;
use lacre_wire::ids::{AccountId, DeviceId, LogId, RoomId};
use std::collections::{BTreeMap, BTreeSet};

/// The rows that commands name.
#[derive(Default)]
struct Needs {
    accounts: BTreeSet<AccountId>,
    accounts_read: BTreeSet<AccountId>,
    logs: BTreeSet<LogId>,
    logs_read: BTreeSet<LogId>,
    revoked: BTreeSet<DeviceId>,
    members: BTreeSet<(RoomId, DeviceId)>,
    devices: BTreeSet<DeviceId>,
    shares: BTreeSet<(DeviceId, Blind)>,
    submissions: BTreeSet<Blind>,
}

impl Needs {
    fn of(jobs: &[Job], keys: &StoreKeys) -> Self {
        let mut needs = Self::default();
        for job in jobs {
            needs.submissions.extend(job.key);
            needs.command(&job.command, keys);
        }
        needs
    }

    fn device(&mut self, device: DeviceId) {
        self.devices.insert(device);
        self.logs.insert(LogId::Inbox(device));
    }

    fn member(&mut self, room: RoomId, device: DeviceId) {
        self.logs.insert(LogId::Room(room));
        self.members.insert((room, device));
    }

    fn step(&mut self, room: RoomId, by: &AccountId, step: &GroupStep, keys: &StoreKeys) {
        for member in step.adds.iter().chain(&step.removes) {
            self.member(room, member.device);
            self.device(member.device);
        }
        for welcome in &step.welcomes {
            let device = welcome.member.device;
            self.shares.insert((device, keys.origin(&device, by)));
        }
    }

    fn command(&mut self, command: &Command, keys: &StoreKeys) {
        match command {
            Command::SignUp(c) => {
                self.accounts.insert(c.account);
                self.device(c.device);
            }
            Command::Login(c) => {
                self.accounts_read.insert(c.account);
                self.device(c.device);
            }
            Command::RequestDevice(c) => {
                self.accounts.insert(c.account);
                self.device(c.device);
            }
            Command::PutDeviceList(c) => {
                self.accounts.insert(c.account);
                if let Ok(list) = c.list.read() {
                    let listed = list.devices.iter().map(|entry| entry.certificate.device());
                    listed.for_each(|device| self.device(device));
                    self.revoked.extend(list.revoked);
                }
            }
            Command::Seen(c) => c.devices.iter().for_each(|device| self.device(*device)),
            Command::PutKeyPackages(c) => self.device(c.device),
            Command::ClaimKeyPackages(c) => self.accounts.extend(&c.accounts),
            Command::Append(c) => self.member(c.room, c.device),
            Command::Propose(c) => self.member(c.room, c.device),
            Command::RelayPropose(c) => {
                self.logs.insert(LogId::Room(c.room));
                for remove in &c.removes {
                    self.member(c.room, remove.device);
                    self.device(remove.device);
                }
            }
            Command::Commit(c) => {
                self.member(c.room, c.device);
                self.step(c.room, &c.account, &c.step, keys);
            }
            Command::CreateRoom(c) => {
                self.member(c.room, c.device);
                self.device(c.device);
                if let Some(step) = &c.first {
                    self.step(c.room, &c.account, step, keys);
                }
            }
            Command::OpenGeneration(c) => {
                self.member(c.room, c.device);
                self.step(c.room, &c.account, &c.step, keys);
            }
            Command::SendToDevice(c) => {
                self.device(c.from);
                self.device(c.to);
                self.shares.insert((c.to, keys.origin(&c.to, &c.account)));
            }
            Command::Ack(c) => {
                for ack in &c.acks {
                    match ack.log {
                        LogId::Room(room) => {
                            self.logs_read.insert(ack.log);
                            self.members.insert((room, c.device));
                        }
                        LogId::Inbox(inbox) if inbox == c.device => drop(self.logs.insert(ack.log)),
                        LogId::Inbox(_) => {}
                    }
                }
            }
            Command::ReportBadCommit(c) => self.member(c.room, c.device),
            Command::PutSnapshot(c) => drop(self.logs.insert(LogId::Room(c.room))),
            Command::PutObject(_) | Command::Housekeep(_) => {}
        }
    }
}

/// Prepared when a writer connects.
pub(super) const PREPARED: [&str; 11] = [
    sql::LOCK_ACCOUNTS,
    sql::DEVICE_IDS,
    sql::ROOMS_OF_ALL,
    sql::LOCK_LOGS,
    sql::LOGS,
    sql::ROOMS,
    sql::LOCK_MEMBERS,
    sql::SUBMISSIONS,
    sql::DEVICES,
    sql::SHARES,
    sql::ACCOUNTS,
];

/// Begins a transaction and fetches, under their locks, the rows that these commands name.
pub(super) fn begin(
    connection: &Connection,
    jobs: &[Job],
    keys: &StoreKeys,
    cache: &mut Cache,
) -> Found<()> {
    let mut needs = Needs::of(jobs, keys);
    if needs.accounts.is_empty() {
        lock_logs(connection, &needs, cache, true)?;
    } else {
        connection.batch("BEGIN")?;
        lock_accounts(connection, &mut needs, cache)?;
        lock_logs(connection, &needs, cache, false)?;
    }
    fetch(connection, &needs, cache)
}

fn lock_accounts(connection: &Connection, needs: &mut Needs, cache: &mut Cache) -> Found<()> {
    let ids: Vec<&[u8]> = needs.accounts.iter().map(|id| id.0.as_slice()).collect();
    for row in connection.query(sql::LOCK_ACCOUNTS, &[&ids])? {
        let account = id(&row, 0, AccountId::from_slice)?;
        cache
            .accounts
            .hold(account, Some(convert::account(&row, 1)?));
    }
    cache.accounts.hold_rest(needs.accounts.iter().copied());
    // Which devices there are cannot change any more.
    let devices = connection.query(sql::DEVICE_IDS, &[&ids])?;
    for row in &devices {
        needs.device(id(row, 0, DeviceId::from_slice)?);
    }
    if !needs.revoked.is_empty() {
        // Rooms they are added to before their inboxes are locked are locked when they are found.
        let revoked: Vec<&[u8]> = needs.revoked.iter().map(|id| id.0.as_slice()).collect();
        for row in connection.query(sql::ROOMS_OF_ALL, &[&revoked])? {
            needs.logs.insert(log_id(&row, 0)?);
        }
    }
    Ok(())
}

fn lock_logs(connection: &Connection, needs: &Needs, cache: &mut Cache, begins: bool) -> Found<()> {
    let keys: Vec<[u8; 17]> = needs.logs.iter().map(|log| log.to_key()).collect();
    let keys: Vec<&[u8]> = keys.iter().map(<[u8; 17]>::as_slice).collect();
    let (begun, rows) = connection.run(async {
        tokio::join!(
            async {
                match begins {
                    true => connection.say("BEGIN").await,
                    false => Ok(()),
                }
            },
            async {
                let wanted = !keys.is_empty();
                connection.rows_if(wanted, sql::LOCK_LOGS, &[&keys]).await
            },
        )
    });
    begun?;
    hold_logs(cache, &rows?, true)?;
    cache.logs.hold_rest(needs.logs.iter().copied());
    Ok(())
}

fn hold_logs(cache: &mut Cache, rows: &[tokio_postgres::Row], locked: bool) -> Found<()> {
    for row in rows {
        let log = NumberedLog {
            number: row.try_get(1)?,
            row: convert::log(row, 2)?,
            locked,
        };
        cache.logs.hold(log_id(row, 0)?, Some(log));
    }
    Ok(())
}

/// The rest, in one go. Logs that are only read come before members, which need their numbers.
fn fetch(connection: &Connection, needs: &Needs, cache: &mut Cache) -> Found<()> {
    let read: Vec<[u8; 17]> = needs
        .logs_read
        .difference(&needs.logs)
        .map(|log| log.to_key())
        .collect();
    if !read.is_empty() {
        let keys: Vec<&[u8]> = read.iter().map(<[u8; 17]>::as_slice).collect();
        hold_logs(cache, &connection.query(sql::LOGS, &[&keys])?, false)?;
        cache.logs.hold_rest(needs.logs_read.iter().copied());
    }
    let number = |room: &RoomId| {
        let log = cache.logs.get(&LogId::Room(*room)).flatten();
        log.map(|log| log.number)
    };
    let rooms: BTreeMap<i64, RoomId> = needs
        .logs
        .iter()
        .filter_map(LogId::room)
        .filter_map(|room| Some((number(&room)?, room)))
        .collect();
    let room_logs: Vec<i64> = rooms.keys().copied().collect();
    let members: BTreeMap<(i64, DeviceId), (RoomId, DeviceId)> = needs
        .members
        .iter()
        .filter_map(|key| Some(((number(&key.0)?, key.1), *key)))
        .collect();
    let member_logs: Vec<i64> = members.keys().map(|key| key.0).collect();
    let member_devices: Vec<&[u8]> = members.keys().map(|key| key.1.0.as_slice()).collect();
    let submissions: Vec<&[u8]> = needs.submissions.iter().map(|key| key.as_slice()).collect();
    let devices: Vec<&[u8]> = needs.devices.iter().map(|id| id.0.as_slice()).collect();
    let sharers: Vec<&[u8]> = needs.shares.iter().map(|key| key.0.0.as_slice()).collect();
    let origins: Vec<&[u8]> = needs.shares.iter().map(|key| key.1.as_slice()).collect();
    let accounts: Vec<&[u8]> = needs
        .accounts_read
        .difference(&needs.accounts)
        .map(|id| id.0.as_slice())
        .collect();
    let all = |values: &[i64]| !values.is_empty();
    let any = |values: &[&[u8]]| !values.is_empty();
    let found = connection.run(async {
        tokio::join!(
            async {
                let values: Values<'_> = &[&member_logs, &member_devices];
                let wanted = all(&member_logs);
                connection.rows_if(wanted, sql::LOCK_MEMBERS, values).await
            },
            async {
                let wanted = all(&room_logs);
                connection.rows_if(wanted, sql::ROOMS, &[&room_logs]).await
            },
            async {
                let (wanted, sql) = (any(&submissions), sql::SUBMISSIONS);
                connection.rows_if(wanted, sql, &[&submissions]).await
            },
            async {
                let wanted = any(&devices);
                connection.rows_if(wanted, sql::DEVICES, &[&devices]).await
            },
            async {
                let values: Values<'_> = &[&sharers, &origins];
                connection.rows_if(any(&sharers), sql::SHARES, values).await
            },
            async {
                let wanted = any(&accounts);
                connection
                    .rows_if(wanted, sql::ACCOUNTS, &[&accounts])
                    .await
            },
        )
    });
    for row in found.0? {
        let at = (row.try_get(0)?, id(&row, 1, DeviceId::from_slice)?);
        let key = members.get(&at).ok_or(Fault::Damaged("a member"))?;
        cache.members.hold(*key, Some(convert::member(&row, 2)?));
    }
    cache.members.hold_rest(needs.members.iter().copied());
    for row in found.1? {
        let log: i64 = row.try_get(17)?;
        let room = rooms.get(&log).ok_or(Fault::Damaged("a room"))?;
        cache.rooms.hold(*room, Some(convert::room(&row, 0)?));
    }
    cache.rooms.hold_rest(rooms.into_values());
    for row in found.2? {
        let key = id(&row, 0, array)?;
        let found = convert::remembered(&row, 1)?;
        cache.submissions.hold(key, Some(found));
    }
    cache
        .submissions
        .hold_rest(needs.submissions.iter().copied());
    for row in found.3? {
        let device = id(&row, 0, DeviceId::from_slice)?;
        cache.devices.hold(device, Some(convert::device(&row, 1)?));
    }
    cache.devices.hold_rest(needs.devices.iter().copied());
    for row in found.4? {
        let key = (id(&row, 0, DeviceId::from_slice)?, id(&row, 1, array)?);
        cache.shares.hold(key, Some(convert::share(&row, 2)?));
    }
    cache.shares.hold_rest(needs.shares.iter().copied());
    for row in found.5? {
        let account = id(&row, 0, AccountId::from_slice)?;
        cache
            .accounts
            .hold(account, Some(convert::account(&row, 1)?));
    }
    Ok(())
}
