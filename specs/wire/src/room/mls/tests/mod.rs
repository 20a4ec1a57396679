//! The rules on real groups: what OpenMLS lets through, and what we then refuse.

mod bans;
mod beginning;
mod identities;
mod membership;
mod operations;
mod outside;
mod party;
mod world;

use super::*;
use crate::identity::IdentityError;
use crate::room::authorize::authorize;
use crate::room::change::Unsupported;
use crate::room::kind::{JoinRule, RoomKind};
use crate::room::operation::{Operation, OperationError};
use crate::room::private_message::{ContentType, PrivateMessageHeader};
use crate::room::refusal::Refusal;
use crate::room::role::{Capability, Role};
use crate::room::state::{RoomState, SealedProfile};
use crate::room::{COMPONENT_ID, CreationRefusal, authorize_creation};
use openmls::prelude::*;
use openmls_rust_crypto::OpenMlsRustCrypto as Provider;
use party::{Party, protocol, seed, verifiable};
use tls_codec::Serialize as _;
use world::{ROOM, World, refusal};
