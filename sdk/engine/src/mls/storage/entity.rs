//! The storage trait of OpenMLS, one row kind after the other.
//!
//! Nearly every method is "replace, read or delete the row of this kind at this key"; the
//! `rows!` table names them. What is left are the lists and the proposal queue.

use openmls_traits::storage::{CURRENT_VERSION, StorageProvider, traits};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::label::Label;
use super::row::RowKey;
use super::{Overlay, StorageError};

/// Methods for rows that hold one value. `$at` builds the row key; type parameters stand in
/// the order in which the trait declares them, because callers name them by position.
macro_rules! rows {
    ($at:path; $(
        $label:ident: $key:ident => $value:ident {
            $write:ident<$w1:ident, $w2:ident>,
            $read:ident<$r1:ident, $r2:ident>,
            $delete:ident<$($d:ident),+> $(,)?
        }
    )+) => {$(
        fn $write<$w1: traits::$w1<CURRENT_VERSION>, $w2: traits::$w2<CURRENT_VERSION>>(
            &self,
            key: &$key,
            value: &$value,
        ) -> Result<(), StorageError> {
            self.write(Label::$label, $at(Label::$label, key)?, value)
        }

        fn $read<$r1: traits::$r1<CURRENT_VERSION>, $r2: traits::$r2<CURRENT_VERSION>>(
            &self,
            key: &$key,
        ) -> Result<Option<$value>, StorageError> {
            self.read(Label::$label, &$at(Label::$label, key)?)
        }

        fn $delete<$($d: traits::$d<CURRENT_VERSION>),+>(
            &self,
            key: &$key,
        ) -> Result<(), StorageError> {
            self.delete($at(Label::$label, key)?);
            Ok(())
        }
    )+};
}

impl StorageProvider<CURRENT_VERSION> for Overlay {
    type Error = StorageError;

    rows! { RowKey::of_group;
        Tree: GroupId => TreeSync {
            write_tree<GroupId, TreeSync>,
            tree<GroupId, TreeSync>,
            delete_tree<GroupId>,
        }
        GroupContext: GroupId => GroupContext {
            write_context<GroupId, GroupContext>,
            group_context<GroupId, GroupContext>,
            delete_context<GroupId>,
        }
        InterimTranscriptHash: GroupId => InterimTranscriptHash {
            write_interim_transcript_hash<GroupId, InterimTranscriptHash>,
            interim_transcript_hash<GroupId, InterimTranscriptHash>,
            delete_interim_transcript_hash<GroupId>,
        }
        ConfirmationTag: GroupId => ConfirmationTag {
            write_confirmation_tag<GroupId, ConfirmationTag>,
            confirmation_tag<GroupId, ConfirmationTag>,
            delete_confirmation_tag<GroupId>,
        }
        JoinConfig: GroupId => MlsGroupJoinConfig {
            write_mls_join_config<GroupId, MlsGroupJoinConfig>,
            mls_group_join_config<GroupId, MlsGroupJoinConfig>,
            delete_group_config<GroupId>,
        }
        GroupState: GroupId => GroupState {
            write_group_state<GroupState, GroupId>,
            group_state<GroupState, GroupId>,
            delete_group_state<GroupId>,
        }
        MessageSecrets: GroupId => MessageSecrets {
            write_message_secrets<GroupId, MessageSecrets>,
            message_secrets<GroupId, MessageSecrets>,
            delete_message_secrets<GroupId>,
        }
        ResumptionPsks: GroupId => ResumptionPskStore {
            write_resumption_psk_store<GroupId, ResumptionPskStore>,
            resumption_psk_store<GroupId, ResumptionPskStore>,
            delete_all_resumption_psk_secrets<GroupId>,
        }
        OwnLeafIndex: GroupId => LeafNodeIndex {
            write_own_leaf_index<GroupId, LeafNodeIndex>,
            own_leaf_index<GroupId, LeafNodeIndex>,
            delete_own_leaf_index<GroupId>,
        }
        EpochSecrets: GroupId => GroupEpochSecrets {
            write_group_epoch_secrets<GroupId, GroupEpochSecrets>,
            group_epoch_secrets<GroupId, GroupEpochSecrets>,
            delete_group_epoch_secrets<GroupId>,
        }
        ApplicationExportTree: GroupId => ApplicationExportTree {
            write_application_export_tree<GroupId, ApplicationExportTree>,
            application_export_tree<GroupId, ApplicationExportTree>,
            delete_application_export_tree<GroupId, ApplicationExportTree>,
        }
    }

    rows! { RowKey::of_device;
        SignatureKeyPair: SignaturePublicKey => SignatureKeyPair {
            write_signature_key_pair<SignaturePublicKey, SignatureKeyPair>,
            signature_key_pair<SignaturePublicKey, SignatureKeyPair>,
            delete_signature_key_pair<SignaturePublicKey>,
        }
        EncryptionKeyPair: EncryptionKey => HpkeKeyPair {
            write_encryption_key_pair<EncryptionKey, HpkeKeyPair>,
            encryption_key_pair<HpkeKeyPair, EncryptionKey>,
            delete_encryption_key_pair<EncryptionKey>,
        }
        KeyPackage: HashReference => KeyPackage {
            write_key_package<HashReference, KeyPackage>,
            key_package<HashReference, KeyPackage>,
            delete_key_package<HashReference>,
        }
        Psk: PskId => PskBundle {
            write_psk<PskId, PskBundle>,
            psk<PskBundle, PskId>,
            delete_psk<PskId>,
        }
    }

    fn append_own_leaf_node<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        LeafNode: traits::LeafNode<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
        leaf_node: &LeafNode,
    ) -> Result<(), StorageError> {
        let label = Label::OwnLeafNodes;
        self.append(label, RowKey::of_group(label, group_id)?, leaf_node)
    }

    fn own_leaf_nodes<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        LeafNode: traits::LeafNode<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
    ) -> Result<Vec<LeafNode>, StorageError> {
        let label = Label::OwnLeafNodes;
        self.read_list(label, &RowKey::of_group(label, group_id)?)
    }

    fn delete_own_leaf_nodes<GroupId: traits::GroupId<CURRENT_VERSION>>(
        &self,
        group_id: &GroupId,
    ) -> Result<(), StorageError> {
        self.delete(RowKey::of_group(Label::OwnLeafNodes, group_id)?);
        Ok(())
    }

    fn write_encryption_epoch_key_pairs<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        EpochKey: traits::EpochKey<CURRENT_VERSION>,
        HpkeKeyPair: traits::HpkeKeyPair<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
        epoch: &EpochKey,
        leaf_index: u32,
        key_pairs: &[HpkeKeyPair],
    ) -> Result<(), StorageError> {
        let key = epoch_key(group_id, epoch, leaf_index)?;
        self.write(Label::EpochKeyPairs, key, &key_pairs)
    }

    fn encryption_epoch_key_pairs<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        EpochKey: traits::EpochKey<CURRENT_VERSION>,
        HpkeKeyPair: traits::HpkeKeyPair<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
        epoch: &EpochKey,
        leaf_index: u32,
    ) -> Result<Vec<HpkeKeyPair>, StorageError> {
        let key = epoch_key(group_id, epoch, leaf_index)?;
        let key_pairs: Option<Vec<HpkeKeyPair>> = self.read(Label::EpochKeyPairs, &key)?;
        Ok(key_pairs.unwrap_or_default())
    }

    fn delete_encryption_epoch_key_pairs<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        EpochKey: traits::EpochKey<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
        epoch: &EpochKey,
        leaf_index: u32,
    ) -> Result<(), StorageError> {
        self.delete(epoch_key(group_id, epoch, leaf_index)?);
        Ok(())
    }

    fn queue_proposal<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        ProposalRef: traits::ProposalRef<CURRENT_VERSION>,
        QueuedProposal: traits::QueuedProposal<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
        proposal_ref: &ProposalRef,
        proposal: &QueuedProposal,
    ) -> Result<(), StorageError> {
        let row = RowKey::in_group(Label::QueuedProposal, group_id, proposal_ref)?;
        // Storing a proposal twice must not commit it twice.
        let queue: Queue<ProposalRef> = self.queue(group_id)?;
        if !queue.contains(&row) {
            let key = RowKey::of_group(Label::ProposalQueue, group_id)?;
            self.append(Label::ProposalQueue, key, proposal_ref)?;
        }
        self.write(Label::QueuedProposal, row, proposal)
    }

    fn queued_proposal_refs<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        ProposalRef: traits::ProposalRef<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
    ) -> Result<Vec<ProposalRef>, StorageError> {
        let queue = self.queue(group_id)?;
        Ok(queue.entries.into_iter().map(|(_, entry)| entry).collect())
    }

    fn queued_proposals<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        ProposalRef: traits::ProposalRef<CURRENT_VERSION>,
        QueuedProposal: traits::QueuedProposal<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
    ) -> Result<Vec<(ProposalRef, QueuedProposal)>, StorageError> {
        let queue = self.queue(group_id)?;
        let read = |(row, entry)| match self.read(Label::QueuedProposal, &row)? {
            Some(proposal) => Ok((entry, proposal)),
            None => Err(StorageError::MissingProposal),
        };
        queue.entries.into_iter().map(read).collect()
    }

    fn remove_proposal<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        ProposalRef: traits::ProposalRef<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
        proposal_ref: &ProposalRef,
    ) -> Result<(), StorageError> {
        let removed = RowKey::in_group(Label::QueuedProposal, group_id, proposal_ref)?;
        let queue: Queue<ProposalRef> = self.queue(group_id)?;
        self.delete(RowKey::of_group(Label::ProposalQueue, group_id)?);
        for (row, entry) in &queue.entries {
            if *row != removed {
                let key = RowKey::of_group(Label::ProposalQueue, group_id)?;
                self.append(Label::ProposalQueue, key, entry)?;
            }
        }
        self.delete(removed);
        Ok(())
    }

    fn clear_proposal_queue<
        GroupId: traits::GroupId<CURRENT_VERSION>,
        ProposalRef: traits::ProposalRef<CURRENT_VERSION>,
    >(
        &self,
        group_id: &GroupId,
    ) -> Result<(), StorageError> {
        let queue: Queue<ProposalRef> = self.queue(group_id)?;
        for (row, _) in queue.entries {
            self.delete(row);
        }
        self.delete(RowKey::of_group(Label::ProposalQueue, group_id)?);
        Ok(())
    }
}

/// The references of a group's proposals in the order they were stored, each with the key
/// of the row that holds its proposal.
struct Queue<ProposalRef> {
    entries: Vec<(RowKey, ProposalRef)>,
}

impl<ProposalRef> Queue<ProposalRef> {
    fn contains(&self, row: &RowKey) -> bool {
        self.entries.iter().any(|(entry, _)| entry == row)
    }
}

impl Overlay {
    fn queue<ProposalRef: Serialize + DeserializeOwned>(
        &self,
        group_id: &impl Serialize,
    ) -> Result<Queue<ProposalRef>, StorageError> {
        let label = Label::ProposalQueue;
        let refs: Vec<ProposalRef> = self.read_list(label, &RowKey::of_group(label, group_id)?)?;
        let row = |entry| {
            let row = RowKey::in_group(Label::QueuedProposal, group_id, &entry)?;
            Ok((row, entry))
        };
        let entries = refs
            .into_iter()
            .map(row)
            .collect::<Result<_, StorageError>>()?;
        Ok(Queue { entries })
    }
}

fn epoch_key(
    group_id: &impl Serialize,
    epoch: &impl Serialize,
    leaf_index: u32,
) -> Result<RowKey, StorageError> {
    RowKey::in_group(Label::EpochKeyPairs, group_id, &(epoch, leaf_index))
}
