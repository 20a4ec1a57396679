//! Handles: what people call each other until a safety number or an invite confirms them.

use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::limits::MAX_HANDLE;

/// Checks a handle: 2 to 32 characters out of `a-z 0-9 _ . -`. Lower case alone, so that no two
/// handles look alike by their case.
///
/// # Errors
/// `BadHandle`, saying what is wrong.
pub(crate) fn check(handle: &str) -> Result<(), WireError> {
    let bad = |why: String| Err(WireError::new(ErrorCode::BadHandle, why));
    if let Some(wrong) = handle
        .chars()
        .find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '_' | '.' | '-'))
    {
        return bad(format!(
            "a handle has only a-z, 0-9, '_', '.' and '-'; {wrong:?} is none of them"
        ));
    }
    if !(2..=MAX_HANDLE).contains(&handle.len()) {
        return bad(format!(
            "a handle has 2 to {MAX_HANDLE} characters, this one {}",
            handle.len()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_short_and_plain() {
        for good in ["ana", "a1", "o_o", "x.y-z", &"a".repeat(32)] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", "a", "Ana", "ana ", "@ana", "añа", &"a".repeat(33)] {
            assert_eq!(
                check(bad).map_err(|e| e.code),
                Err(ErrorCode::BadHandle),
                "{bad}"
            );
        }
    }
}
