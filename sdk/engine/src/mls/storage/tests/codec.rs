//! The encoding of rows: compact, and readable by a later OpenMLS.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::codec::{decode, decode_list, encode, encode_item};
use super::super::label::Label;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Old {
    max_past_epochs: u64,
    secret: Vec<u8>,
}

/// What releases do to such types: reorder, rename with an alias, add with a default.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct New {
    secret: Vec<u8>,
    #[serde(default)]
    added: Option<u8>,
    #[serde(alias = "max_past_epochs")]
    policy: u64,
}

#[test]
fn a_later_version_reads_old_state() {
    let old = Old {
        max_past_epochs: 3,
        secret: vec![200; 40],
    };
    let bytes = encode(Label::Psk, &old).unwrap();
    let new: New = decode(Label::Psk, &bytes).unwrap();
    let expected = New {
        secret: old.secret,
        added: None,
        policy: 3,
    };
    assert_eq!(new, expected);
}

#[test]
fn byte_vectors_cost_their_length() {
    let bytes = encode(Label::Psk, &vec![255_u8; 10_000]).unwrap();
    assert_eq!(bytes.len(), 10_003);
}

proptest! {
    #[test]
    fn lists_are_read_as_they_were_appended(items in prop::collection::vec(
        (any::<u64>(), prop::collection::vec(any::<u8>(), 0..600)), 0..8,
    )) {
        let mut list = Vec::new();
        for (max_past_epochs, secret) in &items {
            let item = Old { max_past_epochs: *max_past_epochs, secret: secret.clone() };
            list = encode_item(Label::OwnLeafNodes, &list, &item).unwrap().to_vec();
        }
        let read: Vec<Old> = decode_list(Label::OwnLeafNodes, &list).unwrap();
        let read: Vec<_> = read.into_iter().map(|old| (old.max_past_epochs, old.secret)).collect();
        prop_assert_eq!(read, items);
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode::<Old>(Label::Psk, &bytes);
        let _ = decode_list::<Old>(Label::Psk, &bytes);
    }
}
