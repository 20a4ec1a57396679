//! The CDDL is whole: nothing undefined, nothing unused, nothing that only the types know.

use crate::cddl::{Schema, Tape};
use crate::samples;
use lacre_wire::error::ErrorCode;

#[test]
fn every_sample_fits_and_every_rule_is_met() {
    let schema = Schema::load();
    let checker = schema.checker();
    for sample in samples::all() {
        let read = checker.read(sample.rule, &sample.bytes);
        assert!(read.is_ok(), "{}: {}", sample.name, read.unwrap_err());
    }
    assert_eq!(
        checker.unmet(),
        Vec::<&str>::new(),
        "rules without a sample"
    );
}

#[test]
fn the_error_codes_are_the_registry() {
    let schema = Schema::load();
    let registry: Vec<_> = ErrorCode::ALL
        .iter()
        .map(|code| (code.name().to_owned(), u64::from(code.number())))
        .collect();
    assert_eq!(schema.numbers("error-code"), registry);
}

#[test]
fn the_checker_refuses_what_does_not_fit() {
    let schema = Schema::load();
    let refused = |rule: &str, hexadecimal: &str| {
        let error = schema
            .checker()
            .read(rule, &hex::decode(hexadecimal).unwrap());
        assert!(error.is_err(), "{rule} {hexadecimal} passed");
    };
    refused("hash", "58200000");
    refused("hash", "40");
    refused("log-id", "82028150000102030405060708090a0b0c0d0e0f");
    refused("log-id", "82008140");
    refused("suite", "1a00010000");
    refused("error-code", "06");
    refused("wire-error", "a10000");
    refused("wire-error", "a300000161610500");
    refused("wire-error", "a3000001616102f6");
    refused("who", "820081f6");
    refused("ping-request", "820f8100");
    refused("operations", "80");
    refused("commit-reason", "f5");
    // Bytes inside bytes are followed.
    refused("signed-device-list", "a20041a0015840");
}

#[test]
fn every_rule_makes_values_that_fit_it() {
    let schema = Schema::load();
    for rule in schema.names() {
        for seed in 0..=255 {
            let tape = [seed; 64];
            let bytes = schema.generate(rule, &mut Tape(&tape));
            let fits = schema.checker().read(rule, &bytes);
            assert!(fits.is_ok(), "{rule}: {}", fits.unwrap_err());
        }
    }
}
