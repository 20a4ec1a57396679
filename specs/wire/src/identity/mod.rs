//! Who somebody is: accounts, devices and the chain of signatures between them.
//!
//! An account is its identity key (AIK): the account id is the hash of that key, so nobody can put
//! another key behind an id. The AIK signs a device-signing key (DSK), the DSK signs a certificate
//! for each device, and every MLS leaf carries the whole chain. A leaf is therefore judged from its
//! own bytes; directories and device lists change what people are shown, never what is valid.
//!
//! - [`keys`], [`label`]: signatures and what they may be made for.
//! - [`dsk`], [`certificate`], [`leaf`]: the chain.
//! - [`device_list`]: which devices an account has, in signed versions.

pub mod certificate;
pub mod device;
pub mod device_list;
pub mod dsk;
pub mod error;
pub mod init_key;
pub mod keys;
pub mod label;
pub mod leaf;

pub use certificate::DeviceCertificate;
pub use device::Device;
pub use device_list::{DeviceEntry, DeviceList, SignedDeviceList};
pub use dsk::DskStatement;
pub use error::IdentityError;
pub use init_key::SignedInitKey;
pub use keys::{BadSignature, SigningKey, verify};
pub use label::Label;
pub use leaf::LeafIdentity;
