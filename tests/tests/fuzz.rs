//! The fuzz targets under proptest, with every test run: noise, and genuine messages that were
//! damaged. `PROPTEST_CASES` sets how many.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

use lacre_tests::fuzz::TARGETS;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// The messages of `specs/vectors`, and a few that are no CBOR.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/vectors");
    let mut seeds: Vec<Vec<u8>> = vec![
        b"lacre://chat.example:4433".to_vec(),
        [
            &[0, 1, 0, 2, 20][..],
            &[7; 20],
            &[0; 8],
            &[1, 0, 1, 9, 1, 9],
        ]
        .concat(),
    ];
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let vectors: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let hexadecimal = vectors.iter().filter_map(|vector| vector["hex"].as_str());
        seeds.extend(hexadecimal.map(|text| hex::decode(text).unwrap()));
    }
    seeds
});

proptest! {
    #[test]
    fn noise(bytes in vec(any::<u8>(), 0..400)) {
        TARGETS.iter().for_each(|(_, body)| body(&bytes));
    }

    #[test]
    fn damaged_messages(seed in any::<Index>(), changes in vec((any::<Index>(), any::<u8>(), 0_u8..4), 0..4)) {
        let mut bytes = seed.get(&SEEDS).clone();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len().max(1));
            match how {
                0 if !bytes.is_empty() => bytes[at] = byte,
                1 => bytes.insert(at.min(bytes.len()), byte),
                2 => bytes.truncate(at),
                _ => bytes.extend([byte; 3]),
            }
        }
        TARGETS.iter().for_each(|(_, body)| body(&bytes));
    }
}

#[test]
fn every_target_has_a_program() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let programs: BTreeSet<_> = manifest
        .split("[[bin]]")
        .skip(1)
        .filter_map(|program| program.split('"').nth(1))
        .collect();
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(programs, targets);
}
