//! The relay's secrets, in one file apart from the store.
//!
//! A thief of the database must not learn who sent what, so the keys that stamp messages, seal
//! senders at rest and remember submissions are never in it; they are backed up elsewhere. The file
//! is made at first start with mode 0600: a line that says what it is, the keys as canonical CBOR,
//! and a SHA-256 over both, so that damage is told apart from a wrong key.

mod file;
mod rotate;

pub(crate) use file::KeyFileError;

use crate::clock::Clock;
use crate::tls::{Tickets, TlsIdentity};
use lacre_wire::checkpoint::{Checkpoint, SignedCheckpoint};
use lacre_wire::codec;
use lacre_wire::hash::hmac_sha256;
use lacre_wire::identity::{Label, SigningKey};
use lacre_wire::ids::{Hash, Lineage, LogId, Millis, Seq};
use lacre_wire::relay::{RelayStatement, SignedRelayStatement, fingerprint};
use std::net::SocketAddr;
use zeroize::Zeroizing;

/// 32 secret bytes.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Everything secret a relay holds.
pub(crate) struct RelayKeys {
    identity: SigningKey,
    /// The identity that will take its place.
    next: Option<SigningKey>,
    /// Fingerprints of identities before it, the last one first.
    former: Vec<Hash>,
    sender: SigningKey,
    checkpoint: SigningKey,
    tls: TlsIdentity,
    stamp_id: u32,
    stamp: Secret,
    rest: Secret,
    submit: Secret,
    created_ms: Millis,
    /// When what the identity states changed last.
    stated_ms: Millis,
}

impl RelayKeys {
    /// New keys from the system's randomness.
    ///
    /// # Errors
    /// When there is no randomness, or no certificate can be made.
    pub(crate) fn generate(now_ms: Millis) -> Result<Self, KeyFileError> {
        let identity = random()?;
        let tls =
            TlsIdentity::generate(&identity).map_err(|e| KeyFileError::Generate(e.to_string()))?;
        Ok(Self {
            identity: SigningKey::from_seed(&identity),
            next: None,
            former: Vec::new(),
            sender: SigningKey::from_seed(&*random()?),
            checkpoint: SigningKey::from_seed(&*random()?),
            tls,
            stamp_id: 1,
            stamp: random()?,
            rest: random()?,
            submit: random()?,
            created_ms: now_ms,
            stated_ms: now_ms,
        })
    }

    /// The leaf key and certificates.
    pub(crate) fn tls(&self) -> &TlsIdentity {
        &self.tls
    }

    /// What makes and opens TLS session tickets, here as at every relay with the same keys.
    pub(crate) fn tickets(&self) -> Tickets {
        Tickets::new(self.rest.clone(), self.fingerprint(), Clock::system())
    }

    /// The fingerprint people pin.
    pub(crate) fn fingerprint(&self) -> Hash {
        fingerprint(&self.identity.public())
    }

    /// The fingerprint that will take its place.
    pub(crate) fn next_fingerprint(&self) -> Option<Hash> {
        self.next.as_ref().map(|next| fingerprint(&next.public()))
    }

    /// The key under which the relay proposes Removes as MLS external sender.
    pub(crate) fn sender(&self) -> &SigningKey {
        &self.sender
    }

    /// The public half of the key that signs checkpoints.
    #[cfg(test)]
    pub(crate) fn checkpoint_key(&self) -> lacre_wire::ids::PublicKey {
        self.checkpoint.public()
    }

    /// Number and bytes of the key that stamps messages.
    pub(crate) fn stamp(&self) -> (u32, &Secret) {
        (self.stamp_id, &self.stamp)
    }

    /// The key that seals senders in the store.
    pub(crate) fn rest(&self) -> &Secret {
        &self.rest
    }

    /// The key under which submissions are remembered.
    pub(crate) fn submit(&self) -> &Secret {
        &self.submit
    }

    /// The key under which relays on one store tell each other news.
    pub(crate) fn wakes(&self, lineage: &Lineage) -> Secret {
        Zeroizing::new(hmac_sha256(&*self.rest, &[b"lacre/wake/1", &lineage.0]).0)
    }

    /// The key of QUIC reset tokens at a UDP address.
    pub(crate) fn reset(&self, address: SocketAddr) -> Hash {
        hmac_sha256(
            &*self.rest,
            &[b"lacre/quic-reset/1", address.to_string().as_bytes()],
        )
    }

    /// What a store keeps to know its key file again. Says nothing about the keys.
    pub(crate) fn mark(&self) -> Hash {
        hmac_sha256(
            &*self.rest,
            &[b"lacre/store-mark", &self.submit[..], &self.stamp[..]],
        )
    }

    /// The identity's statement of the working keys.
    pub(crate) fn statement(&self) -> SignedRelayStatement {
        let statement = codec::to_vec(&RelayStatement {
            identity: self.identity.public(),
            sender_key: self.sender.public(),
            checkpoint_key: self.checkpoint.public(),
            issued_ms: self.stated_ms,
            next: self.next_fingerprint(),
        });
        let signature = self.identity.sign(Label::RelayKeys, &statement);
        SignedRelayStatement {
            statement: statement.into(),
            signature,
        }
    }

    /// Signs a chain head.
    pub(crate) fn sign_checkpoint(
        &self,
        lineage: Lineage,
        log: LogId,
        seq: Seq,
        chain: Hash,
        signed_ms: Millis,
    ) -> SignedCheckpoint {
        let checkpoint = codec::to_vec(&Checkpoint {
            lineage,
            log,
            seq,
            chain,
            signed_ms,
        });
        let signature = self.checkpoint.sign(Label::Checkpoint, &checkpoint);
        SignedCheckpoint {
            checkpoint: checkpoint.into(),
            signature,
        }
    }
}

fn random() -> Result<Secret, KeyFileError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|e| KeyFileError::Generate(e.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::identity::verify;

    #[test]
    fn the_statement_is_signed_by_the_identity() {
        let keys = RelayKeys::generate(5).unwrap();
        let signed = keys.statement();
        let statement = signed.read().unwrap();
        assert_eq!(fingerprint(&statement.identity), keys.fingerprint());
        assert_eq!(statement.sender_key, keys.sender().public());
        assert_eq!(statement.checkpoint_key, keys.checkpoint_key());
        assert_eq!(
            verify(
                &statement.identity,
                Label::RelayKeys,
                &signed.statement,
                &signed.signature
            ),
            Ok(())
        );
    }

    #[test]
    fn a_mark_names_one_set_of_keys() {
        let (a, b) = (
            RelayKeys::generate(0).unwrap(),
            RelayKeys::generate(0).unwrap(),
        );
        assert_eq!(a.mark(), a.mark());
        assert_ne!(a.mark(), b.mark());
    }
}
