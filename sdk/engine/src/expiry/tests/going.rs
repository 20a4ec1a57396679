//! Messages that go, and what stays of them.

use super::*;

#[test]
fn messages_go_at_their_time() {
    let mut device = Device::new();
    let over = device
        .engine
        .send_expiring(ROOM, text("x"), Expiry::At(START), START);
    assert_eq!(over.unwrap_err().code(), "AlreadyOver");
    let at = Expiry::At(START + HOUR);
    let gone = device
        .engine
        .send_expiring(ROOM, text("efêmero"), at, START)
        .unwrap();
    assert_eq!(gone.expires, Some(at));
    let message = gone.message;
    let edit = Draft::Edit {
        message,
        text: "efêmera edição".to_owned(),
    };
    let edited = device.engine.send(ROOM, edit, START).unwrap();
    assert_eq!(edited.expires, Some(at), "an edit changes nothing about it");
    let reply = Draft::Reply {
        to: message,
        text: "fica".to_owned(),
    };
    device.engine.send(ROOM, reply, START).unwrap();
    device.engine.outputs();
    device.engine.tick(START + HOUR - 1);
    assert_eq!((device.texts(ROOM).len(), device.found("efêmera")), (2, 1));
    assert!(
        device
            .engine
            .next_tick()
            .is_some_and(|next| next <= START + HOUR)
    );

    device.engine.tick(START + HOUR);
    let removed = device.events().into_iter().find_map(|event| match event {
        Event::ItemRemoved { room, id, message } => Some((room, id, message)),
        _ => None,
    });
    assert_eq!(removed, Some((ROOM, gone.id, message)));
    assert_eq!(device.texts(ROOM), ["Text(\"fica\")"]);
    assert_eq!(device.found("efêmera"), 0);
    // Neither the message nor its edit leaves this device any more.
    assert_eq!(device.count("SELECT count(*) FROM outbox"), 1);
    assert_eq!(device.count("SELECT count(*) FROM expiry"), 0);
    let later = device
        .engine
        .send(ROOM, text("depois"), START + HOUR)
        .unwrap();
    assert!(later.id > gone.id, "ids are never used twice");
}

#[test]
fn a_room_says_how_long_its_messages_stay() {
    let mut device = Device::new();
    let lasting = device.engine.send(ROOM, text("antes"), START).unwrap();
    assert_eq!(lasting.expires, None);
    device.count("UPDATE room SET disappearing_s = 3600 RETURNING 1");
    let own = Expiry::At(START + 60_000);
    let brief = device.engine.send_expiring(ROOM, text("breve"), own, START);
    assert_eq!(
        brief.unwrap().expires,
        Some(own),
        "the sender's own choice counts"
    );
    device
        .engine
        .schedule(ROOM, "agendado", START + 1000, START)
        .unwrap();
    device.engine.tick(START + 1000);
    let reader = device.engine.reader().unwrap();
    let last = reader.page(ROOM, None, 1).unwrap().remove(0);
    assert_eq!(last.expires, Some(Expiry::At(START + 1000 + HOUR)));
    // What was said before stays, and so does its next version.
    let edit = Draft::Edit {
        message: lasting.message,
        text: "antes, mas melhor".to_owned(),
    };
    assert_eq!(
        device
            .engine
            .send(ROOM, edit, START + 2000)
            .unwrap()
            .expires,
        None
    );
    device.engine.tick(START + DAY);
    assert_eq!(device.texts(ROOM), ["Text(\"antes, mas melhor\")"]);
}

#[test]
fn what_was_to_go_while_the_device_was_off_is_never_shown() {
    let mut device = Device::new();
    let at = Expiry::At(START + HOUR);
    device
        .engine
        .send_expiring(ROOM, text("efêmero"), at, START)
        .unwrap();
    let device = device.reopen(START + DAY);
    assert!(device.texts(ROOM).is_empty());
}

#[test]
fn the_time_after_reading_begins_when_it_is_read() {
    let mut device = Device::new();
    let hour = Duration::from_secs(3600);
    let own = device
        .engine
        .send_expiring(ROOM, text("meu"), Expiry::AfterReading(hour), START)
        .unwrap();
    assert_eq!(own.expires, Some(Expiry::AfterReading(hour)));
    device.engine.own_timer(own.id, START + HOUR).unwrap();
    let message = device.hears(ROOM, "teu");
    let row = device.engine.db.room(ROOM).unwrap().unwrap();
    let me = device.engine.me().unwrap().card.account;
    let item = device.engine.db.item(row.r, me, message).unwrap().unwrap();
    device
        .engine
        .note_expiry(item.id, Expiry::AfterReading(hour), None)
        .unwrap();
    device.engine.tick(START + DAY);
    assert_eq!(
        device.texts(ROOM),
        ["Text(\"teu\")"],
        "nobody has read it yet"
    );
    device
        .engine
        .read_timers(row.r, item.seq.unwrap() - 1, START + DAY)
        .unwrap();
    assert_eq!(device.engine.later.expiry, None);
    device
        .engine
        .read_timers(row.r, item.seq.unwrap(), START + DAY)
        .unwrap();
    // Read again: the time does not begin anew.
    device
        .engine
        .read_timers(row.r, item.seq.unwrap(), START + DAY + 1)
        .unwrap();
    assert_eq!(device.engine.later.expiry, Some(START + DAY + HOUR));
    device.engine.tick(START + DAY + HOUR);
    assert!(device.texts(ROOM).is_empty());
}

#[test]
fn what_was_deleted_can_be_reported_for_a_day_in_groups() {
    let mut device = Device::new();
    let (group, direct) = (
        device.hears(ROOM, "insulto"),
        device.hears(DIRECT, "insulto"),
    );
    device.is_deleted(group);
    device.is_deleted(direct);
    let gone = device.hears(ROOM, "ameaça");
    let row = device.engine.db.room(ROOM).unwrap().unwrap();
    let me = device.engine.me().unwrap().card.account;
    let gone = device.engine.db.item(row.r, me, gone).unwrap().unwrap().id;
    device
        .engine
        .note_expiry(gone, Expiry::At(START + 1), None)
        .unwrap();
    device.engine.tick(START + 1);
    let evidence = "SELECT count(*) FROM evidence";
    assert_eq!(
        device.count(evidence),
        2,
        "in the direct room nothing stays"
    );
    let mut device = device.reopen(START + 2);
    device.engine.tick(START + DAY);
    assert_eq!(device.count(evidence), 2);
    assert!(
        device
            .engine
            .next_tick()
            .is_some_and(|next| next <= START + DAY + 1)
    );
    device.engine.tick(START + DAY + 1);
    assert_eq!(device.count(evidence), 0);
}

#[test]
fn the_files_are_cleared_soon_and_not_all_the_time() {
    let mut device = Device::new();
    let message = device.hears(ROOM, "segredo");
    device.is_deleted(message);
    device.engine.tick(START);
    assert!(device.log_size() > 0);
    let soon = device.engine.next_tick().unwrap();
    assert!(soon <= START + 10_000);
    device.engine.tick(soon);
    assert_eq!(
        device.engine.next_tick(),
        Some(START + DAY),
        "only the evidence is left"
    );
    let cleared = device.log_size();
    // What is left is the note that it is done.
    assert!(cleared < 64 * 1024, "{cleared}");
    let another = device.hears(ROOM, "outro");
    device.is_deleted(another);
    device.engine.tick(soon + 1);
    assert_eq!(device.engine.next_tick(), Some(soon + 60_000));
}

#[test]
fn moments_are_rounded_up_to_seconds() {
    for (expiry, wire) in [
        (Expiry::At(1), Expiration::At(1)),
        (Expiry::At(2000), Expiration::At(2)),
        (Expiry::At(u64::MAX), Expiration::At(u32::MAX)),
        (
            Expiry::AfterReading(Duration::from_millis(1)),
            Expiration::AfterReading(1),
        ),
        (
            Expiry::AfterReading(Duration::from_secs(60)),
            Expiration::AfterReading(60),
        ),
    ] {
        assert_eq!(expiry.to_content(), wire, "{expiry:?}");
    }
    assert_eq!(Expiry::of_content(Expiration::At(2)), Expiry::At(2000));
    assert!(Expiry::At(2000).is_over(2000) && !Expiry::At(2000).is_over(1999));
}
