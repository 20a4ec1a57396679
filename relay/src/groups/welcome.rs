//! Splits a Welcome (RFC 9420 §12.4.3.1) so that every joiner gets its own secrets and nobody
//! else's: the others' would only tell how many were added, and cost a kilobyte each.

use super::codec::{Reader, TlsError, push_vector};
use super::refused::Refused;
use std::collections::BTreeMap;

const MLS_10: u16 = 1;
const WIRE_WELCOME: u16 = 3;

/// A Welcome in its parts. Borrowed from the message.
#[derive(Debug)]
pub(super) struct WelcomeParts<'a> {
    suite: u16,
    /// KeyPackageRef → the whole EncryptedGroupSecrets.
    secrets: BTreeMap<&'a [u8], &'a [u8]>,
    group_info: &'a [u8],
}

impl<'a> WelcomeParts<'a> {
    /// Takes an MLSMessage with a Welcome apart.
    ///
    /// # Errors
    /// [`Refused::Malformed`] for other bytes, [`Refused::Welcome`] when a key package is named twice.
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, Refused> {
        let (parts, count) =
            Self::walk(message).map_err(|e| Refused::Malformed(format!("Welcome: {e}")))?;
        if parts.secrets.len() == count {
            Ok(parts)
        } else {
            Err(Refused::Welcome("it names a key package twice"))
        }
    }

    fn walk(message: &'a [u8]) -> Result<(Self, usize), TlsError> {
        let mut reader = Reader::new(message);
        if (reader.u16()?, reader.u16()?) != (MLS_10, WIRE_WELCOME) {
            return Err(TlsError);
        }
        let suite = reader.u16()?;
        let mut list = Reader::new(reader.vector()?);
        let (mut secrets, mut count) = (BTreeMap::new(), 0);
        while !list.is_done() {
            let (key_package, whole) = list.span(|list| {
                let key_package = list.vector()?;
                let (_kem_output, _ciphertext) = (list.vector()?, list.vector()?);
                Ok(key_package)
            })?;
            secrets.insert(key_package, whole);
            count += 1;
        }
        let group_info = reader.vector()?;
        if reader.is_done() {
            Ok((
                Self {
                    suite,
                    secrets,
                    group_info,
                },
                count,
            ))
        } else {
            Err(TlsError)
        }
    }

    /// The Welcome of each joiner, in the order of `key_packages`, the KeyPackageRefs of the
    /// commit's Adds.
    ///
    /// # Errors
    /// [`Refused::Welcome`] unless it names exactly these key packages.
    pub(super) fn split(&self, key_packages: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, Refused> {
        if self.secrets.len() != key_packages.len() {
            return Err(Refused::Welcome(
                "it does not name the devices added, each once",
            ));
        }
        let one = |key_package: &Vec<u8>| {
            let secrets = self.secrets.get(key_package.as_slice());
            let secrets = secrets.ok_or(Refused::Welcome(
                "it lacks the secrets of a device that was added",
            ))?;
            self.encode(secrets)
                .map_err(|e| Refused::Malformed(format!("Welcome: {e}")))
        };
        key_packages.iter().map(one).collect()
    }

    fn encode(&self, secrets: &[u8]) -> Result<Vec<u8>, TlsError> {
        let mut out = Vec::with_capacity(secrets.len() + self.group_info.len() + 16);
        for number in [MLS_10, WIRE_WELCOME, self.suite] {
            out.extend(number.to_be_bytes());
        }
        push_vector(&mut out, secrets)?;
        push_vector(&mut out, self.group_info)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for part in [name, b"kem", b"sealed"] {
            push_vector(&mut out, part).unwrap();
        }
        out
    }

    fn welcome(names: &[&[u8]]) -> Vec<u8> {
        let mut out = vec![0, 1, 0, 3, 0, 3];
        push_vector(
            &mut out,
            &names
                .iter()
                .flat_map(|name| secret(name))
                .collect::<Vec<_>>(),
        )
        .unwrap();
        push_vector(&mut out, b"group info").unwrap();
        out
    }

    #[test]
    fn each_joiner_gets_its_own_secrets() {
        let whole = welcome(&[b"a", b"b"]);
        let split = WelcomeParts::parse(&whole)
            .unwrap()
            .split(&[b"b".to_vec(), b"a".to_vec()])
            .unwrap();
        assert_eq!(split, [welcome(&[b"b"]), welcome(&[b"a"])]);
    }

    #[test]
    fn a_welcome_names_exactly_those_added() {
        let whole = welcome(&[b"a", b"b"]);
        let parts = WelcomeParts::parse(&whole).unwrap();
        assert!(matches!(
            parts.split(&[b"a".to_vec()]),
            Err(Refused::Welcome(_))
        ));
        assert!(matches!(
            parts.split(&[b"a".to_vec(), b"c".to_vec()]),
            Err(Refused::Welcome(_))
        ));
        assert!(matches!(
            WelcomeParts::parse(&welcome(&[b"a", b"a"])),
            Err(Refused::Welcome(_))
        ));
        assert!(matches!(
            WelcomeParts::parse(&whole[1..]),
            Err(Refused::Malformed(_))
        ));
        assert!(matches!(
            WelcomeParts::parse(&whole[..whole.len() - 1]),
            Err(Refused::Malformed(_))
        ));
    }
}
