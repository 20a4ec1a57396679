//! Which relay this is: its identity key, not a name or an authority, is what people pin.
//!
//! The relay presents two certificates: its TLS key's, and above it the one of its Ed25519
//! identity. The identity must have a pinned fingerprint; it is then the only root under which the
//! first must verify. Dates play no part: a pin has none, and a phone with a wrong clock must not
//! lose its relay.

use crate::engine::{Error, ErrorKind};
use crate::queue::lock;
use lacre_wire::ids::{Hash, PublicKey};
use lacre_wire::relay::{fingerprint, format_fingerprint};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What stands before the 32 key bytes in an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4), without
/// the outer SEQUENCE: the algorithm, then the header of the bit string.
const ED25519_SPKI: [u8; 10] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The time certificates are looked at first: any will do.
const SOME_TIME: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1_800_000_000));

/// The fingerprints that count now. Clones share them: a relay may name its next identity.
#[derive(Debug, Clone)]
pub(super) struct Trusted(Arc<Mutex<Vec<Hash>>>);

impl Trusted {
    pub(super) fn new(fingerprints: Vec<Hash>) -> Self {
        Self(Arc::new(Mutex::new(fingerprints)))
    }

    pub(super) fn replace(&self, fingerprints: Vec<Hash>) {
        *lock(&self.0) = fingerprints;
    }

    pub(super) fn get(&self) -> Vec<Hash> {
        lock(&self.0).clone()
    }
}

/// Accepts the relay with one of these fingerprints.
#[derive(Debug)]
pub(super) struct Pins {
    trusted: Trusted,
    provider: Arc<CryptoProvider>,
    /// Why the last relay was refused, in words that TLS cannot carry.
    refused: Mutex<Option<Error>>,
}

impl Pins {
    pub(super) fn new(trusted: Trusted, provider: Arc<CryptoProvider>) -> Self {
        Self {
            trusted,
            provider,
            refused: Mutex::new(None),
        }
    }

    /// Why the last relay was refused, if it was.
    pub(super) fn take_refusal(&self) -> Option<Error> {
        lock(&self.refused).take()
    }

    fn refuse(&self, error: Error) -> rustls::Error {
        *lock(&self.refused) = Some(error);
        CertificateError::ApplicationVerificationFailure.into()
    }

    /// The certificate of the identity, once it is known to be a pinned one.
    fn root(&self, chain: &[CertificateDer<'_>]) -> Result<RootCertStore, Error> {
        let (key, roots) = identity(chain)?;
        self.admit(fingerprint(&key)).map(|()| roots)
    }

    /// Whether the relay with this fingerprint is trusted now. To be asked after each handshake: one
    /// that resumes an earlier session shows no certificate, and goes by that of then.
    pub(super) fn admit(&self, found: Hash) -> Result<(), Error> {
        let trusted = self.trusted.get();
        if trusted.contains(&found) {
            return Ok(());
        }
        let expected: Vec<_> = trusted.iter().map(format_fingerprint).collect();
        Err(Error::new(
            ErrorKind::Relay,
            "WrongFingerprint",
            format!(
                "this is not the relay of the address: expected the fingerprint {}, got {}; \
                 somebody may be in between, or the relay has a new identity since this device was last there: \
                 ask its operator for the address that names both",
                expected.join(" or "),
                format_fingerprint(&found)
            ),
        ))
    }
}

/// The identity key of a relay's certificate chain, and the chain's root.
fn identity(chain: &[CertificateDer<'_>]) -> Result<(PublicKey, RootCertStore), Error> {
    let bad = |what: &str| {
        let text = format!(
            "the relay shows no identity ({what}): expected the certificate of its TLS key, then that of its Ed25519 identity"
        );
        Error::new(ErrorKind::Relay, "BadIdentity", text)
    };
    let [_leaf, .., root] = chain else {
        return Err(bad("fewer than two certificates"));
    };
    let mut roots = RootCertStore::empty();
    roots
        .add(root.clone().into_owned())
        .map_err(|error| bad("an unreadable certificate").with_source(error))?;
    let key = roots
        .roots
        .first()
        .and_then(|root| root.subject_public_key_info.strip_prefix(&ED25519_SPKI));
    let key = key
        .and_then(PublicKey::from_slice)
        .ok_or_else(|| bad("a key that is not Ed25519"))?;
    Ok((key, roots))
}

/// The fingerprint of a chain that was verified in the handshake.
pub(super) fn fingerprint_of(chain: &[CertificateDer<'_>]) -> Result<Hash, Error> {
    identity(chain).map(|(key, _)| fingerprint(&key))
}

impl ServerCertVerifier for Pins {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain: Vec<_> = std::iter::once(leaf).chain(above).cloned().collect();
        let roots = self.root(&chain).map_err(|error| self.refuse(error))?;
        let web = WebPkiServerVerifier::builder_with_provider(
            Arc::new(roots),
            Arc::clone(&self.provider),
        )
        .build()
        .map_err(|error| rustls::Error::General(error.to_string()))?;
        let verify = |time| web.verify_server_cert(leaf, &[], name, ocsp, time);
        use CertificateError::{ExpiredContext, NotValidYetContext};
        let verified = match verify(SOME_TIME) {
            Err(rustls::Error::InvalidCertificate(NotValidYetContext { not_before, .. })) => {
                verify(not_before)
            }
            Err(rustls::Error::InvalidCertificate(ExpiredContext { not_after, .. })) => {
                verify(not_after)
            }
            other => other,
        };
        verified.map_err(|error| {
            let text = "the relay's TLS certificate is not signed by its identity; somebody may be in between";
            self.refuse(Error::new(ErrorKind::Relay, "BadIdentity", text).with_source(error))
        })
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("only TLS 1.3 is spoken".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, leaf, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
