//! A villain's place in a room: its own MLS group, and how far it has read the log.

use super::villain::Villain;
use lacre_engine::content::{Content, MessageId, MimiContent, unpad};
use lacre_wire::ids::{AccountId, Generation, Hash, LogId, RoomId, Seq};
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::push::ServerFrame;
use lacre_wire::room::mls::{Judgement, Leaves, Staged, judge_member};
use openmls::prelude::tls_codec::DeserializeBytes;
use openmls::prelude::{
    LeafNodeIndex, MlsGroup, MlsMessageIn, ProcessedMessageContent, ProtocolMessage,
};
use openmls_traits::OpenMlsProvider;

/// A seat.
pub struct Seat {
    /// The room.
    pub room: RoomId,
    /// Generation of its group.
    pub generation: Generation,
    /// The group.
    pub group: MlsGroup,
    /// The last entry that was read.
    pub seq: Seq,
    /// The chain there.
    pub chain: Hash,
    /// The commit that brought the villain in: its group stands after it.
    pub from: Seq,
    /// Every entry that was read.
    pub read: Vec<Entry>,
    /// What the others said in it.
    pub heard: Vec<(MessageId, Content)>,
}

/// A handshake as OpenMLS takes it.
pub fn handshake(bytes: &[u8]) -> ProtocolMessage {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes)
        .unwrap()
        .try_into_protocol_message()
        .unwrap()
}

impl Seat {
    /// The leaf of somebody's first device.
    pub fn leaf_of(&self, account: AccountId) -> LeafNodeIndex {
        let leaves = Leaves::known(self.group.members()).unwrap();
        let device = leaves
            .devices()
            .find(|device| device.account == account)
            .unwrap();
        leaves.index_of(&device.device).unwrap()
    }

    /// The encryption key at that leaf.
    pub fn encryption_key_of(&self, account: AccountId) -> Vec<u8> {
        let leaf = self.leaf_of(account);
        self.group
            .members()
            .find(|member| member.index == leaf)
            .unwrap()
            .encryption_key
    }
}

impl Villain {
    /// Reads a room's log up to `head`, and follows its group. Messages are opened and not checked.
    pub async fn follow(&mut self, seat: &mut Seat, head: Seq) {
        while seat.seq < head {
            let frame = self.next().await;
            let ServerFrame::Entries { log, entries } = frame else {
                continue;
            };
            if log != LogId::Room(seat.room) {
                continue;
            }
            for entry in entries {
                assert_eq!(entry.seq, seat.seq + 1, "a villain reads without gaps");
                (seat.seq, seat.chain) = (entry.seq, entry.chain(&seat.chain));
                if entry.seq > seat.from {
                    self.apply(seat, &entry);
                }
                seat.read.push(entry);
            }
        }
    }

    fn apply(&self, seat: &mut Seat, entry: &Entry) {
        let group = &mut seat.group;
        let Some(body) = entry.body.bytes() else {
            return;
        };
        match entry.kind {
            EntryKind::Commit => {
                let judged =
                    judge_member(group, &self.provider, handshake(body), entry.accepted_ms);
                let Judgement::Commit(judged) = judged.unwrap() else {
                    panic!("a proposal stands where a commit belongs")
                };
                match judged.staged {
                    Staged::Commit(staged) => {
                        group.merge_staged_commit(&self.provider, *staged).unwrap();
                    }
                    Staged::OwnPending => group.merge_pending_commit(&self.provider).unwrap(),
                }
            }
            EntryKind::Proposal => {
                let judged =
                    judge_member(group, &self.provider, handshake(body), entry.accepted_ms);
                if let Judgement::Proposal(judged) = judged.unwrap() {
                    group
                        .store_pending_proposal(self.provider.storage(), *judged.queued)
                        .unwrap();
                }
            }
            EntryKind::Message => {
                // Its own messages, and those that were spoiled, do not open.
                if let Ok(processed) = group.process_message(&self.provider, handshake(body))
                    && let ProcessedMessageContent::ApplicationMessage(message) =
                        processed.into_content()
                    && let bytes = message.into_bytes()
                    && let Ok(encoded) = unpad(&bytes)
                    && let Ok(content) = MimiContent::decode(encoded)
                {
                    let id = content.message_id(encoded).unwrap();
                    seat.heard.push((id, Content::read(&content)));
                }
            }
            _ => {}
        }
    }
}
