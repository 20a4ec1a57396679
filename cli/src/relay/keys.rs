//! `lacre relay keys`: a new identity for the relay, in two steps, so that nobody is cut off.

use super::settings::Kept;
use crate::args::{RelayKeys, RelayKeysCommand, RelayKeysShow};
use crate::failure::Outcome;
use crate::print::{self, Paint};
use crate::text::relay as text;
use lacre_relay::Identity;
use serde_json::json;

/// Shows or changes the key file, and says what is left to do.
pub(crate) fn run(arguments: &RelayKeys) -> Outcome {
    // Nothing else runs in this process; it may block.
    match &arguments.command {
        RelayKeysCommand::Show(show) => tell(show, None, |kept| {
            Ok(lacre_relay::identity(&kept.key_file)?)
        }),
        RelayKeysCommand::Next(next) => tell(&next.show, Some(text::after_next()), |kept| {
            let made = lacre_relay::prepare_identity(&kept.key_file, next.replace)?;
            Ok(made)
        }),
        RelayKeysCommand::Rotate(show) => tell(show, Some(text::after_rotate()), |kept| {
            Ok(lacre_relay::rotate_identity(&kept.key_file)?)
        }),
    }
}

fn tell(
    asked: &RelayKeysShow,
    to_do: Option<String>,
    work: impl FnOnce(&Kept) -> Outcome<Identity>,
) -> Outcome {
    let kept = Kept::read(&asked.files, None)?;
    let identity = work(&kept)?;
    let key_file = kept.key_file.display().to_string();
    if asked.json {
        return print::json_line(&json!({
            "fingerprint": identity.fingerprint,
            "next": identity.next,
            "former": identity.former,
            "since_ms": identity.since_ms,
            "key_file": key_file,
        }));
    }
    let mut rows = vec![(text::fingerprint(), identity.fingerprint.clone())];
    rows.push((
        text::next_fingerprint(),
        identity.next.clone().unwrap_or_else(text::none),
    ));
    for former in &identity.former {
        rows.push((text::former_fingerprint(), former.clone()));
    }
    rows.push((text::key_file(), key_file));
    let paint = Paint::output();
    print::out(&print::facts(&rows, paint))?;
    if let Some(former) = identity.former.first() {
        let address = format!("lacre://{},{former}@…", identity.fingerprint);
        print::out(&format!("  {}", paint.dim(&text::who_was_away(address))))?;
    }
    match to_do {
        Some(to_do) => print::out(&to_do),
        None => Ok(()),
    }
}
