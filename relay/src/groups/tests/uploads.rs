//! GroupInfo and Welcome must fit the commit they come with.

use super::super::refused::Refused;
use super::super::testing::{Person, World};
use bytes::Bytes;
use lacre_wire::room::RoomKind;

fn changed(bytes: &Bytes, from_end: usize) -> Bytes {
    let mut bytes = bytes.to_vec();
    let at = bytes.len() - from_end;
    bytes[at] ^= 1;
    bytes.into()
}

#[tokio::test]
async fn a_group_info_says_where_the_commit_leads() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let good = world.people[0].commit(true, &[], &[]);
    let submit = async |group_info: Bytes| {
        let mut bytes = good.clone();
        bytes.group_info = group_info;
        match world.submit(0, &bytes).await {
            Err(Refused::GroupInfo(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    // At the end stand the tag (33 bytes with its length), the signer (4), the signature (2 + 64).
    assert!(
        submit(changed(&good.group_info, 1))
            .await
            .contains("signature")
    );
    assert!(
        submit(changed(&good.group_info, 67))
            .await
            .contains("committer")
    );
    assert!(submit(changed(&good.group_info, 71)).await.contains("tag"));
    // The epoch before, properly signed by the committer.
    let before = world.people[0].group_info();
    assert!(submit(before).await.contains("context"));
    // A tree inside.
    let with_tree = world.people[0].group_info_with_tree();
    assert!(submit(with_tree).await.contains("tree"));

    let mut bytes = good.clone();
    bytes.group_info = Bytes::from_static(b"else");
    assert!(matches!(
        world.submit(0, &bytes).await,
        Err(Refused::Malformed(_))
    ));
    assert!(world.submit(0, &good).await.is_ok());
}

#[tokio::test]
async fn a_welcome_is_for_those_added_and_nobody_else() {
    let mut world = World::with(RoomKind::Space, &[2]).await;
    let joiner = Person::new(3, 1);
    let package = joiner.key_package(RoomKind::Space);
    let mut adding = world.people[0].commit(true, std::slice::from_ref(&package), &[]);
    let welcome = adding.welcome.take();
    assert!(matches!(
        world.submit(0, &adding).await,
        Err(Refused::Welcome(_))
    ));
    world.people[0].drop_commit();
    let mut other =
        world.people[0].commit(true, &[Person::new(4, 1).key_package(RoomKind::Space)], &[]);
    other.welcome = welcome.clone();
    assert!(matches!(
        world.submit(0, &other).await,
        Err(Refused::Welcome(_))
    ));
    world.people[0].drop_commit();
    let mut plain = world.people[0].commit(true, &[], &[]);
    plain.welcome = welcome;
    assert!(matches!(
        world.submit(0, &plain).await,
        Err(Refused::Welcome(_))
    ));
}
