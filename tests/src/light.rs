//! Light devices: accounts with real keys and nothing behind them, for stories that need a thousand.
//! They say hello and listen. They can be added to a room, because they have true key packages; what
//! happens in it they cannot follow.

use crate::hostile::villain::package_bytes;
use crate::wire::{Caller, Session};
use lacre_wire::codec;
use lacre_wire::hello::{Hello, Purpose, Ready, VERSION, login_transcript};
use lacre_wire::identity::{
    DeviceCertificate, DeviceEntry, DeviceList, DskStatement, Label, LeafIdentity, SigningKey,
};
use lacre_wire::ids::{AccountId, DeviceId, Signature};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::ClientFrame;
use lacre_wire::room::RoomKind;
use lacre_wire::room::mls::{capabilities, credential, suite, unlimited_lifetime};
use openmls::prelude::KeyPackage;
use openmls_rust_crypto::OpenMlsRustCrypto;
use quinn::ConnectionError;

/// A device without an engine.
pub struct Light {
    aik: SigningKey,
    dsk: SigningKey,
    key: SigningKey,
    handle: String,
    counter: u64,
}

fn random() -> SigningKey {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    SigningKey::from_seed(&seed)
}

impl Light {
    /// The first device of an account that nobody knows yet.
    pub fn new(handle: &str) -> Self {
        Self {
            aik: random(),
            dsk: random(),
            key: random(),
            handle: handle.to_owned(),
            counter: 0,
        }
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        AccountId::of(&self.aik.public())
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        DeviceId::of(&self.key.public())
    }

    /// Signs with the device's key.
    pub fn sign(&self, label: Label, message: &[u8]) -> Signature {
        self.key.sign(label, message)
    }

    /// A key package for rooms of a kind, as it travels. What opens its Welcome is thrown away.
    pub fn key_package(&self, kind: RoomKind) -> Vec<u8> {
        let device = self.key.public();
        let identity = LeafIdentity {
            aik: self.aik.public(),
            dsk: DskStatement::issue(&self.aik, 1, self.dsk.public()),
            certificate: DeviceCertificate::issue(&self.dsk, 1, self.account(), device, 0),
            list_version: 1,
        };
        let package = KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .key_package_lifetime(unlimited_lifetime())
            .build(
                suite(kind),
                &OpenMlsRustCrypto::default(),
                &self.key,
                credential(&identity),
            )
            .unwrap();
        package_bytes(package.key_package())
    }

    /// Makes the account.
    pub async fn sign_up(&mut self, caller: &Caller) -> (Session, Ready) {
        let certificate =
            DeviceCertificate::issue(&self.dsk, 1, self.account(), self.key.public(), 0);
        let list = DeviceList {
            account: self.account(),
            version: 1,
            prev_hash: None,
            dsk: DskStatement::issue(&self.aik, 1, self.dsk.public()),
            devices: vec![DeviceEntry {
                certificate,
                added_ms: 0,
            }],
            revoked: vec![],
        };
        let purpose = Purpose::SignUp {
            aik: self.aik.public(),
            list: list.sign(&self.dsk),
            handle: self.handle.clone(),
        };
        self.say_hello(caller, purpose).await.unwrap()
    }

    /// Comes back.
    pub async fn sign_in(&mut self, caller: &Caller) -> (Session, Ready) {
        self.try_to_sign_in(caller).await.unwrap()
    }

    /// Comes back, unless the relay refuses connections for a while, or ends this one before the login.
    pub async fn try_to_sign_in(
        &mut self,
        caller: &Caller,
    ) -> Result<(Session, Ready), ConnectionError> {
        self.say_hello(caller, Purpose::SignIn).await
    }

    async fn say_hello(
        &mut self,
        caller: &Caller,
        purpose: Purpose,
    ) -> Result<(Session, Ready), ConnectionError> {
        self.counter += 1;
        let hello = Hello {
            versions: vec![VERSION],
            client: "light".to_owned(),
            account: self.account(),
            device_key: self.key.public(),
            counter: self.counter,
            purpose,
        };
        let bytes = codec::to_vec(&hello);
        let open = |relay, exporter: [u8; 32]| {
            let device = DeviceId::of(&self.key.public());
            let transcript = login_transcript(
                &bytes,
                &relay,
                &exporter,
                &hello.account,
                &device,
                hello.counter,
            );
            ClientFrame::Open {
                signature: self.key.sign(Label::Login, &transcript),
                hello: bytes.clone().into(),
            }
        };
        let mut session = caller.try_to_call(open).await?;
        match session.listener.next().await {
            Some(ServerFrame::Ready(ready)) => Ok((session, ready)),
            Some(other) => panic!("{} was not let in: {other:?}", self.handle),
            None => Err(session.connection.closed().await),
        }
    }
}
