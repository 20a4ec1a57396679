//! What can go wrong between OpenMLS and the database.

/// A failure of the MLS storage.
///
/// No variant carries stored bytes: the values are key material, and errors are logged.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// OpenMLS handed over a value or key that MessagePack cannot express.
    #[error("MLS state of kind {kind} could not be encoded; the group must be loaded again")]
    Encode {
        /// The kind of row.
        kind: &'static str,
        /// The encoder's reason.
        #[source]
        source: rmp_serde::encode::Error,
    },
    /// A stored row does not have the shape this version expects.
    #[error(
        "stored MLS state of kind {kind} could not be read: {reason}; it was damaged or written by another version"
    )]
    Decode {
        /// The kind of row.
        kind: &'static str,
        /// The decoder's reason, without the bytes it saw.
        reason: &'static str,
    },
    /// SQLite refused a statement.
    #[error("the MLS table could not be read or written; roll back and load the groups again")]
    Database(#[from] rusqlite::Error),
    /// The shared connection is locked by a caller further up the stack.
    #[error(
        "the database connection is in use; release the guard before calling into an MLS group"
    )]
    Borrowed,
    /// A scratch overlay was asked to reach a database.
    #[error("this MLS storage has no database; move it into an overlay that has one")]
    NoDatabase,
    /// Rows were to be written outside a transaction.
    #[error("MLS state must be written inside an open transaction; BEGIN first")]
    NoTransaction,
    /// The transaction was committed while rows were still waiting.
    #[error("{rows} MLS rows were not in the committed transaction; flush before COMMIT")]
    Unflushed {
        /// How many rows were waiting.
        rows: usize,
    },
    /// The mark was released, rolled back, or belongs to a finished transaction.
    #[error("the mark is no longer open; a mark lives from mark() to the end of its transaction")]
    StaleMark,
    /// MLS allows an empty group id; here it would address the rows of the device.
    #[error("an MLS group id must not be empty")]
    EmptyGroupId,
    /// The proposal queue names a proposal that has no row.
    #[error("the proposal queue of a group is incomplete; the group must be joined again")]
    MissingProposal,
}
