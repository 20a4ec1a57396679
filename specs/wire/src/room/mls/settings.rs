//! The one way this product uses MLS.
//!
//! Handshakes are PublicMessages, so that the relay can check them; messages are PrivateMessages.
//! No past epochs are kept: the relay refuses messages of another epoch, and a blob of past secrets
//! would be rewritten with every message. Trees travel beside Welcomes, by hash.

use crate::identity::LeafIdentity;
use crate::ids::PublicKey;
use crate::room::kind::RoomKind;
use crate::room::state::{RoomState, StateError};
use crate::room::{COMPONENT_ID, SUITE_CLASSICAL, SUITE_POST_QUANTUM};
use openmls::extensions::{
    AppDataDictionary, AppDataDictionaryExtension, Extension, ExtensionType, Extensions,
    ExternalSender, RequiredCapabilitiesExtension,
};
use openmls::group::{
    GroupContext, MIXED_PLAINTEXT_WIRE_FORMAT_POLICY, MlsGroupCreateConfig, MlsGroupJoinConfig,
};
use openmls::prelude::{
    BasicCredential, Capabilities, Ciphersuite, Credential, CredentialType, CredentialWithKey,
    InvalidExtensionError, Lifetime, ProposalType, SenderRatchetConfiguration,
};

/// Messages of one sender that may arrive out of order: a few parallel streams' worth.
pub const OUT_OF_ORDER: u32 = 32;

/// Messages of one sender that may be missing before the next one, within an epoch. Epochs are
/// renewed after 1000 envelopes, so 2000 is never met by honest senders.
pub const SKIP_AHEAD: u32 = 2000;

/// The relay's credential in the external senders. Only its key says who it is.
const RELAY_IDENTITY: &[u8] = b"lacre/relay/1";

const EXTENSIONS: [ExtensionType; 1] = [ExtensionType::AppDataDictionary];
const PROPOSALS: [ProposalType; 2] = [ProposalType::AppDataUpdate, ProposalType::SelfRemove];
const CREDENTIALS: [CredentialType; 1] = [CredentialType::Basic];

/// The MLS suite of a kind of room.
pub const fn suite(kind: RoomKind) -> Ciphersuite {
    match kind {
        RoomKind::Direct | RoomKind::Group => {
            Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519
        }
        RoomKind::Space => Ciphersuite::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519,
    }
}

// The numbers that travel and the suites that run are the same.
const _: () = assert!(suite(RoomKind::Group) as u16 == SUITE_POST_QUANTUM);
const _: () = assert!(suite(RoomKind::Space) as u16 == SUITE_CLASSICAL);

/// What every leaf says it can do. Both suites are named, whichever the group uses: one device has
/// one set of capabilities.
pub fn capabilities() -> Capabilities {
    Capabilities::builder()
        .ciphersuites(vec![suite(RoomKind::Group), suite(RoomKind::Space)])
        .extensions([EXTENSIONS.as_slice(), &[ExtensionType::LastResort]].concat())
        .proposals(PROPOSALS.to_vec())
        .credentials(CREDENTIALS.to_vec())
        .build()
}

/// What every group requires of its leaves.
pub fn required_capabilities() -> RequiredCapabilitiesExtension {
    RequiredCapabilitiesExtension::new(&EXTENSIONS, &PROPOSALS, &CREDENTIALS)
}

/// The relay as external sender (RFC 9420 §12.1.8.1). Its key may propose Remove, nothing else.
pub fn relay_sender(relay_key: &PublicKey) -> ExternalSender {
    ExternalSender::new(
        relay_key.0.as_slice().into(),
        BasicCredential::new(RELAY_IDENTITY.to_vec()).into(),
    )
}

/// The group context extensions of a new group.
///
/// # Errors
/// None in practice: the three extensions are distinct and valid in a group context.
pub fn group_context_extensions(
    relay_key: &PublicKey,
    state: &RoomState,
) -> Result<Extensions<GroupContext>, InvalidExtensionError> {
    let mut dictionary = AppDataDictionary::new();
    dictionary.insert(COMPONENT_ID, state.encode());
    Extensions::from_vec(vec![
        Extension::RequiredCapabilities(required_capabilities()),
        Extension::ExternalSenders(vec![relay_sender(relay_key)]),
        Extension::AppDataDictionary(AppDataDictionaryExtension::new(dictionary)),
    ])
}

/// The room state in a group context.
///
/// # Errors
/// [`StateError`], among them that there is none.
pub fn state_of(extensions: &Extensions<GroupContext>) -> Result<RoomState, StateError> {
    let dictionary = extensions
        .app_data_dictionary()
        .ok_or(StateError::Missing)?;
    let bytes = dictionary
        .dictionary()
        .get(&COMPONENT_ID)
        .ok_or(StateError::Missing)?;
    RoomState::decode(bytes)
}

/// A lifetime that never ends: OpenMLS reads the system clock while it processes a commit, so any
/// other would make validity depend on whose clock is right. Real expiry is checked at claim.
pub fn unlimited_lifetime() -> Lifetime {
    Lifetime::init(0, u64::MAX)
}

/// How a member's group is kept.
pub fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(MIXED_PLAINTEXT_WIRE_FORMAT_POLICY)
        .max_past_epochs(0)
        .use_ratchet_tree_extension(false)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(OUT_OF_ORDER, SKIP_AHEAD))
        .build()
}

/// How a group begins.
///
/// # Errors
/// None in practice, as [`group_context_extensions`].
pub fn create_config(
    relay_key: &PublicKey,
    state: &RoomState,
) -> Result<MlsGroupCreateConfig, InvalidExtensionError> {
    Ok(MlsGroupCreateConfig::builder()
        .ciphersuite(suite(state.kind))
        .capabilities(capabilities())
        .lifetime(unlimited_lifetime())
        .wire_format_policy(MIXED_PLAINTEXT_WIRE_FORMAT_POLICY)
        .max_past_epochs(0)
        .use_ratchet_tree_extension(false)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(OUT_OF_ORDER, SKIP_AHEAD))
        .with_group_context_extensions(group_context_extensions(relay_key, state)?)
        .build())
}

/// The credential and signature key of a device's leaves.
pub fn credential(identity: &LeafIdentity) -> CredentialWithKey {
    CredentialWithKey {
        credential: Credential::from(BasicCredential::new(identity.encode())),
        signature_key: identity.certificate.key.0.as_slice().into(),
    }
}
