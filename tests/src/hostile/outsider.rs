//! External commits, true and false (RFC 9420 §12.4.3.2).

use super::intrigue::bundle;
use super::loot::PublicState;
use super::villain::Villain;
use crate::hostile::crooked::{Crooked, Trick};
use lacre_wire::answer::Answer;
use lacre_wire::identity::LeafIdentity;
use lacre_wire::ids::RoomId;
use lacre_wire::request::{CommitBundle, Request};
use lacre_wire::room::Operation;
use lacre_wire::room::mls::{
    capabilities, credential, join_config, operations_proposal, set_next_state, state_of,
};
use openmls::group::MlsGroup;
use openmls::prelude::tls_codec::DeserializeBytes;
use openmls::prelude::{
    LeafNodeParameters, MlsMessageBodyIn, MlsMessageIn, Proposal, RatchetTreeIn,
};
use openmls_traits::OpenMlsProvider;

/// What an external commit is to do beside coming in.
#[derive(Default)]
pub struct Entry {
    /// Whose leaf it brings; the villain's own if nothing is said.
    pub leaf: Option<LeafIdentity>,
    /// How it changes the room's state.
    pub operations: Vec<Operation>,
    /// What about it is false.
    pub trick: Option<Trick>,
}

impl Villain {
    /// What the relay says of a room that may be seen.
    pub async fn look(&mut self, room: RoomId) -> Result<PublicState, Answer> {
        match self.ask(Request::GroupInfo { room }).await {
            Answer::GroupInfo(info) => Ok(PublicState {
                group_info: self.payload(&info.group_info).await,
                tree: self.session.fetch(info.tree).await,
            }),
            other => Err(other),
        }
    }

    /// Builds an external commit on a room's public state.
    pub fn external(&self, state: &PublicState, entry: Entry) -> CommitBundle {
        let message = MlsMessageIn::tls_deserialize_exact_bytes(&state.group_info).unwrap();
        let MlsMessageBodyIn::GroupInfo(group_info) = message.extract() else {
            panic!("no GroupInfo")
        };
        let identity = entry.leaf.unwrap_or(self.identity());
        let mut with = credential(&identity);
        // Whoever borrows another's leaf signs with the only key it has.
        with.signature_key = self.key.public().0.as_slice().into();
        // A store of its own: nothing of an earlier membership is in the way.
        let scratch = Crooked::default();
        let built = scratch.lying(entry.trick, || {
            let builder = MlsGroup::external_commit_builder()
                .with_ratchet_tree(RatchetTreeIn::tls_deserialize_exact_bytes(&state.tree).unwrap())
                .with_config(join_config())
                .skip_lifetime_validation()
                .build_group(&scratch, group_info, with)
                .unwrap()
                .leaf_node_parameters(
                    LeafNodeParameters::builder()
                        .with_capabilities(capabilities())
                        .build(),
                );
            let operations = &entry.operations;
            let builder = match operations_proposal(operations) {
                Proposal::AppDataUpdate(update) if !operations.is_empty() => {
                    builder.add_app_data_update_proposal(*update)
                }
                _ => builder,
            };
            let mut builder = builder.load_psks(scratch.storage()).unwrap();
            if !operations.is_empty() {
                let mut next = state.room_state();
                operations
                    .iter()
                    .for_each(|operation| next.apply(operation));
                set_next_state(&mut builder, &next);
            }
            builder
                .create_group_info(true)
                .build(scratch.rand(), scratch.crypto(), &self.key, |_| true)
                .unwrap()
                .finalize(&scratch)
                .unwrap()
        });
        bundle(built.1)
    }
}

impl PublicState {
    /// The room's state, as its GroupInfo says it.
    pub fn room_state(&self) -> lacre_wire::room::RoomState {
        let message = MlsMessageIn::tls_deserialize_exact_bytes(&self.group_info).unwrap();
        let MlsMessageBodyIn::GroupInfo(group_info) = message.extract() else {
            panic!("no GroupInfo")
        };
        state_of(group_info.group_context().extensions()).unwrap()
    }
}
