//! TLS: a chain of two certificates under the relay's Ed25519 identity.
//!
//! People pin the SHA-256 of the identity key, which stands in the CA certificate. The leaf has a
//! key of its own (ECDSA P-256, which every TLS stack knows) for the one name all pinned relays
//! share. Both are valid for as long as X.509 can say: trust is the pin, and a client whose clock
//! is wrong must still get in.

mod tickets;

pub(crate) use tickets::Tickets;

use ed25519_dalek::Signer;
use lacre_wire::relay::SERVER_NAME;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SignatureAlgorithm, SigningKey, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A leaf key and the chain that leads from it to the identity.
pub(crate) struct TlsIdentity {
    /// PKCS #8 DER of the leaf's key.
    pub(crate) key: Zeroizing<Vec<u8>>,
    /// DER certificates: the leaf, then the identity's.
    pub(crate) chain: Vec<Vec<u8>>,
}

/// The identity key as an issuer of certificates.
struct Identity {
    key: ed25519_dalek::SigningKey,
    public: [u8; 32],
}

impl PublicKeyData for Identity {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl SigningKey for Identity {
    fn sign(&self, msg: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.key.sign(msg).to_bytes().to_vec())
    }
}

impl TlsIdentity {
    /// Makes a leaf key and both certificates for the identity that grows from `seed`.
    ///
    /// # Errors
    /// When the crypto library fails; it does not in practice.
    pub(crate) fn generate(seed: &[u8; 32]) -> Result<Self, rcgen::Error> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let identity = Identity {
            public: key.verifying_key().to_bytes(),
            key,
        };

        let mut ca = params(Vec::new(), "Lacre relay identity")?;
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root = ca.self_signed(&identity)?;

        let leaf_key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        let mut leaf = params(vec![SERVER_NAME.to_owned()], "Lacre relay")?;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = leaf.signed_by(&leaf_key, &Issuer::from_params(&ca, identity))?;

        Ok(Self {
            key: Zeroizing::new(leaf_key.serialize_der()),
            chain: vec![leaf.der().to_vec(), root.der().to_vec()],
        })
    }

    /// The server's TLS configuration for one protocol: TLS 1.3 only, post-quantum key exchange
    /// preferred.
    ///
    /// # Errors
    /// When key and chain do not fit together.
    pub(crate) fn server_config(
        &self,
        protocol: &[u8],
        tickets: Tickets,
    ) -> Result<ServerConfig, rustls::Error> {
        let chain = self
            .chain
            .iter()
            .map(|der| CertificateDer::from(der.clone()))
            .collect();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.to_vec()));
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![protocol.to_vec()];
        // One ticket is enough: a client holds one connection. It saves a certificate on reconnect.
        config.ticketer = Arc::new(tickets);
        config.send_tls13_tickets = 1;
        Ok(config)
    }
}

fn params(names: Vec<String>, common_name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.not_before = date_time_ymd(1975, 1, 1);
    params.not_after = date_time_ymd(9999, 12, 31);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    Ok(params)
}

/// The one crypto provider, passed explicitly wherever rustls wants one.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups = vec![
        aws_lc_rs::kx_group::X25519MLKEM768,
        aws_lc_rs::kx_group::X25519,
    ];
    Arc::new(provider)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use lacre_wire::hash::sha256;
    use lacre_wire::ids::Hash;
    use lacre_wire::ids::PublicKey;
    use lacre_wire::relay::{ALPN, fingerprint};
    use rustls::crypto::SupportedKxGroup;
    use rustls::{
        ClientConfig, ClientConnection, HandshakeKind, NamedGroup, RootCertStore, ServerConnection,
    };
    use rustls_pki_types::ServerName;

    /// Tickets of the relay with this fingerprint and secret.
    fn tickets(secret: u8) -> Tickets {
        Tickets::new(Zeroizing::new([secret; 32]), Hash([1; 32]), Clock::system())
    }

    /// A client of the relay with this identity.
    fn client(
        identity: &TlsIdentity,
        groups: Vec<&'static dyn SupportedKxGroup>,
    ) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from(identity.chain[1].clone()))
            .unwrap();
        let mut offered = aws_lc_rs::default_provider();
        offered.kx_groups = groups;
        let mut config = ClientConfig::builder_with_provider(Arc::new(offered))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![ALPN.to_vec()];
        Arc::new(config)
    }

    /// Runs a whole TLS handshake in memory, and what follows it at once.
    fn meet(client: &Arc<ClientConfig>, relay: &TlsIdentity, tickets: Tickets) -> ClientConnection {
        let name = ServerName::try_from(SERVER_NAME).unwrap();
        let mut client = ClientConnection::new(client.clone(), name).unwrap();
        let config = relay.server_config(ALPN, tickets).unwrap();
        let mut server = ServerConnection::new(Arc::new(config)).unwrap();
        while client.wants_write() || server.wants_write() {
            let mut flight = Vec::new();
            while client.wants_write() {
                client.write_tls(&mut flight).unwrap();
            }
            let mut rest = flight.as_slice();
            while !rest.is_empty() {
                server.read_tls(&mut rest).unwrap();
                server.process_new_packets().unwrap();
            }
            let mut flight = Vec::new();
            while server.wants_write() {
                server.write_tls(&mut flight).unwrap();
            }
            let mut rest = flight.as_slice();
            while !rest.is_empty() {
                client.read_tls(&mut rest).unwrap();
                client.process_new_packets().unwrap();
            }
        }
        assert!(!client.is_handshaking() && !server.is_handshaking());
        assert_eq!(client.alpn_protocol(), Some(ALPN));
        assert_eq!(client.handshake_kind(), server.handshake_kind());
        client
    }

    /// The group that both sides agree on.
    fn handshake(groups: Vec<&'static dyn SupportedKxGroup>) -> NamedGroup {
        let relay = TlsIdentity::generate(&[7; 32]).unwrap();
        let met = meet(&client(&relay, groups), &relay, tickets(1));
        met.negotiated_key_exchange_group().unwrap().name()
    }

    #[test]
    fn a_session_of_one_relay_is_resumed_at_another_with_the_same_keys() {
        let relay = TlsIdentity::generate(&[7; 32]).unwrap();
        let client = client(&relay, aws_lc_rs::ALL_KX_GROUPS.to_vec());
        let mut kinds = Vec::new();
        for secret in [1, 1, 1, 2, 2] {
            let met = meet(&client, &relay, tickets(secret));
            // Each has a key exchange of its own.
            assert!(met.negotiated_key_exchange_group().is_some());
            kinds.push(met.handshake_kind().unwrap());
        }
        use HandshakeKind::{Full, Resumed};
        assert_eq!(kinds, [Full, Resumed, Resumed, Full, Resumed]);
    }

    #[test]
    fn the_post_quantum_group_is_preferred() {
        use rustls::crypto::aws_lc_rs::kx_group::{X25519, X25519MLKEM768};
        assert_eq!(
            handshake(vec![X25519MLKEM768, X25519]),
            NamedGroup::X25519MLKEM768
        );
        // A client without it gets in, classically.
        assert_eq!(handshake(vec![X25519]), NamedGroup::X25519);
    }

    #[test]
    fn the_identity_key_stands_in_the_second_certificate() {
        let seed = [9; 32];
        let identity = TlsIdentity::generate(&seed).unwrap();
        let public = ed25519_dalek::SigningKey::from_bytes(&seed)
            .verifying_key()
            .to_bytes();
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from(identity.chain[1].clone()))
            .unwrap();
        let spki = roots.roots[0].subject_public_key_info.to_vec();
        assert_eq!(
            sha256(&[&spki[spki.len() - 32..]]),
            fingerprint(&PublicKey(public))
        );
        // The identity is stable, the leaf key is fresh.
        assert_ne!(TlsIdentity::generate(&seed).unwrap().key, identity.key);
    }
}
