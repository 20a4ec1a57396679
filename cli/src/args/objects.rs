//! Where a relay's large objects are.

use lacre_relay::{NoSuchPlace, ObjectPlace};
use serde::Deserialize;
use std::fmt;

/// Where a relay's large objects are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Objects(pub(crate) ObjectPlace);

impl TryFrom<String> for Objects {
    type Error = NoSuchPlace;

    fn try_from(text: String) -> Result<Self, NoSuchPlace> {
        text.parse()
    }
}

impl std::str::FromStr for Objects {
    type Err = NoSuchPlace;

    fn from_str(text: &str) -> Result<Self, NoSuchPlace> {
        Ok(Self(text.parse()?))
    }
}

impl fmt::Display for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
