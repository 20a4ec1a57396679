//! What a person has chosen for the chat on this device, in `chat.json` beside the store.

use crate::home;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Name of the file inside the data folder.
const FILE: &str = "chat.json";

/// The choices. What an older or damaged file does not say has its default: nothing here is worth
/// a chat that does not start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Preferences {
    /// Tell when people connect and disconnect.
    pub(crate) notices: bool,
    /// Where they are kept; nowhere in tests.
    #[serde(skip)]
    path: Option<PathBuf>,
}

impl Preferences {
    /// Those of a data folder.
    pub(crate) fn read(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let kept = std::fs::read(&path).ok();
        let known = kept.and_then(|json| serde_json::from_slice::<Self>(&json).ok());
        Self {
            path: Some(path),
            ..known.unwrap_or_default()
        }
    }

    /// Keeps them.
    ///
    /// # Errors
    /// Of the file system.
    pub(crate) fn write(&self) -> std::io::Result<()> {
        match &self.path {
            Some(path) => home::replace(path, &serde_json::to_vec_pretty(self)?),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Preferences;

    #[test]
    fn choices_are_kept_and_a_damaged_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut preferences = Preferences::read(folder.path());
        assert!(!preferences.notices);
        preferences.notices = true;
        preferences.write().unwrap();
        assert_eq!(Preferences::read(folder.path()), preferences);
        std::fs::write(folder.path().join("chat.json"), "{").unwrap();
        assert!(!Preferences::read(folder.path()).notices);
    }
}
