//! Key packages: what others need to add this device to a room while it sleeps.

use super::storage::Provider;
use super::{failed, invalid};
use crate::error::Result;
use lacre_wire::identity::{LeafIdentity, SigningKey};
use lacre_wire::room::RoomKind;
use lacre_wire::room::mls::{capabilities, credential, suite, unlimited_lifetime};
use openmls::prelude::tls_codec::{DeserializeBytes, Serialize};
use openmls::prelude::{
    KeyPackage, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, ProtocolVersion,
};
use openmls_traits::OpenMlsProvider;

/// Makes `count` one-time packages, or one that is a last resort. The private parts stay in the store.
pub(crate) fn make_key_packages(
    provider: &Provider,
    signer: &SigningKey,
    identity: &LeafIdentity,
    kind: RoomKind,
    count: usize,
    last_resort: bool,
) -> Result<Vec<Vec<u8>>> {
    let make = |_| {
        let builder = KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .key_package_lifetime(unlimited_lifetime());
        let builder = if last_resort {
            builder.mark_as_last_resort()
        } else {
            builder
        };
        let bundle = builder
            .build(suite(kind), provider, signer, credential(identity))
            .map_err(|e| failed("a key package could not be made", e))?;
        MlsMessageOut::from(bundle.into_key_package())
            .tls_serialize_detached()
            .map_err(|e| failed("a key package could not be written", e))
    };
    (0..count).map(make).collect()
}

/// Reads and validates a key package from the relay.
pub(crate) fn read_key_package(provider: &Provider, bytes: &[u8]) -> Result<KeyPackage> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(bytes)
        .map_err(|e| invalid("a key package cannot be read", e))?;
    let MlsMessageBodyIn::KeyPackage(package) = message.extract() else {
        return Err(invalid(
            "a key package was expected",
            "another MLS message came",
        ));
    };
    package
        .validate(provider.crypto(), ProtocolVersion::Mls10)
        .map_err(|e| invalid("a key package does not verify", e))
}
