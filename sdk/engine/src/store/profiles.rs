//! What people show of themselves, and how to call them in a room.

use super::people::short_id;
use super::{Db, int, uint};
use crate::content::PersonProfile;
use crate::error::Result;
use lacre_wire::ids::{AccountId, Millis, RoomId};
use rusqlite::{Connection, OptionalExtension, params};

/// Somebody, as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Called {
    /// The handle; the start of the account's id where the directory has not answered.
    pub(crate) handle: String,
    /// What to call them.
    pub(crate) name: String,
    pub(crate) status: Option<String>,
}

/// What makes two names the same to who reads them: letters and digits, small. A name without any is
/// taken as it is.
fn folded(name: &str) -> String {
    let letters: String = name
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if letters.is_empty() {
        name.trim().to_owned()
    } else {
        letters
    }
}

/// How to show somebody in a room, on any connection. Two who are called alike, or one called like
/// another's handle, are shown with their handles.
pub(crate) fn named(
    connection: &Connection,
    room: i64,
    account: AccountId,
) -> rusqlite::Result<Called> {
    type Found = (
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let (handle, name, fold, status): Found = connection
        .prepare_cached(
            "SELECT p.handle, q.name, q.folded, q.status FROM (SELECT ?1 AS account) a
             LEFT JOIN person p ON p.account = a.account
             LEFT JOIN profile q ON q.account = a.account",
        )?
        .query_row([account.0], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let handle = handle.unwrap_or_else(|| short_id(account));
    let (Some(name), Some(fold)) = (name, fold) else {
        let name = handle.clone();
        return Ok(Called {
            handle,
            name,
            status,
        });
    };
    let name = told_apart(connection, room, account, &handle, (name, fold))?;
    Ok(Called {
        handle,
        name,
        status,
    })
}

/// The name of somebody in a room, as given and folded; with the handle where it reads like another's
/// name or handle.
pub(super) fn told_apart(
    connection: &Connection,
    room: i64,
    account: AccountId,
    handle: &str,
    (name, folded): (String, String),
) -> rusqlite::Result<String> {
    let alike: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM profile q JOIN member m ON m.room = ?1 AND m.account = q.account
                 WHERE q.folded = ?2 AND q.account <> ?3)
             OR EXISTS (SELECT 1 FROM person p JOIN member m ON m.room = ?1 AND m.account = p.account
                 WHERE replace(replace(replace(p.handle, '_', ''), '.', ''), '-', '') = ?2 AND p.account <> ?3)",
        )?
        .query_row(params![room, folded, account.0], |row| row.get(0))?;
    Ok(if alike {
        format!("{name} (@{handle})")
    } else {
        name
    })
}

/// A person's profile, on any connection.
pub(crate) fn profile(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<PersonProfile> {
    let found = connection
        .prepare_cached("SELECT version, name, status, seen FROM profile WHERE account = ?1")?
        .query_row([account.0], |row| {
            Ok(PersonProfile {
                version: uint(row.get(0)?),
                name: row.get(1)?,
                status: row.get(2)?,
                seen: row.get(3)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// When somebody was last there, where that may be known.
pub(crate) fn last_seen(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Option<Millis>> {
    let found: Option<Option<i64>> = connection
        .prepare_cached("SELECT seen_ms FROM profile WHERE account = ?1")?
        .query_row([account.0], |row| row.get(0))
        .optional()?;
    Ok(found.flatten().map(uint))
}

impl Db {
    /// A person's profile.
    pub(crate) fn profile(&self, account: AccountId) -> Result<PersonProfile> {
        self.with(|c| profile(c, account))
    }

    /// How to show somebody in a room.
    pub(crate) fn named(&self, room: i64, account: AccountId) -> Result<Called> {
        self.with(|c| named(c, room, account))
    }

    /// Keeps a profile; false if it is not newer than the one that is known.
    pub(crate) fn keep_profile(&self, account: AccountId, profile: &PersonProfile) -> Result<bool> {
        let rows = self.with(|c| {
            c.prepare_cached(
                "INSERT INTO profile (account, version, name, folded, status, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (account) DO UPDATE SET version = ?2, name = ?3, folded = ?4, status = ?5, seen = ?6,
                     seen_ms = iif(?6, seen_ms, NULL)
                     WHERE version < ?2",
            )?
            .execute(params![
                account.0,
                int(profile.version),
                profile.name,
                profile.name.as_deref().map(folded),
                profile.status,
                profile.seen
            ])
        })?;
        Ok(rows > 0)
    }

    /// Somebody was there; kept if they have said that it may be.
    pub(crate) fn set_last_seen(&self, account: AccountId, at: Millis) -> Result<()> {
        self.with(|c| {
            c.prepare_cached("UPDATE profile SET seen_ms = ?2 WHERE account = ?1 AND seen")?
                .execute(params![account.0, int(at)])
        })?;
        Ok(())
    }

    /// The rooms somebody is shown in.
    pub(crate) fn rooms_of(&self, account: AccountId) -> Result<Vec<RoomId>> {
        self.with(|c| {
            let mut statement = c.prepare_cached(
                "SELECT r.id FROM room r JOIN member m ON m.room = r.ref AND m.account = ?1",
            )?;
            statement
                .query_map([account.0], |row| Ok(RoomId(row.get(0)?)))?
                .collect()
        })
    }

    /// The version of the own profile that a room was told.
    pub(crate) fn sent_profile(&self, room: i64) -> Result<u64> {
        let found = self.with(|c| {
            c.prepare_cached("SELECT sent_profile FROM reading WHERE room = ?1")?
                .query_row([room], |row| row.get(0))
                .optional()
        })?;
        Ok(found.map_or(0, uint))
    }

    /// A room was told this version of the own profile; 0: somebody there was not.
    pub(crate) fn set_sent_profile(&self, room: i64, me: AccountId, version: u64) -> Result<()> {
        self.with(|c| {
            c.prepare_cached(
                "INSERT INTO reading (room, me, sent_profile) VALUES (?1, ?2, ?3)
                 ON CONFLICT (room) DO UPDATE SET sent_profile = ?3",
            )?
            .execute(params![room, me.0, int(version)])
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn names_that_read_alike_are_alike() {
        for other in ["ana", " Ana ", "A\u{200b}na", "ANA!", "Ana\u{202e}"] {
            assert_eq!(folded("Ana"), folded(other), "{other:?}");
        }
        assert_ne!(folded("Ana"), folded("Anna"));
        assert_ne!(folded("❤"), folded("★"));
    }
}
