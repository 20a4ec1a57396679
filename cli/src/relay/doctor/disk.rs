//! Folder, keys, store, and the room that is left.

use super::super::settings::Settings;
use crate::print::{self, Check};
use crate::text::doctor as text;
use lacre_relay::store::Disk;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// A store above this is not read through; a backup does that.
const READ_THROUGH: u64 = 1024 * 1024 * 1024;

/// Whether the relay's user may write its folder.
pub(super) fn folder(settings: &Settings) -> Check {
    let folder = &settings.folder;
    let check = |found: String| Check::good("folder", text::folder(), found);
    if !folder.exists() {
        return check(text::made_at_start());
    }
    match tempfile::NamedTempFile::new_in(folder) {
        Ok(_) => check(text::writable()),
        Err(error) => check(error.to_string()).bad(text::make_writable(folder.display())),
    }
}

/// Whether the key file is that of the store.
pub(super) fn keys(settings: &Settings) -> Check {
    let check = |found: String| Check::good("keys", text::keys(), found);
    match lacre_relay::examine(&settings.folder, Some(&settings.key_file)) {
        Ok(found) => {
            let shown = found.fingerprint.unwrap_or_else(text::made_at_start);
            check(match found.next {
                Some(next) => text::with_next(shown, next),
                None => shown,
            })
        }
        Err(error) => check(error.to_string()).bad(text::bring_keys()),
    }
}

/// Whether the store can be read, and holds together.
pub(super) fn store(settings: &Settings) -> Check {
    let path = settings.folder.join("relay.db");
    let check = |found: String| Check::good("store", text::store(), found);
    if let Some(url) = settings.store.address() {
        return database(settings, url);
    }
    let Ok(metadata) = std::fs::metadata(&path) else {
        return check(text::made_at_start());
    };
    let size = print::size(metadata.len());
    let good = |answer: &str| answer == "ok";
    match look(&path, metadata.len() <= READ_THROUGH) {
        Ok(Some(answer)) if good(&answer) => check(text::holds(size)),
        Ok(Some(answer)) => check(answer).bad(text::restore()),
        Ok(None) => check(text::too_large_to_read(size)),
        Err(error) => check(error.to_string()).bad(text::restore()),
    }
}

/// Whether the database can be reached, is safe, and belongs to the key file.
fn database(settings: &Settings, url: &str) -> Check {
    let check = |found: String| Check::good("store", text::store(), found);
    match lacre_relay::examine_database(url, &settings.key_file, settings.durability.into()) {
        Ok(true) => check(text::database_fits(&settings.store)),
        Ok(false) => check(text::database_empty(&settings.store)),
        Err(error) => check(error.to_string()).bad(text::mend_database()),
    }
}

/// Whether the bucket of large objects takes and gives them; none where they are in none.
pub(super) async fn objects(settings: &Settings) -> Option<Check> {
    let place = &settings.objects.0;
    let check = |found: String| Check::good("objects", text::objects(), found);
    match lacre_relay::examine_objects(place).await {
        Ok(false) => None,
        Ok(true) => Some(check(text::takes_objects(place))),
        Err(error) => Some(check(error.to_string()).bad(text::mend_objects())),
    }
}

/// SQLite's own word about the file.
fn look(path: &Path, through: bool) -> rusqlite::Result<Option<String>> {
    let store = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    store.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    if !through {
        return Ok(None);
    }
    store
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map(Some)
}

/// Whether the disk has more than what must stay free.
pub(super) fn room(settings: &Settings) -> Check {
    let check = |found: String| Check::good("disk", text::disk(), found);
    let there = settings.folder.ancestors().find(|folder| folder.exists());
    let Some(disk) = there.and_then(Disk::of) else {
        return check(text::not_known());
    };
    let found = crate::text::relay::free_of(print::size(disk.free), print::size(disk.headroom()));
    match disk.free {
        free if free < disk.headroom() => check(found).bad(text::make_room()),
        free if free < disk.headroom() * 2 => check(found).warning(text::make_room()),
        _ => check(found),
    }
}
