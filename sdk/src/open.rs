//! Opening: from what the application says to what the engine needs.

use crate::driver::{self, Beginning, Driver};
use crate::engine::{EngineOptions, Error, ErrorKind, Result, StoreKey};
use crate::options::{Key, Options};
use lacre_wire::relay::RelayAddress;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The key file inside the data folder.
const KEY_FILE: &str = "store.key";

/// Characters of a client's name.
const MAX_CLIENT: usize = 64;

/// Opens the store, starts the driver, and waits for the first login if it is the first.
pub(crate) async fn open(options: Options) -> Result<Driver> {
    let Options {
        address,
        folder,
        key,
        start,
        client,
        presence,
    } = options;
    let address: RelayAddress = address.parse().map_err(|error| {
        Error::new(
            ErrorKind::Invalid,
            "BadAddress",
            "the relay's address cannot be read",
        )
        .with_source(error)
    })?;
    let key = match key {
        Key::Given(key) => key,
        Key::File => read_or_make(&folder)?,
        Key::None => {
            return Err(Error::new(
                ErrorKind::Invalid,
                "NoKey",
                "the store needs a key: give one that the platform keeps, or say key_file() to keep it in the folder",
            ));
        }
    };
    let client = client.chars().take(MAX_CLIENT).collect();
    driver::start(Beginning {
        engine: EngineOptions {
            path: folder,
            key,
            client,
        },
        address,
        start,
        presence,
    })
    .await
}

/// The key in the folder's key file; a new one if there is none.
fn read_or_make(folder: &Path) -> Result<StoreKey> {
    let path = folder.join(KEY_FILE);
    let failed = |error| {
        let text = format!(
            "the key file {} can be neither read nor made",
            path.display()
        );
        Error::new(ErrorKind::Store, "KeyFile", text).with_source(error)
    };
    match File::open(&path) {
        Ok(file) => read(file, &path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(folder, &path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

fn read(mut file: File, path: &Path) -> Result<StoreKey> {
    let mut bytes = Zeroizing::new([0; 32]);
    file.read_exact(bytes.as_mut()).map_err(|error| {
        let text = format!(
            "the key file {} is damaged: expected 32 bytes; restore it from a backup",
            path.display()
        );
        Error::new(ErrorKind::WrongKey, "KeyFile", text).with_source(error)
    })?;
    Ok(StoreKey::new(*bytes))
}

/// Makes a key. It reaches its name only when it is on disk, so that no crash leaves half a key.
fn make(folder: &Path, path: &Path) -> io::Result<StoreKey> {
    std::fs::create_dir_all(folder)?;
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut()).map_err(|error| io::Error::other(error.to_string()))?;
    let draft = folder.join("store.key.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(bytes.as_ref())?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(StoreKey::new(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_and_read_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        read_or_make(&path).unwrap();
        let first = std::fs::read(path.join(KEY_FILE)).unwrap();
        read_or_make(&path).unwrap();
        assert_eq!(first.len(), 32);
        assert_eq!(std::fs::read(path.join(KEY_FILE)).unwrap(), first);
    }

    #[test]
    fn a_short_key_file_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        std::fs::write(&path, b"short").unwrap();
        let error = read_or_make(folder.path()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::WrongKey);
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
    }
}
