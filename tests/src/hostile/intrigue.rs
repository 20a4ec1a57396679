//! Commits that no SDK would build.

use super::crooked::Trick;
use super::seat::Seat;
use super::villain::{Villain, random};
use lacre_wire::answer::Answer;
use lacre_wire::ids::{Hash, RoomId, SubmitId};
use lacre_wire::request::{CommitBundle, Payload, Request};
use lacre_wire::room::Operation;
use lacre_wire::room::mls::{state_of, with_operations};
use openmls::group::CommitMessageBundle;
use openmls::prelude::tls_codec::Serialize;
use openmls::prelude::{KeyPackage, LeafNodeIndex, MlsMessageOut, Proposal, ProtocolVersion};
use openmls_traits::OpenMlsProvider;

/// What a commit is to do.
#[derive(Default)]
pub struct Intrigue {
    /// Whom it adds.
    pub adds: Vec<KeyPackage>,
    /// Whom it removes.
    pub removes: Vec<LeafNodeIndex>,
    /// How it changes the room's state.
    pub operations: Vec<Operation>,
    /// Anything else.
    pub others: Vec<Proposal>,
    /// Whether it takes up the proposals that wait.
    pub takes_up: bool,
    /// What about it is false.
    pub trick: Option<Trick>,
}

impl Villain {
    /// Builds a commit with a path on the epoch of the seat. It is pending in the seat's group until
    /// it is reached, or forgotten.
    pub fn commit(&self, seat: &mut Seat, plan: Intrigue) -> CommitBundle {
        let state = state_of(seat.group.extensions()).unwrap();
        let provider = &self.provider;
        let built = provider.lying(plan.trick, || {
            let builder = seat
                .group
                .commit_builder()
                .consume_proposal_store(plan.takes_up)
                .force_self_update(true)
                .propose_adds(plan.adds)
                .propose_removals(plan.removes)
                .add_proposals(plan.others);
            with_operations(builder, provider.storage(), &state, &plan.operations)
                .unwrap()
                .create_group_info(true)
                .build(provider.rand(), provider.crypto(), &self.key, |_| true)
                .unwrap()
                .stage_commit(provider)
                .unwrap()
        });
        bundle(built)
    }

    /// Drops the commit that is pending in the seat's group.
    pub fn forget(&self, seat: &mut Seat) {
        seat.group
            .clear_pending_commit(self.provider.storage())
            .unwrap();
    }

    /// Waits for the turn to commit, and commits.
    pub async fn commit_in_turn(&mut self, seat: &Seat, bundle: CommitBundle) -> Answer {
        let (room, generation) = (seat.room, seat.generation);
        let turn = Request::CommitTurn {
            room,
            generation,
            epoch: seat.group.epoch().as_u64(),
            removal: false,
        };
        let turn = self.ask(turn).await;
        assert!(matches!(turn, Answer::Turn { .. }), "{turn:?}");
        let answer = self.push(room, bundle).await;
        if !matches!(answer, Answer::Accepted(_)) {
            assert_eq!(self.ask(Request::ReleaseTurn { room }).await, Answer::Ok);
        }
        answer
    }

    /// Commits without asking for the turn.
    pub async fn push(&mut self, room: RoomId, bundle: CommitBundle) -> Answer {
        self.ask(Request::Commit { room, bundle }).await
    }
}

/// What goes to the relay, inside the frame.
pub(super) fn bundle(built: CommitMessageBundle) -> CommitBundle {
    let inline =
        |message: MlsMessageOut| Payload::Inline(message.tls_serialize_detached().unwrap().into());
    let (commit, welcome, group_info) = built.into_contents();
    let welcome =
        welcome.map(|welcome| MlsMessageOut::from_welcome(welcome, ProtocolVersion::Mls10));
    CommitBundle {
        submit_id: SubmitId(random()),
        commit: inline(commit),
        group_info: inline(group_info.unwrap().into()),
        gi_mac: Hash([2; 32]),
        key_number: 0,
        welcome: welcome.map(inline),
    }
}
