//! Which identities of the relay this device trusts: those of the address it was given, and the one
//! that the relay names as its next, signed by the present one. So an operator can change the
//! relay's identity, and whoever was away in between still gets in.
//!
//! The relay's own word goes before the address, once it was heard: an application may go on with
//! the address of long ago. A former identity is not trusted again: it may have been changed because
//! somebody else has it.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::me::Stage;
use lacre_wire::ids::Hash;
use lacre_wire::relay::{RelayAddress, RelayStatement, fingerprint};

/// Name of the stored fingerprints: the present identity's first, once the relay has shown it.
const PINS: &str = "pins";
/// Name of the stored fingerprints of identities that were replaced.
const FORMER: &str = "former-pins";

impl Engine {
    /// Ties the store to a relay. The address an account was made on is kept; a later one must name
    /// one of the same identities, and may add others.
    ///
    /// # Errors
    /// `Relay` if the address names another relay.
    pub fn pin(&mut self, address: &RelayAddress) -> Result<()> {
        let (known, former) = (self.pins()?, self.former_pins()?);
        // Until a relay has accepted the account, the person may still turn to another one.
        let settled = self
            .me
            .as_ref()
            .is_some_and(|me| me.card.stage != Stage::SigningUp);
        let pins = match settled && !known.is_empty() {
            true => extended(&known, &former, &address.fingerprints)?,
            false => address.fingerprints.clone(),
        };
        if pins != known {
            self.db.set_meta_as(PINS, &pins)?;
        }
        if !settled && !former.is_empty() {
            self.db.set_meta_as(FORMER, &Vec::<Hash>::new())?;
        }
        Ok(())
    }

    /// Fingerprints of the relay's identities that this device trusts: the present one first, once
    /// the relay has shown it, then the next.
    ///
    /// # Errors
    /// `Store`.
    pub fn pins(&self) -> Result<Vec<Hash>> {
        Ok(self.db.meta_as(PINS)?.unwrap_or_default())
    }

    fn former_pins(&self) -> Result<Vec<Hash>> {
        Ok(self.db.meta_as(FORMER)?.unwrap_or_default())
    }

    /// Keeps what the relay's identity, which was checked, says of itself and of the next one.
    pub(crate) fn keep_pins(&mut self, statement: &RelayStatement) -> Result<()> {
        let shown = fingerprint(&statement.identity);
        let known = self.pins()?;
        let pins: Vec<Hash> = [shown].into_iter().chain(statement.next).collect();
        if pins == known {
            return Ok(());
        }
        self.atomically(|engine| {
            if let Some(replaced) = known.first().filter(|first| **first != shown) {
                let mut former = engine.former_pins()?;
                former.retain(|one| one != replaced && *one != shown);
                former.push(*replaced);
                engine.db.set_meta_as(FORMER, &former)?;
                tracing::info!("the relay has changed its identity, as it had announced");
            }
            engine.db.set_meta_as(PINS, &pins)
        })
    }
}

/// What is known, and what an address of the same relay adds. One that names a former identity alone
/// is an old address of this relay and adds nothing.
fn extended(known: &[Hash], former: &[Hash], named: &[Hash]) -> Result<Vec<Hash>> {
    if !named.iter().any(|pin| known.contains(pin)) {
        return match named.iter().any(|pin| former.contains(pin)) {
            true => Ok(known.to_vec()),
            false => Err(Error::new(
                ErrorKind::Relay,
                "OtherRelay",
                "this data folder belongs to another relay: its fingerprint is not in the address; use the old address, or a new folder",
            )),
        };
    }
    let mut pins = known.to_vec();
    for pin in named {
        if !pins.contains(pin) && !former.contains(pin) {
            pins.push(*pin);
        }
    }
    Ok(pins)
}

#[cfg(test)]
mod tests {
    use super::extended;
    use lacre_wire::ids::Hash;

    #[test]
    fn an_address_adds_to_what_is_known_and_brings_nothing_former_back() {
        let [a, b, c, x] = [1, 2, 3, 4].map(|n| Hash([n; 32]));
        assert_eq!(extended(&[a], &[], &[a]).unwrap(), [a]);
        // The old address does not forget the next one, which the relay named.
        assert_eq!(extended(&[a, b], &[], &[a]).unwrap(), [a, b]);
        assert_eq!(extended(&[a], &[], &[a, b]).unwrap(), [a, b]);
        assert_eq!(extended(&[a], &[], &[b, a]).unwrap(), [a, b]);
        // After a change: old addresses are still those of this relay, and say nothing new.
        assert_eq!(extended(&[b], &[a], &[a]).unwrap(), [b]);
        assert_eq!(extended(&[b], &[a], &[a, x]).unwrap(), [b]);
        assert_eq!(extended(&[b], &[a], &[b, a]).unwrap(), [b]);
        assert_eq!(extended(&[b], &[a], &[b, c]).unwrap(), [b, c]);
        for named in [&[x][..], &[]] {
            assert_eq!(
                extended(&[b], &[a], named).unwrap_err().code(),
                "OtherRelay"
            );
        }
    }
}
