//! After a good login: keys of the relay, key packages, logs to open.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Connection, Event};
use crate::io::Output;
use crate::live::Asked;
use crate::mls::make_key_packages;
use crate::store::logs::Position;
use crate::store::rooms::Status;
use lacre_wire::answer::{AccountInfo, OpenState, OpenedLog};
use lacre_wire::hello::{KeyPackageCount, Ready};
use lacre_wire::identity::{Label, verify};
use lacre_wire::ids::{Lineage, LogId, Millis, RoomId};
use lacre_wire::limits::MAX_OPEN;
use lacre_wire::log::Cursor;
use lacre_wire::relay::{RelayStatement, fingerprint};
use lacre_wire::request::{OpenLog, Request, Who};
use lacre_wire::room::RoomKind;

/// One-time packages kept at the relay; refilled below [`REFILL`].
const PACKAGES: u32 = 50;
const REFILL: u32 = 20;
/// Name of the stored lineage.
const LINEAGE: &str = "lineage";

impl Engine {
    pub(crate) fn on_ready(&mut self, ready: Ready, now: Millis) {
        match self.start_session(&ready, now) {
            Ok(()) => {}
            Err(error) => {
                let reason = error.to_string();
                self.report(error);
                self.out.push(Output::Disconnect {
                    reason,
                    fatal: true,
                });
            }
        }
    }

    fn start_session(&mut self, ready: &Ready, now: Millis) -> Result<()> {
        let statement = self.check_statement(ready)?;
        self.keep_pins(&statement)?;
        self.live.relay_key = Some(statement.sender_key);
        self.live.checkpoint_key = Some(statement.checkpoint_key);
        self.live.online = true;
        self.live.listed = ready.listed;
        self.live.lineage = Some(ready.lineage);
        self.reading.set_clock(ready.server_ms, now);
        if ready.listed {
            self.signed_up();
            self.know_oneself(ready.list_version)?;
        }
        self.note_lineage(ready.lineage)?;
        self.open_logs(ready)?;
        self.recall_room_keys()?;
        if ready.listed {
            self.refill_key_packages(&ready.key_packages)?;
            for (id, handle) in std::mem::take(&mut self.live.lookups) {
                self.ask_for(id, handle);
            }
            for (id, request) in std::mem::take(&mut self.live.questions) {
                self.ask_list(id, request);
            }
            self.look_up_unknown_members()?;
            self.owe_rooms(now)?;
        }
        if self.live.first_packages == 0 {
            self.tell(Event::Connection(Connection::Online));
        }
        tracing::debug!(server_ms = ready.server_ms, now, "session ready");
        Ok(())
    }

    /// This account has a name of its own in timelines and member lists; and where another of its
    /// devices has changed the device list, the newer one is fetched.
    fn know_oneself(&mut self, newest: u64) -> Result<()> {
        let version = self.me()?.list()?.version;
        let card = &self.me()?.card;
        let (account, handle) = (card.account, card.handle.clone());
        let (Some(aik), Some(list)) = (card.aik, card.list.clone()) else {
            return Ok(());
        };
        if newest > version && self.live.looking_up.insert(account) {
            self.ask(
                Request::Lookup(Who::Account(account)),
                Asked::LookupAccount(account),
            );
        }
        match self.db.person(account)? {
            Some(_) => Ok(()),
            None => self.keep_info(&AccountInfo {
                account,
                handle,
                aik,
                list,
            }),
        }
    }

    fn check_statement(&self, ready: &Ready) -> Result<RelayStatement> {
        let bad = |what: &str| {
            Error::new(
                ErrorKind::Relay,
                "BadRelayStatement",
                format!("the relay's statement of its keys cannot be trusted: {what}"),
            )
        };
        let statement = ready
            .statement
            .read()
            .map_err(|e| bad("it cannot be read").with_source(e))?;
        verify(
            &statement.identity,
            Label::RelayKeys,
            &ready.statement.statement,
            &ready.statement.signature,
        )
        .map_err(|_| bad("it is not signed by its identity key"))?;
        let pins = self.pins()?;
        if !pins.is_empty() && !pins.contains(&fingerprint(&statement.identity)) {
            return Err(bad("its identity is not the pinned one"));
        }
        Ok(statement)
    }

    /// A store that was restored or replaced has another lineage; positions in it mean nothing here.
    fn note_lineage(&mut self, lineage: Lineage) -> Result<()> {
        let known: Option<Lineage> = self.db.meta_as(LINEAGE)?;
        if known.is_none() {
            self.db.set_meta_as(LINEAGE, &lineage)?;
        }
        Ok(())
    }

    fn open_logs(&mut self, ready: &Ready) -> Result<()> {
        let inbox = LogId::Inbox(self.me()?.device());
        let (mut logs, mut stopped) = (vec![inbox], Vec::new());
        for head in &ready.logs {
            if let LogId::Room(room) = head.log
                && let Some(row) = self.db.room(room)?
                && row.is_read()
            {
                match row.healing {
                    Some(_) => stopped.push(room),
                    None => logs.push(head.log),
                }
            }
        }
        for chunk in logs.chunks(MAX_OPEN) {
            self.ask_open(chunk)?;
        }
        stopped
            .into_iter()
            .try_for_each(|room| self.begin_repair(room))
    }

    /// Lets a room's entries flow from where this device stands.
    pub(crate) fn open_room(&mut self, room: RoomId) -> Result<()> {
        self.ask_open(&[LogId::Room(room)])
    }

    fn ask_open(&mut self, logs: &[LogId]) -> Result<()> {
        let lineage: Lineage = match self.db.meta_as(LINEAGE)? {
            Some(lineage) => lineage,
            None => return Ok(()),
        };
        let mut open = Vec::with_capacity(logs.len());
        for log in logs {
            let position = self.db.position(*log)?;
            let cursor = position.map(|Position { seq, chain }| Cursor {
                lineage,
                seq,
                chain,
            });
            open.push(OpenLog { log: *log, cursor });
        }
        self.ask(Request::Open(open), Asked::Open);
        Ok(())
    }

    pub(crate) fn on_opened(&mut self, opened: OpenedLog) -> Result<()> {
        let log = opened.log;
        match opened.state {
            OpenState::Live {
                start,
                head,
                closed,
            } => {
                let start = Position {
                    seq: start.seq,
                    chain: start.chain,
                };
                match log.room() {
                    Some(room) => self.on_room_opened(room, start, head, closed),
                    None => {
                        if self.db.position(log)?.is_none() {
                            self.db.set_position(log, start)?;
                        }
                        self.live.inbox_open = true;
                        self.live.inbox_head = head;
                        Ok(())
                    }
                }
            }
            OpenState::Trimmed { first, chain } => match log.room() {
                Some(room) => {
                    self.stop_room(room, Error::new(
                        ErrorKind::NotFound,
                        "Trimmed",
                        "this device was away longer than the relay keeps what it needs to follow the room; ask a member to remove and invite you again",
                    ));
                    Ok(())
                }
                // What an inbox lost is asked for again where it matters; read on from what is kept.
                None => {
                    self.db.set_position(
                        log,
                        Position {
                            seq: first.saturating_sub(1),
                            chain,
                        },
                    )?;
                    self.ask_open(&[log])
                }
            },
            OpenState::LogReset { lineage } => match log.room() {
                // A room of which nothing is missing goes on where it stood.
                Some(room) if self.live.asked_again.insert(room) => {
                    self.db.set_meta_as(LINEAGE, &lineage)?;
                    self.open_room(room)
                }
                Some(room) => {
                    self.stop_room(room, Error::new(
                        ErrorKind::Relay,
                        "LogReset",
                        "the relay's store was restored or replaced, and this room's log is not the one this device read; the room was stopped, what it holds is safe here",
                    ));
                    Ok(())
                }
                None => {
                    self.db.forget_log(log)?;
                    self.db.set_meta_as(LINEAGE, &lineage)?;
                    self.ask_open(&[log])
                }
            },
            OpenState::NotAReader => {
                let Some(room) = log.room() else {
                    return Ok(());
                };
                self.live.room(room).open = false;
                match self.db.room(room)? {
                    // The external commit of an earlier session never arrived.
                    Some(row) if row.status == Status::Joining => self.external_commit_lost(&row),
                    Some(row) if row.until_seq.is_some() => self.depart(&row, false),
                    _ => Ok(()),
                }
            }
        }
    }

    fn refill_key_packages(&mut self, counts: &[KeyPackageCount]) -> Result<()> {
        let identity = self.me()?.leaf()?;
        for kind in [RoomKind::Group, RoomKind::Space] {
            let suite = kind.suite();
            let count = counts.iter().find(|count| count.suite == suite);
            let (left, last_resort) =
                count.map_or((0, false), |count| (count.left, count.last_resort));
            if left >= REFILL && last_resort {
                continue;
            }
            let identity = identity.clone();
            let packages = self.atomically(|e| {
                let signer = &e.me()?.signer;
                let wanted = usize::try_from(PACKAGES.saturating_sub(left)).unwrap_or(0);
                let one_time =
                    make_key_packages(&e.provider, signer, &identity, kind, wanted, false)?;
                let last = if last_resort {
                    None
                } else {
                    make_key_packages(&e.provider, signer, &identity, kind, 1, true)?.pop()
                };
                Ok(Request::PutKeyPackages {
                    suite,
                    one_time: one_time.into_iter().map(Into::into).collect(),
                    last_resort: last.map(Into::into),
                })
            })?;
            // Nobody can add a device without packages: it is online once the first ones are kept.
            let first = left == 0 && !last_resort;
            self.live.first_packages += usize::from(first);
            self.ask(packages, Asked::PutKeyPackages { first });
        }
        Ok(())
    }
}
