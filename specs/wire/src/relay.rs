//! The relay's identity: its address, and the statement of its working keys.

use crate::codec::{self, CodecError};
use crate::hash::sha256;
use crate::ids::{Hash, Millis, PublicKey, Signature};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use std::fmt;
use std::str::FromStr;

/// Default port of a relay, UDP and TCP.
pub const DEFAULT_PORT: u16 = 4433;

/// The ALPN protocol name of native sessions.
pub const ALPN: &[u8] = b"lacre/1";

/// The server name every pinned relay answers to; the pin, not the name, identifies it.
pub const SERVER_NAME: &str = "relay.lacre.invalid";

/// TLS exporter label (RFC 8446 §7.5) that binds a login to its connection.
pub const EXPORTER_LABEL: &[u8] = b"EXPORTER-lacre-login-1";

/// The fingerprint that people pin: SHA-256 of the relay's Ed25519 identity key.
pub fn fingerprint(identity: &PublicKey) -> Hash {
    sha256(&[&identity.0])
}

/// The relay's working keys, as its identity key states them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RelayStatement {
    /// The identity key whose fingerprint is pinned.
    #[n(0)]
    pub identity: PublicKey,
    /// MLS external sender key: may propose Remove, nothing else.
    #[n(1)]
    pub sender_key: PublicKey,
    /// Signs checkpoints.
    #[n(2)]
    pub checkpoint_key: PublicKey,
    /// When the statement was made.
    #[n(3)]
    pub issued_ms: Millis,
    /// Fingerprint of the identity that will take the place of this one.
    #[n(4)]
    pub next: Option<Hash>,
}

/// A statement with the identity key's signature (label `lacre/relay-keys/1`).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedRelayStatement {
    /// Canonical CBOR of [`RelayStatement`].
    #[n(0)]
    pub statement: ByteVec,
    /// By the identity key.
    #[n(1)]
    pub signature: Signature,
}

impl SignedRelayStatement {
    /// Reads the statement. The signature is not checked here.
    ///
    /// # Errors
    /// When the bytes are not a canonical statement.
    pub fn read(&self) -> Result<RelayStatement, CodecError> {
        codec::from_slice(&self.statement)
    }
}

/// Where a relay is and which identity it must prove:
/// `lacre://<fingerprint>[,<next fingerprint>]@host[:port]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayAddress {
    /// Accepted fingerprints: the present one, then possibly the next.
    pub fingerprints: Vec<Hash>,
    /// A name or an IP address; IPv6 in brackets when written.
    pub host: String,
    /// UDP port, and TCP port of the same number.
    pub port: u16,
}

/// A relay address that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The address does not start with `lacre://`.
    #[error("a relay address starts with lacre://, as in lacre://<fingerprint>@chat.example:4433")]
    Scheme,
    /// No fingerprint before the host.
    #[error(
        "the address has no fingerprint; ask the operator for the whole line that `lacre relay` prints"
    )]
    NoFingerprint,
    /// A fingerprint of the wrong length or with foreign characters.
    #[error(
        "the fingerprint {0:?} is damaged: expected 52 letters and digits (a-z, 2-7); copy the address again"
    )]
    BadFingerprint(String),
    /// No host, or a port that is not one.
    #[error(
        "the host in {0:?} cannot be read: expected name:port, 192.0.2.1:port or [2001:db8::1]:port"
    )]
    BadHost(String),
}

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A fingerprint as people see it: RFC 4648 base32, lower case, without padding (52 characters).
pub fn format_fingerprint(fingerprint: &Hash) -> String {
    let (mut out, mut bits, mut held) = (String::new(), 0u32, 0u32);
    let push = |out: &mut String, five: u32| {
        if let Some(letter) = BASE32.get((five & 31) as usize) {
            out.push(char::from(*letter));
        }
    };
    for byte in fingerprint.0 {
        bits = (bits << 8 | u32::from(byte)) & 0xfff;
        held += 8;
        while held >= 5 {
            held -= 5;
            push(&mut out, bits >> held);
        }
    }
    push(&mut out, bits << (5 - held));
    out
}

/// Reads a fingerprint as written by [`format_fingerprint`]; upper case is accepted.
pub fn parse_fingerprint(text: &str) -> Option<Hash> {
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(32), 0u32, 0u32);
    for letter in text.bytes().map(|b| b.to_ascii_lowercase()) {
        let five = BASE32.iter().position(|known| *known == letter)?;
        bits = (bits << 5 | u32::try_from(five).ok()?) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    let hash = Hash::from_slice(&bytes)?;
    // One text for one fingerprint: the four left-over bits must be zero.
    (format_fingerprint(&hash) == text.to_ascii_lowercase()).then_some(hash)
}

impl FromStr for RelayAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let rest = text
            .trim()
            .strip_prefix("lacre://")
            .ok_or(AddressError::Scheme)?;
        let rest = rest.trim_end_matches('/');
        let (pins, host) = rest.split_once('@').ok_or(AddressError::NoFingerprint)?;
        let fingerprints = pins
            .split(',')
            .map(|pin| {
                parse_fingerprint(pin).ok_or_else(|| AddressError::BadFingerprint(pin.to_owned()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let bad = || AddressError::BadHost(host.to_owned());
        let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, "")) => (name, None),
            Some((name, port)) => (name, Some(port.strip_prefix(':').ok_or_else(bad)?)),
            None => match host.split_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (host, None),
            },
        };
        let port = port.map_or(Ok(DEFAULT_PORT), |port| port.parse().map_err(|_| bad()))?;
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(bad());
        }
        Ok(Self {
            fingerprints,
            host: name.to_owned(),
            port,
        })
    }
}

impl fmt::Display for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pins: Vec<_> = self.fingerprints.iter().map(format_fingerprint).collect();
        let pins = pins.join(",");
        if self.host.contains(':') {
            write!(f, "lacre://{pins}@[{}]:{}", self.host, self.port)
        } else {
            write!(f, "lacre://{pins}@{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_round_trip() {
        for host in ["chat.example", "192.0.2.1", "2001:db8::1"] {
            let address = RelayAddress {
                fingerprints: vec![Hash([7; 32]), Hash([0xfe; 32])],
                host: host.to_owned(),
                port: 5000,
            };
            assert_eq!(address.to_string().parse(), Ok(address));
        }
    }

    #[test]
    fn addresses_say_what_is_wrong() {
        let pin = format_fingerprint(&Hash([1; 32]));
        let read = |text: String| text.parse::<RelayAddress>();
        assert_eq!(pin.len(), 52);
        assert_eq!(read(format!("https://{pin}@x")), Err(AddressError::Scheme));
        assert_eq!(read("lacre://x:1".into()), Err(AddressError::NoFingerprint));
        assert!(matches!(
            read(format!("lacre://{}@x:1", &pin[1..])),
            Err(AddressError::BadFingerprint(_))
        ));
        assert!(matches!(
            read(format!("lacre://{pin}@x:port")),
            Err(AddressError::BadHost(_))
        ));
        assert!(matches!(
            read(format!("lacre://{pin}@:1")),
            Err(AddressError::BadHost(_))
        ));
        assert_eq!(
            read(format!("lacre://{pin}@x")).map(|a| a.port),
            Ok(DEFAULT_PORT)
        );
    }

    proptest::proptest! {
        #[test]
        fn fingerprints_round_trip(bytes: [u8; 32]) {
            let hash = Hash(bytes);
            proptest::prop_assert_eq!(parse_fingerprint(&format_fingerprint(&hash)), Some(hash));
        }
    }
}
