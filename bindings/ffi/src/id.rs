//! Ids as text: what a person may see in a log and paste back.

use crate::error::{LacreError, Result};
use lacre::MessageId;
use std::str::FromStr;

/// Reads an account, device or room id.
pub(crate) fn parse<T: FromStr>(text: &str, what: &str) -> Result<T> {
    text.parse().map_err(|_| invalid(text, what))
}

/// Reads a message id.
pub(crate) fn message(text: &str) -> Result<MessageId> {
    hex::decode(text)
        .ok()
        .and_then(|bytes| MessageId::from_slice(&bytes))
        .ok_or_else(|| invalid(text, "message"))
}

/// Writes a message id.
pub(crate) fn of_message(id: MessageId) -> String {
    hex::encode(id.as_bytes())
}

fn invalid(text: &str, what: &str) -> LacreError {
    LacreError::Invalid {
        code: "BadId".to_owned(),
        detail: format!("{text:?} is not the id of a {what}; take it from an object that has one"),
    }
}
