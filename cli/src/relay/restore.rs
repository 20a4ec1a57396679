//! `lacre relay restore`: a backup in the place of a stopped relay's store.

use super::settings::Kept;
use crate::args::RelayRestore;
use crate::failure::Outcome;
use crate::print::{self, Paint};
use crate::{home, text};
use serde_json::json;

/// Restores, and says what is left to do.
pub(crate) async fn run(arguments: RelayRestore) -> Outcome {
    let place = Kept::read(&arguments.store.files, arguments.store.store)?;
    let folder = &place.folder;
    let from = home::absolute(&arguments.from)?;
    // Nothing else runs in this process; it may block.
    let replace = arguments.replace;
    let restored = match place.store.address() {
        Some(store) => lacre_relay::restore_database(folder, &from, store, replace)?,
        None => lacre_relay::restore(folder, &place.objects, &from, replace)?,
    };
    let kept = restored
        .kept
        .as_ref()
        .map(|path| path.display().to_string());
    let has_keys = place.key_file.exists();
    if arguments.json {
        return print::json_line(&json!({
            "store": folder.display().to_string(),
            "lineage": restored.lineage.to_string(),
            "made_ms": restored.made_ms,
            "kept": kept,
            "has_keys": has_keys,
        }));
    }
    let keys = place.key_file.display();
    let presence = match has_keys {
        true => text::relay::keys_there(),
        false => text::relay::keys_missing(),
    };
    let mut rows = vec![
        (text::relay::data(), folder.display().to_string()),
        (text::relay::lineage(), restored.lineage.to_string()),
        (text::relay::key_file(), format!("{keys} ({presence})")),
    ];
    rows.extend(kept.map(|kept| (text::relay::kept_store(), kept)));
    let paint = Paint::output();
    print::out(&print::facts(&rows, paint))?;
    print::out(&format!("  {}", paint.dim(&text::relay::devices_notice())))
}
