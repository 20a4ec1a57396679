//! What is refused: every other spelling of a message, and everything over its bounds.

use super::properties::hello;
use super::*;
use minicbor::Encoder;

/// The message "hello" with a part of its encoding, in hexadecimal, spelled differently.
fn respelled(one: &str, other: &str) -> Result<MimiContent, ContentError> {
    let written = hex::encode(hello().encode().unwrap());
    assert_eq!(written.matches(one).count(), 1, "{one} in {written}");
    MimiContent::decode(&hex::decode(written.replacen(one, other, 1)).unwrap())
}

#[test]
fn other_spellings_of_the_same_message_are_refused() {
    let salt = "03".repeat(16);
    for (one, other, at) in [
        (format!("8750{salt}"), format!("980750{salt}"), 0),
        (format!("8750{salt}"), format!("875810{salt}"), 1),
        (format!("{salt}f640"), format!("{salt}f65800"), 19),
        ("f6f6a2".to_owned(), "f6f6b802".to_owned(), 22),
        ("8501600178".to_owned(), "851801600178".to_owned(), 151),
    ] {
        match respelled(&one, &other) {
            Err(ContentError::NotCanonical { at: first }) => assert_eq!(first, at, "{other}"),
            result => panic!("{other}: {result:?}"),
        }
    }
    // Indefinite lengths, undefined for null, a null in tags.
    for (one, other) in [
        (format!("8750{salt}"), format!("9f50{salt}")),
        (format!("8750{salt}"), format!("875f50{salt}ff")),
        (format!("{salt}f640"), format!("{salt}f740")),
        ("f6f6a2".to_owned(), "f6c0f6a2".to_owned()),
        ("f6f6a2".to_owned(), "f6f6bf".to_owned()),
    ] {
        assert!(respelled(&one, &other).is_err(), "{other}");
    }
}

/// The encoding of an empty message with these extensions, written without any check.
fn with_extensions(pairs: &[(&str, &str)]) -> Result<MimiContent, ContentError> {
    let mut bytes = Vec::new();
    let mut out = Encoder::new(&mut bytes);
    out.array(7)
        .unwrap()
        .bytes(&[3; 16])
        .unwrap()
        .null()
        .unwrap()
        .bytes(&[])
        .unwrap();
    out.null()
        .unwrap()
        .null()
        .unwrap()
        .map(pairs.len() as u64)
        .unwrap();
    for (key, value) in pairs {
        let pair = hex::decode(format!("{key}{value}")).unwrap();
        out.writer_mut().extend_from_slice(&pair);
    }
    out.array(3)
        .unwrap()
        .u8(0)
        .unwrap()
        .str("")
        .unwrap()
        .u8(0)
        .unwrap();
    MimiContent::decode(&bytes)
}

#[test]
fn extensions_are_kept_in_order_and_checked() {
    let kept = with_extensions(&[("18ff", "8101"), ("20", "f6"), ("6161", "40")]).unwrap();
    assert_eq!(kept.extensions.get(255), Some(&[0x81, 1][..]));
    for bad in [
        &[("20", "00"), ("18ff", "00")][..],
        &[("20", "00"), ("20", "00")],
        &[("6162", "00"), ("6161", "00")],
        &[("626161", "00"), ("6162", "00")],
        &[("20", "1801")],
        &[("20", "a202000100")],
        &[("20", "9fff")],
        &[("20", "81818180")],
        &[("1814", "00")],
        &[("60", "00")],
        &[("f5", "00")],
        &[("4101", "00")],
        &[("1b0020000000000000", "00")],
        &[("01", "00")],
    ] {
        assert!(with_extensions(bad).is_err(), "{bad:?}");
    }
    let many: Vec<_> = (0x18..0x5a).map(|key| format!("18{key:02x}")).collect();
    let many: Vec<_> = many.iter().map(|key| (key.as_str(), "00")).collect();
    assert!(with_extensions(&many[..64]).is_ok());
    assert!(matches!(
        with_extensions(&many[..65]),
        Err(ContentError::TooLarge { .. })
    ));
}

fn nested(levels: usize) -> NestedPart {
    (1..levels).fold(text::body("deep"), |part, _| {
        let parts = vec![text::body("beside"), part];
        NestedPart::new(
            Disposition::RENDER,
            Part::Multi(PartSemantics::ProcessAll, parts),
        )
    })
}

#[test]
fn parts_nest_four_levels_deep() {
    let message = |levels| MimiContent {
        body: nested(levels),
        ..hello()
    };
    let bytes = message(4).encode().unwrap();
    assert!(MimiContent::decode(&bytes).is_ok());
    assert!(matches!(
        message(5).encode(),
        Err(ContentError::TooDeep { limit: 4, .. })
    ));

    // The same from outside: the innermost part is wrapped in the bytes.
    let inner = "8501600178";
    let multi = "8501600302828301600083016000";
    let written = hex::encode(&bytes);
    let at = written.rfind(inner).unwrap();
    let deeper = hex::decode(format!("{}{multi}", &written[..at])).unwrap();
    assert!(matches!(
        MimiContent::decode(&deeper),
        Err(ContentError::TooDeep { limit: 4, .. })
    ));
}

#[test]
fn bounds_hold_when_writing() {
    let multi = |count| {
        let parts = vec![NestedPart::new(Disposition::RENDER, Part::Null); count];
        NestedPart::new(
            Disposition::RENDER,
            Part::Multi(PartSemantics::SingleUnit, parts),
        )
    };
    let encodes = |body| MimiContent { body, ..hello() }.encode().is_ok();
    assert!(encodes(multi(limits::MAX_PARTS - 1)));
    assert!(!encodes(multi(limits::MAX_PARTS)));
    assert!(!encodes(multi(1)));
    assert!(encodes(NestedPart::single(
        Disposition::RENDER,
        &"x".repeat(255),
        Vec::new()
    )));
    assert!(!encodes(NestedPart::single(
        Disposition::RENDER,
        &"x".repeat(256),
        Vec::new()
    )));
    assert!(!encodes(text::body(&"x".repeat(limits::MAX_CONTENT))));
    let topic = |length| {
        MimiContent {
            topic_id: vec![0; length],
            ..hello()
        }
        .encode()
    };
    assert!(topic(4096).is_ok() && topic(4097).is_err());
    let huge = vec![0; limits::MAX_CONTENT + 1];
    assert!(matches!(
        MimiContent::decode(&huge),
        Err(ContentError::TooLarge { .. })
    ));
}
