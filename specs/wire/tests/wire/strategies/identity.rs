//! Identities of the right shape; their signatures are noise.

use super::{account, device, hash, public_key, signature};
use lacre_wire::codec;
use lacre_wire::identity::{
    DeviceCertificate, DeviceEntry, DeviceList, DskStatement, LeafIdentity, SignedDeviceList,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn dsk_statement() -> impl Strategy<Value = DskStatement> {
    (account(), any::<u32>(), public_key(), signature()).prop_map(
        |(account, number, dsk, signature)| DskStatement {
            account,
            number,
            dsk,
            signature,
        },
    )
}

fn certificate() -> impl Strategy<Value = DeviceCertificate> {
    (
        account(),
        public_key(),
        any::<u32>(),
        any::<u64>(),
        signature(),
    )
        .prop_map(
            |(account, key, dsk_number, issued_ms, signature)| DeviceCertificate {
                account,
                key,
                dsk_number,
                issued_ms,
                signature,
            },
        )
}

fn device_entry() -> impl Strategy<Value = DeviceEntry> {
    (certificate(), any::<u64>()).prop_map(|(certificate, added_ms)| DeviceEntry {
        certificate,
        added_ms,
    })
}

pub(crate) fn device_list() -> impl Strategy<Value = DeviceList> {
    let lists = (vec(device_entry(), 0..4), vec(device(), 0..4));
    (
        account(),
        any::<u64>(),
        option::of(hash()),
        dsk_statement(),
        lists,
    )
        .prop_map(
            |(account, version, prev_hash, dsk, (devices, revoked))| DeviceList {
                account,
                version,
                prev_hash,
                dsk,
                devices,
                revoked,
            },
        )
}

pub(crate) fn signed_device_list() -> impl Strategy<Value = SignedDeviceList> {
    (device_list(), signature()).prop_map(|(list, signature)| SignedDeviceList {
        list: codec::to_vec(&list).into(),
        signature,
    })
}

pub(crate) fn leaf_identity() -> impl Strategy<Value = LeafIdentity> {
    (public_key(), dsk_statement(), certificate(), any::<u64>()).prop_map(
        |(aik, dsk, certificate, list_version)| LeafIdentity {
            aik,
            dsk,
            certificate,
            list_version,
        },
    )
}
