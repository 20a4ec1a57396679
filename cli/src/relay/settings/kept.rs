//! Where a relay keeps its store and keys: what commands on a stopped relay need to know of its
//! settings. The same flag, variable and file as `lacre relay run` says it, so that a password has
//! to stand in one place only.

use super::KEY_FILE;
use super::file::File;
use crate::args::{RelayFiles, StorePlace};
use crate::failure::Outcome;
use crate::home;
use lacre_relay::ObjectPlace;
use std::path::PathBuf;

/// Folder, key file and store of a relay.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Absolute.
    pub(crate) folder: PathBuf,
    /// Absolute.
    pub(crate) key_file: PathBuf,
    pub(crate) store: StorePlace,
    pub(crate) objects: ObjectPlace,
}

impl Kept {
    /// Reads flags, environment and file; `store` is what a flag or a variable says of it.
    ///
    /// # Errors
    /// `relay-config`, as [`super::Settings::read`].
    pub(crate) fn read(asked: &RelayFiles, store: Option<StorePlace>) -> Outcome<Self> {
        let folder = super::super::run::folder(asked.data.as_deref())?;
        let file = File::of(asked.config.as_deref(), &folder)?;
        let key_file = match (&asked.key_file, &file.keys.key_file) {
            (Some(path), _) => home::absolute(path)?,
            (None, Some(found)) => home::absolute(&file.beside(found.get_ref()))?,
            (None, None) => folder.join(KEY_FILE),
        };
        let in_file = || {
            let found = file.keys.store.as_ref();
            found.map_or(StorePlace::Sqlite, |found| found.get_ref().clone())
        };
        let objects = asked.objects.clone().or_else(|| {
            let found = file.keys.objects.as_ref();
            found.map(|found| found.get_ref().clone())
        });
        Ok(Self {
            objects: objects.unwrap_or_default().0,
            store: store.unwrap_or_else(in_file),
            folder,
            key_file,
        })
    }
}
