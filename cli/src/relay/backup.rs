//! `lacre relay backup`: a relay's store in one file, taken while the relay runs.

use super::settings::Kept;
use crate::args::RelayBackup;
use crate::failure::Outcome;
use crate::print::{self, Paint};
use crate::{home, text};
use serde_json::json;

/// Copies, checks the copy, and says what is not in it.
pub(crate) async fn run(arguments: RelayBackup) -> Outcome {
    let kept = Kept::read(&arguments.store.files, arguments.store.store)?;
    let to = home::absolute(&arguments.to)?;
    // Nothing else runs in this process; it may block.
    let made = match kept.store.address() {
        Some(store) => lacre_relay::back_up_database(&kept.folder, store, &kept.objects, &to)?,
        None => lacre_relay::back_up(&kept.folder, &kept.objects, &to)?,
    };
    let keys = kept.key_file;
    if arguments.json {
        return print::json_line(&json!({
            "file": to.display().to_string(),
            "bytes": made.bytes,
            "key_file": keys.display().to_string(),
        }));
    }
    let paint = Paint::output();
    let rows = [
        (text::relay::backup(), to.display().to_string()),
        (text::relay::size(), print::size(made.bytes)),
        (text::relay::key_file(), keys.display().to_string()),
    ];
    print::out(&print::facts(&rows, paint))?;
    print::out(&format!("  {}", paint.dim(&text::relay::keys_apart())))
}
