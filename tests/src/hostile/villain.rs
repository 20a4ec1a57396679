//! A hostile account on the bare wire, with one device.

use super::crooked::Crooked;
use super::seat::Seat;
use crate::wire::{Caller, Session};
use lacre_wire::answer::{Answer, OpenState};
use lacre_wire::codec;
use lacre_wire::error::ErrorCode;
use lacre_wire::hello::{Hello, Purpose, VERSION, login_transcript};
use lacre_wire::identity::{
    DeviceCertificate, DeviceEntry, DeviceList, DskStatement, Label, LeafIdentity, SigningKey,
};
use lacre_wire::ids::{AccountId, DeviceId, Hash, LogId, PublicKey, RoomId, SubmitId};
use lacre_wire::log::EntryKind;
use lacre_wire::push::{ServerFrame, WelcomeNotice};
use lacre_wire::request::{ClientFrame, OpenLog, Payload, Request};
use lacre_wire::room::RoomKind;
use lacre_wire::room::mls::{capabilities, credential, join_config, suite, unlimited_lifetime};
use openmls::group::StagedWelcome;
use openmls::prelude::tls_codec::{DeserializeBytes, Serialize};
use openmls::prelude::{
    KeyPackage, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, ProtocolVersion, RatchetTreeIn,
};
use openmls_rust_crypto::RustCrypto;
use std::collections::{HashMap, VecDeque};

/// An account that keeps no rule it does not want to keep.
pub struct Villain {
    /// The account's identity key.
    pub aik: SigningKey,
    /// Its device-signing key.
    pub dsk: SigningKey,
    /// The device's key.
    pub key: SigningKey,
    /// Its MLS state.
    pub provider: Crooked,
    /// Its session.
    pub session: Session,
    /// The relay's key as external sender.
    pub relay_key: PublicKey,
    pub(super) last: HashMap<RoomId, SubmitId>,
    asked: u32,
    aside: VecDeque<ServerFrame>,
}

/// 16 random bytes.
pub fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

fn random_key() -> SigningKey {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    SigningKey::from_seed(&seed)
}

/// The code with which something was refused.
pub fn refused(answer: Answer) -> ErrorCode {
    match answer {
        Answer::Failed(error) => error.code,
        other => panic!("this was not refused: {other:?}"),
    }
}

/// The leaf of a device, as its account's keys say it.
pub fn identity(aik: &SigningKey, dsk: &SigningKey, device: &PublicKey) -> LeafIdentity {
    let account = AccountId::of(&aik.public());
    LeafIdentity {
        aik: aik.public(),
        dsk: DskStatement::issue(aik, 1, dsk.public()),
        certificate: DeviceCertificate::issue(dsk, 1, account, *device, 0),
        list_version: 1,
    }
}

impl Villain {
    /// Signs up, and puts key packages where others find them.
    pub async fn sign_up(caller: &Caller, handle: &str) -> Self {
        let (aik, dsk, key) = (random_key(), random_key(), random_key());
        let account = AccountId::of(&aik.public());
        let certificate = DeviceCertificate::issue(&dsk, 1, account, key.public(), 0);
        let list = DeviceList {
            account,
            version: 1,
            prev_hash: None,
            dsk: DskStatement::issue(&aik, 1, dsk.public()),
            devices: vec![DeviceEntry {
                certificate,
                added_ms: 0,
            }],
            revoked: Vec::new(),
        };
        let hello = codec::to_vec(&Hello {
            versions: vec![VERSION],
            client: "villain".to_owned(),
            account,
            device_key: key.public(),
            counter: 1,
            purpose: Purpose::SignUp {
                aik: aik.public(),
                list: list.sign(&dsk),
                handle: handle.to_owned(),
            },
        });
        let device = DeviceId::of(&key.public());
        let mut session = caller
            .call(|fingerprint, exporter| {
                let transcript =
                    login_transcript(&hello, &fingerprint, &exporter, &account, &device, 1);
                ClientFrame::Open {
                    signature: key.sign(Label::Login, &transcript),
                    hello: hello.clone().into(),
                }
            })
            .await;
        let relay_key = match session.listener.next().await {
            Some(ServerFrame::Ready(ready)) => ready.statement.read().unwrap().sender_key,
            other => panic!("a villain cannot sign up: {other:?}"),
        };
        let mut villain = Self {
            aik,
            dsk,
            key,
            provider: Crooked::default(),
            session,
            relay_key,
            last: HashMap::new(),
            asked: 0,
            aside: VecDeque::new(),
        };
        let package = package_bytes(&villain.key_package(RoomKind::Group));
        let put = Request::PutKeyPackages {
            suite: RoomKind::Group.suite(),
            one_time: vec![package.into()],
            last_resort: None,
        };
        assert_eq!(villain.ask(put).await, Answer::Ok);
        villain
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        AccountId::of(&self.aik.public())
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        DeviceId::of(&self.key.public())
    }

    /// Its leaf.
    pub fn identity(&self) -> LeafIdentity {
        identity(&self.aik, &self.dsk, &self.key.public())
    }

    /// A new key package; its private part is kept.
    pub fn key_package(&self, kind: RoomKind) -> KeyPackage {
        self.key_package_as(kind, &self.identity())
    }

    /// A key package whose leaf says it is somebody else's.
    pub fn key_package_as(&self, kind: RoomKind, identity: &LeafIdentity) -> KeyPackage {
        let mut with = credential(identity);
        with.signature_key = self.key.public().0.as_slice().into();
        KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .key_package_lifetime(unlimited_lifetime())
            .build(suite(kind), &self.provider, &self.key, with)
            .unwrap()
            .key_package()
            .clone()
    }

    /// Asks, and waits for the answer. Other frames are kept aside.
    pub async fn ask(&mut self, request: Request) -> Answer {
        self.asked += 1;
        let id = self.asked;
        self.session
            .speaker
            .say(&ClientFrame::Request { id, request })
            .await;
        loop {
            match self.session.listener.next().await {
                Some(ServerFrame::Answer { id: to, answer }) if to == id => return answer,
                Some(frame) => self.aside.push_back(frame),
                None => panic!("the relay ended a villain's session"),
            }
        }
    }

    /// The next frame that is no answer.
    pub async fn next(&mut self) -> ServerFrame {
        match self.aside.pop_front() {
            Some(frame) => frame,
            None => self.session.listener.next().await.unwrap(),
        }
    }

    /// Waits for a frame; the others are kept aside, in order.
    pub async fn hears(&mut self, wanted: impl Fn(&ServerFrame) -> bool) -> ServerFrame {
        if let Some(at) = self.aside.iter().position(&wanted) {
            return self.aside.remove(at).unwrap();
        }
        loop {
            let frame = self.session.listener.next().await.unwrap();
            if wanted(&frame) {
                return frame;
            }
            self.aside.push_back(frame);
        }
    }

    /// Lets a log flow from where this device's reading begins.
    pub async fn open(&mut self, log: LogId) -> OpenState {
        let open = vec![OpenLog { log, cursor: None }];
        match self.ask(Request::Open(open)).await {
            Answer::Opened(mut opened) => opened.remove(0).state,
            other => panic!("a log was not opened: {other:?}"),
        }
    }

    /// Bytes, wherever they are.
    pub async fn payload(&self, payload: &Payload) -> Vec<u8> {
        match payload {
            Payload::Inline(bytes) => bytes.to_vec(),
            Payload::ByHash(hash) => self.session.fetch(*hash).await,
        }
    }

    /// Waits for the Welcome of a room, and takes the seat it was given.
    pub async fn enter(&mut self, room: RoomId) -> Seat {
        self.open(LogId::Inbox(self.device())).await;
        let notice = loop {
            if let Some(notice) = welcome_in(&self.next().await, room) {
                break notice;
            }
        };
        let welcome = self.payload(&notice.welcome).await;
        let tree = self.session.fetch(notice.tree).await;
        let MlsMessageBodyIn::Welcome(welcome) =
            MlsMessageIn::tls_deserialize_exact_bytes(&welcome)
                .unwrap()
                .extract()
        else {
            panic!("no Welcome")
        };
        let group = StagedWelcome::build_from_welcome(&self.provider, &join_config(), welcome)
            .unwrap()
            .with_ratchet_tree(RatchetTreeIn::tls_deserialize_exact_bytes(&tree).unwrap())
            .skip_lifetime_validation()
            .build()
            .unwrap()
            .into_group(&self.provider)
            .unwrap();
        let OpenState::Live { start, .. } = self.open(LogId::Room(room)).await else {
            panic!("the room's log does not flow")
        };
        Seat {
            room,
            generation: notice.generation,
            group,
            seq: start.seq,
            chain: start.chain,
            from: notice.from_seq,
            read: Vec::new(),
            heard: Vec::new(),
        }
    }
}

/// A key package as it travels.
pub fn package_bytes(package: &KeyPackage) -> Vec<u8> {
    MlsMessageOut::from(package.clone())
        .tls_serialize_detached()
        .unwrap()
}

/// A key package that came from the relay.
pub fn package_in(bytes: &[u8]) -> KeyPackage {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(bytes).unwrap();
    let MlsMessageBodyIn::KeyPackage(package) = message.extract() else {
        panic!("no key package")
    };
    let crypto = RustCrypto::default();
    package.validate(&crypto, ProtocolVersion::Mls10).unwrap()
}

/// The Welcome of a room, if a frame holds it.
pub fn welcome_in(frame: &ServerFrame, room: RoomId) -> Option<WelcomeNotice> {
    let ServerFrame::Entries { entries, .. } = frame else {
        return None;
    };
    entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Welcome)
        .filter_map(|entry| codec::from_slice::<WelcomeNotice>(entry.body.bytes()?).ok())
        .find(|notice| notice.room == room)
}

/// A hash that is nobody's.
pub const NOBODYS: Hash = Hash([0xbb; 32]);
