//! The data folder of an account, and the few settings that stand beside its encrypted store.
//!
//! `account.json` holds what must be known before the store opens: where the relay is and where the
//! key comes from. It holds no name and no secret.

use crate::args::Place;
use crate::failure::{Exit, Failure, Outcome};
use crate::profile;
use crate::secret::Secret;
use crate::text::failure as text;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Name of the settings inside the data folder.
const FILE: &str = "account.json";

/// What `account.json` says. Version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Version of this file.
    pub(crate) version: u32,
    /// The relay's address.
    pub(crate) relay: String,
    /// Where the store's key comes from.
    pub(crate) secret: Secret,
    /// False until the relay has accepted the account or the request.
    pub(crate) ready: bool,
}

impl Settings {
    /// The version that this program writes.
    pub(crate) const VERSION: u32 = 1;
}

/// A folder in the user's data folder: `$XDG_DATA_HOME/<name>`, else `~/.local/share/<name>`.
pub(crate) fn user_folder(name: &str) -> Outcome<PathBuf> {
    let set = |variable| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    set("XDG_DATA_HOME")
        .or_else(|| {
            std::env::home_dir()
                .filter(|home| home.is_absolute())
                .map(|home| home.join(".local").join("share"))
        })
        .map(|folder| folder.join(name))
        .ok_or_else(|| Failure::new("NoDataFolder", text::no_data_folder(), Exit::Failed))
}

/// The data folder of a command: that of the profile it names or that is in use. Absolute.
pub(crate) fn folder(place: &Place) -> Outcome<PathBuf> {
    profile::folder(&base(place.data.as_deref())?, place.profile.as_deref())
}

/// The folder of all profiles: as asked for, or the user's. Absolute.
pub(crate) fn base(asked: Option<&Path>) -> Outcome<PathBuf> {
    let folder = match asked {
        Some(folder) => folder.to_owned(),
        None => user_folder("lacre")?,
    };
    absolute(&folder)
}

/// The path from the root, so that settings hold wherever a later command is started.
pub(crate) fn absolute(path: &Path) -> Outcome<PathBuf> {
    std::path::absolute(path)
        .map_err(|error| Failure::io("BadFolder", text::folder_unread(path.display()), &error))
}

/// The settings of a data folder; `None` if there are none.
pub(crate) fn find(folder: &Path) -> Outcome<Option<Settings>> {
    let path = folder.join(FILE);
    let bad = |error: &dyn std::error::Error| {
        Failure::io(
            "SettingsDamaged",
            text::settings_unreadable(path.display()),
            error,
        )
    };
    let json = match std::fs::read(&path) {
        Ok(json) => json,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(bad(&error)),
    };
    serde_json::from_slice(&json)
        .map(Some)
        .map_err(|error| bad(&error))
}

/// The settings of a data folder that has an account.
pub(crate) fn read(folder: &Path) -> Outcome<Settings> {
    match find(folder)? {
        Some(settings) if settings.ready => Ok(settings),
        _ => Err(Failure::new(
            "NoAccount",
            text::no_account(folder.display()),
            Exit::Failed,
        )),
    }
}

/// Writes the settings; either the old or the new ones survive a crash.
pub(crate) fn write(folder: &Path, settings: &Settings) -> Outcome {
    let path = folder.join(FILE);
    let failed = |error: &dyn std::error::Error| {
        Failure::io(
            "SettingsNotWritten",
            text::settings_unwritable(path.display()),
            error,
        )
    };
    let json = serde_json::to_vec_pretty(settings).map_err(|error| failed(&error))?;
    replace(&path, &json).map_err(|error| failed(&error))
}

/// Creates a folder that only its owner may look into.
pub(crate) fn make(folder: &Path) -> Outcome {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| Failure::io("BadFolder", text::folder_unmade(folder.display()), &error))
}

/// Puts a file in place of another in one step, readable by its owner alone.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    sync_folder(folder)
}

/// Creates a file that must not exist yet, readable by its owner alone.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes a new name in a folder survive a power cut.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
