//! The state of a room: what everybody in it, and the relay, agrees on in the clear.
//!
//! It is one canonical CBOR map in the group context. Keys a version does not know are kept byte
//! for byte, because the next state is recomputed by every member and must come out the same for
//! old and new ones. Values it does not know (a role, a join rule) make the state unreadable: they
//! decide what is allowed, and a guess would fork the room.

use super::kind::{HistoryRule, JoinRule, RoomKind};
use super::role::Role;
use crate::codec::{self, CodecError};
use crate::ids::{AccountId, RoomId};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use std::collections::{BTreeMap, BTreeSet};

/// A room state's size in bytes. It stands in every GroupInfo and Welcome, and 400 roles fit.
pub const MAX_STATE: usize = 16 * 1024;

/// A sealed profile's size in bytes: name, topic and the reference to a picture.
pub const MAX_PROFILE: usize = 4 * 1024;

/// Accounts that are kept out of a room. They stand in every GroupInfo and Welcome, 35 bytes each.
pub const MAX_BANS: usize = 128;

/// The one sort of ban there is, as it stands in the map of bans: without an end.
const FOR_GOOD: u32 = 0;

/// Why a room state was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// A kind, role or rule of a later version.
    #[error("this room uses something newer than this version knows ({0}); update to go on")]
    NeedsNewerVersion(String),
    /// Larger than [`MAX_STATE`].
    #[error("a room state holds at most {MAX_STATE} bytes, this one {0}")]
    TooLarge(usize),
    /// Not canonical CBOR, or not a room state.
    #[error("unreadable room state: {0}")]
    Unreadable(#[from] CodecError),
    /// The group has no room state at all.
    #[error("the group carries no room state")]
    Missing,
}

/// Name, topic and picture, sealed under a room key the relay does not have.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealedProfile {
    /// Number of the room key it is sealed under.
    #[n(0)]
    pub key_number: u32,
    /// The ciphertext, at most [`MAX_PROFILE`] bytes.
    #[n(1)]
    pub sealed: ByteVec,
}

/// The state of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomState {
    /// What sort of room it is.
    pub kind: RoomKind,
    /// The space it belongs to.
    pub parent: Option<RoomId>,
    /// Roles other than [`Role::Member`]. In direct rooms: the pair.
    pub roles: BTreeMap<AccountId, Role>,
    /// Who may come in.
    pub join_rule: JoinRule,
    /// What newcomers may see.
    pub history: HistoryRule,
    /// Days the relay keeps messages; 0 leaves it to the relay.
    pub retention_days: u32,
    /// Seconds a member waits between messages; 0 means none.
    pub slow_mode_s: u32,
    /// The lowest version of the rules that can judge this room.
    pub min_version: u32,
    /// Name, topic and picture.
    pub profile: Option<SealedProfile>,
    /// Accounts that cannot come in; never of anybody who is in the room. At most [`MAX_BANS`].
    pub bans: BTreeSet<AccountId>,
    /// Seconds after which messages disappear, as their senders write it into them; 0 means never.
    pub disappearing_s: u32,
    /// The name under which the relay lists the room for everybody.
    pub listed: Option<String>,
    /// Keys of later versions with their values as they came.
    unknown: BTreeMap<u64, Vec<u8>>,
}

impl RoomState {
    /// The state a room of this kind starts with. A direct room without a peer is an account's
    /// room with itself; other kinds have no peer.
    pub fn template(kind: RoomKind, creator: AccountId, peer: Option<AccountId>) -> Self {
        let peer = peer.filter(|_| kind == RoomKind::Direct);
        Self {
            kind,
            parent: None,
            roles: peer
                .into_iter()
                .chain([creator])
                .map(|account| (account, Role::Owner))
                .collect(),
            join_rule: JoinRule::Closed,
            history: match kind {
                RoomKind::Direct | RoomKind::Group => HistoryRule::FromJoin,
                RoomKind::Space => HistoryRule::FromStart,
            },
            retention_days: 30,
            slow_mode_s: 0,
            min_version: 1,
            profile: None,
            bans: BTreeSet::new(),
            disappearing_s: 0,
            listed: None,
            unknown: BTreeMap::new(),
        }
    }

    /// An account's role; [`Role::Member`] for everybody who is not listed.
    pub fn role(&self, account: &AccountId) -> Role {
        self.roles.get(account).copied().unwrap_or_default()
    }

    /// Gives a role, or takes it by giving [`Role::Member`].
    pub fn set_role(&mut self, account: AccountId, role: Role) {
        if role == Role::default() {
            self.roles.remove(&account);
        } else {
            self.roles.insert(account, role);
        }
    }

    /// The accounts that own the room.
    pub fn owners(&self) -> impl Iterator<Item = &AccountId> {
        self.roles
            .iter()
            .filter(|(_, role)| **role == Role::Owner)
            .map(|(account, _)| account)
    }

    /// The state as it stands in the group context.
    pub fn encode(&self) -> Vec<u8> {
        codec::to_vec(self)
    }

    /// Reads a state.
    ///
    /// # Errors
    /// [`StateError`] says whether an update would help.
    pub fn decode(bytes: &[u8]) -> Result<Self, StateError> {
        if bytes.len() > MAX_STATE {
            return Err(StateError::TooLarge(bytes.len()));
        }
        codec::check(bytes)?;
        let state: Self = minicbor::decode(bytes).map_err(|e| match e.is_unknown_variant() {
            true => StateError::NeedsNewerVersion(e.to_string()),
            false => CodecError::Shape(e.to_string()).into(),
        })?;
        // What would not come out the same again cannot be recomputed by everybody.
        if state.encode() == bytes {
            Ok(state)
        } else {
            Err(CodecError::Shape("a room state that does not encode back to itself".into()).into())
        }
    }
}

impl<C> Encode<C> for RoomState {
    fn encode<W: encode::Write>(
        &self,
        e: &mut Encoder<W>,
        c: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        let optional = [
            self.parent.is_some(),
            self.profile.is_some(),
            !self.bans.is_empty(),
            self.disappearing_s != 0,
            self.listed.is_some(),
        ];
        let optional = optional.into_iter().filter(|there| *there).count();
        let keys = 7 + optional + self.unknown.len();
        e.map(u64::try_from(keys).unwrap_or(u64::MAX))?;
        e.u8(0)?.encode_with(self.kind, c)?;
        if let Some(parent) = &self.parent {
            e.u8(1)?.encode_with(parent, c)?;
        }
        e.u8(2)?.encode_with(&self.roles, c)?;
        e.u8(3)?.encode_with(self.join_rule, c)?;
        e.u8(4)?.encode_with(self.history, c)?;
        e.u8(5)?.u32(self.retention_days)?;
        e.u8(6)?.u32(self.slow_mode_s)?;
        e.u8(7)?.u32(self.min_version)?;
        if let Some(profile) = &self.profile {
            e.u8(8)?.encode_with(profile, c)?;
        }
        if !self.bans.is_empty() {
            e.u8(9)?
                .map(u64::try_from(self.bans.len()).unwrap_or(u64::MAX))?;
            for account in &self.bans {
                e.encode_with(account, c)?.u32(FOR_GOOD)?;
            }
        }
        if self.disappearing_s != 0 {
            e.u8(10)?.u32(self.disappearing_s)?;
        }
        if let Some(listed) = &self.listed {
            e.u8(11)?.str(listed)?;
        }
        for (key, value) in &self.unknown {
            e.u64(*key)?
                .writer_mut()
                .write_all(value)
                .map_err(encode::Error::write)?;
        }
        e.ok()
    }
}

impl<'b, C> Decode<'b, C> for RoomState {
    fn decode(d: &mut Decoder<'b>, c: &mut C) -> Result<Self, decode::Error> {
        let pairs = d
            .map()?
            .ok_or_else(|| decode::Error::message("indefinite map"))?;
        let (mut kind, mut parent, mut roles, mut join_rule) = (None, None, None, None);
        let (mut history, mut retention, mut slow_mode, mut min_version) = (None, None, None, None);
        let (mut profile, mut unknown) = (None, BTreeMap::new());
        let (mut bans, mut disappearing_s, mut listed) = (BTreeSet::new(), 0, None);
        for _ in 0..pairs {
            match d.u64()? {
                0 => kind = Some(d.decode_with(c)?),
                1 => parent = Some(d.decode_with(c)?),
                2 => roles = Some(d.decode_with::<C, BTreeMap<AccountId, Role>>(c)?),
                3 => join_rule = Some(d.decode_with(c)?),
                4 => history = Some(d.decode_with(c)?),
                5 => retention = Some(d.u32()?),
                6 => slow_mode = Some(d.u32()?),
                7 => min_version = Some(d.u32()?),
                8 => profile = Some(d.decode_with::<C, SealedProfile>(c)?),
                9 => bans = read_bans(d, c)?,
                10 => disappearing_s = d.u32()?,
                11 => listed = Some(d.str()?.to_owned()),
                key => drop(unknown.insert(key, raw(d)?)),
            }
        }
        if roles
            .iter()
            .flatten()
            .any(|(_, role)| *role == Role::default())
        {
            return Err(decode::Error::message("a default role is not stored"));
        }
        if profile
            .iter()
            .any(|profile| profile.sealed.len() > MAX_PROFILE)
        {
            return Err(decode::Error::message("the profile is too large"));
        }
        Ok(Self {
            kind: required(0, kind)?,
            parent,
            roles: required(2, roles)?,
            join_rule: required(3, join_rule)?,
            history: required(4, history)?,
            retention_days: required(5, retention)?,
            slow_mode_s: required(6, slow_mode)?,
            min_version: required(7, min_version)?,
            profile,
            bans,
            disappearing_s,
            listed,
            unknown,
        })
    }
}

fn read_bans<C>(d: &mut Decoder<'_>, c: &mut C) -> Result<BTreeSet<AccountId>, decode::Error> {
    let pairs = d
        .map()?
        .ok_or_else(|| decode::Error::message("indefinite map"))?;
    let mut bans = BTreeSet::new();
    for _ in 0..pairs {
        bans.insert(d.decode_with(c)?);
        match d.u32()? {
            FOR_GOOD => {}
            later => return Err(decode::Error::unknown_variant(later.into())),
        }
    }
    Ok(bans)
}

fn required<T>(key: i64, value: Option<T>) -> Result<T, decode::Error> {
    value.ok_or_else(|| decode::Error::missing_value(key))
}

fn raw(d: &mut Decoder<'_>) -> Result<Vec<u8>, decode::Error> {
    let start = d.position();
    d.skip()?;
    Ok(d.input()
        .get(start..d.position())
        .unwrap_or_default()
        .to_vec())
}

#[cfg(test)]
mod tests;
