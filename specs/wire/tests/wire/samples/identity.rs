//! Identities whose signatures verify.

use super::{AIK, DEVICE, DSK, NOW, OTHER_DEVICE, Sample, account, key, sample};
use lacre_wire::identity::{
    DeviceCertificate, DeviceEntry, DeviceList, DskStatement, LeafIdentity, SignedDeviceList,
};
use lacre_wire::ids::DeviceId;

pub(super) fn statement() -> DskStatement {
    DskStatement::issue(&key(AIK), 1, key(DSK).public())
}

pub(super) fn certificate(device: u8) -> DeviceCertificate {
    DeviceCertificate::issue(&key(DSK), 1, account(), key(device).public(), NOW)
}

fn first() -> DeviceList {
    DeviceList {
        account: account(),
        version: 1,
        prev_hash: None,
        dsk: statement(),
        devices: vec![DeviceEntry {
            certificate: certificate(DEVICE),
            added_ms: NOW,
        }],
        revoked: vec![],
    }
}

/// Version 1: one device.
pub(super) fn list() -> SignedDeviceList {
    first().sign(&key(DSK))
}

/// Version 2: a second device was added and the first revoked.
fn second() -> SignedDeviceList {
    let next = DeviceList {
        version: 2,
        prev_hash: Some(list().hash()),
        devices: vec![DeviceEntry {
            certificate: certificate(OTHER_DEVICE),
            added_ms: NOW + 1,
        }],
        revoked: vec![DeviceId::of(&key(DEVICE).public())],
        ..first()
    };
    next.sign(&key(DSK))
}

fn leaf() -> LeafIdentity {
    LeafIdentity {
        aik: key(AIK).public(),
        dsk: statement(),
        certificate: certificate(DEVICE),
        list_version: 1,
    }
}

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("a device-signing key", "dsk-statement", &statement()),
        sample(
            "a device's certificate",
            "device-certificate",
            &certificate(DEVICE),
        ),
        sample("the first device list", "signed-device-list", &list()),
        sample("the next device list", "signed-device-list", &second()),
        sample("a leaf's credential", "leaf-identity", &leaf()),
    ]
}

#[test]
fn the_samples_verify() {
    let aik = key(AIK).public();
    list().verify(&aik).unwrap();
    second().verify(&aik).unwrap();
    second().succeeds(&list()).unwrap();
    assert_eq!(
        leaf().verify(&key(DEVICE).public().0).unwrap().account,
        account()
    );
}
