//! Forwards: what somebody else said, said again.
//!
//! Extension [`FORWARDED_FROM`]: `[account: bstr .size 32 / null, name: tstr]`. Who forwards says it;
//! nobody proves it.

use super::error::ContentError;
use super::limits::MAX_SHORT_TEXT;
use super::mimi::MimiContent;
use super::registry::FORWARDED_FROM;
use lacre_wire::ids::AccountId;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// Where a forwarded message comes from, as whoever forwarded it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// Who wrote it first, if that is said.
    pub account: Option<AccountId>,
    /// What they were called where it was forwarded; may be empty.
    pub name: String,
}

/// Says where a message comes from.
pub(crate) fn put(message: &mut MimiContent, from: &Forwarded) -> Result<(), ContentError> {
    message.extensions.insert(FORWARDED_FROM, encode(from)?)
}

/// The value of the extension.
pub(crate) fn encode(from: &Forwarded) -> Result<Vec<u8>, ContentError> {
    let mut value = Vec::new();
    let mut out = Encoder::new(&mut value);
    out.array(2)?;
    match &from.account {
        Some(account) => out.bytes(&account.0)?,
        None => out.null()?,
    };
    out.str(&from.name)?;
    Ok(value)
}

/// Where a message comes from, if it was forwarded.
pub(crate) fn of(message: &MimiContent) -> Option<Forwarded> {
    read(message.extensions.get(FORWARDED_FROM)?)
}

/// Reads the value of the extension.
pub(crate) fn read(value: &[u8]) -> Option<Forwarded> {
    let mut input = Decoder::new(value);
    if input.array().ok()? != Some(2) {
        return None;
    }
    let account = match input.datatype().ok()? {
        Type::Null => {
            input.null().ok()?;
            None
        }
        _ => Some(AccountId::from_slice(input.bytes().ok()?)?),
    };
    let name = input.str().ok()?.to_owned();
    (name.len() <= MAX_SHORT_TEXT).then_some(Forwarded { account, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_round_trip() {
        for account in [None, Some(AccountId([7; 32]))] {
            let name = "ana".to_owned();
            let from = Forwarded { account, name };
            assert_eq!(read(&encode(&from).unwrap()), Some(from));
        }
        assert_eq!(read(&[0x82, 0x41, 0, 0x60]), None);
        assert_eq!(read(&[0x81, 0xf6]), None);
    }
}
