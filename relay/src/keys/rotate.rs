//! A new identity in the place of the old one, without cutting anybody off: first the next one is
//! stated, signed by the present, and stands in the address; later it takes its place. Everything
//! else stays: the store, the working keys, and what rooms know of the relay.

use super::{KeyFileError, RelayKeys, random};
use crate::tls::TlsIdentity;
use lacre_wire::identity::SigningKey;
use lacre_wire::ids::{Hash, Millis};
use std::path::Path;

/// Former identities that are remembered, so that an address can name them.
const FORMER: usize = 8;

impl RelayKeys {
    /// Fingerprints of identities before the present one, the last one first.
    pub(crate) fn former(&self) -> &[Hash] {
        &self.former
    }

    /// When what the identity states changed last.
    pub(crate) fn stated_ms(&self) -> Millis {
        self.stated_ms
    }

    /// Reads a key file, lets `change` change the keys, and writes it again if it has.
    pub(crate) fn change(
        path: &Path,
        change: impl FnOnce(&mut Self) -> Result<bool, KeyFileError>,
    ) -> Result<Self, KeyFileError> {
        let mut keys = Self::load_beside(path, true)?;
        if change(&mut keys)? {
            keys.write(path)?;
        }
        Ok(keys)
    }

    /// Makes the identity that will take the present one's place. One that is there is kept, or
    /// replaced. Returns whether one was made.
    pub(crate) fn prepare(&mut self, replace: bool, now_ms: Millis) -> Result<bool, KeyFileError> {
        if self.next.is_some() && !replace {
            return Ok(false);
        }
        self.next = Some(SigningKey::from_seed(&*random()?));
        self.stated_ms = now_ms;
        Ok(true)
    }

    /// Puts the next identity in the place of the present one, with a TLS key of its own. Returns
    /// whether there was a next one. A TLS ticket of the former identity must not be resumed under
    /// the new one: the client would go on believing in the former, so keys of tickets have to
    /// depend on the identity.
    pub(crate) fn rotate(&mut self, now_ms: Millis) -> Result<bool, KeyFileError> {
        let Some(next) = self.next.take() else {
            return Ok(false);
        };
        self.tls = TlsIdentity::generate(&next.to_seed())
            .map_err(|error| KeyFileError::Generate(error.to_string()))?;
        self.former.insert(0, self.fingerprint());
        self.former.truncate(FORMER);
        self.identity = next;
        self.stated_ms = now_ms;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::identity::{Label, verify};

    #[test]
    fn the_next_identity_is_stated_by_the_present_one_and_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.keys");
        let made = RelayKeys::load_or_create(&path, false, 1).unwrap();
        let next = RelayKeys::change(&path, |keys| keys.prepare(false, 2)).unwrap();
        let expected = next.next_fingerprint().unwrap();
        assert_eq!(next.fingerprint(), made.fingerprint());
        let signed = next.statement();
        let statement = signed.read().unwrap();
        assert_eq!((statement.next, statement.issued_ms), (Some(expected), 2));
        verify(
            &statement.identity,
            Label::RelayKeys,
            &signed.statement,
            &signed.signature,
        )
        .unwrap();
        // Prepared twice is the same; replaced is another.
        let again = RelayKeys::change(&path, |keys| keys.prepare(false, 3)).unwrap();
        assert_eq!(again.next_fingerprint(), Some(expected));
        let other = RelayKeys::change(&path, |keys| keys.prepare(true, 4)).unwrap();
        let expected = other.next_fingerprint().unwrap();
        assert_ne!(next.next_fingerprint(), Some(expected));

        let rotated = RelayKeys::change(&path, |keys| keys.rotate(5)).unwrap();
        let read = RelayKeys::load_or_create(&path, true, 6).unwrap();
        for keys in [&rotated, &read] {
            assert_eq!(keys.fingerprint(), expected);
            assert_eq!(keys.next_fingerprint(), None);
            assert_eq!(keys.former(), [made.fingerprint()]);
            assert_eq!(keys.stated_ms(), 5);
            // The store and the rooms know it by these.
            assert_eq!(keys.mark(), made.mark());
            assert_eq!(keys.sender().public(), made.sender().public());
            assert_eq!(keys.checkpoint_key(), made.checkpoint_key());
            assert_ne!(keys.tls().chain, made.tls().chain);
        }
        // There is no other one to come.
        let still = RelayKeys::change(&path, |keys| keys.rotate(7)).unwrap();
        assert_eq!(still.fingerprint(), expected);
    }
}
