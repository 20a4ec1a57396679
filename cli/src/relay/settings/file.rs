//! The file of settings: TOML, every key known, every value where it stands.

use super::{FILE, Origin, invalid};
use crate::args::{Advertised, Durability, SignUp, StorePlace};
use crate::failure::Outcome;
use crate::{home, text};
use serde::Deserialize;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A file that was read, or none.
#[derive(Debug, Default)]
pub(super) struct File {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it says.
    pub(super) keys: Keys,
    text: String,
}

/// What may stand in it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Keys {
    pub(super) key_file: Option<Spanned<PathBuf>>,
    pub(super) store: Option<Spanned<StorePlace>>,
    pub(super) objects: Option<Spanned<crate::args::Objects>>,
    pub(super) nats: Option<Spanned<crate::args::NatsPlace>>,
    pub(super) listen: Option<Spanned<SocketAddr>>,
    pub(super) listen_tcp: Option<Spanned<SocketAddr>>,
    pub(super) trusted_proxy: Option<Spanned<crate::args::Networks>>,
    pub(super) certificate: Option<Spanned<PathBuf>>,
    pub(super) certificate_key: Option<Spanned<PathBuf>>,
    pub(super) websocket: Option<Spanned<bool>>,
    pub(super) advertise: Option<Spanned<Advertised>>,
    pub(super) sign_up: Option<Spanned<SignUp>>,
    pub(super) http: Option<Spanned<SocketAddr>>,
    pub(super) durability: Option<Spanned<Durability>>,
    pub(super) drain: Option<Spanned<u64>>,
    pub(super) tail_memory: Option<Spanned<u64>>,
}

impl File {
    /// The one that is asked for, or the folder's own, if it is there.
    pub(super) fn of(asked: Option<&Path>, folder: &Path) -> Outcome<Self> {
        match asked {
            Some(path) => Self::read(&home::absolute(path)?),
            None => Self::read_if_there(&folder.join(FILE)),
        }
    }

    /// Reads a file that must be there.
    fn read(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| invalid(text::relay::file_unreadable(path.display(), error)))?;
        let keys = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let line = error.span().map_or(0, |span| line(&text, &span));
            let place = format!("{}:{line}", path.display());
            invalid(text::relay::file_invalid(
                place,
                error.message().replace('\n', " "),
            ))
        })?;
        Ok(Self {
            path: path.to_owned(),
            keys,
            text,
        })
    }

    /// As [`File::read`]; no file says nothing.
    fn read_if_there(path: &Path) -> Outcome<Self> {
        match std::fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            _ => Self::read(path),
        }
    }

    /// A path of the file, which counts from the file's folder.
    pub(super) fn beside(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// The line of a value.
    pub(super) fn origin(&self, span: Range<usize>) -> Origin {
        Origin::File(self.path.clone(), line(&self.text, &span))
    }
}

/// The line in which a span begins, counted from 1.
fn line(text: &str, span: &Range<usize>) -> usize {
    let before = text.get(..span.start).unwrap_or_default();
    before.matches('\n').count() + 1
}
