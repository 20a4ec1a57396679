//! Leaves that are not who they say.

use super::*;

#[test]
fn forged_identities_are_refused() {
    let mut world = World::pair(RoomKind::Group);
    // A stranger's key under an owner's identity: the certificate is for another key.
    let mut forged = Party::new(3, 1);
    forged.identity = Party::new(1, 2).identity;
    let stranger = forged.key.clone();
    let package = KeyPackage::builder()
        .leaf_node_capabilities(capabilities())
        .key_package_lifetime(unlimited_lifetime())
        .build(
            suite(RoomKind::Group),
            &forged.provider,
            &stranger,
            CredentialWithKey {
                signature_key: stranger.public().0.as_slice().into(),
                ..credential(&forged.identity)
            },
        )
        .unwrap();
    let commit = world.parties[0].adding(package.key_package().clone());
    assert!(matches!(
        world.refuse(&commit),
        Refusal::Identity(IdentityError::LeafKey { .. })
    ));
    // A certificate that nobody of the account signed.
    let mut forged = Party::new(3, 1);
    forged.identity.certificate.signature.0[5] ^= 1;
    let commit = world.parties[0].adding(forged.key_package(RoomKind::Group));
    assert!(matches!(
        world.refuse(&commit),
        Refusal::Identity(IdentityError::CertificateSignature { .. })
    ));
    // A key package that would expire by each device's own clock.
    let package = Party::new(3, 1).key_package_living(RoomKind::Group, Lifetime::new(3600));
    let commit = world.parties[0].adding(package);
    assert!(matches!(
        world.refuse(&commit),
        Refusal::LimitedLifetime { .. }
    ));
}

#[test]
fn a_foreign_credential_is_refused() {
    let mut world = World::pair(RoomKind::Group);
    let stranger = Party::new(3, 1);
    let package = KeyPackage::builder()
        .leaf_node_capabilities(capabilities())
        .key_package_lifetime(unlimited_lifetime())
        .build(
            suite(RoomKind::Group),
            &stranger.provider,
            &stranger.key,
            CredentialWithKey {
                credential: BasicCredential::new(b"alice".to_vec()).into(),
                signature_key: stranger.key.public().0.as_slice().into(),
            },
        )
        .unwrap();
    let commit = world.parties[0].adding(package.key_package().clone());
    let refused = refusal(judge_public(
        &world.public,
        world.provider.crypto(),
        protocol(&commit),
        0,
    ));
    assert!(matches!(
        refused,
        Refusal::Identity(IdentityError::Unreadable(_))
    ));
}
