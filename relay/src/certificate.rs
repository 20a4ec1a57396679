//! A certificate that everybody knows, from files: for browsers and probes on the TCP port.
//!
//! Clients of Lacre have no use for it. They name `relay.lacre.invalid` and check the relay's
//! identity; whoever names anything else is shown this certificate, and is answered `/health` and
//! nothing more: a session belongs under the identity.
//!
//! The files are looked at every two seconds. What is there and good takes the place of what was;
//! what is not good is said and leaves it. Connections that stand notice nothing.

use crate::builder::RelayBuilder;
use crate::clock::Clock;
use crate::error::{RelayError, RelayErrorKind};
use crate::service::Service;
use crate::tasks::Stage;
use crate::tls::provider;
use lacre_wire::ids::Millis;
use lacre_wire::relay::SERVER_NAME;
use rustls::client::danger::ServerCertVerifier;
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The last moment that X.509 can say.
const END_OF_TIME: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(253_402_300_799));

/// A certificate in files that could be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Certificate {
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: Millis,
    /// Whether it is for the name that was asked for.
    pub fits: bool,
}

/// Looks at a certificate and its key in PEM files, as [`crate::RelayBuilder::certificate`] reads
/// them; `host` is the name under which people reach the relay. Blocks.
///
/// # Errors
/// [`RelayErrorKind::Config`] for files that cannot be read, or do not belong together.
pub fn examine_certificate(
    chain: &Path,
    key: &Path,
    host: &str,
) -> Result<Certificate, RelayError> {
    let loaded = load(chain, key).map_err(refused)?;
    Ok(Certificate {
        expires_ms: loaded.expires_ms,
        fits: loaded.is_for(host),
    })
}

fn refused(error: BadCertificate) -> RelayError {
    let text = "the certificate from files cannot be used";
    RelayError::with(RelayErrorKind::Config, text, error)
}

/// Files that hold no certificate to use.
#[derive(Debug, thiserror::Error)]
enum BadCertificate {
    #[error("{} is not a PEM file of {what}: {error}", .path.display())]
    Unreadable {
        path: PathBuf,
        what: &'static str,
        error: rustls_pki_types::pem::Error,
    },
    #[error("{} holds no certificate", .0.display())]
    Empty(PathBuf),
    #[error("{} and {} do not belong together: {error}", .chain.display(), .key.display())]
    Apart {
        chain: PathBuf,
        key: PathBuf,
        error: rustls::Error,
    },
    #[error("it has expired")]
    Expired,
}

/// What was read from the files.
struct Loaded {
    key: Arc<CertifiedKey>,
    expires_ms: Millis,
}

impl Loaded {
    fn is_for(&self, host: &str) -> bool {
        let first = self.key.cert.first();
        let parsed = first.and_then(|leaf| ParsedCertificate::try_from(leaf).ok());
        let name = ServerName::try_from(host).ok();
        let both = parsed.zip(name);
        both.is_some_and(|(leaf, name)| verify_server_name(&leaf, &name).is_ok())
    }
}

fn load(chain: &Path, key: &Path) -> Result<Loaded, BadCertificate> {
    let unreadable = |path: &Path, what, error| BadCertificate::Unreadable {
        path: path.to_owned(),
        what,
        error,
    };
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable(chain, "certificates", error))?;
    let Some(last) = certificates.last().cloned() else {
        return Err(BadCertificate::Empty(chain.to_owned()));
    };
    let secret = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| unreadable(key, "a private key", error))?;
    let apart = |error| BadCertificate::Apart {
        chain: chain.to_owned(),
        key: key.to_owned(),
        error,
    };
    let certified = CertifiedKey::from_der(certificates, secret, &provider()).map_err(apart)?;
    let expires_ms = expiry(&certified, last).map_err(apart)?;
    Ok(Loaded {
        key: Arc::new(certified),
        expires_ms,
    })
}

/// When the first certificate ends. The library tells it of one that has ended, and looks at that
/// before anything else: so it is asked at the end of time.
fn expiry(
    certified: &CertifiedKey,
    last: CertificateDer<'static>,
) -> Result<Millis, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(last)?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    let name = ServerName::try_from(SERVER_NAME)
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    let leaf = certified.end_entity_cert()?;
    let judged = verifier.verify_server_cert(leaf, &[], &name, &[], END_OF_TIME);
    let ends = match judged {
        Err(rustls::Error::InvalidCertificate(CertificateError::ExpiredContext {
            not_after,
            ..
        })) => not_after,
        _ => END_OF_TIME,
    };
    Ok(ends.as_secs().saturating_mul(1000))
}

/// What two files looked like: when each was written, and how long it was.
type Stamp = [Option<(SystemTime, u64)>; 2];

/// The certificate in use, and the files that it is from.
pub(crate) struct Shown {
    chain: PathBuf,
    key: PathBuf,
    clock: Clock,
    current: Mutex<Loaded>,
    seen: Mutex<Stamp>,
    refused: AtomicBool,
}

/// Reads the files that a relay is set up with, if it is.
///
/// # Errors
/// When they cannot be used. One that has expired is taken, and said.
pub(crate) async fn read(builder: &RelayBuilder) -> Result<Option<Arc<Shown>>, RelayError> {
    let Some((chain, key)) = builder.certificate.clone() else {
        return Ok(None);
    };
    let clock = builder.clock.clone();
    let read = tokio::task::spawn_blocking(move || Shown::start(&chain, &key, clock)).await;
    let read = read.map_err(|error| {
        RelayError::with(
            RelayErrorKind::Tls,
            "reading the certificate panicked",
            error,
        )
    })?;
    read.map(|shown| Some(Arc::new(shown)))
}

impl Shown {
    fn start(chain: &Path, key: &Path, clock: Clock) -> Result<Self, RelayError> {
        let seen = stamp(chain, key);
        let loaded = load(chain, key).map_err(refused)?;
        if loaded.expires_ms <= clock.now_ms() {
            tracing::warn!("the certificate from files has expired; renew it");
        }
        Ok(Self {
            chain: chain.to_owned(),
            key: key.to_owned(),
            clock,
            current: Mutex::new(loaded),
            seen: Mutex::new(seen),
            refused: AtomicBool::new(false),
        })
    }

    /// When the one in use ends, in seconds since 1970.
    pub(crate) fn expires(&self) -> u64 {
        lock(&self.current).expires_ms / 1000
    }

    /// Whether the files hold one that is not used.
    pub(crate) fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    fn key(&self) -> Arc<CertifiedKey> {
        lock(&self.current).key.clone()
    }

    /// Reads the files again if they have changed. Blocks.
    fn look(&self) {
        let found = stamp(&self.chain, &self.key);
        if std::mem::replace(&mut *lock(&self.seen), found) == found {
            return;
        }
        let loaded = load(&self.chain, &self.key).and_then(|loaded| {
            match loaded.expires_ms > self.clock.now_ms() {
                true => Ok(loaded),
                false => Err(BadCertificate::Expired),
            }
        });
        self.refused.store(loaded.is_err(), Ordering::Relaxed);
        match loaded {
            Ok(loaded) => {
                tracing::info!(
                    expires_ms = loaded.expires_ms,
                    "the certificate was renewed"
                );
                *lock(&self.current) = loaded;
            }
            Err(error) => {
                tracing::warn!(%error, "the new certificate is not used; the one before it stays");
            }
        }
    }
}

fn stamp(chain: &Path, key: &Path) -> Stamp {
    [chain, key].map(|path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at the files now and then, until the relay stops.
pub(crate) async fn watch(service: Arc<Service>, shown: Arc<Shown>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = service.tasks.reached(Stage::Stopped) => return,
        }
        let looking = shown.clone();
        // A panic there is said by itself; the next look comes.
        let _looked = tokio::task::spawn_blocking(move || looking.look()).await;
    }
}

/// Which certificate: by the name that is asked for.
pub(crate) struct ByName {
    pub(crate) identity: Arc<dyn ResolvesServerCert>,
    pub(crate) shown: Arc<Shown>,
}

impl std::fmt::Debug for ByName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ByName")
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        match is_public(hello.server_name()) {
            true => Some(self.shown.key()),
            false => self.identity.resolve(hello),
        }
    }
}

/// Whether somebody asks for another name than that of all pinned relays.
pub(crate) fn is_public(name: Option<&str>) -> bool {
    name.is_some_and(|name| name != SERVER_NAME)
}
