//! Every message comes back as it went, every other spelling of it is refused, and no bytes at all
//! make a reader panic.

use crate::cddl::{Schema, Tape};
use crate::strategies as any_of;
use lacre_wire::codec::{self, CodecError};
use lacre_wire::frame::{self, Deframer, FrameError};
use lacre_wire::limits::MAX_FRAME;
use minicbor::{Decode, Encode};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::Debug;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::load);

/// Bytes to bytes through the type that a rule describes.
pub(crate) type Again = fn(&[u8]) -> Result<Vec<u8>, CodecError>;

/// Reads a `T` and writes it again.
pub(crate) fn again<T: Encode<()> + for<'b> Decode<'b, ()>>(
    bytes: &[u8],
) -> Result<Vec<u8>, CodecError> {
    codec::from_slice::<T>(bytes).map(|value| codec::to_vec(&value))
}

fn check<T>(rule: &str, value: &T) -> Result<(), TestCaseError>
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug,
{
    let bytes = codec::to_vec(value);
    prop_assert_eq!(&codec::from_slice::<T>(&bytes).unwrap(), value);
    let fits = SCHEMA.checker().read(rule, &bytes);
    prop_assert!(fits.is_ok(), "{}", fits.unwrap_err());
    Ok(())
}

proptest! {
    #[test]
    fn client_frames_come_back(frame in any_of::client_frame()) {
        check("client-frame", &frame)?;
        let mut deframer = Deframer::default();
        deframer.push(&frame::encode(&frame));
        prop_assert_eq!(deframer.next_message().unwrap(), Some(frame));
        prop_assert!(deframer.rest().is_empty());
    }

    #[test]
    fn server_frames_come_back(frame in any_of::server_frame()) {
        check("server-frame", &frame)?;
    }

    #[test]
    fn requests_and_answers_come_back(request in any_of::request(), answer in any_of::answer()) {
        check("request", &request)?;
        check("answer", &answer)?;
    }

    #[test]
    fn first_flights_come_back(hello in any_of::hello(), ready in any_of::ready(), keys in any_of::relay_statement()) {
        check("hello", &hello)?;
        check("ready", &ready)?;
        check("relay-statement", &keys)?;
    }

    #[test]
    fn relay_hellos_come_back(hello in any_of::relay_hello()) {
        check("relay-hello", &hello)?;
    }

    #[test]
    fn objects_come_back(request in any_of::object_request(), answer in any_of::object_answer()) {
        check("object-request", &request)?;
        check("object-answer", &answer)?;
    }

    #[test]
    fn logs_come_back(entry in any_of::entry(), cursor in any_of::cursor(), head in any_of::checkpoint()) {
        check("entry", &entry)?;
        check("link", &entry.link())?;
        check("cursor", &cursor)?;
        check("checkpoint", &head)?;
    }

    #[test]
    fn inbox_bodies_come_back((rule, bytes) in any_of::inbox_body()) {
        let fits = SCHEMA.checker().read(rule, &bytes);
        prop_assert!(fits.is_ok(), "{}", fits.unwrap_err());
        prop_assert_eq!(read_as(rule)(&bytes), Ok(bytes));
    }

    #[test]
    fn stamps_come_back(stamp in any_of::stamp(), context in any_of::stamp_context(), aad in any_of::message_aad()) {
        check("stamp", &stamp)?;
        check("stamp-context", &context)?;
        check("message-aad", &aad)?;
    }

    #[test]
    fn identities_come_back(list in any_of::device_list(), leaf in any_of::leaf_identity()) {
        check("device-list", &list)?;
        check("leaf-identity", &leaf)?;
    }

    #[test]
    fn rooms_come_back(state in any_of::room_state(), operations in any_of::operations()) {
        check("room-state", &state)?;
        check("operations", &operations)?;
    }

    #[test]
    fn commits_and_reports_come_back(bundle in any_of::commit_bundle(), report in any_of::bad_commit()) {
        check("commit-bundle", &bundle)?;
        check("bad-commit", &report)?;
    }

    #[test]
    fn ephemerals_come_back(ephemeral in any_of::ephemeral(), hint in any_of::hint()) {
        check("ephemeral", &ephemeral)?;
        check("hint", &hint)?;
        prop_assert_eq!(lacre_wire::ephemeral::Hint::unpad(&hint.pad()), Ok(hint));
    }

    /// The other direction: whatever the CDDL allows is read, and written the same.
    #[test]
    fn what_the_cddl_allows_is_read(tape in vec(any::<u8>(), 0..600), at in any::<prop::sample::Index>()) {
        let rule = *at.get(&MESSAGES);
        let bytes = SCHEMA.generate(rule, &mut Tape(&tape));
        prop_assert!(SCHEMA.checker().read(rule, &bytes).is_ok());
        prop_assert_eq!(read_as(rule)(&bytes), Ok(bytes), "{}", rule);
    }

    /// One value, one spelling: a longer head, an unsorted map, a second key, bytes behind the end.
    #[test]
    fn other_spellings_are_refused(frame in any_of::server_frame(), at in any::<prop::sample::Index>()) {
        let bytes = codec::to_vec(&frame);
        let other = at.get(&respelled(&bytes)).clone();
        prop_assert!(codec::check(&other).is_err());
        prop_assert!(codec::from_slice::<lacre_wire::push::ServerFrame>(&other).is_err());
    }

    /// A damaged message is refused or is another message; reading settles after one round.
    #[test]
    fn damage_is_harmless(
        tape in vec(any::<u8>(), 0..300),
        rule in any::<prop::sample::Index>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..4),
    ) {
        let rule = *rule.get(&MESSAGES);
        let mut bytes = SCHEMA.generate(rule, &mut Tape(&tape));
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        if let Ok(read) = read_as(rule)(&bytes) {
            prop_assert_eq!(read_as(rule)(&read), Ok(read));
        }
    }

    #[test]
    fn noise_is_harmless(bytes in vec(any::<u8>(), 0..300)) {
        for rule in MESSAGES {
            let _ = read_as(rule)(&bytes);
        }
        let mut deframer = Deframer::default();
        deframer.push(&bytes);
        while let Ok(Some(_)) = deframer.next_payload() {}
    }

    /// A length that promises more than is there costs nothing and is refused.
    #[test]
    fn promised_lengths_are_refused(head in 2_u8..6, length in (1_u64 << 32)..) {
        let mut bytes = vec![head << 5 | 27];
        bytes.extend(length.to_be_bytes());
        for rule in MESSAGES {
            prop_assert!(read_as(rule)(&bytes).is_err());
        }
    }

    #[test]
    fn oversized_frames_are_refused(length in u32::try_from(MAX_FRAME).unwrap() + 1..) {
        let mut deframer = Deframer::default();
        deframer.push(&length.to_be_bytes());
        prop_assert!(matches!(deframer.next_payload(), Err(FrameError::TooLarge { .. })), "refused by its length");
    }
}

/// Every rule that stands for a type of the crate.
pub(crate) const MESSAGES: [&str; 29] = [
    "relay-hello",
    "client-frame",
    "server-frame",
    "request",
    "answer",
    "hello",
    "ready",
    "relay-statement",
    "object-request",
    "object-answer",
    "entry",
    "link",
    "cursor",
    "checkpoint",
    "welcome-notice",
    "evicted",
    "device-message",
    "approval-requested",
    "generation-opened",
    "stamp",
    "stamp-context",
    "message-aad",
    "signed-device-list",
    "device-list",
    "leaf-identity",
    "room-state",
    "operations",
    "ephemeral",
    "hint",
];

/// The type that a rule describes.
pub(crate) fn read_as(rule: &str) -> Again {
    use lacre_wire::{
        answer, checkpoint, ephemeral, hello, identity, log, push, relay, request, room, socket,
        stamp,
    };
    match rule {
        "client-frame" => again::<request::ClientFrame>,
        "server-frame" => again::<push::ServerFrame>,
        "request" => again::<request::Request>,
        "answer" => again::<answer::Answer>,
        "hello" => again::<hello::Hello>,
        "ready" => again::<hello::Ready>,
        "relay-hello" => again::<socket::RelayHello>,
        "relay-statement" => again::<relay::RelayStatement>,
        "object-request" => again::<request::ObjectRequest>,
        "object-answer" => again::<answer::ObjectAnswer>,
        "entry" => again::<log::Entry>,
        "link" => again::<log::Link>,
        "cursor" => again::<log::Cursor>,
        "checkpoint" => again::<checkpoint::Checkpoint>,
        "welcome-notice" => again::<push::WelcomeNotice>,
        "evicted" => again::<push::Evicted>,
        "device-message" => again::<push::DeviceMessage>,
        "approval-requested" => again::<push::ApprovalRequested>,
        "generation-opened" => again::<push::GenerationOpened>,
        "stamp" => again::<stamp::Stamp>,
        "stamp-context" => again::<stamp::StampContext>,
        "message-aad" => again::<stamp::MessageAad>,
        "signed-device-list" => again::<identity::SignedDeviceList>,
        "device-list" => again::<identity::DeviceList>,
        "leaf-identity" => again::<identity::LeafIdentity>,
        "room-state" => again::<room::RoomState>,
        "operations" => again::<Vec<room::Operation>>,
        "ephemeral" => again::<ephemeral::Ephemeral>,
        "hint" => again::<ephemeral::Hint>,
        other => panic!("no type for {other}"),
    }
}

/// Spellings that differ from canonical `bytes` and mean the same to a lenient reader.
fn respelled(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut out = vec![[bytes, &[0]].concat()];
    let mut at = 0;
    while at < bytes.len() {
        let (major, info) = (bytes[at] >> 5, bytes[at] & 0x1f);
        let width = if info < 24 { 0 } else { 1 << (info - 24) };
        let argument = match width {
            0 => u64::from(info),
            _ => bytes[at + 1..=at + width]
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        let after = at + 1 + width;
        let (before, rest) = (&bytes[..at], &bytes[after..]);
        if major != 7 && info < 27 {
            let long = [&[major << 5 | 27][..], &argument.to_be_bytes()].concat();
            out.push([before, &long, rest].concat());
        }
        if matches!(major, 4 | 5) && argument == 0 {
            out.push([before, &[major << 5 | 31, 0xff], rest].concat());
        }
        if major == 5 && argument >= 2 {
            out.push(swapped(bytes, after));
        }
        let skipped = if matches!(major, 2 | 3) {
            usize::try_from(argument).unwrap()
        } else {
            0
        };
        at = after + skipped;
    }
    out
}

/// The map whose first pair starts at `at`, with its first two pairs in the other order.
fn swapped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut input = minicbor::Decoder::new(&bytes[at..]);
    let mut pair = || {
        input.skip().unwrap();
        input.skip().unwrap();
        at + input.position()
    };
    let (middle, end) = (pair(), pair());
    [
        &bytes[..at],
        &bytes[middle..end],
        &bytes[at..middle],
        &bytes[end..],
    ]
    .concat()
}
