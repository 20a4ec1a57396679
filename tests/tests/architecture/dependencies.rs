//! Which crate sees which, and what may be built at all.

use crate::graph::{GRAPH, cargo};
use crate::tree::{is_this_test, root, sources};
use std::collections::BTreeSet;

/// A second TLS or crypto stack, or a second SQLite.
const BANNED: [&str; 5] = [
    "native-tls",
    "openmls_sqlite_storage",
    "openssl",
    "openssl-sys",
    "ring",
];
/// What a crate without network I/O does not need.
const NETWORK: [&str; 6] = ["hyper", "mio", "quinn", "quinn-proto", "socket2", "tokio"];

#[test]
fn relay_and_sdk_never_see_each_other() {
    let sdk = BTreeSet::from(["lacre", "lacre-engine"]);
    let relay = BTreeSet::from(["lacre-relay", "lacre-cli", "lacre-tests"]);
    for member in &sdk {
        let seen = GRAPH.declared(member);
        assert!(
            seen.is_disjoint(&relay),
            "{member} sees {:?}",
            seen.intersection(&relay)
        );
    }
    let seen = GRAPH.declared("lacre-relay");
    assert!(
        seen.is_disjoint(&sdk),
        "lacre-relay sees {:?}",
        seen.intersection(&sdk)
    );
    let all: BTreeSet<_> = GRAPH.members.keys().map(String::as_str).collect();
    for member in ["lacre-wire", "lacre-sqlite"] {
        let seen = GRAPH.declared(member);
        assert!(
            seen.is_disjoint(&all),
            "{member} is at the bottom and sees {:?}",
            seen.intersection(&all)
        );
    }
    for (member, dependencies) in &GRAPH.members {
        assert!(
            !dependencies.contains("lacre-tests"),
            "{member} uses the tests"
        );
        assert!(
            !dependencies.contains("lacre-powercut") || member == "lacre-tests",
            "{member} uses the tests"
        );
    }
}

#[test]
fn bindings_see_the_sdk_only() {
    for (member, manifest) in &GRAPH.manifests {
        if !manifest.starts_with(root().join("bindings")) {
            continue;
        }
        for dependency in &GRAPH.members[member] {
            let inside = GRAPH.members.contains_key(dependency);
            assert!(
                !inside || dependency == "lacre",
                "{member} sees {dependency}"
            );
        }
    }
}

#[test]
fn bindings_alone_know_uniffi_and_wasm_bindgen() {
    for (member, dependencies) in &GRAPH.members {
        let outside = !GRAPH.manifests[member].starts_with(root().join("bindings"));
        let binding = dependencies
            .iter()
            .find(|name| name.starts_with("uniffi") || *name == "wasm-bindgen");
        assert!(
            !outside || binding.is_none(),
            "{member} depends on {binding:?}"
        );
    }
    for (path, text) in sources().filter(|(path, _)| !path.starts_with("bindings/")) {
        for attribute in ["#[uniffi", "uniffi::", "#[wasm_bindgen", "wasm_bindgen::"] {
            assert!(
                !text.contains(attribute) || is_this_test(&path),
                "{path} has {attribute}"
            );
        }
    }
}

#[test]
fn wire_and_engine_do_no_network() {
    for member in ["lacre-wire", "lacre-engine"] {
        let reached = GRAPH.reached(member);
        let network: Vec<_> = NETWORK
            .iter()
            .filter(|name| reached.contains(**name))
            .collect();
        assert!(network.is_empty(), "{member} reaches {network:?}");
    }
}

#[test]
fn nothing_banned_is_built() {
    // The metadata unite the features of all targets: there, WebAssembly puts ring into everything.
    let tree = cargo(&[
        "tree",
        "--locked",
        "--workspace",
        "--edges",
        "all",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let built: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(built.contains("rustls"), "the tree was not read");
    let banned: Vec<_> = BANNED
        .iter()
        .filter(|name| built.contains(**name))
        .collect();
    assert!(
        banned.is_empty(),
        "built on this machine: {banned:?}; see `cargo tree --invert`"
    );
}

#[test]
fn post_quantum_comes_from_the_provider_alone() {
    const FEATURE: &str = "draft-ietf-mls-pq-ciphersuites";
    // On `openmls` itself the feature pulls in a storage crate with a second SQLite.
    assert!(
        !GRAPH.features("openmls").contains(FEATURE),
        "openmls has {FEATURE}"
    );
    for provider in ["openmls_rust_crypto", "openmls_traits"] {
        assert!(
            GRAPH.features(provider).contains(FEATURE),
            "{provider} lacks {FEATURE}"
        );
    }
}
