//! What a client needs to know before it can open.

use crate::engine::{Presence, StoreKey};
use lacre_wire::ids::AccountId;
use std::path::PathBuf;

/// How to open a [`crate::Client`]: where the relay is, where the data lives, and, at the first
/// start, who this is.
///
/// At every start: a key for the store, by [`Options::key`] or [`Options::key_file`]. At the first
/// start also either [`Options::handle`] (a new account) or [`Options::link_to`] (a new device of
/// an account that exists); afterwards both are ignored.
#[derive(Clone)]
pub struct Options {
    pub(crate) address: String,
    pub(crate) folder: PathBuf,
    pub(crate) key: Key,
    pub(crate) start: Start,
    pub(crate) client: String,
    pub(crate) presence: Presence,
}

/// Where the store's key comes from.
#[derive(Clone)]
pub(crate) enum Key {
    /// Not said yet.
    None,
    /// From the application.
    Given(StoreKey),
    /// From a file in the data folder, made at the first start.
    File,
}

/// What to do with a fresh store.
#[derive(Clone)]
pub(crate) enum Start {
    /// Nothing: only a store that is signed in can be opened.
    Resume,
    /// Sign up with this handle.
    SignUp(String),
    /// Become a device of this account.
    Link { account: AccountId, name: String },
}

impl Options {
    /// A relay's address as `lacre relay` prints it, `lacre://<fingerprint>@host:port`, and the
    /// folder for this device's data. The folder is created; it serves one client at a time.
    pub fn new(address: &str, folder: &str) -> Self {
        Self::in_folder(address, PathBuf::from(folder))
    }

    /// As [`Options::new`], for paths that are not text.
    pub fn in_folder(address: &str, folder: PathBuf) -> Self {
        Self {
            address: address.to_owned(),
            folder,
            key: Key::None,
            start: Start::Resume,
            client: concat!("lacre/", env!("CARGO_PKG_VERSION")).to_owned(),
            presence: Presence::default(),
        }
    }

    /// Encrypts the store with this key. Keep it in the platform's secret store (Keychain,
    /// Keystore, Secret Service): without it the data cannot be opened, with it everything can.
    #[must_use]
    pub fn key(mut self, key: StoreKey) -> Self {
        self.key = Key::Given(key);
        self
    }

    /// Keeps the store's key in the file `store.key` inside the folder, readable by this user
    /// alone. For servers, bots and tests: who copies the whole folder can read it.
    #[must_use]
    pub fn key_file(mut self) -> Self {
        self.key = Key::File;
        self
    }

    /// At the first start: sign up under this handle, without `@`. Ignored afterwards.
    #[must_use]
    pub fn handle(mut self, handle: &str) -> Self {
        self.start = Start::SignUp(handle.to_owned());
        self
    }

    /// At the first start: become a device of an account that exists. `name` is what the person
    /// calls this device, at most 64 characters. The client waits to be approved by another device
    /// of the account ([`crate::Event::ApprovalRequested`] there, [`crate::Event::Approved`] here).
    /// Ignored afterwards.
    #[must_use]
    pub fn link_to(mut self, account: AccountId, name: &str) -> Self {
        self.start = Start::Link {
            account,
            name: name.to_owned(),
        };
        self
    }

    /// Name and version of the application, for the operator's statistics; at most 64 characters.
    /// Default: this crate's.
    #[must_use]
    pub fn client_name(mut self, name: &str) -> Self {
        self.client = name.to_owned();
        self
    }

    /// How the people in shared rooms see this device from its first moment online; see
    /// [`crate::Client::set_presence`]. Programs that only pass by may be invisible. Default:
    /// [`Presence::Available`].
    #[must_use]
    pub fn presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }
}
