//! What a person shows of themselves to the people they share a room with.
//!
//! `[version: uint, name: tstr / null, status: tstr / null, seen: bool]`, canonical, under the media type
//! [`PROFILE`]. The whole profile travels each time; the highest version holds, so that the order in
//! which rooms bring it does not matter.

use super::error::{ContentError, at_most};
use super::limits::{MAX_DISPLAY_NAME, MAX_STATUS};
use super::part::{Disposition, NestedPart, Part, length};
use super::registry::PROFILE;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use std::fmt;

/// A person's profile. What is not there is empty to everybody, not unchanged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonProfile {
    /// Rises with each change; made of the time of it.
    pub version: u64,
    /// What to call them, at most [`MAX_DISPLAY_NAME`] bytes and never empty.
    pub name: Option<String>,
    /// What they say of themselves now, at most [`MAX_STATUS`] bytes and never empty.
    pub status: Option<String>,
    /// Whether others may keep when they were last there.
    pub seen: bool,
}

/// Logs must not hold what people write.
impl fmt::Debug for PersonProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonProfile({})", self.version)
    }
}

/// A body with a profile.
pub(super) fn body(profile: &PersonProfile) -> Result<NestedPart, ContentError> {
    for (field, text, limit) in [
        ("name", &profile.name, MAX_DISPLAY_NAME),
        ("status", &profile.status, MAX_STATUS),
    ] {
        let Some(text) = text else { continue };
        at_most(field, text.len(), limit)?;
        if text.trim().is_empty() {
            let expected = "null, or something to read";
            return Err(ContentError::Unexpected { field, expected });
        }
    }
    let mut bytes = Vec::new();
    let mut out = Encoder::new(&mut bytes);
    out.array(4)?
        .u64(profile.version)?
        .encode(&profile.name)?
        .encode(&profile.status)?
        .bool(profile.seen)?;
    Ok(NestedPart::single(Disposition::UNSPECIFIED, PROFILE, bytes))
}

/// The profile in a body.
pub(super) fn read(part: &NestedPart) -> Option<PersonProfile> {
    let Part::Single(single) = &part.part else {
        return None;
    };
    if part.disposition != Disposition::UNSPECIFIED || single.content_type != PROFILE {
        return None;
    }
    let mut input = Decoder::new(&single.content);
    (length(&mut input, "profile").ok()? == 4).then_some(())?;
    let profile = PersonProfile {
        version: input.u64().ok()?,
        name: text(&mut input)?,
        status: text(&mut input)?,
        seen: input.bool().ok()?,
    };
    // Bounds, spelling and what follows are right if writing it gives the same.
    (body(&profile).ok()? == *part).then_some(profile)
}

fn text(input: &mut Decoder<'_>) -> Option<Option<String>> {
    if input.datatype().ok()? == Type::Null {
        return input.null().ok().map(|()| None);
    }
    input.str().ok().map(|text| Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(hexadecimal: &str) -> NestedPart {
        let content = hex::decode(hexadecimal).unwrap();
        NestedPart::single(Disposition::UNSPECIFIED, PROFILE, content)
    }

    proptest! {
        #[test]
        fn a_profile_round_trips(
            version: u64,
            name in proptest::option::of("[a-zà-ü❤ ]{0,12}[a-z]"),
            status in proptest::option::of("[a-zà-ü❤ ]{0,40}[a-z]"),
            seen: bool,
        ) {
            let profile = PersonProfile { version, name, status, seen };
            prop_assert_eq!(read(&body(&profile).unwrap()), Some(profile));
        }
    }

    #[test]
    fn empty_and_long_names_and_other_encodings_are_refused() {
        let named = |name: String| PersonProfile {
            version: 1,
            name: Some(name),
            ..PersonProfile::default()
        };
        assert!(body(&named("a".repeat(MAX_DISPLAY_NAME))).is_ok());
        assert!(body(&named("a".repeat(MAX_DISPLAY_NAME + 1))).is_err());
        assert!(body(&named(" \n".to_owned())).is_err());
        assert!(read(&of("84016161f6f4")).is_some_and(|profile| !profile.seen));
        assert!(read(&of("84016161f6f5")).is_some_and(|profile| profile.seen));
        for bad in [
            "84181761 61f6f4",
            "9f016161f6f4ff",
            "840160f6f4",
            "840161 20f6f4",
            "840161 61f6f400",
            "84017f6161fff6f4",
            "83016161f6",
            "840161ff f6f4",
            "840141 61f6f4",
            "84016161f601",
            "",
        ] {
            assert!(read(&of(&bad.replace(' ', ""))).is_none(), "{bad}");
        }
    }
}
