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
use std::collections::BTreeMap;

/// A room state's size in bytes. It stands in every GroupInfo and Welcome, and 400 roles fit.
pub const MAX_STATE: usize = 16 * 1024;

/// A sealed profile's size in bytes: name, topic and the reference to a picture.
pub const MAX_PROFILE: usize = 4 * 1024;

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
        let optional = usize::from(self.parent.is_some()) + usize::from(self.profile.is_some());
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
            unknown,
        })
    }
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
mod tests {
    use super::*;

    fn account(n: u8) -> AccountId {
        AccountId([n; 32])
    }

    fn full() -> RoomState {
        let mut state = RoomState::template(RoomKind::Space, account(2), None);
        state.parent = Some(RoomId([9; 16]));
        state.set_role(account(1), Role::Owner);
        state.profile = Some(SealedProfile {
            key_number: 3,
            sealed: vec![7; 40].into(),
        });
        state
    }

    #[test]
    fn round_trips_and_keeps_unknown_keys() {
        assert_eq!(RoomState::decode(&full().encode()), Ok(full()));
        // Key 300 with a nested value, as a later version might add; the map has one more pair.
        let mut bytes = full().encode();
        bytes[0] += 1;
        bytes.extend([0x19, 0x01, 0x2c, 0x82, 0x01, 0xa1, 0x00, 0xf5]);
        let mut state = RoomState::decode(&bytes).unwrap();
        assert_eq!(state.encode(), bytes);
        state.join_rule = JoinRule::Open;
        assert!(state.encode().ends_with(&bytes[bytes.len() - 8..]));
    }

    #[test]
    fn later_values_ask_for_an_update() {
        let state = RoomState::template(RoomKind::Group, account(1), None);
        let bytes = state.encode();
        let at = bytes.windows(2).position(|pair| pair == [3, 0]).unwrap();
        let mut later = bytes.clone();
        later[at + 1] = 9;
        assert!(matches!(
            RoomState::decode(&later),
            Err(StateError::NeedsNewerVersion(_))
        ));
        // A stored default role, an indefinite map and a state that is too large are plain errors.
        let mut default = bytes.clone();
        let role = default
            .iter()
            .rposition(|byte| *byte == account(1).0[0])
            .map(|_| 0)
            .unwrap();
        let role = role
            + default
                .windows(32)
                .position(|window| window == [1; 32])
                .unwrap()
            + 32;
        default[role] = 0;
        assert!(matches!(
            RoomState::decode(&default),
            Err(StateError::Unreadable(_))
        ));
        // A field inside the profile that would be lost on the way out.
        let mut wider = full().encode();
        let profile = wider.len() - 46;
        assert_eq!(wider[profile..profile + 4], [0xa2, 0x00, 0x03, 0x01]);
        wider[profile] = 0xa3;
        wider.extend([0x02, 0x00]);
        assert!(matches!(
            RoomState::decode(&wider),
            Err(StateError::Unreadable(_))
        ));
        assert!(matches!(
            RoomState::decode(&[0xbf, 0xff]),
            Err(StateError::Unreadable(_))
        ));
        assert!(matches!(
            RoomState::decode(&[0xa0]),
            Err(StateError::Unreadable(_))
        ));
        assert!(matches!(
            RoomState::decode(&vec![0; MAX_STATE + 1]),
            Err(StateError::TooLarge(_))
        ));
    }

    #[test]
    fn templates() {
        let direct = RoomState::template(RoomKind::Direct, account(1), Some(account(2)));
        assert_eq!(direct.owners().count(), 2);
        assert_eq!(
            RoomState::template(RoomKind::Direct, account(1), Some(account(1)))
                .owners()
                .count(),
            1
        );
        let group = RoomState::template(RoomKind::Group, account(1), Some(account(2)));
        assert_eq!(group.owners().collect::<Vec<_>>(), [&account(1)]);
        assert_eq!(
            (group.role(&account(1)), group.role(&account(2))),
            (Role::Owner, Role::Member)
        );
    }

    proptest::proptest! {
        #[test]
        fn what_decodes_encodes_to_itself(bytes: Vec<u8>) {
            if let Ok(state) = RoomState::decode(&bytes) {
                proptest::prop_assert_eq!(state.encode(), bytes);
            }
        }

        #[test]
        fn every_state_round_trips(roles: Vec<[u8; 32]>, numbers: [u32; 3], parent: Option<[u8; 16]>, sealed: Option<Vec<u8>>) {
            let mut state = RoomState::template(RoomKind::Group, account(1), None);
            roles.into_iter().for_each(|account| state.set_role(AccountId(account), Role::Owner));
            [state.retention_days, state.slow_mode_s, state.min_version] = numbers;
            state.parent = parent.map(RoomId);
            state.profile = sealed.map(|sealed| SealedProfile { key_number: 1, sealed: sealed.into() });
            proptest::prop_assert_eq!(RoomState::decode(&state.encode()), Ok(state));
        }
    }
}
