//! What the directory said of people. A handle is a name for an id, never more.

use super::{Db, int};
use crate::error::{Error, ErrorKind, Result};
use lacre_wire::answer::AccountInfo;
use lacre_wire::codec;
use lacre_wire::identity::DeviceList;
use lacre_wire::ids::AccountId;
use rusqlite::{Connection, OptionalExtension, params};

/// Checks what the directory said: the key opens the account, the list verifies.
pub(crate) fn verify(info: &AccountInfo) -> Result<DeviceList> {
    let bad = |what: &str| {
        Error::new(
            ErrorKind::Security,
            "BadIdentity",
            format!(
                "the relay's directory entry of @{} does not verify: {what}",
                info.handle
            ),
        )
    };
    if AccountId::of(&info.aik) != info.account {
        return Err(bad("its key belongs to another account"));
    }
    let list = info
        .list
        .verify(&info.aik)
        .map_err(|e| bad("its device list is not signed by it").with_source(e))?;
    if list.account != info.account {
        return Err(bad("its device list belongs to another account"));
    }
    Ok(list)
}

/// The known handle of an account, on any connection.
pub(crate) fn handle(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT handle FROM person WHERE account = ?1")?
        .query_row([account.0], |row| row.get(0))
        .optional()
}

/// The account known under a handle, on any connection.
pub(crate) fn account_of(
    connection: &Connection,
    handle: &str,
) -> rusqlite::Result<Option<AccountId>> {
    connection
        .prepare_cached("SELECT account FROM person WHERE handle = ?1")?
        .query_row([handle], |row| Ok(AccountId(row.get(0)?)))
        .optional()
}

/// What stands for somebody whose handle is not known yet.
pub(crate) fn short_id(account: AccountId) -> String {
    account.to_string().chars().take(8).collect()
}

impl Db {
    /// Keeps a verified directory entry; an older device list than the known one is refused.
    pub(crate) fn keep_person(&self, info: &AccountInfo, list: &DeviceList) -> Result<()> {
        let known: Option<i64> = self.with(|c| {
            c.prepare_cached("SELECT list_version FROM person WHERE account = ?1")?
                .query_row([info.account.0], |row| row.get(0))
                .optional()
        })?;
        if known.is_some_and(|known| known > int(list.version)) {
            return Err(Error::new(
                ErrorKind::Security,
                "StaleDeviceList",
                format!(
                    "the relay shows an old device list of @{}; devices that were revoked may be in it",
                    info.handle
                ),
            ));
        }
        self.with(|c| {
            c.prepare_cached("INSERT OR REPLACE INTO person (account, handle, list, list_version) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![info.account.0, info.handle, codec::to_vec(info), int(list.version)])
        })?;
        Ok(())
    }

    /// Another account that is known under a handle.
    pub(crate) fn other_of(&self, handle: &str, account: AccountId) -> Result<Option<AccountId>> {
        self.with(|c| {
            c.prepare_cached("SELECT account FROM person WHERE handle = ?1 AND account <> ?2")?
                .query_row(params![handle, account.0], |row| Ok(AccountId(row.get(0)?)))
                .optional()
        })
    }

    /// An account that lost its handle is called by the start of its id.
    pub(crate) fn forget_handle(&self, account: AccountId) -> Result<()> {
        let Some(mut info) = self.person(account)? else {
            return Ok(());
        };
        info.handle = short_id(account);
        self.with(|c| {
            c.prepare_cached("UPDATE person SET handle = ?2, list = ?3 WHERE account = ?1")?
                .execute(params![account.0, info.handle, codec::to_vec(&info)])
        })?;
        Ok(())
    }

    /// The known directory entry of an account.
    pub(crate) fn person(&self, account: AccountId) -> Result<Option<AccountInfo>> {
        let bytes: Option<Vec<u8>> = self.with(|c| {
            c.prepare_cached("SELECT list FROM person WHERE account = ?1")?
                .query_row([account.0], |row| row.get(0))
                .optional()
        })?;
        Ok(bytes.and_then(|bytes| codec::from_slice(&bytes).ok()))
    }

    /// The account known under a handle.
    pub(crate) fn account_of(&self, handle: &str) -> Result<Option<AccountId>> {
        self.with(|c| account_of(c, handle))
    }
}
