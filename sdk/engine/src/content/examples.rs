//! Against the outside world: the draft's published messages, and their published ids.

use super::*;
use std::path::{Path, PathBuf};

const SENDER: &str = "mimi://example.com/u/alice-smith";
const ROOM: &str = "mimi://example.com/r/engineering_team";

/// A message as the draft's examples have them, from `sender`.
fn published(salt: &str, sender: &str, body: NestedPart) -> MimiContent {
    let mut extensions = Extensions::new();
    extensions
        .insert_text(registry::SENDER_URI, sender)
        .unwrap();
    extensions.insert_text(registry::ROOM_URI, ROOM).unwrap();
    MimiContent {
        salt: hex::decode(salt).unwrap().try_into().unwrap(),
        replaces: None,
        topic_id: Vec::new(),
        expires: None,
        in_reply_to: None,
        extensions,
        body,
    }
}

fn id(hexadecimal: &str) -> MessageId {
    MessageId::from_slice(&hex::decode(hexadecimal).unwrap()).unwrap()
}

fn id_of(message: &MimiContent) -> MessageId {
    message.message_id(&message.encode().unwrap()).unwrap()
}

const ORIGINAL: &str = "017ce54837404c3696e0c747b985cb172716d0ed0a3d249ca63ace7d82a096f4";
const REACTION: &str = "0158c4288911e50a8f6be3f47746b6682f10fd91bc8c05557aa589a3157aff68";

#[test]
fn a_text_has_the_published_id() {
    let body = text::body("Hi everyone, we just shipped release 2.0. __Good  work__!");
    let message = published("5eed9406c2545547ab6f09f20a18b003", SENDER, body);
    assert_eq!(id_of(&message), id(ORIGINAL));
}

#[test]
fn a_withdrawn_reaction_has_the_published_id() {
    let body = NestedPart::new(Disposition::REACTION, Part::Null);
    let cathy = "mimi://example.com/u/cathy-washington";
    let mut message = published("c5ba86dc9fd272e58ca52ec805b79199", cathy, body);
    message.replaces = Some(id(REACTION));
    message.in_reply_to = Some(id(ORIGINAL));
    let expected = id("013aadbb8f313253c8930f4e93c6ca54b2ed06d258185bdcec3870534c8a4ec4");
    assert_eq!(id_of(&message), expected);
    let replaces = id(REACTION);
    assert_eq!(Content::read(&message), Content::Unreact { replaces });
}

#[test]
fn an_expiring_text_has_the_published_id() {
    let body = text::body(
        "__*VPN GOING DOWN*__ I'm rebooting the VPN in ten minutes unless anyone objects.",
    );
    let mut message = published("33be993eb39f418f9295afc2ae160d2d", SENDER, body);
    message.expires = Some(Expiration::At(1_644_390_004));
    let expected = id("01e59db8173939facc2c8a4a0f0ae8d0c7a11a81239626630c9464a8d6717a03");
    assert_eq!(id_of(&message), expected);
}

#[test]
fn several_parts_have_the_published_id() {
    let parts = ["❤", "🥳", "🤞"]
        .map(|emoji| reaction::body(emoji).unwrap())
        .into();
    let multi = Part::Multi(PartSemantics::ProcessAll, parts);
    let body = NestedPart::new(Disposition::REACTION, multi);
    let message = published("8528dc2d92e4f1944d62042907ab94d0", SENDER, body);
    let expected = id("01d65918c6c51c8e76546337276ae6f4bfd873d867d5cb57c76bcdca3d999dd7");
    assert_eq!(id_of(&message), expected);
}

#[test]
fn a_session_has_the_published_id() {
    let external = ExternalPart {
        content_type: String::new(),
        url: "https://example.com/join/12345".to_owned(),
        expires: 0,
        size: 0,
        enc_alg: 0,
        key: Vec::new().into(),
        nonce: Vec::new(),
        aad: Vec::new(),
        hash_alg: 0,
        content_hash: Vec::new(),
        description: "Join the Foo 118 conference".to_owned(),
        filename: String::new(),
    };
    let body = NestedPart::new(Disposition::SESSION, Part::External(external.into()));
    let mut message = published("678ac6cd54de049c3e9665cd212470fa", SENDER, body);
    message.topic_id = b"Foo 118".to_vec();
    let expected = id("01496d15a8dba28d7397f9868b70768e4a67f765d5b5b1ae9e03848c5fdeb0ba");
    assert_eq!(id_of(&message), expected);
}

/// The published files, or nothing where the data folder is not there.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/mimi-content");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no published messages in {}", folder.display());
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "cbor"));
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

/// The id in the comment that starts the diagnostic notation of a message.
fn commented_id(file: &Path) -> MessageId {
    let notation = std::fs::read_to_string(file.with_extension("edn")).unwrap();
    let (_, quoted) = notation.split_once("message ID = h'").unwrap();
    let (quoted, _) = quoted.split_once('\'').unwrap();
    id(&quoted.replace(|letter: char| !letter.is_ascii_hexdigit(), ""))
}

#[test]
fn published_messages_round_trip_and_have_their_ids() {
    for file in files() {
        let bytes = std::fs::read(&file).unwrap();
        let message = MimiContent::decode(&bytes).unwrap_or_else(|error| {
            panic!("{}: {error}", file.display());
        });
        assert_eq!(message.encode().unwrap(), bytes, "{}", file.display());
        assert_eq!(
            message.message_id(&bytes).unwrap(),
            commented_id(&file),
            "{}",
            file.display()
        );
        assert_eq!(unpad(&pad(&bytes)).unwrap(), bytes);
    }
}

#[test]
fn published_messages_mean_what_they_say() {
    for file in files() {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let content = Content::read(&MimiContent::decode(&std::fs::read(&file).unwrap()).unwrap());
        let to = id(ORIGINAL);
        match (name.as_str(), content) {
            ("original", Content::Text { markdown }) => assert!(markdown.starts_with("Hi every")),
            ("reply" | "mention", Content::Reply { to: answered, .. }) => assert_eq!(answered, to),
            ("edit", Content::Edit { markdown, .. }) => assert!(markdown.contains("_ y'all!")),
            ("delete", Content::Delete { .. }) => {}
            (
                "attachment",
                Content::Unsupported {
                    content_type,
                    disposition,
                },
            ) => {
                assert_eq!(content_type.as_deref(), Some("video/mp4"));
                assert_eq!(disposition, Disposition::ATTACHMENT);
            }
            ("reaction", Content::Reaction { to: liked, emoji }) => {
                assert_eq!((liked, emoji.as_str()), (to, "❤"));
            }
            (
                known @ ("original" | "reply" | "mention" | "edit" | "delete" | "attachment"
                | "reaction"),
                other,
            ) => panic!("{known} read as {other:?}"),
            _ => {}
        }
    }
}
