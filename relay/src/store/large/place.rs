//! Where an operator wants large objects to be.

use super::LargeObjects;
use crate::durable::keep_name;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use std::fmt;
use std::io;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

/// Where large objects are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ObjectPlace {
    /// In a folder beside a store that is a file, and in the tables of one that is a database.
    #[default]
    Auto,
    /// In the store's own tables.
    Store,
    /// In the folder `objects` of the data folder. For one relay alone.
    Folder,
    /// In a bucket: `s3://bucket/prefix`. Credentials, region and endpoint come from the environment
    /// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`). Needs the
    /// feature `s3`.
    S3(String),
}

/// What an address of a place may be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no place for objects; say auto, store, folder, or s3://bucket/prefix")]
pub struct NoSuchPlace(String);

impl FromStr for ObjectPlace {
    type Err = NoSuchPlace;

    fn from_str(text: &str) -> Result<Self, NoSuchPlace> {
        match text {
            "auto" => Ok(Self::Auto),
            "store" => Ok(Self::Store),
            "folder" => Ok(Self::Folder),
            address if bucket(address).is_some() => Ok(Self::S3(address.to_owned())),
            other => Err(NoSuchPlace(other.to_owned())),
        }
    }
}

impl fmt::Display for ObjectPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Store => "store",
            Self::Folder => "folder",
            Self::S3(address) => address,
        })
    }
}

/// Bucket and prefix of an address.
fn bucket(address: &str) -> Option<(&str, &str)> {
    let rest = address.strip_prefix("s3://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    (!bucket.is_empty()).then_some((bucket, prefix))
}

/// Why a place cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// The folder cannot be made or looked into.
    #[error("the folder for large objects, {folder}, cannot be used: {error}")]
    Folder {
        /// Which one.
        folder: String,
        /// What the system says.
        error: io::Error,
    },
    /// The address, or what the environment says about it, does not do.
    #[error("{address} cannot be used: {why}")]
    Unusable {
        /// As it was given.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    #[cfg(not(feature = "s3"))]
    /// S3 in a build without it.
    #[error("this build knows no S3; build it with the feature s3, or keep objects in a folder")]
    Unknown,
}

/// A place that was opened.
pub(super) struct Site {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) named: String,
}

/// The folder in a data folder.
const FOLDER: &str = "objects";

impl ObjectPlace {
    /// Opens the place, and makes the folder that it is. None where objects stay in the tables.
    ///
    /// # Errors
    /// When it cannot be used; the message says why.
    pub fn open(
        &self,
        data_dir: &Path,
        in_database: bool,
    ) -> Result<Option<LargeObjects>, PlaceError> {
        let site = match self {
            Self::Store => return Ok(None),
            Self::Auto if in_database => return Ok(None),
            Self::Auto | Self::Folder => folder(&data_dir.join(FOLDER))?,
            Self::S3(address) => s3(address)?,
        };
        Ok(Some(LargeObjects::new(site)))
    }

    /// Opens what may hold objects of a store, and makes nothing.
    pub(crate) fn find(&self, data_dir: &Path) -> Result<Option<LargeObjects>, PlaceError> {
        let site = match self {
            Self::S3(address) => s3(address)?,
            // Whatever is said now, some may still be there from before.
            _ if data_dir.join(FOLDER).is_dir() => open_folder(&data_dir.join(FOLDER))?,
            _ => return Ok(None),
        };
        Ok(Some(LargeObjects::new(site)))
    }
}

fn folder(folder: &Path) -> Result<Site, PlaceError> {
    let named = folder.display().to_string();
    let failed = |error| PlaceError::Folder {
        folder: named.clone(),
        error,
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    keep_name(folder).map_err(failed)?;
    clear(folder).map_err(failed)?;
    open_folder(folder)
}

/// As it is: a relay may be writing into it.
fn open_folder(folder: &Path) -> Result<Site, PlaceError> {
    let named = folder.display().to_string();
    let opened = LocalFileSystem::new_with_prefix(folder);
    let opened = opened.map_err(|error| PlaceError::Unusable {
        address: named.clone(),
        why: error.to_string(),
    })?;
    Ok(Site {
        objects: Arc::new(opened.with_fsync(true)),
        named,
    })
}

/// Removes what was being written when a relay was killed: such files have a `#` in their names.
fn clear(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            clear(&path)?;
        } else if path.to_string_lossy().contains('#') {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// How long a bucket that fails is asked again: a room waits for its turn meanwhile.
#[cfg(feature = "s3")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

#[cfg(feature = "s3")]
fn s3(address: &str) -> Result<Site, PlaceError> {
    use object_store::RetryConfig;
    use object_store::aws::AmazonS3Builder;
    use object_store::prefix::PrefixStore;
    let (bucket, prefix) = bucket(address).unwrap_or_default();
    let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap_or_default();
    let opened = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        // Servers of one's own are often reached without TLS, on the same machine.
        .with_allow_http(endpoint.starts_with("http://"))
        .with_retry(RetryConfig {
            max_retries: 5,
            retry_timeout: PATIENCE,
            ..RetryConfig::default()
        })
        .build();
    let opened = opened.map_err(|error| PlaceError::Unusable {
        address: address.to_owned(),
        why: error.to_string(),
    })?;
    Ok(Site {
        objects: Arc::new(PrefixStore::new(opened, prefix)),
        named: address.to_owned(),
    })
}

#[cfg(not(feature = "s3"))]
fn s3(_: &str) -> Result<Site, PlaceError> {
    Err(PlaceError::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        for text in ["auto", "store", "folder", "s3://bucket", "s3://bucket/a/b"] {
            assert_eq!(text.parse::<ObjectPlace>().unwrap().to_string(), text);
        }
        for text in ["", "s3://", "s3:bucket", "Folder", "gs://bucket"] {
            let error = text.parse::<ObjectPlace>().unwrap_err().to_string();
            assert!(
                error.contains("say auto, store, folder, or s3://"),
                "{error}"
            );
        }
    }
}
