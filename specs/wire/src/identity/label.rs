//! What a key signs for. A signature made for one purpose never passes for another, because its
//! label stands before the bytes.

/// The purpose of a signature. This list is the registry: a new purpose is a new variant.
///
/// Every signature is over `label ‖ 0x00 ‖ bytes`. MLS signatures made with the same device keys
/// begin with `"MLS 1.0 "` behind a length (RFC 9420 §5.1.2), so the two never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Label {
    /// AIK over a [`DskStatement`](super::DskStatement).
    Dsk,
    /// DSK over a [`DeviceCertificate`](super::DeviceCertificate).
    Device,
    /// DSK over a [`DeviceList`](super::DeviceList).
    DeviceList,
    /// Device over the first flight of a session.
    Login,
    /// AIK over the opening of an account.
    SignUp,
    /// Relay identity over its TLS, sender and checkpoint keys.
    RelayKeys,
    /// Relay checkpoint key over a chain head.
    Checkpoint,
    /// Device over a report that a commit could not be applied.
    BadCommit,
    /// Invite key over a joining leaf.
    Invite,
    /// A new device over the key it wants things sealed to.
    DeviceRequest,
}

impl Label {
    /// All purposes, in the order of the registry.
    pub const ALL: [Self; 10] = [
        Self::Dsk,
        Self::Device,
        Self::DeviceList,
        Self::Login,
        Self::SignUp,
        Self::RelayKeys,
        Self::Checkpoint,
        Self::BadCommit,
        Self::Invite,
        Self::DeviceRequest,
    ];

    /// The text under the signature.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dsk => "lacre/dsk/1",
            Self::Device => "lacre/device/1",
            Self::DeviceList => "lacre/device-list/1",
            Self::Login => "lacre/login/1",
            Self::SignUp => "lacre/sign-up/1",
            Self::RelayKeys => "lacre/relay-keys/1",
            Self::Checkpoint => "lacre/checkpoint/1",
            Self::BadCommit => "lacre/bad-commit/1",
            Self::Invite => "lacre/invite/1",
            Self::DeviceRequest => "lacre/device-request/1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn labels_are_distinct_and_hold_no_separator() {
        let texts: BTreeSet<_> = Label::ALL.iter().map(|label| label.as_str()).collect();
        assert_eq!(texts.len(), Label::ALL.len());
        assert!(
            texts
                .iter()
                .all(|text| text.starts_with("lacre/") && !text.contains('\0'))
        );
    }
}
