//! A key in a file: 64 hexadecimal digits, readable by its owner alone.

use crate::failure::{Exit, Failure, Outcome};
use crate::text::failure as text;
use crate::{home, random};
use lacre::StoreKey;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// Longer than any key file: what is larger is something else, and is not read.
const MOST: u64 = 256;

/// Makes the file with a new key; one that is there already is used.
pub(super) fn make(path: &Path) -> Outcome<StoreKey> {
    let failed = |error: &dyn std::error::Error| {
        Failure::io(
            "KeyFileNotMade",
            text::key_unwritable(path.display()),
            error,
        )
    };
    if let Some(folder) = path.parent() {
        home::make(folder)?;
    }
    let key = Zeroizing::new(random::bytes::<32>()?);
    let mut line = Zeroizing::new(hex::encode(key.as_slice()));
    line.push('\n');
    match home::create(path, line.as_bytes()) {
        Ok(()) => Ok(StoreKey::new(*key)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(failed(&error)),
    }
}

/// Reads the key.
pub(super) fn read(path: &Path) -> Outcome<StoreKey> {
    let failed = |error: std::io::Error| {
        Failure::io(
            "KeyFileUnreadable",
            text::key_unreadable(path.display()),
            &error,
        )
    };
    let damaged = || {
        Failure::new(
            "BadKeyFile",
            text::key_damaged(path.display()),
            Exit::Failed,
        )
    };
    let file = File::open(path).map_err(failed)?;
    private(&file, path)?;
    let mut line = Zeroizing::new(String::with_capacity(256));
    match file.take(MOST).read_to_string(&mut line) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::InvalidData => return Err(damaged()),
        Err(error) => return Err(failed(error)),
    }
    let mut key = Zeroizing::new([0; 32]);
    hex::decode_to_slice(line.trim(), key.as_mut_slice()).map_err(|_| damaged())?;
    Ok(StoreKey::new(*key))
}

/// Refuses a key that others can read.
fn private(file: &File, path: &Path) -> Outcome {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = file.metadata().map_err(|error| {
            Failure::io(
                "KeyFileUnreadable",
                text::key_unreadable(path.display()),
                &error,
            )
        })?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(Failure::new(
                "KeyFileOpen",
                text::key_open(path.display()),
                Exit::Failed,
            ));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, path);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{make, read};

    #[test]
    fn a_key_file_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys").join("ana.key");
        make(&path).map_err(|f| format!("{f:?}")).unwrap();
        let first = std::fs::read(&path).unwrap();
        assert_eq!(first.len(), 65);
        make(&path).map_err(|f| format!("{f:?}")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            assert!(read(&path).is_err());
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("short", b"abcd".as_slice()),
            ("text", &[b'x'; 64]),
            ("binary", &[0xff; 64]),
        ] {
            let path = folder.path().join(name);
            crate::home::create(&path, bytes).unwrap();
            assert!(read(&path).is_err(), "{name}");
        }
    }
}
