//! A relay that comes back after a crash says so to whoever still talks to the one before.
//!
//! QUIC has the stateless reset for this (RFC 9000 §10.3): an answer to a packet of an unknown
//! connection, with a token that only the endpoint which named the connection can compute. With keys
//! that outlive the process a client learns at its next packet that its session is gone; without
//! them it would wait for its idle timeout. The keys differ by address, so that one of several
//! relays on the same key file cannot be made to reset the connections of another.

use crate::keys::RelayKeys;
use lacre_wire::hash::hmac_sha256;
use lacre_wire::ids::Hash;
use quinn::crypto::{CryptoError, HmacKey};
use quinn::{ConnectionId, ConnectionIdGenerator, EndpointConfig};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Bytes of a connection's name.
const NAME: usize = 8;

/// The least time between two resets. Each is smaller than the packet it answers, so they amplify
/// nothing; the time bounds what garbage can cost, and lets a herd of 10 000 know within seconds.
const INTERVAL: Duration = Duration::from_millis(1);

/// Computes reset tokens.
struct ResetKey(Hash);

/// Names connections at random. The library's own generator takes only names for its own that this
/// very process has made, and would not answer for those of the process before.
struct Names;

/// The settings of an endpoint at `address`.
pub(crate) fn endpoint_config(keys: &RelayKeys, address: SocketAddr) -> EndpointConfig {
    let mut config = EndpointConfig::new(Arc::new(ResetKey(keys.reset(address))));
    config
        .cid_generator(|| Box::new(Names))
        .min_reset_interval(INTERVAL);
    config
}

impl HmacKey for ResetKey {
    fn sign(&self, data: &[u8], out: &mut [u8]) {
        let tag = hmac_sha256(&self.0.0, &[data]);
        out.iter_mut().zip(tag.0).for_each(|(to, from)| *to = from);
    }

    fn signature_len(&self) -> usize {
        Hash::SIZE
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let tag = hmac_sha256(&self.0.0, &[data]);
        if bool::from(tag.0.as_slice().ct_eq(signature)) {
            Ok(())
        } else {
            Err(CryptoError)
        }
    }
}

impl ConnectionIdGenerator for Names {
    fn generate_cid(&mut self) -> ConnectionId {
        // Without randomness there is no TLS either: the connection fails there.
        ConnectionId::new(&getrandom::u64().unwrap_or_default().to_be_bytes())
    }

    fn cid_len(&self) -> usize {
        NAME
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}
