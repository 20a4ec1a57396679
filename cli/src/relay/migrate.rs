//! `lacre relay migrate`: a stopped relay's store, moved into a database.

use super::run::folder;
use crate::args::RelayMigrate;
use crate::failure::Outcome;
use crate::print::{self, Paint};
use crate::text;
use serde_json::json;

/// Moves it, and says what is left to do.
pub(crate) fn run(arguments: &RelayMigrate) -> Outcome {
    let folder = folder(arguments.place.data.as_deref())?;
    let store = arguments.to.to_string();
    // What is no address of a database is refused there. Nothing else runs in this process; it may block.
    let address = arguments.to.address().unwrap_or_default();
    let moved = lacre_relay::migrate(&folder, address)?;
    let keys = moved.key_file.display().to_string();
    if arguments.json {
        return print::json_line(&json!({
            "store": store,
            "lineage": moved.lineage.to_string(),
            "accounts": moved.accounts,
            "logs": moved.logs,
            "entries": moved.entries,
            "key_file": keys,
        }));
    }
    let rows = [
        (text::relay::store(), store),
        (text::relay::lineage(), moved.lineage.to_string()),
        (
            text::relay::moved(),
            text::relay::moved_rows(moved.accounts, moved.logs, moved.entries),
        ),
        (text::relay::key_file(), keys),
    ];
    let paint = Paint::output();
    print::out(&print::facts(&rows, paint))?;
    print::out(&format!(
        "  {}",
        paint.dim(&text::relay::after_migrate(moved.from.display()))
    ))
}
