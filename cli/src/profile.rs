//! Profiles: several accounts, or several relays, of one person on one machine.
//!
//! The data folder itself is the profile `default`; each other one is a folder below it, complete
//! in itself. `profiles.json` says which one is meant where nothing is said.

use crate::failure::{Exit, Failure, Outcome};
use crate::home;
use crate::print::safe;
use crate::text::{self, say};
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The profile that is the data folder itself.
pub(crate) const DEFAULT: &str = "default";
/// Holds the folders of the others.
const FOLDER: &str = "profiles";
/// Says which one is in use.
const FILE: &str = "profiles.json";

/// What `profiles.json` says. Version 1.
#[derive(Debug, Serialize, Deserialize)]
struct InUse {
    version: u32,
    current: String,
}

/// The folder of a profile: the one that is asked for, else the one in use.
pub(crate) fn folder(base: &Path, asked: Option<&str>) -> Outcome<PathBuf> {
    let name = match asked {
        Some(name) => name.to_owned(),
        None => current(base)?,
    };
    if name == DEFAULT {
        return Ok(base.to_owned());
    }
    check(&name)?;
    let folder = place(base, &name);
    match folder.is_dir() {
        true => Ok(folder),
        false => Err(unknown(&name)),
    }
}

/// The name of the profile in use.
pub(crate) fn current(base: &Path) -> Outcome<String> {
    let path = base.join(FILE);
    let bad = |error: &dyn std::error::Error| {
        let what = text::failure::settings_unreadable(path.display());
        Failure::io("SettingsDamaged", what, error)
    };
    match std::fs::read(&path) {
        Ok(json) => serde_json::from_slice(&json)
            .map(|in_use: InUse| in_use.current)
            .map_err(|error| bad(&error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(DEFAULT.to_owned()),
        Err(error) => Err(bad(&error)),
    }
}

/// Every profile's name, `default` first.
pub(crate) fn all(base: &Path) -> Outcome<Vec<String>> {
    let path = base.join(FOLDER);
    let bad = |error: &dyn std::error::Error| {
        Failure::io(
            "BadFolder",
            text::failure::folder_unread(path.display()),
            error,
        )
    };
    let mut names = Vec::new();
    match std::fs::read_dir(&path) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(|error| bad(&error))?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if is_name(&name) && entry.path().is_dir() {
                    names.push(name);
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(bad(&error)),
    }
    names.sort();
    names.insert(0, DEFAULT.to_owned());
    Ok(names)
}

/// Makes the folder of a new profile.
pub(crate) fn add(base: &Path, name: &str) -> Outcome<PathBuf> {
    check(name)?;
    let folder = place(base, name);
    if name == DEFAULT || folder.exists() {
        let what = say!(text::lang(), "profile-exists", name = name);
        return Err(Failure::new("ProfileExists", what, Exit::Failed));
    }
    home::make(&folder)?;
    Ok(folder)
}

/// Makes a profile the one in use.
pub(crate) fn choose(base: &Path, name: &str) -> Outcome {
    folder(base, Some(name))?;
    home::make(base)?;
    let path = base.join(FILE);
    let failed = |error: &dyn std::error::Error| {
        let what = text::failure::settings_unwritable(path.display());
        Failure::io("SettingsNotWritten", what, error)
    };
    let in_use = InUse {
        version: 1,
        current: name.to_owned(),
    };
    let json = serde_json::to_vec_pretty(&in_use).map_err(|error| failed(&error))?;
    home::replace(&path, &json).map_err(|error| failed(&error))
}

/// Deletes the folder of a profile; the default one takes over if it was in use.
pub(crate) fn remove(base: &Path, name: &str) -> Outcome {
    let folder = folder(base, Some(name))?;
    if current(base)? == name {
        choose(base, DEFAULT)?;
    }
    std::fs::remove_dir_all(&folder).map_err(|error| {
        let what = say!(
            text::lang(),
            "profile-not-removed",
            folder = folder.display().to_string()
        );
        Failure::io("BadFolder", what, &error)
    })
}

fn place(base: &Path, name: &str) -> PathBuf {
    base.join(FOLDER).join(name)
}

fn check(name: &str) -> Outcome {
    match is_name(name) {
        true => Ok(()),
        false => {
            let what = say!(text::lang(), "profile-bad-name", name = safe(name));
            Err(Failure::new("BadProfileName", what, Exit::Usage))
        }
    }
}

fn unknown(name: &str) -> Failure {
    let what = say!(text::lang(), "profile-unknown", name = safe(name));
    Failure::new("NoSuchProfile", what, Exit::Usage)
}

/// 1 to 32 characters out of `a-z 0-9 _ -`: a folder's name on every system.
fn is_name(name: &str) -> bool {
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    (1..=32).contains(&name.len()) && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT, add, all, choose, current, folder, remove};

    #[test]
    fn profiles_are_folders_below_the_default_one() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path();
        assert_eq!(folder(base, None).unwrap(), base);
        let work = add(base, "work").unwrap();
        assert_eq!(work, base.join("profiles").join("work"));
        assert_eq!(folder(base, None).unwrap(), base);
        assert_eq!(folder(base, Some("work")).unwrap(), work);
        choose(base, "work").unwrap();
        assert_eq!(folder(base, None).unwrap(), work);
        assert_eq!(folder(base, Some(DEFAULT)).unwrap(), base);
        assert_eq!(all(base).unwrap(), [DEFAULT, "work"]);
        remove(base, "work").unwrap();
        assert_eq!(current(base).unwrap(), DEFAULT);
        assert!(!work.exists() && folder(base, Some("work")).is_err());
    }

    #[test]
    fn names_stay_below_the_folder() {
        let root = tempfile::tempdir().unwrap();
        for name in [
            "",
            "..",
            "a/b",
            "Work",
            ".x",
            "é",
            "default",
            &"a".repeat(33),
        ] {
            assert!(add(root.path(), name).is_err(), "{name}");
        }
        assert!(folder(root.path(), Some("../x")).is_err());
        assert!(folder(root.path(), Some("nobody")).is_err());
    }
}
