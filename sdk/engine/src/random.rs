//! Randomness for ids, salts and keys; MLS draws its own through its provider.

use crate::error::{Error, ErrorKind, Result};

/// `N` random bytes from the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0; N];
    getrandom::fill(&mut out).map_err(|e| {
        Error::new(
            ErrorKind::Internal,
            "NoEntropy",
            format!("the system gives no random numbers: {e}"),
        )
    })?;
    Ok(out)
}
