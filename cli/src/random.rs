//! Random bytes from the operating system.

use crate::failure::{Exit, Failure};
use crate::text;

/// Fills an array with random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new(
            "NoRandomness",
            text::failure::no_randomness(error),
            Exit::Failed,
        )
    })?;
    Ok(bytes)
}
