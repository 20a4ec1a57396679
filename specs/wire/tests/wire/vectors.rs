//! `specs/vectors`: what another implementation is tested with. When a test here fails and the
//! change is meant: `cargo test -p lacre-wire --test wire -- --ignored write`.

use crate::cddl::Schema;
use crate::samples::{self, AIK, DEVICE, RELAY};
use lacre_wire::codec;
use lacre_wire::ephemeral::{Hint, sender_key};
use lacre_wire::hash::hmac_sha256;
use lacre_wire::hello::{Purpose, login_transcript};
use lacre_wire::identity::Label;
use lacre_wire::ids::{AccountId, DeviceId, Hash, LogId};
use lacre_wire::log::chain_start;
use lacre_wire::relay::{fingerprint, format_fingerprint};
use lacre_wire::socket::binding;
use lacre_wire::stamp::commit_sender;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

fn path(theme: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors")).join(format!("{theme}.json"))
}

fn read(theme: &str) -> Vec<Value> {
    let text = fs::read_to_string(path(theme)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The messages of a theme: the name, the CDDL rule, the value by the rule's names, the bytes.
fn messages(samples: &[samples::Sample]) -> Vec<Value> {
    let schema = Schema::load();
    let checker = schema.checker();
    let vector = |sample: &samples::Sample| {
        let value = checker.read(sample.rule, &sample.bytes).unwrap();
        json!({ "name": sample.name, "rule": sample.rule, "value": value, "hex": hex::encode(&sample.bytes) })
    };
    samples.iter().map(vector).collect()
}

/// What is computed and not sent: ids, chains, transcripts, marks.
fn derivations() -> Vec<Value> {
    let (aik, device, relay) = (samples::key(AIK), samples::key(DEVICE), samples::key(RELAY));
    let room = samples::room();
    let log = LogId::Room(room);
    let start = chain_start(log);
    let first = samples::commit().chain(&start);
    let second = samples::message().chain(&first);
    assert_eq!(
        samples::gone().chain(&first),
        second,
        "a deleted body does not break the chain"
    );
    let pin = fingerprint(&relay.public());
    let hello = codec::to_vec(&samples::hello(Purpose::SignIn));
    let transcript = login_transcript(
        &hello,
        &pin,
        &samples::EXPORTER,
        &samples::account(),
        &samples::device(),
        7,
    );
    let relay_hello = codec::to_vec(&samples::relay_hello());
    let context = samples::context();
    let tag = Hash([0x33; 32]);
    let r = Hash([0x44; 32]);
    let group_info = b"a GroupInfo";
    let gi_hash = lacre_wire::hash::sha256(&[group_info]);
    let room_key = [0x66; 32];
    let exported = [0x68; 32];
    let hint = samples::ephemeral();
    let derived = |name: &str, formula: &str, inputs: Value, output: String| json!({ "name": name, "formula": formula, "inputs": inputs, "output": output });
    vec![
        derived(
            "account id",
            "SHA-256(\"lacre/account\" || AIK)",
            json!({ "aik": aik.public().to_string() }),
            AccountId::of(&aik.public()).to_string(),
        ),
        derived(
            "device id",
            "SHA-256(\"lacre/device\" || device key)[0..16]",
            json!({ "device-key": device.public().to_string() }),
            DeviceId::of(&device.public()).to_string(),
        ),
        derived(
            "relay fingerprint",
            "base32(SHA-256(identity key))",
            json!({ "identity": relay.public().to_string(), "sha-256": pin.to_string() }),
            format_fingerprint(&pin),
        ),
        derived(
            "group id",
            "room id || generation",
            json!({ "room": room.to_string(), "generation": 3 }),
            hex::encode(room.group_id(3)),
        ),
        derived(
            "chain before the first entry",
            "SHA-256(\"lacre/chain/0\" || log key)",
            json!({ "log": hex::encode(log.to_key()) }),
            start.to_string(),
        ),
        derived(
            "chain at entry 1",
            "SHA-256(\"lacre/chain/1\" || chain before || link)",
            json!({ "before": start.to_string(), "link": hex::encode(codec::to_vec(&samples::commit().link())) }),
            first.to_string(),
        ),
        derived(
            "chain at entry 2",
            "SHA-256(\"lacre/chain/1\" || chain before || link)",
            json!({ "before": first.to_string(), "link": hex::encode(codec::to_vec(&samples::message().link())) }),
            second.to_string(),
        ),
        derived(
            "login transcript",
            "SHA-256(hello) || fingerprint || exporter || account || device || counter",
            json!({
                "hello": hex::encode(&hello), "fingerprint": pin.to_string(),
                "exporter": hex::encode(samples::EXPORTER), "account": samples::account().to_string(),
                "device": samples::device().to_string(), "counter": 7,
            }),
            hex::encode(&transcript),
        ),
        derived(
            "binding of a login on WebSocket, in the place of the exporter",
            "SHA-256(\"lacre/relay-hello/1\" || relay hello)",
            json!({ "relay-hello": hex::encode(&relay_hello) }),
            hex::encode(binding(&relay_hello)),
        ),
        derived(
            "login signature",
            "Ed25519(device key, \"lacre/login/1\" || 0x00 || transcript)",
            json!({ "device-seed": hex::encode(device.to_seed()), "transcript": hex::encode(&transcript) }),
            device.sign(Label::Login, &transcript).to_string(),
        ),
        derived(
            "sender commitment",
            "SHA-256(\"lacre/sender\" || account || r)",
            json!({ "account": samples::account().to_string(), "r": r.to_string() }),
            commit_sender(&samples::account(), &r).to_string(),
        ),
        derived(
            "stamp",
            "HMAC-SHA-256(stamp key, \"lacre/stamp/1\" || tag || stamp-context)",
            json!({
                "stamp-key": hex::encode(samples::STAMP_KEY), "tag": tag.to_string(),
                "stamp-context": hex::encode(codec::to_vec(&context)),
            }),
            context.seal(&samples::STAMP_KEY, tag).mac.to_string(),
        ),
        derived(
            "gi_mac",
            "HMAC-SHA-256(K_room, \"lacre/gi/1\" || SHA-256(GroupInfo))",
            json!({ "k-room": hex::encode(room_key), "group-info": hex::encode(group_info) }),
            hmac_sha256(&room_key, &[b"lacre/gi/1", &gi_hash.0]).to_string(),
        ),
        derived(
            "key of a sender of hints",
            "HMAC-SHA-256(exported, \"lacre/ephemeral/sender/1\" || device id)",
            json!({ "exported": hex::encode(exported), "device": samples::device().to_string() }),
            hex::encode(sender_key(&exported, &samples::device())),
        ),
        derived(
            "additional data of a hint",
            "\"lacre/ephemeral/1\" || room || generation || epoch || device id || counter",
            json!({ "ephemeral": hex::encode(codec::to_vec(&hint)) }),
            hex::encode(hint.aad()),
        ),
        derived(
            "padded hint",
            "length || hint || zeros, to 32 bytes",
            json!({ "hint": hex::encode(codec::to_vec(&Hint::Typing)) }),
            hex::encode(Hint::Typing.pad()),
        ),
    ]
}

#[test]
fn the_messages_are_the_vectors() {
    for (theme, samples) in samples::themes() {
        assert_eq!(read(theme), messages(&samples), "{theme}");
    }
}

#[test]
fn the_derivations_are_the_vectors() {
    assert_eq!(read("derivations"), derivations());
}

/// From the file alone: its bytes fit its rule, mean its value, and are what the type writes.
#[test]
fn the_vectors_read_back() {
    let schema = Schema::load();
    let mut count = 0;
    for (theme, samples) in samples::themes() {
        for (vector, sample) in read(theme).iter().zip(samples) {
            let bytes = hex::decode(vector["hex"].as_str().unwrap()).unwrap();
            let rule = vector["rule"].as_str().unwrap();
            assert_eq!(
                schema.checker().read(rule, &bytes).as_ref(),
                Ok(&vector["value"])
            );
            assert_eq!(
                (sample.again)(&bytes),
                Ok(bytes),
                "{theme}: {}",
                sample.name
            );
            count += 1;
        }
    }
    assert_eq!(count, samples::all().count());
}

#[test]
fn names_are_unique_in_their_theme() {
    for (theme, samples) in samples::themes() {
        let names: std::collections::BTreeSet<_> =
            samples.iter().map(|sample| sample.name).collect();
        assert_eq!(names.len(), samples.len(), "{theme}");
    }
}

#[test]
#[ignore = "writes specs/vectors"]
fn write_vectors() {
    let write = |theme: &str, vectors: &[Value]| {
        let text = serde_json::to_string_pretty(vectors).unwrap();
        fs::create_dir_all(path(theme).parent().unwrap()).unwrap();
        fs::write(path(theme), text + "\n").unwrap();
    };
    samples::themes()
        .iter()
        .for_each(|(theme, samples)| write(theme, &messages(samples)));
    write("derivations", &derivations());
}
