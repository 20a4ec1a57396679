//! A relay that forges what a room is: its state, its GroupInfo, the commits that change it; and one that
//! keeps back what is needed to come in.

use lacre_engine::{Done, Event};
use lacre_tests::hostile::intrigue::Intrigue;
use lacre_tests::hostile::plot::{Plot, answers, entries, made_up};
use lacre_tests::hostile::scene::villain;
use lacre_tests::hostile::villain::Villain;
use lacre_wire::answer::{Answer, JoinAnswer};
use lacre_wire::ids::RoomId;
use lacre_wire::log::{Body, EntryKind};
use lacre_wire::request::{CommitBundle, Payload};
use lacre_wire::room::{JoinRule, Operation, Role, RoomKind, RoomState};

/// Waits until Vera's room stops; the code that says why.
async fn stops(plot: &mut Plot) -> &'static str {
    let stopped = plot
        .vera
        .until("the room stops", |event| {
            matches!(event, Event::RoomStopped { .. })
        })
        .await;
    let Event::RoomStopped { room, error } = stopped else {
        unreachable!()
    };
    assert_eq!(room, plot.room);
    error.code()
}

fn commit_of(bundle: CommitBundle) -> Vec<u8> {
    match bundle.commit {
        Payload::Inline(bytes) => bytes.to_vec(),
        Payload::ByHash(hash) => panic!("a commit by hash: {hash}"),
    }
}

/// The relay shows a commit in the place of the next entry.
fn shows_commit(plot: &mut Plot, epoch: u64, commit: Vec<u8>) {
    let mut commit = Some(commit);
    plot.vera.twist = Some(entries(plot.room, move |run| match commit.take() {
        Some(commit) => vec![made_up(run[0].seq, EntryKind::Commit, epoch, commit)],
        None => run,
    }));
}

fn role(plot: &Plot, villain: &Villain) -> Role {
    let reader = plot.vera.engine.reader().unwrap();
    let room = reader.room(plot.room).unwrap().unwrap();
    let is_it = |member: &&lacre_engine::Member| member.account == villain.account();
    room.members.iter().find(is_it).unwrap().role
}

/// A member and the relay together: a commit that no honest relay lets in, by which Mallory is an owner.
/// Vera judges it herself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_judge_what_the_relay_lets_pass() {
    let mut plot = Plot::begin().await;
    let mut mallory = villain(&plot.world, "mallory").await;
    let (room, account) = (plot.room, mallory.account());
    let invited = plot
        .vera
        .perform(|engine, now| engine.invite(room, vec![account], now))
        .await;
    assert_eq!(invited.unwrap(), Done::Changed);
    let stage = plot.world.stage().clone();
    let mut seat = stage.within("mallory enters", mallory.enter(room)).await;
    let owner = Operation::SetRole {
        account,
        role: Role::Owner,
    };
    let plan = Intrigue {
        operations: vec![owner],
        ..Intrigue::default()
    };
    let commit = commit_of(mallory.commit(&mut seat, plan));
    let epoch = seat.group.epoch().as_u64();
    shows_commit(&mut plot, epoch, commit);
    plot.ana.says(room, "long live the king").await;
    assert_eq!(stops(&mut plot).await, "InvalidMls");
    assert_eq!(role(&plot, &mallory), Role::Member);
    plot.account_goes_on().await;
}

/// A good commit of Ana's, of which the relay changes one bit: somewhere in what it says, and in its
/// tags. Vera follows none of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_commit_is_not_followed() {
    for at in [60, -1] {
        let mut plot = Plot::begin().await;
        let mut changed = false;
        plot.vera.twist = Some(entries(plot.room, move |mut run| {
            for entry in &mut run {
                if entry.kind == EntryKind::Commit && !changed {
                    changed = true;
                    let mut bytes = entry.body.bytes().unwrap().to_vec();
                    let at = match at {
                        -1 => bytes.len() - 1,
                        at => usize::try_from(at).unwrap(),
                    };
                    bytes[at] ^= 1;
                    entry.body = Body::Inline(bytes.into());
                }
            }
            run
        }));
        let room = plot.room;
        // A member's commit that changes nothing but keys: a second device comes in.
        let tablet = plot.ana.second("tablet").await;
        tablet.enters(room).await;
        assert_eq!(stops(&mut plot).await, "InvalidMls");
        plot.account_goes_on().await;
    }
}

/// Vera is invited, and the relay has no tree for her. She is not in that room; the others go on, and
/// with an honest relay she can be invited again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withheld_tree_keeps_nobody_from_the_rest() {
    let mut plot = Plot::begin().await;
    plot.vera.withheld = |_| true;
    let invites = plot.ana.client().create_group("Geometria", &["vera"]);
    let invites = plot.ana.within("a group", invites).await.unwrap();
    plot.ana.says(plot.room, "did you get it?").await;
    plot.vera.reads(plot.room, "did you get it?").await;
    plot.room_goes_on().await;
    assert!(!plot.vera.rooms().contains(&invites.id()));
    plot.vera.withheld = |_| false;
    let vera = plot.vera.account();
    plot.ana
        .within("vera is removed", invites.remove(vera))
        .await
        .unwrap();
    plot.ana
        .within("vera is invited again", invites.invite(&["vera"]))
        .await
        .unwrap();
    let room = invites.id();
    plot.vera
        .until(
            "the room",
            |event| matches!(event, Event::RoomAdded(added) if *added == room),
        )
        .await;
    plot.ana.says(room, "there you are").await;
    plot.vera.reads(room, "there you are").await;
}

/// Vera joins an open room. The relay gives her another room's public state, and the right one with
/// its state changed. She joins neither, and is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_group_info_is_not_joined() {
    let mut plot = Plot::begin().await;
    let mallory = villain(&plot.world, "mallory").await;
    let open = plot.ana.group("Everybody", &[]).await;
    let opened = plot.ana.room(open);
    let opened = opened.set_join_rule(JoinRule::Open);
    plot.ana.within("it opens", opened).await.unwrap();
    plot.ana.says(open, "come in").await;

    let state = RoomState::template(RoomKind::Group, mallory.account(), None);
    let other = RoomId([7; 16]);
    let group = mallory.make_up(other, &state);
    let other = mallory.publish(&group);
    let hash = lacre_wire::hash::sha256(&[&other.tree]);
    mallory.session.upload(hash, &other.tree).await;
    for another in [true, false] {
        let state = other.clone();
        plot.vera.twist = Some(answers(move |answer| match answer {
            Answer::Join(join) => *join = JoinAnswer::CommitYourself,
            Answer::GroupInfo(info) if another => {
                info.group_info = Payload::Inline(state.group_info.clone().into());
                info.tree = hash;
            }
            Answer::GroupInfo(info) => {
                let Payload::Inline(bytes) = &info.group_info else {
                    panic!("a GroupInfo by hash")
                };
                // Inside the room's state.
                let mut bytes = bytes.to_vec();
                let middle = bytes.len() / 3;
                bytes[middle] ^= 1;
                info.group_info = Payload::Inline(bytes.into());
            }
            _ => {}
        }));
        let refused = plot
            .vera
            .perform(|engine, now| engine.join(open, now))
            .await;
        assert_eq!(refused.unwrap_err().code(), "InvalidMls");
        assert!(!plot.vera.rooms().contains(&open));
    }
    plot.vera.twist = None;
    let joined = plot
        .vera
        .perform(|engine, now| engine.join(open, now))
        .await;
    assert_eq!(joined.unwrap(), Done::Room(open));
    plot.ana.says(open, "welcome").await;
    plot.vera.reads(open, "welcome").await;
}
