//! Bans, as real commits.

use super::*;

#[test]
fn a_ban_takes_everybody_out_and_keeps_them_out() {
    let mut world = World::pair(RoomKind::Group);
    world.add(1, Party::new(2, 2));
    world.add(0, Party::new(3, 1));
    let open = world.parties[0]
        .commit(vec![], &[Operation::SetJoinRule(JoinRule::Open)])
        .into_commit();
    world.accept(&open);
    let (bob, carol) = (world.parties[1].account(), world.parties[3].account());
    let ban = Operation::Ban { account: bob };
    // With one of two devices he would still be there.
    let half = world.ban(0, &[1], std::slice::from_ref(&ban));
    assert_eq!(world.refuse(&half), Refusal::Banned { account: bob });
    let by_carol = world.ban(3, &[], &[Operation::Ban { account: bob }]);
    assert!(matches!(
        world.refuse(&by_carol),
        Refusal::MayNot {
            capability: Capability::Ban,
            ..
        }
    ));
    let whole = world.ban(0, &[1, 2], &[ban]);
    let view = world.accept(&whole);
    assert!(!view.members.has_account(&bob) && view.members.has_account(&carol));
    assert_eq!(view.state.bans, [bob].into());
    // Neither let in, nor by himself.
    let package = Party::new(2, 1).key_package(RoomKind::Group);
    let let_in = world.parties[1].adding(package);
    assert_eq!(world.refuse(&let_in), Refusal::Banned { account: bob });
    let (info, tree) = world.group_info();
    let himself = Party::new(2, 3).join_externally(info, tree, None);
    assert_eq!(world.refuse(&himself), Refusal::Banned { account: bob });
    // Until it is lifted.
    let lift = world.parties[0]
        .commit(vec![], &[Operation::Unban { account: bob }])
        .into_commit();
    world.accept(&lift);
    let (info, tree) = world.group_info();
    let view = world.accept(&Party::new(2, 3).join_externally(info, tree, None));
    assert!(view.members.has_account(&bob));
}

impl World {
    /// Party `by` commits removals of these parties with operations.
    fn ban(&mut self, by: usize, whom: &[usize], operations: &[Operation]) -> MlsMessageOut {
        let leaves: Vec<_> = whom
            .iter()
            .map(|party| self.leaf(&self.parties[*party]))
            .collect();
        let state = self.parties[by].state();
        let Party {
            provider,
            key,
            group,
            ..
        } = &mut self.parties[by];
        let builder = group
            .as_mut()
            .unwrap()
            .commit_builder()
            .propose_removals(leaves);
        with_operations(builder, provider.storage(), &state, operations)
            .unwrap()
            .create_group_info(true)
            .build(provider.rand(), provider.crypto(), key, |_| true)
            .unwrap()
            .stage_commit(provider)
            .unwrap()
            .into_commit()
    }
}
