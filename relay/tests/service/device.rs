//! A device with its keys, its identity and its MLS state.

use lacre_wire::codec;
use lacre_wire::hello::{Hello, Purpose, login_transcript};
use lacre_wire::identity::{
    DeviceCertificate, DeviceEntry, DeviceList, DskStatement, Label, LeafIdentity,
    SignedDeviceList, SigningKey,
};
use lacre_wire::ids::{AccountId, DeviceId, Hash, Signature};
use lacre_wire::relay::EXPORTER_LABEL;
use lacre_wire::request::ClientFrame;
use lacre_wire::room::RoomKind;
use lacre_wire::room::mls::{capabilities, credential, suite, unlimited_lifetime};
use openmls::prelude::KeyPackage;
use openmls_rust_crypto::OpenMlsRustCrypto;

pub(crate) struct Device {
    pub(crate) aik: SigningKey,
    pub(crate) dsk: SigningKey,
    pub(crate) key: SigningKey,
    pub(crate) handle: String,
    pub(crate) counter: u64,
    pub(crate) provider: OpenMlsRustCrypto,
}

fn random() -> SigningKey {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    SigningKey::from_seed(&seed)
}

impl Device {
    /// The first device of a new account.
    pub(crate) fn new(handle: &str) -> Self {
        Self {
            aik: random(),
            dsk: random(),
            key: random(),
            handle: handle.into(),
            counter: 0,
            provider: OpenMlsRustCrypto::default(),
        }
    }

    /// Another device of the same account.
    pub(crate) fn sibling(&self) -> Self {
        Self {
            aik: self.aik.clone(),
            dsk: self.dsk.clone(),
            key: random(),
            handle: self.handle.clone(),
            counter: 0,
            provider: OpenMlsRustCrypto::default(),
        }
    }

    pub(crate) fn account(&self) -> AccountId {
        AccountId::of(&self.aik.public())
    }

    pub(crate) fn id(&self) -> DeviceId {
        DeviceId::of(&self.key.public())
    }

    fn entry(&self) -> DeviceEntry {
        let certificate =
            DeviceCertificate::issue(&self.dsk, 1, self.account(), self.key.public(), 0);
        DeviceEntry {
            certificate,
            added_ms: 0,
        }
    }

    /// Version 1 of the account's list: this device alone.
    pub(crate) fn first_list(&self) -> DeviceList {
        DeviceList {
            account: self.account(),
            version: 1,
            prev_hash: None,
            dsk: DskStatement::issue(&self.aik, 1, self.dsk.public()),
            devices: vec![self.entry()],
            revoked: vec![],
        }
    }

    /// The list after `before`, with other devices added and some revoked.
    pub(crate) fn next_list(
        &self,
        before: &SignedDeviceList,
        add: &[&Self],
        revoke: &[DeviceId],
    ) -> SignedDeviceList {
        let mut list = before.read().unwrap();
        list.version += 1;
        list.prev_hash = Some(before.hash());
        list.devices.extend(add.iter().map(|device| device.entry()));
        list.devices
            .retain(|entry| !revoke.contains(&entry.certificate.device()));
        list.revoked.extend(revoke);
        list.sign(&self.dsk)
    }

    pub(crate) fn sign_up(&self) -> Purpose {
        Purpose::SignUp {
            aik: self.aik.public(),
            list: self.first_list().sign(&self.dsk),
            handle: self.handle.clone(),
        }
    }

    /// The first frame of a session on `connection`, with the next counter.
    pub(crate) fn open(
        &mut self,
        purpose: Purpose,
        relay: &Hash,
        connection: &quinn::Connection,
    ) -> ClientFrame {
        self.open_bound(purpose, relay, exporter(connection))
    }

    /// As [`Device::open`], on what else a login may be bound to.
    pub(crate) fn open_bound(
        &mut self,
        purpose: Purpose,
        relay: &Hash,
        binding: [u8; 32],
    ) -> ClientFrame {
        self.counter += 1;
        let hello = Hello {
            versions: vec![1],
            client: "test".into(),
            account: self.account(),
            device_key: self.key.public(),
            counter: self.counter,
            purpose,
        };
        self.sign_bound(&hello, relay, binding)
    }

    /// A first frame for any hello.
    pub(crate) fn sign(
        &self,
        hello: &Hello,
        relay: &Hash,
        connection: &quinn::Connection,
    ) -> ClientFrame {
        self.sign_bound(hello, relay, exporter(connection))
    }

    fn sign_bound(&self, hello: &Hello, relay: &Hash, binding: [u8; 32]) -> ClientFrame {
        let bytes = codec::to_vec(hello);
        let transcript = login_transcript(
            &bytes,
            relay,
            &binding,
            &hello.account,
            &self.id(),
            hello.counter,
        );
        let signature: Signature = self.key.sign(Label::Login, &transcript);
        ClientFrame::Open {
            hello: bytes.into(),
            signature,
        }
    }

    pub(crate) fn identity(&self) -> LeafIdentity {
        LeafIdentity {
            aik: self.aik.public(),
            dsk: DskStatement::issue(&self.aik, 1, self.dsk.public()),
            certificate: self.entry().certificate,
            list_version: 1,
        }
    }

    pub(crate) fn key_package(&self, kind: RoomKind) -> KeyPackage {
        KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .key_package_lifetime(unlimited_lifetime())
            .build(
                suite(kind),
                &self.provider,
                &self.key,
                credential(&self.identity()),
            )
            .unwrap()
            .key_package()
            .clone()
    }
}

fn exporter(connection: &quinn::Connection) -> [u8; 32] {
    let mut exporter = [0; 32];
    connection
        .export_keying_material(&mut exporter, EXPORTER_LABEL, &[])
        .unwrap();
    exporter
}
