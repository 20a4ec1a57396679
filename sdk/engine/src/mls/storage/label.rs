//! The kinds of rows. Their numbers are stored and never change meaning.

/// The kind of a row in the `mls` table.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Label {
    // One row per group.
    Tree = 1,
    GroupContext = 2,
    InterimTranscriptHash = 3,
    ConfirmationTag = 4,
    JoinConfig = 5,
    GroupState = 6,
    MessageSecrets = 7,
    ResumptionPsks = 8,
    OwnLeafIndex = 9,
    EpochSecrets = 10,
    ApplicationExportTree = 11,
    // Lists and maps of a group.
    OwnLeafNodes = 12,
    ProposalQueue = 13,
    QueuedProposal = 14,
    EpochKeyPairs = 15,
    // Rows of the device, outside any group.
    SignatureKeyPair = 32,
    EncryptionKeyPair = 33,
    KeyPackage = 34,
    Psk = 35,
}

impl Label {
    /// The stored number.
    pub(super) const fn code(self) -> u8 {
        self as u8
    }

    /// The name used in error messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::GroupContext => "group context",
            Self::InterimTranscriptHash => "interim transcript hash",
            Self::ConfirmationTag => "confirmation tag",
            Self::JoinConfig => "join configuration",
            Self::GroupState => "group state",
            Self::MessageSecrets => "message secrets",
            Self::ResumptionPsks => "resumption PSKs",
            Self::OwnLeafIndex => "own leaf index",
            Self::EpochSecrets => "epoch secrets",
            Self::ApplicationExportTree => "application export tree",
            Self::OwnLeafNodes => "own leaf nodes",
            Self::ProposalQueue => "proposal queue",
            Self::QueuedProposal => "queued proposal",
            Self::EpochKeyPairs => "epoch key pairs",
            Self::SignatureKeyPair => "signature key pair",
            Self::EncryptionKeyPair => "encryption key pair",
            Self::KeyPackage => "key package",
            Self::Psk => "PSK",
        }
    }
}
