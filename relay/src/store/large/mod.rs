//! Large objects, kept outside the tables: in a folder, or in a bucket that speaks S3.
//!
//! The trees and Welcomes of large rooms are megabytes that nobody searches. In the tables they would
//! hold up the one who writes messages, and grow every backup of a database. So an object above
//! [`ABOVE`] is put elsewhere first, durably, and the tables get a [`note`] of where it is. To every
//! back end that note is the object; this is all it has to know.
//!
//! Each copy has a name of its own, of the hash and something random. Nobody ever writes a name twice,
//! so a copy that no row names any more can be removed without looking who else is at work ([`sweep`]).

pub(crate) mod inline;
mod note;
mod place;
pub(super) mod sweep;
mod which;

pub use place::{NoSuchPlace, ObjectPlace, PlaceError};

use super::command::{Command, Hashed};
use super::outcome::StoreError;
use bytes::Bytes;
use lacre_wire::hash::sha256;
use lacre_wire::ids::Hash;
use note::Note;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::error::Error;
use std::io;
use std::sync::Arc;

/// Objects of more bytes than this are kept outside: what fits a frame stays in the tables.
pub(crate) const ABOVE: usize = lacre_wire::limits::MAX_INLINE_BODY;

/// When to try again after `Full`: space does not come back by itself.
const RETRY_FULL_MS: u64 = 5_000;

/// Where large objects are. Cheap to clone.
#[derive(Clone)]
pub struct LargeObjects {
    site: Arc<dyn ObjectStore>,
    /// As an operator writes it.
    named: Arc<str>,
    above: usize,
}

/// An object that the tables name and that is not to be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LargeError {
    #[error("the large object {hash} is not in {named}")]
    Missing { hash: Hash, named: Arc<str> },
    #[error("the large object {hash} in {named} is damaged")]
    Damaged { hash: Hash, named: Arc<str> },
    #[error(
        "the large object {0} is kept outside the store; name the place it was put in (the relay's setting `objects`)"
    )]
    NoPlace(Hash),
    #[error("{named} does not answer as it should: {error}")]
    Failed {
        named: Arc<str>,
        error: object_store::Error,
    },
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

impl LargeError {
    /// Whether the disk they are on is full.
    fn is_full(&self) -> bool {
        let Self::Failed { error, .. } = self else {
            return false;
        };
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = cause {
            let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if let Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) = kind {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

impl From<LargeError> for StoreError {
    fn from(error: LargeError) -> Self {
        tracing::error!(%error, "a large object cannot be kept or read");
        match error.is_full() {
            true => Self::Full {
                retry_after_ms: RETRY_FULL_MS,
            },
            false => Self::Failed(error.to_string()),
        }
    }
}

impl LargeObjects {
    fn new(site: place::Site) -> Self {
        Self {
            site: site.objects,
            named: site.named.into(),
            above: ABOVE,
        }
    }

    /// Objects of more bytes than `above` are large; for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn from_size(mut self, above: usize) -> Self {
        self.above = above;
        self
    }

    /// Whether a command brings a large object.
    pub(crate) fn concerns(&self, command: &mut Command) -> bool {
        let mut found = false;
        which::large(command, self.above, |_| found = true);
        found
    }

    /// Puts the large objects of a command where they belong, and notes in their place.
    pub(crate) async fn put_away(&self, mut command: Command) -> Result<Command, LargeError> {
        let mut large = Vec::new();
        which::large(&mut command, self.above, |object| {
            large.push(object.clone())
        });
        let mut noted = Vec::with_capacity(large.len());
        for object in &large {
            noted.push(self.put(object).await?);
        }
        let mut noted = noted.into_iter();
        which::large(&mut command, self.above, |object| {
            if let Some(note) = noted.next() {
                *object = object.noted(note);
            }
        });
        Ok(command)
    }

    /// Makes an object durable and returns the note of where it is.
    async fn put(&self, object: &Hashed) -> Result<Bytes, LargeError> {
        let note = Note::fresh(object.size()).map_err(LargeError::Random)?;
        let path = note.path(&object.hash());
        let put = self.site.put(&path, object.bytes().clone().into()).await;
        put.map_err(|error| self.failed(error))?;
        Ok(note.to_bytes())
    }

    /// What a note stands for.
    async fn get(&self, hash: Hash, note: Note) -> Result<Bytes, LargeError> {
        let named = || Arc::clone(&self.named);
        let gone = |error| match error {
            object_store::Error::NotFound { .. } => LargeError::Missing {
                hash,
                named: named(),
            },
            error => self.failed(error),
        };
        let found = self.site.get(&note.path(&hash)).await.map_err(gone)?;
        let bytes = found.bytes().await.map_err(gone)?;
        match sha256(&[&bytes]) == hash {
            true => Ok(bytes),
            false => Err(LargeError::Damaged {
                hash,
                named: named(),
            }),
        }
    }

    /// Puts something small, reads it and removes it.
    pub(crate) async fn probe(&self) -> Result<(), LargeError> {
        let object = Hashed::new(&b"lacre relay doctor"[..]);
        let note = Note::fresh(object.size()).map_err(LargeError::Random)?;
        let path = note.path(&object.hash());
        let put = self.site.put(&path, object.bytes().clone().into()).await;
        put.map_err(|error| self.failed(error))?;
        let read = self.get(object.hash(), note).await;
        self.remove(&path).await?;
        read.map(drop)
    }

    async fn remove(&self, path: &Path) -> Result<(), LargeError> {
        match self.site.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: object_store::Error) -> LargeError {
        LargeError::Failed {
            named: Arc::clone(&self.named),
            error,
        }
    }
}

/// An object as a caller wants it, from what the tables hold.
pub(crate) async fn resolve(
    outside: Option<&LargeObjects>,
    hash: Hash,
    stored: Bytes,
) -> Result<Bytes, LargeError> {
    match (Note::of(&hash, &stored), outside) {
        (None, _) => Ok(stored),
        (Some(note), Some(outside)) => outside.get(hash, note).await,
        (Some(_), None) => Err(LargeError::NoPlace(hash)),
    }
}
