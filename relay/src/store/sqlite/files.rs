//! Files that must be whole or not there: made for their owner alone, renamed when they are durable.

use super::backup::BackupError;
use crate::durable::{create_private, keep_name};
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// What SQLite keeps beside a database.
pub(super) const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// `path` with an ending.
pub(super) fn named(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Puts the path to an error of the system.
pub(super) fn failed(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_path_buf();
    move |error| BackupError::Io { path, doing, error }
}

/// Makes an empty file that only its owner may read.
pub(super) fn create(path: &Path) -> Result<(), BackupError> {
    create_private(path)
        .map(drop)
        .map_err(failed(path, "written"))
}

/// Takes a copy's permissions back to its owner's alone: a copy has those of its original.
pub(super) fn own(path: &Path) -> Result<(), BackupError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
            .map_err(failed(path, "written"))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Removes a database that may be there, with what SQLite keeps beside it.
pub(super) fn remove(path: &Path) -> Result<(), BackupError> {
    for name in std::iter::once(path.to_path_buf()).chain(BESIDE.map(|end| named(path, end))) {
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(&name, "removed")(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Makes what was written to a file durable.
pub(super) fn settle(path: &Path) -> Result<(), BackupError> {
    let file = OpenOptions::new().read(true).write(true).open(path);
    file.and_then(|file| file.sync_all())
        .map_err(failed(path, "written"))
}

/// Renames a file, durably.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    std::fs::rename(from, to).map_err(failed(to, "written"))?;
    settle_name(to)
}

/// Makes the name of a file durable.
pub(super) fn settle_name(file: &Path) -> Result<(), BackupError> {
    keep_name(file).map_err(failed(file, "written"))
}
