//! `lacre relay migrate`: a stopped relay's store, moved into a database.

use super::settings::Kept;
use crate::args::RelayMigrate;
use crate::failure::{Exit, Failure, Outcome};
use crate::print::{self, Paint};
use crate::text;
use serde_json::json;

/// Moves it, and says what is left to do.
pub(crate) fn run(arguments: RelayMigrate) -> Outcome {
    let kept = Kept::read(&arguments.files, arguments.to)?;
    let Some(address) = kept.store.address() else {
        let what = text::relay::no_database();
        return Err(Failure::new("relay-config", what, Exit::Usage));
    };
    // Nothing else runs in this process; it may block.
    let moved = lacre_relay::migrate(&kept.folder, &kept.objects, address)?;
    let (store, keys) = (kept.store.to_string(), kept.key_file.display().to_string());
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
