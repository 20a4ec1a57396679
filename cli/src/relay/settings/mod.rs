//! What a relay runs with. A flag goes before its environment variable, that before the file, and
//! that before what is usual; where each value comes from is kept, so that it can be shown.

mod file;
mod init;
mod kept;
mod show;

pub(super) use init::run as init;
pub(super) use kept::Kept;
pub(super) use show::run as config;

use crate::args::{
    Advertised, Durability, NatsPlace, Networks, Objects, RelaySettings, SignUp, StorePlace,
};
use crate::failure::{Exit, Failure, Outcome};
use crate::{home, text};
use clap::parser::ValueSource;
use file::File;
use std::fmt::Display;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use toml::Spanned;

/// The port that is listened on where none is said.
pub(super) const DEFAULT_PORT: u16 = 4433;

/// The file of settings in a relay's folder.
const FILE: &str = "relay.toml";

/// The key file in a relay's folder.
pub(super) const KEY_FILE: &str = "relay.keys";

/// What a relay runs with.
#[derive(Debug)]
pub(super) struct Settings {
    /// Folder of store and keys. Absolute.
    pub(super) folder: PathBuf,
    pub(super) key_file: PathBuf,
    pub(super) store: StorePlace,
    pub(super) objects: Objects,
    pub(super) nats: Option<NatsPlace>,
    pub(super) listen: SocketAddr,
    /// Of TCP, if it is another.
    pub(super) listen_tcp: Option<SocketAddr>,
    pub(super) trusted_proxy: Option<Networks>,
    /// PEM files: a certificate and its key.
    pub(super) certificate: Option<(PathBuf, PathBuf)>,
    pub(super) websocket: bool,
    pub(super) advertise: Option<Advertised>,
    pub(super) sign_up: SignUp,
    pub(super) http: SocketAddr,
    pub(super) durability: Durability,
    /// Seconds.
    pub(super) drain: u64,
    /// MiB.
    pub(super) tail_memory: u64,
    /// All of them as text, and where they come from.
    rows: Vec<Row>,
}

/// A setting to show.
#[derive(Debug)]
struct Row {
    key: &'static str,
    value: String,
    origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    Flag(String),
    Variable(String),
    File(PathBuf, usize),
    Usual,
}

/// Where clap has the value of an argument from; filled in once, when the command line is read.
pub(crate) type Sources<'a> = &'a dyn Fn(&str) -> Option<ValueSource>;

impl Settings {
    /// Reads flags, environment and file.
    ///
    /// # Errors
    /// `relay-config` if the file cannot be read, holds what is not a setting, or a setting that
    /// makes no sense. The message names file and line.
    pub(super) fn read(asked: &RelaySettings, sources: Sources<'_>) -> Outcome<Self> {
        let folder = super::run::folder(asked.data.as_deref())?;
        let file = File::of(asked.config.as_deref(), &folder)?;
        let mut layers = Layers {
            file,
            sources,
            rows: Vec::new(),
        };
        layers.row("data", folder.display(), layers.outer("data", &asked.data));
        let key_file = match layers.path("key-file", &asked.key_file, |file| &file.key_file) {
            Some(path) => home::absolute(&path)?,
            None => folder.join(KEY_FILE),
        };
        layers.usual("key-file", key_file.display());
        let store = layers.take(
            "store",
            asked.store.clone(),
            |file| &file.store,
            StorePlace::Sqlite,
        );
        let objects = layers.take(
            "objects",
            asked.objects.clone(),
            |file| &file.objects,
            Objects::default(),
        );
        let nats = layers.maybe("nats", asked.nats.clone(), |file| &file.nats);
        layers.usual("nats", text::relay::none());
        let listen = layers.take(
            "listen",
            asked.listen,
            |file| &file.listen,
            SocketAddr::from((Ipv4Addr::UNSPECIFIED, DEFAULT_PORT)),
        );
        let listen_tcp = layers.maybe("listen-tcp", asked.listen_tcp, |file| &file.listen_tcp);
        layers.usual("listen-tcp", listen);
        let trusted = asked.trusted_proxy.clone();
        let trusted_proxy = layers.maybe("trusted-proxy", trusted, |file| &file.trusted_proxy);
        layers.usual("trusted-proxy", text::relay::none());
        let certificate = layers.certificate(asked)?;
        let websocket = layers.take("websocket", asked.websocket, |file| &file.websocket, true);
        let advertise = layers.maybe("advertise", asked.advertise.clone(), |file| &file.advertise);
        layers.usual("advertise", text::relay::none());
        let sign_up = layers.take("sign-up", asked.sign_up, |file| &file.sign_up, SignUp::Open);
        let http = layers.take(
            "http",
            asked.http,
            |file| &file.http,
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        );
        let durability = layers.take(
            "durability",
            asked.durability,
            |file| &file.durability,
            Durability::Full,
        );
        let drain = layers.take("drain", asked.drain, |file| &file.drain, 1);
        let tail_memory = layers.take(
            "tail-memory",
            asked.tail_memory,
            |file| &file.tail_memory,
            128,
        );
        layers.within("drain", drain, 0, 600)?;
        layers.within("tail-memory", tail_memory, 1, 65_536)?;
        Ok(Self {
            folder,
            key_file,
            store,
            objects,
            nats,
            listen,
            listen_tcp,
            trusted_proxy,
            certificate,
            websocket,
            advertise,
            sign_up,
            http,
            durability,
            drain,
            tail_memory,
            rows: layers.rows,
        })
    }
}

/// The layers over one another.
struct Layers<'a> {
    file: File,
    sources: Sources<'a>,
    rows: Vec<Row>,
}

/// Where a setting stands in a file.
type InFile<T> = fn(&file::Keys) -> &Option<Spanned<T>>;

impl Layers<'_> {
    fn row(&mut self, key: &'static str, value: impl Display, origin: Origin) {
        let value = value.to_string();
        self.rows.push(Row { key, value, origin });
    }

    /// The row of a setting that has none yet.
    fn usual(&mut self, key: &'static str, value: impl Display) {
        if self.rows.iter().all(|row| row.key != key) {
            self.row(key, value, Origin::Usual);
        }
    }

    /// Flag or variable; what is usual if there is neither.
    fn outer<T>(&self, key: &str, value: &Option<T>) -> Origin {
        let source = (self.sources)(&key.replace('-', "_"));
        match (value, source) {
            (Some(_), Some(ValueSource::EnvVariable)) => Origin::Variable(variable(key)),
            (Some(_), _) => Origin::Flag(format!("--{key}")),
            (None, _) => Origin::Usual,
        }
    }

    fn maybe<T: Display + Clone>(
        &mut self,
        key: &'static str,
        outer: Option<T>,
        inner: InFile<T>,
    ) -> Option<T> {
        let origin = self.outer(key, &outer);
        let (value, origin) = match (outer, inner(&self.file.keys)) {
            (Some(value), _) => (value, origin),
            (None, Some(found)) => (found.get_ref().clone(), self.file.origin(found.span())),
            (None, None) => return None,
        };
        self.row(key, &value, origin);
        Some(value)
    }

    fn take<T: Display + Clone>(
        &mut self,
        key: &'static str,
        outer: Option<T>,
        inner: InFile<T>,
        usual: T,
    ) -> T {
        let taken = self.maybe(key, outer, inner);
        self.usual(key, &usual);
        taken.unwrap_or(usual)
    }

    /// A path; in a file it counts from the file's folder.
    fn path(
        &mut self,
        key: &'static str,
        outer: &Option<PathBuf>,
        inner: InFile<PathBuf>,
    ) -> Option<PathBuf> {
        let origin = self.outer(key, outer);
        let (path, origin) = match (outer, inner(&self.file.keys)) {
            (Some(path), _) => (path.clone(), origin),
            (None, Some(found)) => (
                self.file.beside(found.get_ref()),
                self.file.origin(found.span()),
            ),
            (None, None) => return None,
        };
        self.row(key, path.display(), origin);
        Some(path)
    }

    /// Both files or none.
    fn certificate(&mut self, asked: &RelaySettings) -> Outcome<Option<(PathBuf, PathBuf)>> {
        let chain = self.path("certificate", &asked.certificate, |file| &file.certificate);
        self.usual("certificate", text::relay::none());
        let key = self.path("certificate-key", &asked.certificate_key, |file| {
            &file.certificate_key
        });
        self.usual("certificate-key", text::relay::none());
        match (chain, key) {
            (Some(chain), Some(key)) => Ok(Some((home::absolute(&chain)?, home::absolute(&key)?))),
            (None, None) => Ok(None),
            _ => Err(invalid(text::relay::half_certificate())),
        }
    }

    /// Numbers on the command line were looked at by clap, those of the file were not.
    fn within(&self, key: &str, value: u64, least: u64, most: u64) -> Outcome {
        if (least..=most).contains(&value) {
            return Ok(());
        }
        let from = self.rows.iter().find(|row| row.key == key);
        let place = from.map(|row| row.origin.to_string()).unwrap_or_default();
        let what = text::relay::out_of_range(key, value, least, most, place);
        Err(invalid(what))
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Usual => f.write_str(&text::relay::usual()),
        }
    }
}

/// The environment variable of a setting.
fn variable(key: &str) -> String {
    format!("LACRE_RELAY_{}", key.to_uppercase().replace('-', "_"))
}

/// Settings that a relay would not take.
fn invalid(what: String) -> Failure {
    Failure::new("relay-config", what, Exit::Failed)
}
