//! Members who do harm: envelopes nobody can read, frames that are none.

use lacre::ItemBody;
use lacre_tests::puppet::Puppet;
use lacre_tests::wire::{Caller, Place, hollow_message};
use lacre_tests::world::World;
use lacre_wire::answer::Answer;
use lacre_wire::ids::SubmitId;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{ClientFrame, Request, Submit};
use std::net::Ipv4Addr;

/// A member puts envelopes into the log that nobody can open. They become placeholders; everything
/// before and after them is read, in order, by everybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_envelope_nobody_can_read_blocks_nobody() {
    let mut world = World::start().await;
    world.expects_damage();
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let caller = Caller::new(
        &world.relay.address().parse().unwrap(),
        Ipv4Addr::LOCALHOST.into(),
    );
    let folder = world.stage().path("mallory");
    let mallory = Puppet::sign_up(&caller, &folder, "mallory");
    let mut mallory = ana.within("mallory signs up", mallory).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    ana.within("inviting mallory", ana.room(room).invite(&["mallory"]))
        .await
        .unwrap();
    let before = ana.says(room, "before the poison").await;

    let last = world.logged(room).entries.last().unwrap().link.clone();
    let place = Place {
        room,
        generation: last.generation,
        epoch: last.epoch,
    };
    let mut prev = None;
    for number in 0..3 {
        let submit_id = SubmitId([number + 1; 16]);
        let message = hollow_message(&place, number.into(), 900).into();
        let request = Request::Submit(Submit {
            room,
            submit_id,
            prev,
            message,
        });
        let id = 1_000_000 + u32::from(number);
        mallory
            .session
            .speaker
            .say(&ClientFrame::Request { id, request })
            .await;
        prev = Some(submit_id);
        let accepted = ana.within("the poison is accepted", async {
            loop {
                match mallory.session.listener.next().await.unwrap() {
                    ServerFrame::Answer {
                        id: answered,
                        answer,
                    } if answered == id => return answer,
                    _ => {}
                }
            }
        });
        let answer = accepted.await;
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
    let after = bruno.says(room, "after the poison").await;
    for person in [&ana, &bruno] {
        person.sees(room, &[before, after]).await;
        assert_eq!(
            person.texts(room).await,
            ["before the poison", "after the poison"]
        );
        let unreadable = person.timeline(room).await;
        let unreadable = unreadable
            .iter()
            .filter(|item| matches!(item.body, ItemBody::Unreadable(_)))
            .count();
        println!("{}: {unreadable} placeholders", person.name());
        assert_eq!(person.room(room).stopped(), None);
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
}

/// Bytes that are no frame end the session they come on, and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_frame_end_one_session() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let caller = Caller::new(
        &world.relay.address().parse().unwrap(),
        Ipv4Addr::LOCALHOST.into(),
    );
    for bytes in [
        &[0xff; 64][..],
        &[0, 0, 0, 1, 0xff],
        &[0, 0, 0, 3, 0x82, 0x01, 0x80],
    ] {
        let name = format!("mallory-{}", bytes.len());
        let folder = world.stage().path(&name);
        let mallory = Puppet::sign_up(&caller, &folder, &name);
        let mut mallory = ana.within("mallory signs up", mallory).await;
        mallory.session.speaker.write(bytes).await;
        let end = ana.within("the session ends", async {
            let mut last = None;
            while let Some(frame) = mallory.session.listener.next().await {
                last = Some(frame);
            }
            last
        });
        let last = end.await;
        assert!(
            matches!(last, None | Some(ServerFrame::Closing(_))),
            "{last:?}"
        );
    }
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    ana.says(room, "we go on").await;
    world.check(&mut [&mut ana, &mut bruno]).await;
}
