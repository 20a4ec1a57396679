//! TLS for raw sessions: whoever holds the pinned identity is the relay. Names and dates play no
//! part here; that the SDK checks more is the SDK's own business and tested there.

use lacre_wire::ids::{Hash, PublicKey};
use lacre_wire::relay::{ALPN, fingerprint};
use quinn::crypto::rustls::QuicClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::Arc;

#[derive(Debug)]
struct Pin {
    fingerprint: Hash,
    provider: Arc<CryptoProvider>,
}

/// The settings of a connection to the relay with this fingerprint.
pub(super) fn config(fingerprint: Hash) -> QuicClientConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let pin = Pin {
        fingerprint,
        provider: Arc::clone(&provider),
    };
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(pin))
        .with_no_client_auth();
    tls.alpn_protocols = vec![ALPN.to_vec()];
    QuicClientConfig::try_from(tls).unwrap()
}

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut roots = RootCertStore::empty();
        roots.add(above[0].clone().into_owned())?;
        // The key is the last 32 bytes of an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4).
        let spki = roots.roots[0].subject_public_key_info.to_vec();
        let identity = PublicKey::from_slice(&spki[spki.len() - PublicKey::SIZE..]).unwrap();
        if fingerprint(&identity) == self.fingerprint {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::General(
                "another relay than the one that was named".to_owned(),
            ))
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only TLS 1.3 is spoken".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, leaf, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
