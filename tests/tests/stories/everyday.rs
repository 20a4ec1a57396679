//! What people do with messages all day: mentions, threads, pins, polls, forwards, and all of it at
//! once from several devices. Whoever looks sees the same.

use lacre::{Item, ItemBody, MessageId, Notice, RoomId};
use lacre_tests::device::Device;
use lacre_tests::seed::Seed;
use lacre_tests::world::World;
use std::time::Duration;

/// What everybody must agree on: without what is a device's own, and without lines about the room,
/// which begin where a device came in.
async fn shown(device: &Device, room: RoomId) -> Vec<Item> {
    let mut items = device.timeline(room).await;
    items.retain(|item| !matches!(item.body, ItemBody::Notice(_)));
    for item in &mut items {
        (item.id, item.own, item.mentions_me, item.receipt) = (0, false, false, None);
    }
    items
}

/// Everybody says a last word, and has read those of all the others.
async fn all_have_read(devices: &[&Device], room: RoomId) {
    let mut last = Vec::new();
    for device in devices {
        last.push(
            device
                .says(room, &format!("the end of {}", device.name()))
                .await,
        );
    }
    for device in devices {
        device.sees(room, &last).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_in_a_room() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno, &carla]).await;
    let asked = ana.says(room, "@bruno, not `@carla`: which day?").await;
    for person in [&bruno, &carla] {
        person.sees(room, &[asked]).await;
    }
    let item = bruno.item(room, asked).await;
    assert_eq!(item.mentions.len(), 1, "{:?}", item.mentions);
    assert!(item.mentions_me && !carla.item(room, asked).await.mentions_me);

    let handles = [bruno.room(room), carla.room(room)];
    let answer = handles[0]
        .send_in_thread(asked, "Monday")
        .await
        .unwrap()
        .message_id();
    carla.sees(room, &[answer]).await;
    let deeper = carla.reply(room, answer, "sure? @todos").await;
    bruno.sees(room, &[deeper]).await;
    handles[0].send_in_thread(deeper, "sure").await.unwrap();

    let asking = ana.room(room);
    let poll = asking
        .poll("Which day?", &["Monday", "Tuesday"], false)
        .await;
    let poll = poll.unwrap().message_id();
    for (room_of, person) in handles.iter().zip([&bruno, &carla]) {
        person.sees(room, &[poll]).await;
        room_of.vote(poll, &[0]).await.unwrap();
    }
    handles[0].vote(poll, &[1]).await.unwrap();
    let refused = handles[0].vote(poll, &[0, 1]).await.unwrap_err();
    assert_eq!(refused.code(), "OneOption", "{refused}");
    handles[1].pin(poll).await.unwrap();
    handles[1].pin(asked).await.unwrap();
    all_have_read(&[&ana, &bruno, &carla], room).await;
    ana.room(room).close_poll(poll).await.unwrap();
    handles[0].unpin(poll).await.unwrap();
    all_have_read_again(&[&ana, &bruno, &carla], room).await;
    let refused = handles[0].vote(poll, &[0]).await.unwrap_err();
    assert_eq!(refused.code(), "PollClosed", "{refused}");

    let (bruno_is, carla_is) = (bruno.account(), carla.account());
    for person in [&ana, &bruno, &carla] {
        let name = person.name();
        let ItemBody::Poll(result) = person.item(room, poll).await.body else {
            panic!("{name} sees no poll")
        };
        let votes: Vec<_> = result.options.iter().map(|o| o.votes.clone()).collect();
        assert_eq!(votes, [vec![carla_is], vec![bruno_is]], "{name}");
        assert!(result.closed, "{name}");
        assert_eq!(
            person.item(room, asked).await.replies_in_thread,
            3,
            "{name}"
        );
        let thread = person.room(room).thread(asked).await.unwrap().snapshot();
        let ids: Vec<MessageId> = thread.iter().map(|item| item.message).take(3).collect();
        assert_eq!(
            (ids, thread.len()),
            (vec![asked, answer, deeper], 4),
            "{name}"
        );
        let pins = person.room(room).pins().unwrap();
        let pins: Vec<_> = pins.iter().map(lacre::Message::id).collect();
        assert_eq!(pins, [asked], "{name}");
    }
    assert!(ana.item(room, deeper).await.mentions_me);

    let other = bruno.direct(&carla).await;
    let pinned = bruno.room(room).pins().unwrap().remove(0);
    let forward = bruno
        .room(other)
        .forward(&pinned)
        .await
        .unwrap()
        .message_id();
    carla.enters(other).await;
    carla.sees(other, &[forward]).await;
    let item = carla.item(other, forward).await;
    assert_eq!(item.body, carla.item(room, asked).await.body);
    assert_eq!(item.forwarded.unwrap().account, Some(ana.account()));
    assert!(!item.mentions_me && item.thread.is_none());
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// As [`all_have_read`], in other words: no text is said twice.
async fn all_have_read_again(devices: &[&Device], room: RoomId) {
    let mut last = Vec::new();
    for device in devices {
        last.push(
            device
                .says(room, &format!("now {} goes", device.name()))
                .await,
        );
    }
    for device in devices {
        device.sees(room, &last).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_tell_what_happens_to_them() {
    let world = World::start().await;
    let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    let here = ana.room(room);
    ana.within("naming", here.set_name("Algebra 2"))
        .await
        .unwrap();
    ana.within("inviting", here.invite(&["carla"]))
        .await
        .unwrap();
    carla.enters(room).await;
    let role = here.set_role(bruno.account(), lacre::Role::Owner);
    ana.within("a role", role).await.unwrap();
    carla
        .within("leaving", carla.room(room).leave())
        .await
        .unwrap();
    let gone = carla.account();
    bruno
        .until("carla's departure", |_| {
            let members = bruno.room(room).members();
            members.iter().all(|member| member.account != gone)
        })
        .await;
    all_have_read(&[&ana, &bruno], room).await;
    let notices = |items: Vec<Item>| -> Vec<String> {
        let mut last = 0;
        let told = items.into_iter().filter_map(|item| {
            assert!(
                item.seq.unwrap() >= last,
                "notices stand where the log has them"
            );
            last = item.seq.unwrap();
            let by = |by: Option<lacre::Named>| by.unwrap().name;
            Some(match item.body {
                ItemBody::Notice(Notice::Created { by: who }) => format!("created {}", by(who)),
                ItemBody::Notice(Notice::Joined { people, by: who }) => {
                    let people: Vec<_> = people.into_iter().map(|who| who.name).collect();
                    format!("{} added {}", by(who), people.join(" "))
                }
                ItemBody::Notice(Notice::Left { who }) => format!("{} left", who.name),
                ItemBody::Notice(Notice::Renamed { name, by: who }) => {
                    format!("{} named {}", by(who), name.unwrap())
                }
                ItemBody::Notice(Notice::RoleChanged {
                    who,
                    role,
                    by: actor,
                }) => {
                    format!("{} made {} {role:?}", by(actor), who.name)
                }
                ItemBody::Notice(other) => panic!("{other:?}"),
                _ => return None,
            })
        });
        told.collect()
    };
    let all = [
        "created ana",
        "ana added bruno",
        "ana named Algebra 2",
        "ana added carla",
        "ana made bruno Owner",
        "carla left",
    ];
    for person in [&ana, &bruno] {
        assert_eq!(
            notices(person.timeline(room).await),
            all,
            "{}",
            person.name()
        );
    }
    assert_eq!(
        notices(carla.timeline(room).await)[..1],
        ["ana added carla"]
    );
    world.check(&mut [&mut ana, &mut bruno, &mut carla]).await;
}

/// Four devices of three people do things to the same messages at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_several_do_at_once_ends_up_the_same_everywhere() {
    for mut seed in Seed::several() {
        println!("{seed}");
        let world = World::patient(Duration::from_secs(240)).await;
        let [mut ana, mut bruno, mut carla] = world.people(["ana", "bruno", "carla"]).await;
        let mut tablet = ana.second("ana-tablet").await;
        let room = ana.group("Algebra", &[&bruno, &carla]).await;
        tablet.enters(room).await;
        let devices = [&ana, &tablet, &bruno, &carla];
        let mut messages = Vec::new();
        for (number, device) in devices.iter().enumerate() {
            messages.push(device.says(room, &format!("message {number}")).await);
        }
        let asking = ana.room(room);
        let poll = asking.poll("Which?", &["a", "b", "c"], true).await;
        messages.push(poll.unwrap().message_id());
        for device in devices {
            device.sees(room, &messages).await;
        }
        let [one, two, three, four] =
            devices.map(|device| deeds(device, room, &messages, seed.fork()));
        tokio::join!(one, two, three, four);
        all_have_read(&devices, room).await;
        let expected = shown(devices[3], room).await;
        for device in devices {
            assert_eq!(
                shown(device, room).await,
                expected,
                "{}, {seed}",
                device.name()
            );
        }
        world
            .check(&mut [&mut ana, &mut tablet, &mut bruno, &mut carla])
            .await;
    }
}

/// Twenty things a device does to messages, as fast as it can. Some are refused: the message is
/// somebody else's, or deleted by now.
async fn deeds(device: &Device, room: RoomId, messages: &[MessageId], mut seed: Seed) {
    let here = device.room(room);
    let emoji = ["👍", "🎉"];
    for number in 0..20 {
        let message = messages[seed.index(messages.len())];
        let emoji = emoji[seed.index(emoji.len())];
        let poll = messages[messages.len() - 1];
        let done = match seed.below(12) {
            0..=2 => here.react(message, emoji).await,
            3..=4 => here.unreact(message, emoji).await,
            5..=6 => {
                here.edit(message, &format!("{} {number}", device.name()))
                    .await
            }
            7 if number > 14 => here.delete(messages[0]).await,
            8 => here.pin(message).await,
            9 => here.unpin(message).await,
            _ => here.vote(poll, &[seed.index(3)]).await,
        };
        if let Err(refused) = done {
            let expected = ["NotYours", "NotEditable", "NoSuchReaction", "NotAPoll"];
            assert!(
                expected.contains(&refused.code()),
                "{refused} ({})",
                refused.code()
            );
        }
    }
}
