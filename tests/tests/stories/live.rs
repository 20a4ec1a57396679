//! What holds for seconds: who is writing, who is there, how far away. Nothing of it is stored, and
//! nobody outside the room reads it.

use lacre::{AccountId, Event, Events, Presence, RoomId};
use lacre_engine::{Event as Told, Output};
use lacre_tests::child::Child;
use lacre_tests::device::Device;
use lacre_tests::puppet::{Puppet, now};
use lacre_tests::wire::Caller;
use lacre_tests::world::World;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// After this long without a sign of life nobody is shown as there; the relay's idle time.
const IDLE: Duration = Duration::from_secs(60);

/// Waits for an event; others are passed over.
async fn hears<T>(
    device: &Device,
    events: &mut Events,
    what: &str,
    wanted: impl Fn(&Event) -> Option<T>,
) -> T {
    let heard = async {
        loop {
            let event = events.next().await.unwrap();
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    };
    device.within(what, heard).await
}

/// Whether a person writes in a room.
fn writes(who: AccountId, room: RoomId) -> impl Fn(&Event) -> Option<bool> {
    move |event| match event {
        Event::Typing {
            room: named,
            person,
            active,
        } if *named == room && person.account() == who => Some(*active),
        _ => None,
    }
}

/// How a person is there.
fn shows(who: AccountId) -> impl Fn(&Event) -> Option<Option<Presence>> {
    move |event| match event {
        Event::Presence { person, presence } if person.account() == who => Some(*presence),
        _ => None,
    }
}

/// Waits until each sees the other in a room.
async fn see_each_other(room: RoomId, one: &Device, other: &Device) {
    for (device, wanted) in [(one, other), (other, one)] {
        let mut events = device.client().events();
        let sees = |device: &Device| {
            let online = device.room(room).online();
            let mut online = online.iter();
            online.any(|(person, _)| person.account() == wanted.account())
        };
        while !sees(device) {
            hears(device, &mut events, "seeing the other", |_| Some(())).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_see_who_is_writing() {
    let world = World::start().await;
    let [ana, bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Algebra", &[&bruno]).await;
    see_each_other(room, &ana, &bruno).await;
    let (mut at_ana, mut at_bruno) = (ana.client().events(), bruno.client().events());
    let by_ana = writes(ana.account(), room);
    let by_bruno = writes(bruno.account(), room);
    // Both at once, at every key.
    for _ in 0..20 {
        ana.room(room).typing().await.unwrap();
        bruno.room(room).typing().await.unwrap();
    }
    let began = Instant::now();
    assert!(hears(&bruno, &mut at_bruno, "ana writes", &by_ana).await);
    assert!(hears(&ana, &mut at_ana, "bruno writes", &by_bruno).await);
    // A message ends it at once, a change of mind too, and silence after a while.
    let said = ana.says(room, "the answer is four").await;
    bruno.sees(room, &[said]).await;
    assert!(!hears(&bruno, &mut at_bruno, "ana has said it", &by_ana).await);
    assert!(!hears(&ana, &mut at_ana, "bruno's silence", &by_bruno).await);
    assert!(began.elapsed() > Duration::from_secs(7), "ended too early");
    bruno.room(room).typing().await.unwrap();
    assert!(hears(&ana, &mut at_ana, "bruno writes again", &by_bruno).await);
    bruno.room(room).stop_typing().await.unwrap();
    assert!(!hears(&ana, &mut at_ana, "bruno thinks better of it", &by_bruno).await);
    // Twenty keys were one hint.
    let passed = world
        .relay
        .metrics()
        .await
        .get("lacre_ephemerals_dropped_total");
    assert_eq!(passed, 0, "the relay had to hold somebody back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_invisible_is_not_seen_and_who_leaves_is_gone_at_once() {
    let world = World::start().await;
    let [mut ana, bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    see_each_other(room, &ana, &bruno).await;
    let mut events = bruno.client().events();
    let ana_is = shows(ana.account());
    let set = async |presence| ana.client().set_presence(presence).await.unwrap();
    set(Presence::Busy).await;
    let seen = hears(&bruno, &mut events, "ana is busy", &ana_is).await;
    assert_eq!(seen, Some(Presence::Busy));
    assert_eq!(bruno.client().presence(ana.account()), Some(Presence::Busy));
    set(Presence::Invisible).await;
    let seen = hears(&bruno, &mut events, "ana hides", &ana_is).await;
    assert_eq!(seen, None);
    assert_eq!(bruno.room(room).online(), []);
    // Hidden, she is not seen writing; what is told next is that she is back.
    ana.room(room).typing().await.unwrap();
    set(Presence::Away).await;
    let next = hears(&bruno, &mut events, "ana is back", |event| match event {
        Event::Typing { .. } => Some(None),
        other => ana_is(other),
    });
    assert_eq!(next.await, Some(Presence::Away));
    let left = Instant::now();
    ana.close().await;
    let seen = hears(&bruno, &mut events, "ana leaves", &ana_is).await;
    assert_eq!(seen, None);
    assert!(left.elapsed() < IDLE / 2, "nobody was told that she leaves");
    // Whoever comes back is seen again, and sees who was there before.
    ana.open().await;
    see_each_other(room, &ana, &bruno).await;
}

/// A person is one, on however many devices; to their own devices they are nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_there_until_the_last_of_their_devices_leaves() {
    let world = World::start().await;
    let [ana, mut laptop] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&laptop).await;
    laptop.enters(room).await;
    see_each_other(room, &ana, &laptop).await;
    let mut at_laptop = laptop.client().events();
    let mut at_ana = ana.client().events();
    let bruno = laptop.account();
    let mut phone = laptop.second("phone").await;
    phone.enters(room).await;
    phone.client().set_presence(Presence::Busy).await.unwrap();
    // Whatever the laptop was, busy counts.
    let seen = async |at_ana: &mut Events, wanted: Presence| {
        hears(&ana, at_ana, "one of two devices", |event| {
            let seen = shows(bruno)(event)?;
            assert_ne!(seen, None, "a person with a device left is gone");
            seen.filter(|seen| *seen == wanted)
        })
        .await
    };
    seen(&mut at_ana, Presence::Busy).await;
    // Ana is the first of whom the laptop is told: of the phone it never is.
    ana.client().set_presence(Presence::Busy).await.unwrap();
    let heard = hears(
        &laptop,
        &mut at_laptop,
        "ana is busy",
        |event| match event {
            Event::Presence { person, presence } => Some((person.account(), *presence)),
            Event::Typing { person, .. } => Some((person.account(), None)),
            _ => None,
        },
    );
    assert_eq!(heard.await, (ana.account(), Some(Presence::Busy)));
    laptop.client().set_presence(Presence::Away).await.unwrap();
    phone.room(room).typing().await.unwrap();
    let by_bruno = writes(bruno, room);
    assert!(hears(&ana, &mut at_ana, "the phone writes", &by_bruno).await);
    phone.close().await;
    assert!(!hears(&ana, &mut at_ana, "the phone is closed", &by_bruno).await);
    seen(&mut at_ana, Presence::Away).await;
    laptop.close().await;
    let seen = hears(&ana, &mut at_ana, "nobody is left", shows(bruno)).await;
    assert_eq!(seen, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_leaves_the_list_within_the_idle_time() {
    let world = World::patient(Duration::from_secs(240)).await;
    let ana = world.person("ana").await;
    let child = Child::start(world.stage(), world.relay.address(), "bruno").await;
    let room = ana
        .within("a direct room", ana.client().direct("bruno"))
        .await
        .unwrap();
    let mut events = ana.client().events();
    let bruno = child.account();
    while room.online().is_empty() {
        hears(&ana, &mut events, "bruno appears", |_| Some(())).await;
    }
    assert_eq!(room.online()[0].0.account(), bruno);
    child.kill().await;
    let killed = Instant::now();
    let seen = hears(&ana, &mut events, "bruno is gone", shows(bruno)).await;
    assert_eq!(seen, None);
    assert!(killed.elapsed() < IDLE, "{:?}", killed.elapsed());
    assert_eq!(room.online(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_a_person_is_measured_or_they_are_not_online() {
    let world = World::start().await;
    let [ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.direct(&bruno).await;
    bruno.enters(room).await;
    see_each_other(room, &ana, &bruno).await;
    let way = |to: AccountId| {
        let room = ana.room(room);
        ana.within("an echo", async move { room.ping(to).await })
    };
    let relay = ana.within("a ping", ana.client().ping()).await.unwrap();
    assert!(relay > Duration::ZERO);
    let there = way(bruno.account()).await.unwrap();
    assert!(there > Duration::ZERO);
    let error = way(ana.account()).await.unwrap_err();
    assert_eq!(error.code(), "NotAMember");
    bruno.close().await;
    let error = way(bruno.account()).await.unwrap_err();
    assert_eq!(error.code(), "NoAnswer");
}

/// What a puppet's engine would send, instead of sending it.
fn hints(puppet: &mut Puppet) -> Vec<Vec<u8>> {
    let (mut hints, mut others) = (Vec::new(), Vec::new());
    for output in puppet.engine.outputs() {
        match output {
            Output::Datagram(bytes) => hints.push(bytes),
            Output::Event(event) => others.push(event),
            other => panic!("{other:?}"),
        }
    }
    puppet.events.extend(others);
    hints
}

/// A hint that says that somebody writes, or no longer does, once the relay lets them.
async fn typing(puppet: &mut Puppet, room: RoomId, active: bool) -> Vec<u8> {
    loop {
        puppet.engine.typing(room, active, now()).unwrap();
        if let Some(hint) = hints(puppet).pop() {
            return hint;
        }
        puppet.turn().await;
    }
}

/// Whether a hint tells an engine that somebody begins to write or ends.
fn tells(puppet: &mut Puppet, hint: &[u8]) -> Option<bool> {
    puppet.engine.on_datagrams([hint], now());
    hints(puppet);
    let mut told = puppet.events.drain(..).filter_map(|event| match event {
        Told::Typing { active, .. } => Some(active),
        _ => None,
    });
    told.next_back()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hints_are_read_once_and_by_members_only() {
    let world = World::start().await;
    let caller = Caller::new(
        &world.relay.address().parse().unwrap(),
        Ipv4Addr::LOCALHOST.into(),
    );
    let puppet = |handle: &'static str| {
        let folder = world.stage().path(handle);
        let caller = caller.clone();
        async move { Puppet::sign_up(&caller, &folder, handle).await }
    };
    let story = async {
        let (mut ana, mut eve) = (puppet("ana").await, puppet("eve").await);
        let room = ana.create_group("Algebra", vec![eve.account()]).await;
        eve.until(|event| matches!(event, Told::RoomAdded(_))).await;
        // Ana's engine knows that she watches the room once it has hints to send.
        typing(&mut ana, room, true).await;
        let begins = typing(&mut eve, room, true).await;
        let ends = typing(&mut eve, room, false).await;
        let again = typing(&mut eve, room, true).await;
        assert_eq!(begins.len(), again.len(), "sizes tell nothing");
        let mut changed = begins.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(tells(&mut ana, &changed), None, "a changed hint");
        assert_eq!(tells(&mut ana, &begins), Some(true));
        assert_eq!(tells(&mut ana, &ends), Some(false));
        assert_eq!(tells(&mut ana, &begins), None, "a repeated hint");
        assert_eq!(tells(&mut eve, &begins), None, "an own hint");
        assert_eq!(tells(&mut ana, &again), Some(true));
        typing(&mut eve, room, false).await;
        let last = typing(&mut eve, room, true).await;
        // Eve is out, and does not know it: her session is not looked at any more.
        let removed = eve.account();
        ana.perform(|engine, now| engine.remove(room, removed, now))
            .await;
        hints(&mut ana);
        ana.events.clear();
        assert_eq!(tells(&mut ana, &last), None, "a removed member is heard");
        typing(&mut ana, room, false).await;
        let secret = typing(&mut ana, room, true).await;
        assert_eq!(tells(&mut eve, &secret), None, "a removed member hears");
        // Neither does the relay pass on what she sends.
        let before = world.relay.metrics().await;
        let dropped = before.get("lacre_ephemerals_dropped_total");
        eve.session.connection.send_datagram(last.into()).unwrap();
        loop {
            let after = world.relay.metrics().await;
            if after.get("lacre_ephemerals_dropped_total") > dropped {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    world
        .stage()
        .within("two puppets and their hints", story)
        .await;
}
