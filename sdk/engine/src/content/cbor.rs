//! A check that a CBOR value is deterministic, for the values of extensions.
//!
//! Everything else in a message is read into types and written again, which shows any second
//! spelling. Extensions are kept as bytes because this version does not know most of them, so
//! their rules (RFC 8949 §4.2.1, and the draft's "CBOR Data Model and Encoding Restrictions")
//! are checked on the bytes themselves. The wire's own codec is narrower: it has no tags and
//! no floats, which others may well put into extensions.

use super::error::ContentError;
use super::limits::{MAX_EXTENSION_LEVELS, MAX_INTEGER_KEY};

/// Tags of unsigned and negative bignums (RFC 8949 §3.4.3).
const BIGNUM_TAGS: [u64; 2] = [2, 3];
/// The one NaN that is allowed, as a half.
const NAN: u64 = 0x7e00;

/// The length of the one value that starts `bytes`, if it is deterministic and nested at most
/// [`MAX_EXTENSION_LEVELS`] deep.
pub(super) fn value_len(bytes: &[u8]) -> Result<usize, ContentError> {
    let rest = value(bytes, MAX_EXTENSION_LEVELS)?;
    Ok(bytes.len().saturating_sub(rest.len()))
}

fn broken<T>(rule: &'static str) -> Result<T, ContentError> {
    Err(ContentError::NotDeterministic { rule })
}

/// The first bytes of a value: its major type, how its argument is written, the argument.
struct Head {
    major: u8,
    info: u8,
    argument: u64,
}

/// Reads a head. The argument must be in its shortest form, but for major type 7, where the
/// form is the type.
fn head(bytes: &[u8]) -> Result<(Head, &[u8]), ContentError> {
    let Some((first, rest)) = bytes.split_first() else {
        return broken("the value is cut off");
    };
    let (major, info) = (first >> 5, first & 0x1f);
    let width = match info {
        0..=23 => {
            let argument = u64::from(info);
            return Ok((
                Head {
                    major,
                    info,
                    argument,
                },
                rest,
            ));
        }
        24..=27 => 1_usize << (info - 24),
        _ => return broken("lengths are definite"),
    };
    let (argument, rest) = take(rest, width)?;
    let argument = argument
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let least = match info {
        24 => 24,
        25 => 1 << 8,
        26 => 1 << 16,
        _ => 1_u64 << 32,
    };
    if major != 7 && argument < least {
        return broken("integers and lengths take the shortest form");
    }
    Ok((
        Head {
            major,
            info,
            argument,
        },
        rest,
    ))
}

fn take(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), ContentError> {
    match bytes.split_at_checked(length) {
        Some(parts) => Ok(parts),
        None => broken("the value is cut off"),
    }
}

fn string(bytes: &[u8], length: u64) -> Result<(&[u8], &[u8]), ContentError> {
    match usize::try_from(length) {
        Ok(length) => take(bytes, length),
        Err(_) => broken("the value is cut off"),
    }
}

/// Checks one value, returns what follows it. `levels` more of nesting are allowed.
fn value(bytes: &[u8], levels: usize) -> Result<&[u8], ContentError> {
    let (head, rest) = head(bytes)?;
    match head.major {
        0 | 1 => Ok(rest),
        2 => Ok(string(rest, head.argument)?.1),
        3 => {
            let (text, rest) = string(rest, head.argument)?;
            match std::str::from_utf8(text) {
                Ok(_) => Ok(rest),
                Err(_) => broken("text is UTF-8"),
            }
        }
        4 => array(rest, head.argument, deeper(levels)?),
        5 => map(rest, head.argument, deeper(levels)?),
        6 => tagged(rest, head.argument, deeper(levels)?),
        _ => simple(&head).map(|()| rest),
    }
}

fn deeper(levels: usize) -> Result<usize, ContentError> {
    levels.checked_sub(1).ok_or(ContentError::TooDeep {
        field: "the value of an extension",
        limit: MAX_EXTENSION_LEVELS,
    })
}

/// Every item takes a byte at least, so a false length ends at the end of the input.
fn array(mut rest: &[u8], length: u64, levels: usize) -> Result<&[u8], ContentError> {
    for _ in 0..length {
        rest = value(rest, levels)?;
    }
    Ok(rest)
}

fn map(mut rest: &[u8], length: u64, levels: usize) -> Result<&[u8], ContentError> {
    let mut previous: &[u8] = &[];
    for _ in 0..length {
        let (key_head, _) = head(rest)?;
        // -1 is written as 0, so negative keys have one less to go.
        match key_head.major {
            0 if key_head.argument <= MAX_INTEGER_KEY => {}
            1 if key_head.argument < MAX_INTEGER_KEY => {}
            2 | 3 => {}
            _ => return broken("keys are integers up to 2^53 - 1, text or bytes"),
        }
        let after = value(rest, levels)?;
        let (key, _) = take(rest, rest.len().saturating_sub(after.len()))?;
        if key <= previous {
            return broken("keys are in bytewise order, each once");
        }
        previous = key;
        rest = value(after, levels)?;
    }
    Ok(rest)
}

fn tagged(rest: &[u8], tag: u64, levels: usize) -> Result<&[u8], ContentError> {
    if BIGNUM_TAGS.contains(&tag) {
        let (content, bytes) = head(rest)?;
        let leading_zero = bytes.first().is_none_or(|byte| *byte == 0);
        if content.major != 2 || content.argument <= 8 || leading_zero {
            return broken("a bignum is used only for what no integer holds");
        }
    }
    value(rest, levels)
}

/// Simple values and floats.
fn simple(head: &Head) -> Result<(), ContentError> {
    let bits = head.argument;
    let shortest = match head.info {
        24 => {
            return if bits < 32 {
                broken("simple values take the shortest form")
            } else {
                Ok(())
            };
        }
        25 => bits & 0x7c00 != 0x7c00 || bits & 0x03ff == 0 || bits == NAN,
        26 => !Float::SINGLE.fits(bits, &Float::HALF),
        27 => !Float::DOUBLE.fits(bits, &Float::SINGLE),
        _ => true,
    };
    if shortest {
        Ok(())
    } else {
        broken("floats take the shortest form, NaN is f97e00")
    }
}

/// A binary floating-point format of IEEE 754.
struct Float {
    exponent_bits: u32,
    fraction_bits: u32,
}

impl Float {
    const HALF: Self = Self {
        exponent_bits: 5,
        fraction_bits: 10,
    };
    const SINGLE: Self = Self {
        exponent_bits: 8,
        fraction_bits: 23,
    };
    const DOUBLE: Self = Self {
        exponent_bits: 11,
        fraction_bits: 52,
    };

    /// The exponent of one, which is also the largest exponent of a finite number.
    const fn bias(&self) -> i64 {
        (1 << (self.exponent_bits - 1)) - 1
    }

    /// Whether the number that `bits` are in this format has a place in the `smaller` format,
    /// and so must not be written in this one. True for NaN, which has its own form.
    fn fits(&self, bits: u64, smaller: &Self) -> bool {
        let fraction = bits & ((1 << self.fraction_bits) - 1);
        let field = bits >> self.fraction_bits & ((1 << self.exponent_bits) - 1);
        if field == (1 << self.exponent_bits) - 1 {
            return true;
        }
        if field == 0 {
            // Zero fits; what is subnormal here is too small there.
            return fraction == 0;
        }
        let exponent = i64::try_from(field).unwrap_or(i64::MAX) - self.bias();
        let significand = fraction | 1 << self.fraction_bits;
        let lowest_bit =
            exponent - i64::from(self.fraction_bits) + i64::from(significand.trailing_zeros());
        let precision = i64::from(smaller.fraction_bits);
        let smallest = 1 - smaller.bias() - precision;
        exponent <= smaller.bias() && lowest_bit >= smallest.max(exponent - precision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepted(hexadecimal: &str) -> bool {
        let bytes = hex::decode(hexadecimal).unwrap();
        value_len(&bytes).is_ok_and(|length| length == bytes.len())
    }

    #[test]
    fn deterministic_values_pass() {
        // From RFC 8949 appendix A, where it uses the shortest forms.
        let good = "00 17 1818 1903e8 1a000f4240 1bffffffffffffffff 20 3903e7 3bffffffffffffffff \
            f4 f6 f7 f0 f8ff 40 4401020304 60 62c3bc 80 83010203 a0 a201020304 \
            a26161016162820203 c074323031332d30332d32315432303a30343a30305a \
            c249010000000000000000 f90000 f98000 f93c00 fb3ff199999999999a f93e00 f97bff \
            fa47c35000 fa7f7fffff fb7e37e43c8800759c f90001 f90400 f9c400 \
            fbc010666666666666 f97c00 f97e00 f9fc00 fa00000001 818180 a1018181f6 \
            a3010120024002 a301010203200a \
            fa45001000 fb4170000010000000";
        for good in good.split_whitespace() {
            assert!(accepted(good), "{good}");
        }
    }

    #[test]
    fn other_spellings_fail() {
        for bad in [
            // longer than needed: integers, lengths, tags, simple values
            "1817 1900ff 1a0000ffff 1b00000000ffffffff 3817 580101 780161 980101 b8010102 \
             d80101 f818 f81f",
            // indefinite lengths, reserved forms, breaks
            "5f4101ff 7f6161ff 9f01ff bf0102ff ff 1c fc",
            // floats that fit a smaller form, NaNs
            "fa3f800000 fa33800000 fa7f800000 fa00000000 fa80000000 fb3ff0000000000000 \
             fb36a0000000000000 fb7ff0000000000000 fa7fc00000 fb7ff8000000000000 f97e01 \
             f97c01 fa45002000 fb4170000020000000",
            // bignums that fit an integer, or have leading zeros, or are not bytes
            "c240 c248ffffffffffffffff c249000000000000000001 c201",
            // keys out of order, twice, of other types, too large
            "a202010101 a201010101 a1f501 a18001 a11b002000000000000001 \
             a13b001fffffffffffff01 a2616101016102",
            // text that is not, values cut off
            "62c328 6261 8201 a101 1903 c2 9bffffffffffffffff",
        ] {
            for bad in bad.split_whitespace() {
                assert!(!accepted(bad), "{bad}");
            }
        }
        assert!(!accepted(""));
    }

    #[test]
    fn nesting_is_counted_with_tags() {
        assert!(accepted("818180"));
        assert!(accepted("81a101d82060"));
        for deep in [
            "81818180",
            "8181d8208101",
            "a101a101a101a0",
            &"81".repeat(9000),
        ] {
            let bytes = hex::decode(deep).unwrap();
            assert!(
                matches!(value_len(&bytes), Err(ContentError::TooDeep { .. })),
                "{deep}"
            );
        }
    }

    proptest! {
        #[test]
        fn floats_agree_with_the_machine(
            exponent in 860_u64..1160, fraction in 0_u64..1 << 52, zeros in 20_u32..40,
        ) {
            // Around the ends of what a single holds, in range and in precision.
            let bits = exponent << 52 | fraction >> zeros << zeros;
            let double = f64::from_bits(bits);
            #[expect(clippy::cast_possible_truncation, reason = "rounding is what is tested")]
            let single = double as f32;
            prop_assert_eq!(Float::DOUBLE.fits(bits, &Float::SINGLE), f64::from(single) == double);
            let widened = f64::from(single).to_bits();
            prop_assert!(Float::DOUBLE.fits(widened, &Float::SINGLE));
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = value_len(&bytes);
        }
    }
}
