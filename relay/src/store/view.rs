//! The rows a command needs, looked up in one place for every back end.

use super::command::{Commit, CreateRoom, GroupStep, Housekeep, Member, OpenGeneration, PutDeviceList};
use super::limits;
use super::record::DeviceState;
use super::rows::{
    AccountRow, Blind, DeviceRow, EntryMeta, LogRow, MemberRow, Package, Readers, Remembered, RoomRow, Rows, Share,
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
    Inbox { device: DeviceId, log: LogRow, oldest: Vec<EntryMeta>, shares: BTreeMap<Blind, Share> },
    Room { room: RoomId, row: Box<RoomRow>, log: LogRow, oldest: Vec<EntryMeta>, next: Vec<EntryMeta>, readers: Readers },
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
    let mut loader = Loader { rows, keys, view: View::default() };
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
            Command::PutKeyPackages(c) => {
                self.device(&c.device)?;
                let counts = self.rows.package_counts(&c.device)?;
                self.view.packages_left = counts.iter().find(|count| count.0 == c.suite).map_or(0, |count| count.1);
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
                self.view.metas = self.rows.metas(LogId::Room(c.room), c.seq.saturating_sub(1), 1)?;
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
        let fresh = |found: &Remembered| found.accepted_ms.saturating_add(limits::SUBMIT_MEMORY_MS) >= now;
        let Some(found) = found.filter(fresh) else { return Ok(false) };
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
        let Ok(list) = c.list.read() else { return Ok(()) };
        for entry in &list.devices {
            let device = entry.certificate.device();
            self.device(&device)?;
            self.inbox(&device)?;
        }
        for device in &list.revoked {
            // Rooms are looked up once, when the device is revoked.
            let revoked_now =
                self.view.devices.get(device).is_some_and(|row| row.state != DeviceState::Revoked);
            if revoked_now {
                for room in self.rows.rooms_of(device)? {
                    self.reading(device, &room)?;
                }
            }
        }
        Ok(())
    }

    fn claims(&mut self, by: DeviceId, suite: u16, accounts: &[AccountId], now: Millis) -> Result<(), R::Error> {
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
            self.view.claims.push(Claim { account: *account, row, packages });
        }
        Ok(())
    }

    fn room_row(&mut self, room: &RoomId) -> Result<(), R::Error> {
        self.view.room = self.rows.room(room)?;
        self.view.log = self.rows.log(LogId::Room(*room))?;
        Ok(())
    }

    fn room(&mut self, room: &RoomId, device: &DeviceId) -> Result<(), R::Error> {
        self.room_row(room)?;
        self.view.member = self.rows.member(room, device)?;
        Ok(())
    }

    fn touched(&mut self, room: &RoomId, device: &DeviceId) -> Result<(), R::Error> {
        if let Some(row) = self.rows.member(room, device)? {
            self.view.members.insert(*device, row);
        }
        Ok(())
    }

    fn step(&mut self, room: &RoomId, by: &AccountId, step: &GroupStep) -> Result<(), R::Error> {
        for Member { device, .. } in step.adds.iter().chain(&step.removes) {
            self.touched(room, device)?;
            self.device(device)?;
            self.inbox(device)?;
        }
        for welcome in &step.welcomes {
            let device = welcome.member.device;
            self.share(&device, self.keys.origin(&device, by))?;
        }
        self.view.has_tree = step.tree.bytes.is_some() || self.rows.has_object(&step.tree.hash)?;
        Ok(())
    }

    fn commit(&mut self, c: &Commit) -> Result<(), R::Error> {
        self.room(&c.room, &c.device)?;
        self.step(&c.room, &c.account, &c.step)
    }

    fn create(&mut self, c: &CreateRoom) -> Result<(), R::Error> {
        self.room(&c.room, &c.device)?;
        self.device(&c.device)?;
        if let Some(peer) = c.peer {
            self.view.direct = self.rows.direct(&super::decide::pair(c.account, peer))?;
        }
        c.first.as_ref().map_or(Ok(()), |step| self.step(&c.room, &c.account, step))
    }

    fn generation(&mut self, c: &OpenGeneration) -> Result<(), R::Error> {
        self.room(&c.room, &c.device)?;
        self.step(&c.room, &c.account, &c.step)
    }

    fn reading(&mut self, device: &DeviceId, room: &RoomId) -> Result<(), R::Error> {
        if self.view.rooms.contains_key(&(*device, *room)) {
            return Ok(());
        }
        if let (Some(member), Some(log)) = (self.rows.member(room, device)?, self.rows.log(LogId::Room(*room))?) {
            self.view.rooms.insert((*device, *room), Reading { member, log });
        }
        Ok(())
    }

    fn acked_inbox(&mut self, device: &DeviceId, seq: u64) -> Result<(), R::Error> {
        self.inbox(device)?;
        let Some(log) = self.view.inboxes.get(device) else { return Ok(()) };
        let (after, upto) = (log.first.saturating_sub(1), seq.min(log.head));
        let count = usize::try_from(upto.saturating_sub(after)).unwrap_or(usize::MAX);
        if count > self.view.metas.len() {
            self.view.metas = self.rows.metas(LogId::Inbox(*device), after, count.min(limits::INBOX_ACK))?;
            let origins: BTreeSet<_> = self.view.metas.iter().filter_map(|meta| meta.origin).collect();
            origins.into_iter().try_for_each(|origin| self.share(device, origin))?;
        }
        Ok(())
    }

    fn work(&mut self, c: &Housekeep) -> Result<Work, R::Error> {
        let limit = usize::try_from(c.limit).unwrap_or(usize::MAX).max(1);
        if let Some(log) = self.rows.due_log(c.now_ms)? {
            return self.due(log, c.now_ms, limit);
        }
        let orphans = self.rows.orphans(c.now_ms.saturating_sub(limits::UPLOAD_MS), limit)?;
        if !orphans.is_empty() {
            return Ok(Work::Orphans(orphans));
        }
        let packages = self.rows.stale_packages(c.now_ms.saturating_sub(limits::KEY_PACKAGE_MS), limit)?;
        if !packages.is_empty() {
            return Ok(Work::Packages(packages));
        }
        // A device takes its inbox with it: a few at a time keep the step short.
        let forlorn = self.rows.forlorn(c.now_ms.saturating_sub(limits::PENDING_DEVICE_MS), 8)?;
        Ok(if forlorn.is_empty() { Work::Nothing } else { Work::Forlorn(forlorn) })
    }

    fn due(&mut self, id: LogId, now: Millis, limit: usize) -> Result<Work, R::Error> {
        let Some(log) = self.rows.log(id)? else { return Ok(Work::Nothing) };
        let oldest = self.rows.metas(id, log.first.saturating_sub(1), limit)?;
        match id {
            LogId::Inbox(device) => {
                let origins: BTreeSet<_> = oldest.iter().filter_map(|meta| meta.origin).collect();
                let mut shares = BTreeMap::new();
                for origin in origins {
                    shares.insert(origin, self.rows.share(&device, &origin)?);
                }
                Ok(Work::Inbox { device, log, oldest, shares })
            }
            LogId::Room(room) => {
                let Some(row) = self.rows.room(&room)? else { return Ok(Work::Stray(id, log)) };
                let next = self.rows.metas(id, log.swept.max(log.first.saturating_sub(1)), limit)?;
                let readers = self.rows.readers(&room, now.saturating_sub(limits::INACTIVE_MS))?;
                Ok(Work::Room { room, row: Box::new(row), log, oldest, next, readers })
            }
        }
    }
}
