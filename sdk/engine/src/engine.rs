//! The engine: state, transactions, and what the driver calls.

use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::hints::Hints;
use crate::io::Output;
use crate::later::Later;
use crate::live::Live;
use crate::me::{Me, Stage};
use crate::mls::Groups;
use crate::mls::storage::{Provider, StorageError};
use crate::reader::Reader;
use crate::reading::Reading;
use crate::store::{Db, Lock, StoreKey, open_writer};
use lacre_wire::ids::{AccountId, DeviceId, Millis};
use lacre_wire::limits::MAX_ADDS;
use lacre_wire::request::{ClientFrame, Request};
use openmls_traits::OpenMlsProvider;
use std::path::PathBuf;

/// How to open an engine.
#[derive(Clone)]
pub struct EngineOptions {
    /// The data folder; one per device.
    pub path: PathBuf,
    /// The raw key of the store.
    pub key: StoreKey,
    /// Name and version of the program, for the operator's statistics.
    pub client: String,
}

/// Who uses this store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The account.
    pub account: AccountId,
    /// This device.
    pub device: DeviceId,
    /// The account's handle, without `@`; empty until the device is approved.
    pub handle: String,
    /// False while the device waits to be approved.
    pub approved: bool,
    /// False until the relay has accepted the account.
    pub signed_up: bool,
}

/// The state machine. See the crate's documentation.
pub struct Engine {
    pub(crate) options: EngineOptions,
    pub(crate) db: Db,
    pub(crate) provider: Provider,
    pub(crate) groups: Groups,
    pub(crate) me: Option<Me>,
    pub(crate) live: Live,
    pub(crate) reading: Reading,
    pub(crate) hints: Hints,
    pub(crate) later: Later,
    pub(crate) out: Vec<Output>,
    /// Devices that the first commit of a generation takes along.
    pub(crate) generation_batch: usize,
    _lock: Lock,
}

impl Engine {
    /// Opens or creates the store in a folder.
    ///
    /// # Errors
    /// `InUse` if another process has it open, `WrongKey`, `Outdated` for a store of a newer
    /// version, `Store` for everything else about files.
    pub fn open(options: EngineOptions, now: Millis) -> Result<Self> {
        let (db, lock) = open_writer(&options.path, &options.key)?;
        let provider = Provider::new(db.0.clone());
        let me = Me::load(&db)?;
        let mut engine = Self {
            options,
            provider,
            groups: Groups::default(),
            me,
            live: Live::default(),
            reading: Reading::default(),
            hints: Hints::default(),
            later: Later::default(),
            out: Vec::new(),
            generation_batch: MAX_ADDS,
            db,
            _lock: lock,
        };
        engine.resume_later(now);
        Ok(engine)
    }

    /// Who uses this store; `None` in a fresh one.
    pub fn profile(&self) -> Option<Profile> {
        let me = self.me.as_ref()?;
        Some(Profile {
            account: me.card.account,
            device: me.device(),
            handle: me.card.handle.clone(),
            approved: me.card.stage != Stage::Requesting,
            signed_up: me.card.stage != Stage::SigningUp,
        })
    }

    /// Makes the keys of a new account; it signs up with the next login. Called again before the
    /// relay has accepted, it only changes the handle.
    ///
    /// # Errors
    /// `Exists` if the store has an account that is in use.
    pub fn sign_up(&mut self, handle: &str, now: Millis) -> Result<()> {
        let db = self.db.clone();
        match &mut self.me {
            Some(me) if me.card.stage == Stage::SigningUp => {
                handle.clone_into(&mut me.card.handle);
                me.save(&db)
            }
            Some(_) => Err(Error::new(
                ErrorKind::Exists,
                "AccountExists",
                "this data folder has an account already; use another folder for another account",
            )),
            None => {
                let me = self.atomically(|e| Me::sign_up(&e.db, handle, now))?;
                self.me = Some(me);
                Ok(())
            }
        }
    }

    /// Makes the keys of a new device of an existing account; it asks to be approved with the next login.
    ///
    /// # Errors
    /// `Exists` if the store has an account already.
    pub fn request_device(&mut self, account: AccountId, name: &str, _now: Millis) -> Result<()> {
        match &self.me {
            Some(me) if me.card.account == account => Ok(()),
            Some(_) => Err(Error::new(
                ErrorKind::Exists,
                "AccountExists",
                "this data folder has another account already; use a new folder",
            )),
            None => {
                let me = self.atomically(|e| Me::request(&e.db, account, name))?;
                self.me = Some(me);
                Ok(())
            }
        }
    }

    /// A connection of its own to read rooms and timelines with, on any thread.
    ///
    /// # Errors
    /// `Store` if the file cannot be opened once more.
    pub fn reader(&self) -> Result<Reader> {
        Reader::open(
            &self.options.path,
            &self.options.key,
            self.me()?.card.account,
        )
    }

    /// What the driver has to do; take it after every call, and carry it out in order.
    pub fn outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.out)
    }

    /// The identity in use.
    pub(crate) fn me(&self) -> Result<&Me> {
        self.me.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::Refused,
                "NoAccount",
                "this data folder has no account yet; create one first",
            )
        })
    }

    /// Runs `work` in one transaction of store, MLS overlay and outputs. A failure undoes all of them
    /// and drops the groups that were touched.
    pub(crate) fn atomically<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outputs = self.out.len();
        self.db.run("BEGIN IMMEDIATE")?;
        let done = work(self).and_then(|value| {
            self.provider.storage().flush().map_err(storage_failed)?;
            self.db.run("COMMIT")?;
            Ok(value)
        });
        match done {
            Ok(value) => {
                self.provider
                    .storage()
                    .committed()
                    .map_err(storage_failed)?;
                Ok(value)
            }
            Err(error) => {
                if let Err(error) = self.db.run("ROLLBACK") {
                    tracing::error!(%error, "a rollback failed");
                }
                let touched = self.provider.storage().discard();
                self.groups.forget_all(&touched);
                self.out.truncate(outputs);
                Err(error)
            }
        }
    }

    /// Runs `work` inside the open transaction; a failure undoes only what it did.
    pub(crate) fn savepoint<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outputs = self.out.len();
        let mark = self.provider.storage().mark();
        self.db.run("SAVEPOINT entry")?;
        // What came from outside may bring a library to panic; one entry must not take the engine with it.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(self)))
            .unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Security,
                    "Panicked",
                    "an entry could not be processed",
                ))
            });
        match done {
            Ok(value) => {
                self.db.run("RELEASE entry")?;
                self.provider
                    .storage()
                    .release(mark)
                    .map_err(storage_failed)?;
                Ok(value)
            }
            Err(error) => {
                self.db.run("ROLLBACK TO entry; RELEASE entry")?;
                let touched = self
                    .provider
                    .storage()
                    .rollback_to(mark)
                    .map_err(storage_failed)?;
                self.groups.forget_all(&touched);
                self.out.truncate(outputs);
                Err(error)
            }
        }
    }

    /// Tells the application.
    pub(crate) fn tell(&mut self, event: Event) {
        self.hints_follow(&event);
        if let Event::RoomAdded(room) = &event {
            self.reading.entered(*room);
        }
        self.out.push(Output::Event(event));
    }

    /// Tells of an error that belongs to no call.
    pub(crate) fn report(&mut self, error: Error) {
        tracing::warn!(code = error.code(), %error, "reported");
        self.tell(Event::Error(error));
    }

    /// Sends a frame.
    pub(crate) fn send_frame(&mut self, frame: ClientFrame) {
        self.out.push(Output::Send(frame));
    }

    /// Sends a request and remembers what its answer is for.
    pub(crate) fn ask(&mut self, request: Request, asked: crate::live::Asked) {
        let id = self.live.next_request();
        self.live.asked.insert(id, asked);
        self.send_frame(ClientFrame::Request { id, request });
    }
}

fn storage_failed(error: StorageError) -> Error {
    let text =
        "the keys of a room could not be written; nothing was lost: free some space and try again";
    Error::new(ErrorKind::Store, "StoreFailed", text).with_source(error)
}
