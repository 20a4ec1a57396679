//! The data folder: made for its owner alone, and held against a second process.
//!
//! A browser has no folders. There the database's host lets one worker at a time open it, so the
//! lock has nothing to hold.

use crate::error::Result;
use std::path::Path;

/// Keeps the store's folder for this process until dropped.
pub(crate) struct Lock {
    #[cfg(not(target_family = "wasm"))]
    file: std::fs::File,
}

#[cfg(target_family = "wasm")]
impl Lock {
    /// Nothing to lock.
    pub(crate) fn take(_: &Path) -> Result<Self> {
        Ok(Self {})
    }
}

#[cfg(not(target_family = "wasm"))]
impl Lock {
    /// Makes the folder if it is missing, and locks it.
    ///
    /// # Errors
    /// `InUse` if another process has it, `Store` if it can be neither made nor opened.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        use crate::error::{Error, ErrorKind};

        std::fs::create_dir_all(folder).map_err(|e| {
            Error::new(
                ErrorKind::Store,
                "StoreFailed",
                format!("the data folder {} cannot be made", folder.display()),
            )
            .with_source(e)
        })?;
        restrict(folder);
        Ok(Self {
            file: lock(folder)?,
        })
    }
}

/// Closing the file is not enough: a process that this one is just starting has it open as well until
/// its program begins, and would hold the lock for that moment.
#[cfg(not(target_family = "wasm"))]
impl Drop for Lock {
    fn drop(&mut self) {
        // Then it ends with the last process that has it open.
        let _held_longer = self.file.unlock();
    }
}

/// Held locked while the store is open.
#[cfg(not(target_family = "wasm"))]
const LOCK: &str = "store.lock";

#[cfg(not(target_family = "wasm"))]
fn lock(folder: &Path) -> Result<std::fs::File> {
    use crate::error::{Error, ErrorKind};
    use std::fs::{OpenOptions, TryLockError};

    let path = folder.join(LOCK);
    let failed = |e: std::io::Error| {
        Error::new(
            ErrorKind::Store,
            "StoreFailed",
            format!("{} cannot be opened", path.display()),
        )
        .with_source(e)
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            ErrorKind::InUse,
            "StoreInUse",
            format!(
                "the data folder {} is in use by another process; close that one, or use another folder",
                folder.display()
            ),
        )),
        Err(TryLockError::Error(e)) => Err(failed(e)),
    }
}

/// Only the owner may look into the data folder, where the platform knows the notion.
#[cfg(not(target_family = "wasm"))]
fn restrict(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if let Err(error) = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
        {
            tracing::warn!(%error, "the data folder's permissions could not be narrowed");
        }
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_free_at_once_though_a_child_has_the_file_open_too() {
        let folder = tempfile::tempdir().unwrap();
        let held = Lock::take(folder.path()).unwrap();
        assert!(Lock::take(folder.path()).is_err());
        // What a process that is being started shares with this one.
        let shared = held.file.try_clone().unwrap();
        drop(held);
        let again = Lock::take(folder.path());
        drop(shared);
        assert!(again.is_ok());
    }
}
