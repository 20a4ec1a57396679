//! A member for tests: a database file, a provider above it, and a signing key.

use std::sync::{Arc, Mutex};

use ed25519_dalek::Signer as _;
use openmls::prelude::*;
use openmls::treesync::RatchetTree;
use openmls_traits::OpenMlsProvider;
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;
use rusqlite::Connection;
use tempfile::TempDir;
use tls_codec::Serialize as _;

use super::super::{Database, Provider, SCHEMA, Stats};

pub(super) const CLASSICAL: Ciphersuite =
    Ciphersuite::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519;
pub(super) const POST_QUANTUM: Ciphersuite =
    Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519;
pub(super) const SUITES: [Ciphersuite; 2] = [CLASSICAL, POST_QUANTUM];

pub(super) struct Key(ed25519_dalek::SigningKey);

impl Signer for Key {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

pub(super) struct Device {
    folder: TempDir,
    pub(super) database: Database,
    pub(super) provider: Provider,
    pub(super) key: Key,
    pub(super) credential: CredentialWithKey,
    pub(super) suite: Ciphersuite,
}

impl Device {
    pub(super) fn new(name: &str, suite: Ciphersuite) -> Self {
        let folder = TempDir::new().unwrap();
        let database = open(&folder);
        database.lock().unwrap().execute_batch(SCHEMA).unwrap();
        let provider = Provider::new(database.clone());
        let mut seed = [0; 32];
        seed[..name.len()].copy_from_slice(name.as_bytes());
        let key = Key(ed25519_dalek::SigningKey::from_bytes(&seed));
        let credential = CredentialWithKey {
            credential: BasicCredential::new(name.as_bytes().to_vec()).into(),
            signature_key: key.0.verifying_key().as_bytes().as_slice().into(),
        };
        Self {
            folder,
            database,
            provider,
            key,
            credential,
            suite,
        }
    }

    pub(super) fn sql(&self, statement: &str) {
        self.database
            .lock()
            .unwrap()
            .execute_batch(statement)
            .unwrap();
    }

    pub(super) fn count(&self, query: &str) -> i64 {
        let connection = self.database.lock().unwrap();
        connection.query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// Runs `work` as the engine does: one transaction, flushed and committed.
    pub(super) fn run<T>(&self, work: impl FnOnce() -> T) -> (T, Stats) {
        self.sql("BEGIN IMMEDIATE");
        let result = work();
        let stats = self.provider.storage().flush().unwrap();
        self.sql("COMMIT");
        self.provider.storage().committed().unwrap();
        (result, stats)
    }

    /// Ends the process, as far as MLS can tell: a new connection and an empty overlay.
    pub(super) fn restart(&mut self) {
        self.database = open(&self.folder);
        self.provider = Provider::new(self.database.clone());
    }

    /// The group as the storage knows it.
    pub(super) fn load(&self, id: &GroupId) -> MlsGroup {
        MlsGroup::load(self.provider.storage(), id)
            .unwrap()
            .unwrap()
    }

    pub(super) fn key_package(&self) -> KeyPackage {
        KeyPackage::builder()
            .leaf_node_capabilities(capabilities(self.suite))
            .key_package_lifetime(Lifetime::init(0, u64::MAX))
            .build(
                self.suite,
                &self.provider,
                &self.key,
                self.credential.clone(),
            )
            .unwrap()
            .key_package()
            .clone()
    }

    pub(super) fn create(&self, id: &GroupId) -> MlsGroup {
        let config = config(self.suite);
        MlsGroup::new_with_group_id(
            &self.provider,
            &self.key,
            &config,
            id.clone(),
            self.credential.clone(),
        )
        .unwrap()
    }

    /// Adds members; returns the commit for the others and the Welcome.
    pub(super) fn add(&self, group: &mut MlsGroup, packages: &[KeyPackage]) -> (Vec<u8>, Welcome) {
        let (commit, welcome, _) = group
            .add_members(&self.provider, &self.key, packages)
            .unwrap();
        group.merge_pending_commit(&self.provider).unwrap();
        let MlsMessageBodyIn::Welcome(welcome) = MlsMessageIn::from(welcome).extract() else {
            panic!("not a Welcome");
        };
        (commit.tls_serialize_detached().unwrap(), welcome)
    }

    pub(super) fn join(&self, welcome: Welcome, tree: RatchetTree) -> MlsGroup {
        StagedWelcome::build_from_welcome(&self.provider, config(self.suite).join_config(), welcome)
            .unwrap()
            .with_ratchet_tree(tree.into())
            .build()
            .unwrap()
            .into_group(&self.provider)
            .unwrap()
    }

    pub(super) fn say(&self, group: &mut MlsGroup, text: &str) -> Vec<u8> {
        group
            .create_message(&self.provider, &self.key, text.as_bytes())
            .unwrap()
            .tls_serialize_detached()
            .unwrap()
    }

    /// The text of a message, or `None` if it does not decrypt.
    pub(super) fn try_hear(&self, group: &mut MlsGroup, message: &[u8]) -> Option<String> {
        let processed = group.process_message(&self.provider, parse(message)).ok()?;
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(text) => {
                Some(String::from_utf8(text.into_bytes()).unwrap())
            }
            _ => panic!("not an application message"),
        }
    }

    pub(super) fn hear(&self, group: &mut MlsGroup, message: &[u8]) -> String {
        self.try_hear(group, message).unwrap()
    }

    /// Follows somebody else's commit.
    pub(super) fn follow(&self, group: &mut MlsGroup, commit: &[u8]) {
        let processed = group
            .process_message(&self.provider, parse(commit))
            .unwrap();
        match processed.into_content() {
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                group.merge_staged_commit(&self.provider, *staged).unwrap();
            }
            _ => panic!("not a commit"),
        }
    }

    /// Renews the own leaf: a commit with a path.
    pub(super) fn renew(&self, group: &mut MlsGroup) -> Vec<u8> {
        let (commit, _, _) = group
            .self_update(&self.provider, &self.key, LeafNodeParameters::default())
            .unwrap()
            .into_contents();
        commit.tls_serialize_detached().unwrap()
    }
}

/// Two members of one group, both committed to their databases.
pub(super) struct Pair {
    pub(super) ana: Device,
    pub(super) ben: Device,
    pub(super) id: GroupId,
    pub(super) anas: MlsGroup,
    pub(super) bens: MlsGroup,
}

impl Pair {
    pub(super) fn new(suite: Ciphersuite) -> Self {
        let (ana, ben) = (Device::new("ana", suite), Device::new("ben", suite));
        let id = GroupId::from_slice(&[7; 36]);
        let (package, _) = ben.run(|| ben.key_package());
        let ((anas, welcome), _) = ana.run(|| {
            let mut group = ana.create(&id);
            let (_, welcome) = ana.add(&mut group, &[package]);
            (group, welcome)
        });
        let (bens, _) = ben.run(|| ben.join(welcome, anas.export_ratchet_tree()));
        Self {
            ana,
            ben,
            id,
            anas,
            bens,
        }
    }
}

/// Whether two members are in the same epoch with the same secrets.
pub(super) fn agree(one: &MlsGroup, other: &MlsGroup) -> bool {
    one.epoch_authenticator().as_slice() == other.epoch_authenticator().as_slice()
}

pub(super) fn parse(message: &[u8]) -> ProtocolMessage {
    MlsMessageIn::tls_deserialize_exact_bytes(message)
        .unwrap()
        .try_into_protocol_message()
        .unwrap()
}

pub(super) fn capabilities(suite: Ciphersuite) -> Capabilities {
    Capabilities::builder()
        .ciphersuites(vec![suite])
        .extensions(vec![ExtensionType::AppDataDictionary])
        .proposals(vec![ProposalType::AppDataUpdate, ProposalType::SelfRemove])
        .credentials(vec![CredentialType::Basic])
        .build()
}

pub(super) fn config(suite: Ciphersuite) -> MlsGroupCreateConfig {
    MlsGroupCreateConfig::builder()
        .ciphersuite(suite)
        .capabilities(capabilities(suite))
        .wire_format_policy(MIXED_PLAINTEXT_WIRE_FORMAT_POLICY)
        .max_past_epochs(0)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(32, 2000))
        .use_ratchet_tree_extension(false)
        .build()
}

fn open(folder: &TempDir) -> Database {
    let connection = Connection::open(folder.path().join("store.db")).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON;")
        .unwrap();
    Arc::new(Mutex::new(connection))
}
