//! What holds for every message, checked on random ones and on broken ones.

use super::*;
use lacre_wire::ids::{AccountId, RoomId};
use proptest::collection::vec;
use proptest::prelude::*;

fn ids() -> impl Strategy<Value = MessageId> {
    any::<[u8; 31]>().prop_map(|tail| MessageId::from_slice(&[&[1][..], &tail].concat()).unwrap())
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..=most)
}

/// Deterministic CBOR of a few kinds, as extensions hold.
fn values() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<i64>().prop_map(|number| minicbor::to_vec(number).unwrap()),
        ".{0,20}".prop_map(|text| minicbor::to_vec(text).unwrap()),
        vec(".{0,9}", 0..5).prop_map(|list| minicbor::to_vec(list).unwrap()),
        any::<Option<bool>>().prop_map(|flag| minicbor::to_vec(flag).unwrap()),
    ]
}

fn keys() -> impl Strategy<Value = ExtensionKey> {
    prop_oneof![
        (-300_i64..0).prop_map(ExtensionKey::from),
        (3_i64..70_000).prop_map(ExtensionKey::from),
        "[a-zü]{1,30}".prop_map(ExtensionKey::Text),
    ]
}

fn externals() -> impl Strategy<Value = Part> {
    let numbers = any::<(u32, u64, u16, u8)>();
    (numbers, "[ -~]{0,40}", bytes(32), bytes(300), ".{0,40}").prop_map(
        |((expires, size, enc_alg, hash_alg), url, key, aad, description)| {
            Part::External(Box::new(ExternalPart {
                content_type: "video/mp4".to_owned(),
                filename: description.chars().take(9).collect(),
                nonce: key.iter().copied().take(12).collect(),
                content_hash: key.clone(),
                key: key.into(),
                url,
                expires,
                size,
                enc_alg,
                aad,
                hash_alg,
                description,
            }))
        },
    )
}

fn parts() -> impl Strategy<Value = NestedPart> {
    let single = ("[a-z/]{0,30}", bytes(300)).prop_map(|(content_type, content)| {
        Part::Single(SinglePart {
            content_type,
            content: content.into(),
        })
    });
    let leaf = prop_oneof![Just(Part::Null), single, externals()];
    let dressed = |part: BoxedStrategy<Part>| {
        (any::<u8>(), "[a-z,-]{0,12}", part).prop_map(|(disposition, language, part)| NestedPart {
            disposition: Disposition(disposition),
            language,
            part,
        })
    };
    dressed(leaf.boxed()).prop_recursive(3, 24, 4, move |inner| {
        let semantics = prop_oneof![
            Just(PartSemantics::ChooseOne),
            Just(PartSemantics::SingleUnit),
            Just(PartSemantics::ProcessAll),
        ];
        let multi = (semantics, vec(inner, 2..5)).prop_map(|(how, parts)| Part::Multi(how, parts));
        dressed(multi.boxed())
    })
}

fn expirations() -> impl Strategy<Value = Expiration> {
    any::<(bool, u32)>().prop_map(|(relative, time)| match relative {
        true => Expiration::AfterReading(time),
        false => Expiration::At(time),
    })
}

fn messages() -> impl Strategy<Value = MimiContent> {
    let extensions = vec((keys(), values()), 0..6);
    let related = (prop::option::of(ids()), prop::option::of(ids()));
    let when = prop::option::of(expirations());
    (
        any::<([u8; 16], [u8; 32], Option<u64>)>(),
        related,
        bytes(40),
        when,
        extensions,
        parts(),
    )
        .prop_map(
            |(
                (salt, account, channel),
                (replaces, in_reply_to),
                topic_id,
                expires,
                extensions,
                body,
            )| {
                let origin = Origin {
                    sender: AccountId(account),
                    room: RoomId(salt),
                    channel,
                    salt,
                };
                let mut message = MimiContent::new(&origin, body).unwrap();
                for (key, value) in extensions {
                    message.extensions.insert(key, value).unwrap();
                }
                MimiContent {
                    replaces,
                    in_reply_to,
                    topic_id,
                    expires,
                    ..message
                }
            },
        )
}

fn contents() -> impl Strategy<Value = Content> {
    prop_oneof![
        ".{0,200}".prop_map(|markdown| Content::Text { markdown }),
        (ids(), ".{0,200}").prop_map(|(to, markdown)| Content::Reply { to, markdown }),
        (ids(), ".{1,16}").prop_map(|(to, emoji)| Content::Reaction { to, emoji }),
        ids().prop_map(|replaces| Content::Unreact { replaces }),
        (ids(), ".{0,200}").prop_map(|(replaces, markdown)| Content::Edit { replaces, markdown }),
        ids().prop_map(|replaces| Content::Delete { replaces }),
        (ids(), any::<bool>()).prop_map(|(to, pinned)| Content::Pin { to, pinned }),
        (".{0,200}", vec("[a-zé❤]{1,20}", 2..=10), any::<bool>()).prop_map(
            |(markdown, options, multiple)| Content::Poll {
                markdown,
                options,
                multiple,
            }
        ),
        (ids(), prop::collection::btree_set(0..10_u8, 0..10)).prop_map(|(poll, chosen)| {
            let chosen = chosen.into_iter().collect();
            Content::Vote { poll, chosen }
        }),
        ids().prop_map(|poll| Content::ClosePoll { poll }),
        any::<(u32, [u8; 32])>().prop_map(|(number, key)| Content::RoomKeys {
            number,
            key: RoomKey::new(key)
        }),
    ]
}

proptest! {
    #[test]
    fn decode_undoes_encode(message in messages()) {
        let bytes = message.encode().unwrap();
        let again = MimiContent::decode(&bytes).unwrap();
        prop_assert!(again == message);
        prop_assert_eq!(again.encode().unwrap(), bytes);
        let _ = Content::read(&message);
    }

    #[test]
    fn read_undoes_build(content in contents(), salt: [u8; 16], channel: Option<u64>) {
        let origin = Origin { channel, salt, ..ORIGIN };
        let bytes = content.build(&origin).unwrap().encode().unwrap();
        let message = MimiContent::decode(&bytes).unwrap();
        message.check_origin(&origin.sender, &origin.room, channel).unwrap();
        prop_assert_eq!(message.salt, salt);
        prop_assert!(Content::read(&message) == content);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in bytes(600)) {
        if let Ok(message) = MimiContent::decode(&bytes) {
            prop_assert_eq!(message.encode().unwrap(), bytes);
        }
    }

    /// Damage that still decodes is another message in its own canonical encoding.
    #[test]
    fn damage_is_refused_or_canonical(
        message in messages(), at: prop::sample::Index, with: u8, cut: bool,
    ) {
        let mut bytes = message.encode().unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = with }
        match MimiContent::decode(&bytes) {
            Ok(other) => {
                prop_assert!(!cut);
                let _ = Content::read(&other);
                prop_assert_eq!(other.encode().unwrap(), bytes);
            }
            Err(_) => prop_assert!(cut || bytes != message.encode().unwrap()),
        }
    }

    #[test]
    fn nothing_may_follow(message in messages(), more in vec(any::<u8>(), 1..9)) {
        let bytes = [message.encode().unwrap(), more.clone()].concat();
        let trailing = matches!(
            MimiContent::decode(&bytes),
            Err(ContentError::Trailing { extra }) if extra == more.len()
        );
        prop_assert!(trailing);
    }
}

pub(super) const ORIGIN: Origin = Origin {
    sender: AccountId([1; 32]),
    room: RoomId([2; 16]),
    channel: None,
    salt: [3; 16],
};

pub(super) fn hello() -> MimiContent {
    Content::Text {
        markdown: "hello".to_owned(),
    }
    .build(&ORIGIN)
    .unwrap()
}

#[test]
fn the_origin_must_be_the_authenticated_one() {
    let Origin { sender, room, .. } = ORIGIN;
    let refused = |message: &MimiContent, sender: &AccountId, room: &RoomId, channel| {
        let result = message.check_origin(sender, room, channel);
        matches!(result, Err(ContentError::WrongOrigin { .. }))
    };
    let message = hello();
    assert!(message.check_origin(&sender, &room, None).is_ok());
    assert!(refused(&message, &AccountId([9; 32]), &room, None));
    assert!(refused(&message, &sender, &RoomId([9; 16]), None));
    assert!(refused(&message, &sender, &room, Some(0)));

    let in_channel = Content::Text {
        markdown: "hello".to_owned(),
    };
    let mut in_channel = in_channel
        .build(&Origin {
            channel: Some(4),
            ..ORIGIN
        })
        .unwrap();
    assert!(in_channel.check_origin(&sender, &room, Some(4)).is_ok());
    assert!(refused(&in_channel, &sender, &room, Some(5)));
    assert!(refused(&in_channel, &sender, &room, None));
    in_channel
        .extensions
        .insert_text(registry::CHANNEL, "4")
        .unwrap();
    assert!(refused(&in_channel, &sender, &room, Some(4)));
    assert!(refused(&in_channel, &sender, &room, None));

    let mut anonymous = message;
    anonymous.extensions.remove(registry::SENDER_URI);
    assert!(refused(&anonymous, &sender, &room, None));
    assert!(anonymous.message_id(&anonymous.encode().unwrap()).is_err());
}

#[test]
fn the_unknown_is_kept_and_reported() {
    let unknown = NestedPart::single(Disposition(77), "application/x-next", b"?".to_vec());
    let sent = MimiContent {
        body: unknown,
        ..hello()
    };
    let bytes = sent.encode().unwrap();
    let message = MimiContent::decode(&bytes).unwrap();
    let content = Content::read(&message);
    let content_type = Some("application/x-next".to_owned());
    let disposition = Disposition(77);
    assert_eq!(
        content,
        Content::Unsupported {
            content_type,
            disposition
        }
    );
    assert!(matches!(
        content.build(&ORIGIN),
        Err(ContentError::CannotSend)
    ));
    assert_eq!(message.encode().unwrap(), bytes);
    let nothing = MimiContent {
        body: NestedPart::new(Disposition::RENDER, Part::Null),
        ..sent
    };
    assert!(matches!(
        Content::read(&nothing),
        Content::Unsupported {
            content_type: None,
            ..
        }
    ));
}

#[test]
fn logs_show_no_secret() {
    let key = RoomKey::new([0xa5; 32]);
    let content = Content::RoomKeys { number: 7, key };
    let message = content.build(&ORIGIN).unwrap();
    let shown = format!("{content:?} {message:?} {:?}", hello());
    assert!(shown.contains("RoomKeys(7)"));
    for secret in ["165", "a5a5", "hello", "3, 3", "0303"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
