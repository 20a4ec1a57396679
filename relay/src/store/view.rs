//! The rows a command needs, looked up in one place for every back end.

mod room;
mod work;

use super::command::PutDeviceList;
use super::limits;
use super::record::DeviceState;
use super::rows::{
    AccountRow, Blind, DeviceRow, EntryMeta, LogRow, MemberRow, Package, Readers, Remembered,
    RoomRow, Rows, Share,
};
use super::{Command, StoreKeys};
use lacre_wire::ids::{AccountId, DeviceId, Hash, LogId, Millis, RoomId};
use std::collections::{BTreeMap, BTreeSet};

/// A room as one device sees it.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) member: MemberRow,
    pub(crate) log: LogRow,
}

/// An account whose key packages are claimed, and one package of each device that has one.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) account: AccountId,
    pub(crate) row: AccountRow,
    pub(crate) packages: Vec<(DeviceId, Package)>,
}

/// What a step of retention will work on.
#[derive(Debug, Clone, Default)]
pub(crate) enum Work {
    #[default]
    Nothing,
    Inbox {
        device: DeviceId,
        log: LogRow,
        oldest: Vec<EntryMeta>,
        shares: BTreeMap<Blind, Share>,
    },
    Room {
        room: RoomId,
        row: Box<RoomRow>,
        log: LogRow,
        oldest: Vec<EntryMeta>,
        next: Vec<EntryMeta>,
        readers: Readers,
    },
    /// A log whose room is gone: nothing to do but to stop looking.
    Stray(LogId, LogRow),
    Orphans(Vec<Hash>),
    Packages(Vec<(DeviceId, u16, Hash)>),
    Forlorn(Vec<DeviceId>),
}

/// The rows of one command. What a command does not need stays empty.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) remembered: Option<(Remembered, Hash)>,
    /// The command's room, its log, and the command's device in it.
    pub(crate) room: Option<RoomRow>,
    pub(crate) log: Option<LogRow>,
    pub(crate) member: Option<MemberRow>,
    /// The devices a step touches, or all of a room for a report.
    pub(crate) members: BTreeMap<DeviceId, MemberRow>,
    pub(crate) direct: Option<RoomId>,
    /// The room with members that has the name the command's room is to be listed under from now on.
    pub(crate) name_of: Option<RoomId>,
    pub(crate) account: Option<AccountRow>,
    pub(crate) handle_owner: Option<AccountId>,
    pub(crate) devices: BTreeMap<DeviceId, DeviceRow>,
    pub(crate) inboxes: BTreeMap<DeviceId, LogRow>,
    pub(crate) shares: BTreeMap<(DeviceId, Blind), Share>,
    /// Rooms of the command's device, or of devices that are revoked.
    pub(crate) rooms: BTreeMap<(DeviceId, RoomId), Reading>,
    /// Oldest entries of the inbox, up to what is acked; or the reported commit.
    pub(crate) metas: Vec<EntryMeta>,
    pub(crate) has_tree: bool,
    pub(crate) packages_held: BTreeSet<Hash>,
    pub(crate) packages_left: u32,
    pub(crate) claims: Vec<Claim>,
    pub(crate) missing_account: Option<AccountId>,
    pub(crate) work: Work,
}

/// Loads what `command` needs. `key` names its submission, if it is one.
pub(crate) fn load<R: Rows>(
    rows: &mut R,
    command: &Command,
    key: Option<&Blind>,
    keys: &StoreKeys,
) -> Result<View, R::Error> {
    let mut loader = Loader {
        rows,
        keys,
        view: View::default(),
    };
    if let (Some(submission), Some(key)) = (command.submission(), key)
        && loader.remembered(submission.log, key, submission.now_ms)?
    {
        return Ok(loader.view);
    }
    loader.command(command)?;
    Ok(loader.view)
}

struct Loader<'a, R> {
    rows: &'a mut R,
    keys: &'a StoreKeys,
    view: View,
}

impl<R: Rows> Loader<'_, R> {
    fn command(&mut self, command: &Command) -> Result<(), R::Error> {
        match command {
            Command::SignUp(c) => {
                self.account(&c.account)?;
                self.view.handle_owner = self.rows.account_by_handle(&c.handle)?;
                self.device(&c.device)
            }
            Command::Login(c) => {
                self.account(&c.account)?;
                self.device(&c.device)
            }
            Command::RequestDevice(c) => {
                self.account(&c.account)?;
                self.account_inboxes(&c.account, |keys, inbox| keys.approvals(inbox))?;
                self.device(&c.device)
            }
            Command::PutDeviceList(c) => self.device_list(c),
            Command::Seen(c) => c.devices.iter().try_for_each(|device| self.device(device)),
            Command::PutKeyPackages(c) => {
                self.device(&c.device)?;
                let counts = self.rows.package_counts(&c.device)?;
                self.view.packages_left = counts
                    .iter()
                    .find(|count| count.0 == c.suite)
                    .map_or(0, |count| count.1);
                for package in &c.one_time {
                    let hash = lacre_wire::hash::sha256(&[package]);
                    if self.rows.has_package(&c.device, c.suite, &hash)? {
                        self.view.packages_held.insert(hash);
                    }
                }
                Ok(())
            }
            Command::ClaimKeyPackages(c) => self.claims(c.device, c.suite, &c.accounts, c.now_ms),
            Command::Append(c) => self.room(&c.room, &c.device),
            Command::Propose(c) => self.room(&c.room, &c.device),
            Command::RelayPropose(c) => {
                self.room_row(&c.room)?;
                for remove in &c.removes {
                    self.touched(&c.room, &remove.device)?;
                    self.inbox(&remove.device)?;
                }
                Ok(())
            }
            Command::Commit(c) => self.commit(c),
            Command::CreateRoom(c) => self.create(c),
            Command::OpenGeneration(c) => self.generation(c),
            Command::SendToDevice(c) => {
                self.device(&c.from)?;
                self.device(&c.to)?;
                self.inbox(&c.to)?;
                self.share(&c.to, self.keys.origin(&c.to, &c.account))
            }
            Command::Ack(c) => c.acks.iter().try_for_each(|ack| match ack.log {
                LogId::Room(room) => self.reading(&c.device, &room),
                LogId::Inbox(inbox) if inbox == c.device => self.acked_inbox(&inbox, ack.seq),
                LogId::Inbox(_) => Ok(()),
            }),
            Command::ReportBadCommit(c) => {
                self.room(&c.room, &c.device)?;
                self.view.members = self.rows.members(&c.room)?.into_iter().collect();
                self.view.metas =
                    self.rows
                        .metas(LogId::Room(c.room), c.seq.saturating_sub(1), 1)?;
                Ok(())
            }
            Command::PutObject(_) => Ok(()),
            Command::PutSnapshot(c) => self.room_row(&c.room),
            Command::Housekeep(c) => {
                self.view.work = self.work(c)?;
                Ok(())
            }
        }
    }

    fn remembered(&mut self, log: LogId, key: &Blind, now: Millis) -> Result<bool, R::Error> {
        let found = self.rows.remembered(key)?;
        let fresh =
            |found: &Remembered| found.accepted_ms.saturating_add(limits::SUBMIT_MEMORY_MS) >= now;
        let Some(found) = found.filter(fresh) else {
            return Ok(false);
        };
        let chain = match found.seq {
            0 => Some(lacre_wire::log::chain_start(log)),
            seq => self.rows.chain(log, seq)?,
        };
        // An entry trimmed away within the memory of its submission does not happen: memory is shorter.
        self.view.remembered = chain.map(|chain| (found, chain));
        Ok(self.view.remembered.is_some())
    }

    fn account(&mut self, account: &AccountId) -> Result<(), R::Error> {
        self.view.account = self.rows.account(account)?;
        Ok(())
    }

    fn device(&mut self, device: &DeviceId) -> Result<(), R::Error> {
        if let Some(row) = self.rows.device(device)? {
            self.view.devices.insert(*device, row);
        }
        Ok(())
    }

    fn inbox(&mut self, device: &DeviceId) -> Result<(), R::Error> {
        if let Some(row) = self.rows.log(LogId::Inbox(*device))? {
            self.view.inboxes.insert(*device, row);
        }
        Ok(())
    }

    fn share(&mut self, device: &DeviceId, origin: Blind) -> Result<(), R::Error> {
        let share = self.rows.share(device, &origin)?;
        self.view.shares.insert((*device, origin), share);
        Ok(())
    }

    /// The devices of an account with their inboxes and one share of each.
    fn account_inboxes(
        &mut self,
        account: &AccountId,
        origin: impl Fn(&StoreKeys, &DeviceId) -> Blind,
    ) -> Result<(), R::Error> {
        for (device, row) in self.rows.devices_of(account)? {
            self.view.devices.insert(device, row);
            self.inbox(&device)?;
            self.share(&device, origin(self.keys, &device))?;
        }
        Ok(())
    }

    fn device_list(&mut self, c: &PutDeviceList) -> Result<(), R::Error> {
        self.account(&c.account)?;
        self.view.devices = self.rows.devices_of(&c.account)?.into_iter().collect();
        // An unreadable list is refused by the rules; here it names nobody.
        let Ok(list) = c.list.read() else {
            return Ok(());
        };
        for entry in &list.devices {
            let device = entry.certificate.device();
            self.device(&device)?;
            self.inbox(&device)?;
        }
        for device in &list.revoked {
            // Rooms are looked up once, when the device is revoked.
            let revoked_now = self
                .view
                .devices
                .get(device)
                .is_some_and(|row| row.state != DeviceState::Revoked);
            if revoked_now {
                for room in self.rows.rooms_of(device)? {
                    self.reading(device, &room)?;
                }
            }
        }
        Ok(())
    }

    fn claims(
        &mut self,
        by: DeviceId,
        suite: u16,
        accounts: &[AccountId],
        now: Millis,
    ) -> Result<(), R::Error> {
        let since = now.saturating_sub(limits::KEY_PACKAGE_MS);
        let distinct: BTreeSet<_> = accounts.iter().collect();
        for account in distinct.into_iter().take(limits::CLAIM_ACCOUNTS) {
            let Some(row) = self.rows.account(account)? else {
                self.view.missing_account = Some(*account);
                return Ok(());
            };
            let mut packages = Vec::new();
            for (device, row) in self.rows.devices_of(account)? {
                let listed = row.state == DeviceState::Listed;
                if listed
                    && device != by
                    && let Some(package) = self.rows.package(&device, suite, since)?
                {
                    packages.push((device, package));
                }
            }
            self.view.claims.push(Claim {
                account: *account,
                row,
                packages,
            });
        }
        Ok(())
    }
}
