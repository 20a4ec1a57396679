//! Looking people up in the relay's directory.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Done, Event, LocalId};
use crate::live::Asked;
use crate::store::rooms::Status;
use crate::store::{items, people};
use crate::timeline::ItemBody;
use lacre_wire::answer::{AccountInfo, Answer};
use lacre_wire::ids::{AccountId, Millis};
use lacre_wire::request::{Request, Who};

/// How many of a room's newest lines are told again when people in them are known.
const LINES_NAMED: usize = 50;

impl Engine {
    /// Finds the account of a handle, with or without `@`. Ends as [`Done::Person`].
    ///
    /// # Errors
    /// `Invalid` for an empty handle.
    pub fn lookup(&mut self, handle: &str, _now: Millis) -> Result<LocalId> {
        let handle = handle.trim().trim_start_matches('@').to_lowercase();
        if handle.is_empty() {
            return Err(Error::new(
                ErrorKind::Invalid,
                "BadHandle",
                "an empty handle names nobody; write it as @ana",
            ));
        }
        let id = self.live.unstored_id();
        match self.live.online && self.live.listed {
            true => self.ask_for(id, handle),
            false => match self.db.account_of(&handle)? {
                Some(account) => self.tell(Event::Done {
                    id,
                    result: Ok(Done::Person { account, handle }),
                }),
                None => self.live.lookups.push((id, handle)),
            },
        }
        Ok(id)
    }

    pub(crate) fn ask_for(&mut self, id: LocalId, handle: String) {
        self.ask(
            Request::Lookup(Who::Handle(handle.clone())),
            Asked::LookupFor { id, handle },
        );
    }

    pub(crate) fn on_lookup(&mut self, id: LocalId, handle: &str, answer: Answer) -> Result<()> {
        let result = match answer {
            Answer::Account(info) if info.handle == handle => {
                let other = self.db.other_of(&info.handle, info.account)?;
                let kept = self.keep_info(&info);
                match (kept, other) {
                    (Ok(()), None) => Ok(Done::Person {
                        account: info.account,
                        handle: info.handle,
                    }),
                    // Asked again, it is theirs: whoever asks has been told.
                    (Ok(()), Some(before)) => Err(handle_moved(&info, before)),
                    (Err(error), _) => Err(error),
                }
            }
            Answer::Account(_) => Err(Error::new(
                ErrorKind::Relay,
                "RelayMisbehaved",
                "the relay answered a lookup with another person",
            )),
            Answer::Failed(error) => Err(error.into()),
            _ => Err(unexpected()),
        };
        self.tell(Event::Done { id, result });
        Ok(())
    }

    pub(crate) fn on_account(&mut self, account: AccountId, answer: Answer) -> Result<()> {
        self.live.looking_up.remove(&account);
        match answer {
            Answer::Account(info) if info.account == account => {
                let is_new = self.db.person(account)?.is_none();
                self.keep_info(&info)?;
                self.keep_own_list(&info)?;
                if is_new {
                    self.live.newly_known.insert(account);
                }
                for row in self.db.rooms()? {
                    if row.status == Status::Joined
                        && self.db.member_accounts(row.r)?.contains(&account)
                    {
                        self.tell(Event::RoomChanged(row.id));
                    }
                }
                self.name_lines()
            }
            Answer::Account(_) => Err(unexpected()),
            _ => Ok(()),
        }
    }

    /// Once all who were looked up are known: the newest lines that name them are told again, which had
    /// only a piece of an id to show until then.
    fn name_lines(&mut self) -> Result<()> {
        if !self.live.looking_up.is_empty() {
            return Ok(());
        }
        let known = std::mem::take(&mut self.live.newly_known);
        let me = self.me()?.card.account;
        for row in self.db.rooms()? {
            let members = self.db.member_accounts(row.r)?;
            if row.status != Status::Joined || !members.iter().any(|one| known.contains(one)) {
                continue;
            }
            let page = self
                .db
                .with(|c| items::page(c, row.r, me, None, None, LINES_NAMED))?;
            for item in page {
                if known.contains(&item.sender) || matches!(item.body, ItemBody::Notice(_)) {
                    self.tell(Event::Item { room: row.id, item });
                }
            }
        }
        Ok(())
    }

    /// Another device of this account changed the device list.
    fn keep_own_list(&mut self, info: &AccountInfo) -> Result<()> {
        let list = people::verify(info)?;
        let db = self.db.clone();
        match &mut self.me {
            Some(me) if me.card.account == info.account && list.version > me.list()?.version => {
                me.card.list = Some(info.list.clone());
                me.save(&db)
            }
            _ => Ok(()),
        }
    }

    /// Verifies and keeps a directory entry. A handle that was somebody else's is no more theirs, and
    /// that is told: only a safety number says who is behind a handle.
    pub(crate) fn keep_info(&mut self, info: &AccountInfo) -> Result<()> {
        let list = people::verify(info)?;
        let other = self.db.other_of(&info.handle, info.account)?;
        self.db.keep_person(info, &list)?;
        if let Some(before) = other {
            self.db.forget_handle(before)?;
            self.report(handle_moved(info, before));
        }
        Ok(())
    }

    /// Asks for the handles of members that are not known yet.
    pub(crate) fn look_up_unknown_members(&mut self) -> Result<()> {
        for row in self.db.rooms()? {
            if row.status == Status::Joined {
                self.look_up_members(row.r)?;
            }
        }
        Ok(())
    }

    /// Asks for the handles of a room's members that are not known yet.
    pub(crate) fn look_up_members(&mut self, r: i64) -> Result<()> {
        if !self.live.online || !self.live.listed {
            return Ok(());
        }
        let mut accounts = self.db.member_accounts(r)?;
        accounts.extend(self.db.banned_accounts(r)?);
        for account in accounts {
            if self.db.person(account)?.is_none() && self.live.looking_up.insert(account) {
                self.ask(
                    Request::Lookup(Who::Account(account)),
                    Asked::LookupAccount(account),
                );
            }
        }
        Ok(())
    }
}

/// A known handle names another account from now on.
fn handle_moved(info: &AccountInfo, before: AccountId) -> Error {
    let (handle, now) = (&info.handle, info.account);
    Error::new(
        ErrorKind::Security,
        "HandleMoved",
        format!(
            "@{handle} is now somebody else: account {} and no longer {}; ask them in another way, and do it \
             again to reach the new one",
            people::short_id(now),
            people::short_id(before)
        ),
    )
}

/// An answer of another kind than the request allows.
pub(crate) fn unexpected() -> Error {
    Error::new(
        ErrorKind::Relay,
        "RelayMisbehaved",
        "the relay answered with something that was not asked for",
    )
}
