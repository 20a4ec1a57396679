//! The other end of a connection for tests: a QUIC server with an identity, and nothing else.

use lacre_wire::ids::{Hash, PublicKey};
use lacre_wire::relay::{ALPN, RelayAddress, SERVER_NAME, fingerprint};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Connection, Endpoint, ServerConfig};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData,
    date_time_ymd,
};
use rustls::crypto::aws_lc_rs::{self, kx_group};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// How a test's relay differs from an honest one of today.
pub(crate) struct Kind {
    /// The years its TLS certificate is valid from and to.
    pub(crate) years: (i32, i32),
    /// The certificate above is of an identity that did not sign.
    pub(crate) forged: bool,
    /// What it speaks.
    pub(crate) protocol: &'static [u8],
}

impl Default for Kind {
    fn default() -> Self {
        Self {
            years: (1975, 4096),
            forged: false,
            protocol: ALPN,
        }
    }
}

pub(crate) struct Relay {
    endpoint: Endpoint,
    pub(crate) fingerprint: Hash,
}

impl Relay {
    /// Listens on a free port of the loopback.
    pub(crate) fn start(kind: Kind) -> Self {
        let (shown, signing) = (identity(), identity());
        let issuer = if kind.forged { &signing } else { &shown };
        let key = KeyPair::generate().unwrap();
        let mut leaf = CertificateParams::new(vec![SERVER_NAME.to_owned()]).unwrap();
        leaf.not_before = date_time_ymd(kind.years.0, 1, 1);
        leaf.not_after = date_time_ymd(kind.years.1, 1, 1);
        let leaf = leaf.signed_by(&key, issuer).unwrap();
        let chain = vec![
            CertificateDer::from(leaf),
            CertificateDer::from(shown.as_ref().clone()),
        ];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        // The post-quantum group alone: who offers no share for it gets no connection.
        let mut provider = aws_lc_rs::default_provider();
        provider.kx_groups = vec![kx_group::X25519MLKEM768];
        let mut tls = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        tls.alpn_protocols = vec![kind.protocol.to_vec()];
        let config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls).unwrap()));
        let endpoint = Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap();
        let public = PublicKey::from_slice(shown.key().der_bytes()).unwrap();
        Self {
            endpoint,
            fingerprint: fingerprint(&public),
        }
    }

    /// Its address.
    pub(crate) fn address(&self) -> RelayAddress {
        let port = self.endpoint.local_addr().unwrap().port();
        RelayAddress {
            fingerprints: vec![self.fingerprint],
            host: "127.0.0.1".to_owned(),
            port,
        }
    }

    /// The next connection.
    pub(crate) async fn accept(&self) -> Connection {
        self.try_accept().await.unwrap()
    }

    /// The next connection, if its handshake succeeds.
    pub(crate) async fn try_accept(&self) -> Option<Connection> {
        self.endpoint.accept().await.unwrap().await.ok()
    }

    /// Lets nobody in for as long as it is polled.
    pub(crate) async fn refuse(&self) {
        while let Some(incoming) = self.endpoint.accept().await {
            incoming.refuse();
        }
    }
}

/// A self-signed certificate of a new Ed25519 key.
fn identity() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    CertifiedIssuer::self_signed(params, key).unwrap()
}
