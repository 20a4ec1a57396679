//! Devices of the account: asking for approval, approving, being approved.

use super::people::unexpected;
use crate::change::Intent;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, LocalId};
use crate::live::Asked;
use crate::me::{DeviceInfo, DeviceNote, Grant, Me, Stage, open_grant, seal_grant};
use crate::store::rooms::Status;
use lacre_wire::answer::Answer;
use lacre_wire::codec;
use lacre_wire::identity::{SignedInitKey, SigningKey};
use lacre_wire::ids::{DeviceId, Millis, PublicKey};
use lacre_wire::push::{ApprovalRequested, DeviceMessage};
use lacre_wire::request::Request;
use minicbor::bytes::ByteArray;
use rusqlite::{OptionalExtension, params};

impl Engine {
    /// The account's devices, and those that wait to be approved here.
    ///
    /// # Errors
    /// `Refused` while this device itself waits.
    pub fn devices(&self) -> Result<Vec<DeviceInfo>> {
        let me = self.me()?;
        let mut devices: Vec<DeviceInfo> = me
            .list()?
            .devices
            .iter()
            .map(|entry| DeviceInfo {
                device: entry.certificate.device(),
                name: String::new(),
                current: entry.certificate.device() == me.device(),
                pending: false,
            })
            .collect();
        let waiting = self.db.with(|c| {
            let mut statement = c.prepare("SELECT device, name FROM approval")?;
            statement
                .query_map([], |row| {
                    Ok(DeviceInfo {
                        device: DeviceId(row.get(0)?),
                        name: row.get(1)?,
                        current: false,
                        pending: true,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        })?;
        devices.extend(waiting);
        Ok(devices)
    }

    /// Lets a waiting device into the account: certifies it, raises the device list, seals the
    /// device-signing key to it, and adds it to this device's rooms.
    ///
    /// # Errors
    /// `NotFound` if no such device waits.
    pub fn approve_device(&mut self, device: DeviceId, now: Millis) -> Result<LocalId> {
        self.approval(device)?;
        self.me()?.dsk()?;
        let id = self.atomically(|e| e.db.add_change(None, &Intent::Approve { device }))?;
        self.work(now);
        Ok(id)
    }

    fn approval(&self, device: DeviceId) -> Result<(PublicKey, Vec<u8>)> {
        let row = self.db.with(|c| {
            c.query_row(
                "SELECT key, init_key FROM approval WHERE device = ?1",
                [device.0],
                |row| Ok((PublicKey(row.get(0)?), row.get::<_, Vec<u8>>(1)?)),
            )
            .optional()
        })?;
        row.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                "NoSuchDevice",
                format!(
                    "no device {device} waits for approval; start it once more and let it connect"
                ),
            )
        })
    }

    /// Publishes the list that names the device, then seals the grant.
    pub(crate) fn approve(&mut self, change: LocalId, device: DeviceId, now: Millis) -> Result<()> {
        let (key, _) = self.approval(device)?;
        let listed = self.me()?.list()?.device(&device).is_some();
        if listed {
            return self.grant(change, device);
        }
        let list = self.me()?.list_with(key, now)?;
        self.live.published.insert(change, list.clone());
        self.ask(
            Request::PutDeviceList(list),
            Asked::PutDeviceList { change, device },
        );
        Ok(())
    }

    pub(crate) fn on_list_published(
        &mut self,
        change: LocalId,
        device: DeviceId,
        answer: Answer,
    ) -> Result<()> {
        match answer {
            Answer::Ok => {}
            Answer::Failed(error) => return self.change_failed(change, error.into()),
            _ => return Err(unexpected()),
        }
        let db = self.db.clone();
        let list = self
            .live
            .published
            .remove(&change)
            .ok_or_else(|| Error::internal("no device list was published"))?;
        if let Some(me) = &mut self.me {
            me.card.list = Some(list);
            me.save(&db)?;
        }
        self.grant(change, device)
    }

    fn grant(&mut self, change: LocalId, device: DeviceId) -> Result<()> {
        let (_, init_key) = self.approval(device)?;
        let me = self.me()?;
        let (Some(aik), Some(list)) = (me.card.aik, me.card.list.clone()) else {
            return Err(Error::internal("an account without its key"));
        };
        let grant = Grant {
            aik,
            handle: me.card.handle.clone(),
            dsk: ByteArray::from(*me.dsk()?.to_seed()),
            list,
        };
        let sealed = seal_grant(&grant, &me.card.account, &device, &init_key)?;
        let sealed = codec::to_vec(&DeviceNote::Approved(sealed.into()));
        self.ask(
            Request::SendToDevice {
                device,
                sealed: sealed.into(),
            },
            Asked::SendToDevice { change },
        );
        Ok(())
    }

    pub(crate) fn on_granted(&mut self, change: LocalId, answer: Answer) -> Result<()> {
        match answer {
            Answer::Ok => {}
            Answer::Failed(error) => return self.change_failed(change, error.into()),
            _ => return Err(unexpected()),
        }
        self.atomically(|e| {
            if let Some(crate::store::changes::ChangeRow {
                intent: Intent::Approve { device },
                ..
            }) = e.db.changes()?.into_iter().find(|row| row.id == change)
            {
                e.db.with(|c| {
                    c.execute("DELETE FROM approval WHERE device = ?1", params![device.0])
                })?;
            }
            e.change_done(change)
        })
    }

    /// A new device asks to be let in.
    pub(crate) fn on_approval_requested(&mut self, request: &ApprovalRequested) -> Result<()> {
        let device = DeviceId::of(&request.device_key);
        let account = self.me()?.card.account;
        let init_key = SignedInitKey::open(&request.init_key, &request.device_key, &account)
            .map_err(|e| {
                let text =
                    "a device asks for approval, but its request was tampered with; it was ignored";
                Error::new(ErrorKind::Security, "BadIdentity", text).with_source(e)
            })?;
        self.db.with(|c| {
            c.execute(
                "INSERT OR REPLACE INTO approval (device, key, init_key, name) VALUES (?1, ?2, ?3, ?4)",
                params![device.0, request.device_key.0, init_key, request.name],
            )
        })?;
        self.tell(Event::ApprovalRequested {
            device,
            key: request.device_key,
            name: request.name.clone(),
        });
        Ok(())
    }

    /// Tells the account's other devices that this one can be added to rooms.
    pub(crate) fn announce_device(&mut self) -> Result<()> {
        let me = self.me()?;
        let this = me.device();
        let others = me
            .list()?
            .devices
            .into_iter()
            .map(|entry| entry.certificate.device());
        let others: Vec<DeviceId> = others.filter(|device| *device != this).collect();
        if others.is_empty() || !Me::to_announce(&self.db)? {
            return Ok(());
        }
        let note = codec::to_vec(&DeviceNote::Ready);
        for device in others {
            let sealed = note.clone().into();
            self.ask(Request::SendToDevice { device, sealed }, Asked::Announce);
        }
        Ok(())
    }

    /// A new device of this account can be added: it comes into every room this one is in.
    fn add_own_devices(&mut self) -> Result<()> {
        let account = self.me()?.card.account;
        let rooms = self.db.rooms()?;
        for row in rooms.into_iter().filter(|row| row.status == Status::Joined) {
            self.db.add_change(
                Some(row.id),
                &Intent::Invite {
                    accounts: vec![account],
                    by_request: false,
                },
            )?;
        }
        Ok(())
    }

    /// Something from another device of this account.
    pub(crate) fn on_device_message(&mut self, message: &DeviceMessage) -> Result<()> {
        let note = codec::from_slice(&message.sealed).map_err(|e| {
            Error::new(
                ErrorKind::Outdated,
                "UnknownNotice",
                "another device of this account sent something unknown",
            )
            .with_source(e)
        })?;
        match note {
            DeviceNote::Approved(sealed) => self.approved(&sealed),
            DeviceNote::Ready => self.add_own_devices(),
        }
    }

    /// This device was approved.
    fn approved(&mut self, sealed: &[u8]) -> Result<()> {
        let db = self.db.clone();
        let Some(me) = &mut self.me else {
            return Ok(());
        };
        if me.card.stage != Stage::Requesting {
            return Ok(());
        }
        let key = me.secrets.init_key()?;
        let grant = open_grant(sealed, &me.card.account, &me.device(), &key)?;
        let list = grant
            .list
            .verify(&grant.aik)
            .map_err(|e| Error::internal(format!("a verified list no longer verifies: {e}")))?;
        if SigningKey::from_seed(&grant.dsk).public() != list.dsk.dsk {
            return Err(Error::new(
                ErrorKind::Security,
                "BadGrant",
                "an approval carries another key than the account's device list names",
            ));
        }
        me.secrets.keep_dsk(&grant.dsk);
        me.card.aik = Some(grant.aik);
        me.card.handle.clone_from(&grant.handle);
        me.card.list = Some(grant.list.clone());
        me.card.stage = Stage::Ready;
        me.save(&db)?;
        self.tell(Event::Approved);
        // The session was one that may only wait; a new login makes it a full one.
        self.out.push(crate::io::Output::Disconnect {
            reason: "this device was approved".into(),
            fatal: false,
        });
        Ok(())
    }
}
