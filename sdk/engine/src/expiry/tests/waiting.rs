//! Messages that wait until their time.

use super::*;

#[test]
fn messages_wait_until_their_time() {
    let mut device = Device::new();
    let first = device
        .engine
        .schedule(ROOM, "bom dia", START + HOUR, START)
        .unwrap();
    let second = device
        .engine
        .schedule(ROOM, "boa noite", START + 2 * HOUR, START)
        .unwrap();
    let third = device
        .engine
        .schedule(ROOM, "nunca", START + HOUR, START)
        .unwrap();
    device.engine.cancel_scheduled(third).unwrap();
    assert_eq!(
        device.engine.cancel_scheduled(third).unwrap_err().code(),
        "NoSuchScheduled"
    );
    let waiting: Vec<_> = device.waiting().into_iter().map(|waits| waits.id).collect();
    assert_eq!(waiting, [first, second]);

    device.engine.tick(START + HOUR - 1);
    assert!(device.texts(ROOM).is_empty());
    assert_eq!(device.engine.later.scheduled, Some(START + HOUR));
    assert!(
        device
            .engine
            .next_tick()
            .is_some_and(|next| next <= START + HOUR)
    );
    device.engine.tick(START + HOUR);
    assert_eq!(device.texts(ROOM), ["Text(\"bom dia\")"]);
    let told = device.events();
    assert!(
        told.iter()
            .any(|event| matches!(event, Event::ScheduledSent { id, .. } if *id == first))
    );
    device
        .engine
        .edit_scheduled(second, "boa madrugada", START + 3 * HOUR, START)
        .unwrap();

    // Off at the moment; on again much later.
    let mut device = device.reopen(START + DAY);
    assert_eq!(device.waiting().len(), 1);
    let next = device.engine.next_tick().unwrap();
    assert!(next <= START + DAY, "what is overdue is due at once");
    device.engine.tick(START + DAY);
    assert_eq!(
        device.texts(ROOM),
        ["Text(\"bom dia\")", "Text(\"boa madrugada\")"]
    );
    assert!(device.waiting().is_empty());
    assert_eq!(device.count("SELECT count(*) FROM outbox"), 2);
}

#[test]
fn what_is_overdue_goes_out_at_once() {
    let mut device = Device::new();
    device
        .engine
        .schedule(ROOM, "já", START - 1, START)
        .unwrap();
    assert_eq!(device.texts(ROOM), ["Text(\"já\")"]);
    let long = "x".repeat(50 * 1024);
    let refused = device
        .engine
        .schedule(ROOM, &long, START + 1, START)
        .unwrap_err();
    assert_eq!(refused.code(), "BadContent");
}

#[test]
fn a_message_to_a_room_that_was_left_is_kept() {
    let mut device = Device::new();
    let id = device
        .engine
        .schedule(ROOM, "até logo", START + HOUR, START)
        .unwrap();
    device
        .engine
        .schedule(DIRECT, "oi", START + HOUR, START)
        .unwrap();
    let r = device.engine.db.room(ROOM).unwrap().unwrap().r;
    device.engine.db.set_status(r, Status::Left, None).unwrap();
    device.engine.tick(START + HOUR);
    let told = device.events();
    let failed = told.iter().find_map(|event| match event {
        Event::ScheduledFailed { scheduled, error } => Some((scheduled.clone(), error.code())),
        _ => None,
    });
    let (scheduled, code) = failed.unwrap();
    assert_eq!((scheduled.id, code), (id, "NotInRoom"));
    assert_eq!(device.waiting(), std::slice::from_ref(&scheduled));
    assert_eq!(
        (scheduled.text.as_str(), scheduled.at),
        ("até logo", START + HOUR)
    );
    assert_eq!(scheduled.failed.as_deref(), Some("NotInRoom"));
    assert_eq!(
        device.texts(DIRECT),
        ["Text(\"oi\")"],
        "others are not held up"
    );
    // Told once.
    device.engine.tick(START + 2 * HOUR);
    assert!(device.events().is_empty());
    // Back in the room, with a new time.
    device
        .engine
        .db
        .set_status(r, Status::Joined, None)
        .unwrap();
    device
        .engine
        .edit_scheduled(id, "voltei", START, START + 3 * HOUR)
        .unwrap();
    assert_eq!(device.texts(ROOM), ["Text(\"voltei\")"]);
    assert!(device.waiting().is_empty());
}
