//! Contract 3 and 9: cursors, openings, pages.

use super::world::World;
use lacre_relay::store::command::{Ack, Command, Member};
use lacre_relay::store::read::{Page, PageLimit, ReadLogs, Run};
use lacre_wire::answer::OpenState;
use lacre_wire::ids::{Hash, Lineage, LogId, RoomId, Seq};
use lacre_wire::log::Cursor;
use lacre_wire::request::{LogSeq, OpenLog};

cases! {
    a_log_opens_at_the_cursor
    a_cursor_of_another_history_is_reset
    a_closed_reader_stops_where_it_was_removed
    who_is_let_in_again_first_reads_what_it_had_not
    who_does_not_read_opens_nothing
    pages_have_no_gaps
    runs_of_several_logs_are_their_pages
    acks_are_cumulative
    watchers_see_what_becomes_durable
    an_inbox_goes_on_behind_what_was_acked
}

async fn open(
    w: &World,
    device: lacre_wire::ids::DeviceId,
    log: LogId,
    cursor: Option<Cursor>,
) -> OpenState {
    let opened = w
        .store
        .open(device, vec![OpenLog { log, cursor }])
        .await
        .unwrap();
    assert_eq!(opened[0].log, log);
    opened.into_iter().next().unwrap().state
}

async fn cursor(w: &World, log: LogId, seq: Seq) -> Cursor {
    Cursor {
        lineage: w.store.lineage(),
        seq,
        chain: w.chain(log, seq).await,
    }
}

async fn a_log_opens_at_the_cursor(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    let log = LogId::Room(room);
    w.say(room, ana.member(0), 3).await;
    let commit = w.commit(room, ana.member(0), &[ben.member(0)], &[]).await;
    w.accept(Command::Commit(Box::new(commit))).await;
    w.say(room, ana.member(0), 3).await;
    let live = |start, head| OpenState::Live {
        start,
        head,
        closed: false,
    };
    assert_eq!(
        open(w, ana.device(0), log, None).await,
        live(cursor(w, log, 0).await, 7)
    );
    assert_eq!(
        open(w, ana.device(0), log, Some(cursor(w, log, 7).await)).await,
        live(cursor(w, log, 7).await, 7)
    );
    // A joiner starts before the commit that adds it, whatever it claims to have read.
    assert_eq!(
        open(w, ben.device(0), log, None).await,
        live(cursor(w, log, 3).await, 7)
    );
    assert_eq!(
        open(w, ben.device(0), log, Some(cursor(w, log, 1).await)).await,
        live(cursor(w, log, 3).await, 7)
    );
    assert_eq!(
        open(w, ben.device(0), log, Some(cursor(w, log, 5).await)).await,
        live(cursor(w, log, 5).await, 7)
    );
}

async fn a_cursor_of_another_history_is_reset(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let log = LogId::Room(room);
    w.say(room, ana.member(0), 3).await;
    let good = cursor(w, log, 2).await;
    let reset = OpenState::LogReset {
        lineage: w.store.lineage(),
    };
    let lineage = Cursor {
        lineage: Lineage([9; 16]),
        ..good
    };
    let chain = Cursor {
        chain: Hash([9; 32]),
        ..good
    };
    let ahead = Cursor { seq: 4, ..good };
    for bad in [lineage, chain, ahead] {
        assert_eq!(open(w, ana.device(0), log, Some(bad)).await, reset);
    }
}

async fn a_closed_reader_stops_where_it_was_removed(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let log = LogId::Room(room);
    let out = w.commit(room, ana.member(0), &[], &[ben.member(0)]).await;
    w.accept(Command::Commit(Box::new(out))).await;
    w.say(room, ana.member(0), 2).await;
    let state = open(w, ben.device(0), log, None).await;
    assert_eq!(
        state,
        OpenState::Live {
            start: cursor(w, log, 0).await,
            head: 2,
            closed: true
        }
    );
    let page = w
        .store
        .entries(log, 0, Some(2), PageLimit::default())
        .await
        .unwrap();
    assert_eq!(page.entries.last().unwrap().seq, 2);
}

async fn who_is_let_in_again_first_reads_what_it_had_not(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana, &ben]).await;
    let log = LogId::Room(room);
    w.say(room, ana.member(0), 2).await;
    // Taken out at 4 and let in at 6, then out at 7 and in at 9, and never online.
    for _ in 0..2 {
        out_and_in(w, room, ana.member(0), ben.member(0)).await;
    }
    let tail = OpenState::Live {
        start: cursor(w, log, 2).await,
        head: 4,
        closed: true,
    };
    let after = |start, head| OpenState::Live {
        start,
        head,
        closed: false,
    };
    let two = cursor(w, log, 2).await;
    assert_eq!(open(w, ben.device(0), log, Some(two)).await, tail);
    // Once that is read, or for who does not ask for it, the last membership begins.
    let begin = cursor(w, log, 8).await;
    let four = cursor(w, log, 4).await;
    for asked in [Some(four), None] {
        let state = open(w, ben.device(0), log, asked).await;
        assert_eq!(state, after(begin, 9));
    }
    // Who has come that far has nothing behind it.
    w.submit(Command::Ack(Ack {
        now_ms: w.now,
        device: ben.device(0),
        acks: vec![LogSeq { log, seq: 9 }],
    }))
    .await;
    assert_eq!(
        open(w, ben.device(0), log, Some(two)).await,
        after(begin, 9)
    );
    out_and_in(w, room, ana.member(0), ben.member(0)).await;
    let nine = cursor(w, log, 9).await;
    let tail = OpenState::Live {
        start: nine,
        head: 10,
        closed: true,
    };
    assert_eq!(open(w, ben.device(0), log, Some(nine)).await, tail);
    // An older cursor does not reach behind where that began.
    let begin = cursor(w, log, 11).await;
    assert_eq!(
        open(w, ben.device(0), log, Some(two)).await,
        after(begin, 12)
    );
}

/// Takes somebody out, says something, and lets them in again: three entries.
async fn out_and_in(w: &mut World, room: RoomId, by: Member, whom: Member) {
    let out = w.commit(room, by, &[], &[whom]).await;
    w.accept(Command::Commit(Box::new(out))).await;
    w.say(room, by, 1).await;
    let again = w.commit(room, by, &[whom], &[]).await;
    w.accept(Command::Commit(Box::new(again))).await;
}

async fn who_does_not_read_opens_nothing(w: &mut World) {
    let (ana, eve) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    for log in [
        LogId::Room(room),
        LogId::Room(RoomId([8; 16])),
        LogId::Inbox(ana.device(0)),
    ] {
        assert_eq!(
            open(w, eve.device(0), log, None).await,
            OpenState::NotAReader
        );
    }
}

async fn pages_have_no_gaps(w: &mut World) {
    let ana = w.person(1).await;
    let room = w.room(1, &[&ana]).await;
    let log = LogId::Room(room);
    w.say(room, ana.member(0), 20).await;
    let page = |after, until, entries, bytes| {
        let read = w
            .store
            .entries(log, after, until, PageLimit { entries, bytes });
        async {
            read.await
                .unwrap()
                .entries
                .iter()
                .map(|entry| entry.seq)
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(page(0, None, 3, 10_000).await, [1, 2, 3]);
    assert_eq!(page(18, None, 100, 10_000).await, [19, 20]);
    assert_eq!(page(5, Some(6), 100, 10_000).await, [6]);
    assert!(page(20, None, 100, 10_000).await.is_empty());
    assert!(page(25, None, 100, 10_000).await.is_empty());
    // One entry passes whatever its size; the one that reaches the bound is the last.
    assert_eq!(page(0, None, 100, 1).await, [1]);
    assert_eq!(page(0, None, 100, 10).await, [1, 2]);
    let heads = w
        .store
        .heads(vec![log, LogId::Room(RoomId([8; 16]))])
        .await
        .unwrap();
    assert_eq!((heads[0].unwrap().seq, heads[1]), (20, None));
}

async fn runs_of_several_logs_are_their_pages(w: &mut World) {
    let ana = w.person(1).await;
    let (one, two) = (w.room(1, &[&ana]).await, w.room(2, &[&ana]).await);
    w.say(one, ana.member(0), 20).await;
    w.say(two, ana.member(0), 7).await;
    let run = |log, after, until| Run { log, after, until };
    let [one, two, none] = [one, two, RoomId([8; 16])].map(LogId::Room);
    let asked = vec![
        run(two, 2, None),
        run(none, 0, None),
        run(one, 0, Some(9)),
        run(one, 20, None),
        run(LogId::Inbox(ana.device(0)), 0, None),
        run(two, 2, Some(4)),
    ];
    let limit = PageLimit {
        entries: 4,
        bytes: 10_000,
    };
    let runs = w.store.runs(asked.clone(), limit).await.unwrap();
    let seqs = |page: &Page| page.entries.iter().map(|entry| entry.seq).collect();
    let read: Vec<Vec<Seq>> = runs.iter().map(seqs).collect();
    let nothing = vec![];
    let all = [
        vec![3, 4, 5, 6],
        nothing.clone(),
        vec![1, 2, 3, 4],
        nothing.clone(),
        nothing,
        vec![3, 4],
    ];
    assert_eq!(read, all);
    for (run, page) in asked.into_iter().zip(runs) {
        let alone = w.store.entries(run.log, run.after, run.until, limit).await;
        assert_eq!(page, alone.unwrap());
    }
    assert!(w.store.runs(vec![], limit).await.unwrap().is_empty());
}

async fn acks_are_cumulative(w: &mut World) {
    let (ana, eve) = (w.person(1).await, w.person(2).await);
    let room = w.room(1, &[&ana]).await;
    w.say(room, ana.member(0), 5).await;
    for (seq, acked) in [(3, 3), (2, 3), (99, 5)] {
        let acks = vec![LogSeq {
            log: LogId::Room(room),
            seq,
        }];
        w.submit(Command::Ack(Ack {
            now_ms: w.now,
            device: ana.device(0),
            acks: acks.clone(),
        }))
        .await;
        w.submit(Command::Ack(Ack {
            now_ms: w.now,
            device: eve.device(0),
            acks,
        }))
        .await;
        let members = lacre_relay::store::read::ReadRooms::members(&w.store, room)
            .await
            .unwrap();
        assert_eq!((members.len(), members[0].acked), (1, acked));
    }
}

async fn watchers_see_what_becomes_durable(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    let mut watch = w.store.watch();
    let room = w.room(1, &[&ana, &ben]).await;
    w.say(room, ben.member(0), 2).await;
    let mut seen = Vec::new();
    while let Ok(batch) = watch.try_recv() {
        seen.extend(batch.iter().cloned());
    }
    for log in [LogId::Room(room), LogId::Inbox(ben.device(0))] {
        let of: Vec<_> = seen.iter().filter(|appended| appended.log == log).collect();
        let entries = w.log(log).await;
        assert_eq!(of.len(), entries.len());
        for (appended, entry) in of.into_iter().zip(entries) {
            assert_eq!(appended.entry, entry);
            assert_eq!(appended.chain, w.chain(log, entry.seq).await);
        }
    }
}

async fn an_inbox_goes_on_behind_what_was_acked(w: &mut World) {
    let (ana, ben) = (w.person(1).await, w.person(2).await);
    for number in 1..=4 {
        w.room(number, &[&ana, &ben]).await;
    }
    let inbox = LogId::Inbox(ben.device(0));
    let (two, three) = (cursor(w, inbox, 2).await, cursor(w, inbox, 3).await);
    let acks = vec![
        LogSeq { log: inbox, seq: 3 },
        LogSeq {
            log: LogId::Inbox(ana.device(0)),
            seq: 9,
        },
    ];
    w.submit(Command::Ack(Ack {
        now_ms: w.now,
        device: ben.device(0),
        acks,
    }))
    .await;
    let entries = w.inbox(ben.device(0)).await;
    assert_eq!(
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        [4]
    );
    let live = OpenState::Live {
        start: three,
        head: 4,
        closed: false,
    };
    assert_eq!(open(w, ben.device(0), inbox, None).await, live);
    assert_eq!(open(w, ben.device(0), inbox, Some(three)).await, live);
    let trimmed = OpenState::Trimmed {
        first: 4,
        chain: three.chain,
    };
    assert_eq!(open(w, ben.device(0), inbox, Some(two)).await, trimmed);
    let page = w
        .store
        .entries(inbox, 1, None, PageLimit::default())
        .await
        .unwrap();
    assert!(page.entries.is_empty() && page.first == 4);
}
