//! A relay that shows a log other than it is: drops, turns around, repeats, rewinds, and shows two
//! people different ones.

use lacre_engine::{Event, ItemBody};
use lacre_tests::hostile::plot::{Plot, answers, entries, made_up};
use lacre_tests::wire::{Place, hollow_message};
use lacre_wire::answer::{Answer, OpenState};
use lacre_wire::ids::{Hash, LogId, RoomId};
use lacre_wire::log::{Entry, EntryKind};
use lacre_wire::push::ServerFrame;
use std::sync::{Arc, Mutex};

fn is_message(entry: &Entry) -> bool {
    entry.kind == EntryKind::Message
}

/// How often Vera was told of a text as new.
fn times(plot: &Plot, text: &str) -> usize {
    let is_it = |event: &&Event| matches!(event, Event::Message { item, .. } if matches!(&item.body, ItemBody::Text(said) if said == text));
    plot.vera.events.iter().filter(is_it).count()
}

fn unreadable(plot: &Plot, why: &str) -> usize {
    let reader = plot.vera.engine.reader().unwrap();
    let page = reader.page(plot.room, None, 100).unwrap();
    page.iter()
        .filter(|item| matches!(&item.body, ItemBody::Unreadable(said) if said == why))
        .count()
}

/// A message is held back, and what stands behind it is shown. Nothing is shown before it: the session
/// is given up, and the next one, with an honest relay, reads both in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gap_is_not_passed_over() {
    let mut plot = Plot::begin().await;
    let mut dropped = false;
    plot.vera.twist = Some(entries(plot.room, move |mut run| {
        if !dropped && run.iter().any(is_message) {
            dropped = true;
            run.clear();
        }
        run
    }));
    plot.ana.says(plot.room, "one").await;
    plot.ana.says(plot.room, "two").await;
    let why = plot.vera.gives_up().await;
    assert!(why.contains("broke the protocol"), "{why}");
    assert!(plot.vera.complained("RelayMisbehaved"));
    assert_eq!(plot.vera.texts(plot.room), ["welcome", "thank you"]);
    plot.vera.twist = None;
    let caller = plot.caller.clone();
    plot.vera.reconnect(&caller).await;
    plot.vera.reads(plot.room, "two").await;
    assert_eq!(
        plot.vera.texts(plot.room),
        ["welcome", "thank you", "one", "two"]
    );
    plot.room_goes_on().await;
}

/// Two messages in the wrong order: the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn order_cannot_be_turned_around() {
    let mut plot = Plot::begin().await;
    let mut held: Vec<Entry> = Vec::new();
    plot.vera.twist = Some(entries(plot.room, move |run| {
        held.extend(run);
        if held.iter().filter(|entry| is_message(entry)).count() < 2 {
            return Vec::new();
        }
        held.reverse();
        std::mem::take(&mut held)
    }));
    plot.ana.says(plot.room, "one").await;
    plot.ana.says(plot.room, "two").await;
    plot.vera.gives_up().await;
    assert!(plot.vera.complained("RelayMisbehaved"));
    assert_eq!(plot.vera.texts(plot.room), ["welcome", "thank you"]);
    plot.vera.twist = None;
    let caller = plot.caller.clone();
    plot.vera.reconnect(&caller).await;
    plot.vera.reads(plot.room, "two").await;
    assert_eq!(
        plot.vera.texts(plot.room),
        ["welcome", "thank you", "one", "two"]
    );
    plot.room_goes_on().await;
}

/// The relay delays: what came in three runs is heard at once, and late. It is shown in its order, and
/// nobody complains.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_late_comes_in_order() {
    let mut plot = Plot::begin().await;
    let mut held: Vec<Entry> = Vec::new();
    plot.vera.twist = Some(entries(plot.room, move |run| {
        held.extend(run);
        match held.iter().filter(|entry| is_message(entry)).count() {
            0..3 => Vec::new(),
            _ => std::mem::take(&mut held),
        }
    }));
    for text in ["one", "two", "three"] {
        plot.ana.says(plot.room, text).await;
    }
    plot.vera.reads(plot.room, "three").await;
    assert_eq!(
        plot.vera.texts(plot.room),
        ["welcome", "thank you", "one", "two", "three"]
    );
    assert_eq!(plot.vera.complaints(), Vec::<&str>::new());
    plot.room_goes_on().await;
}

/// Every run of entries comes twice, and once more after the relay has set the reader back to the
/// beginning. Everything is told once and shown once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_repeated_is_shown_once() {
    let mut plot = Plot::begin().await;
    let (room, all) = (plot.room, Arc::new(Mutex::new(Vec::new())));
    let heard = Arc::clone(&all);
    plot.vera.twist = Some(Box::new(move |frame| match &frame {
        ServerFrame::Entries { log, .. } if *log == LogId::Room(room) => {
            heard.lock().unwrap().push(frame.clone());
            vec![frame.clone(), frame]
        }
        _ => vec![frame],
    }));
    for text in ["one", "two", "three"] {
        plot.ana.says(room, text).await;
        plot.vera.reads(room, text).await;
    }
    // The next session begins with everything again.
    let mut again: Option<Vec<ServerFrame>> = Some(all.lock().unwrap().clone());
    plot.vera.twist = Some(Box::new(move |mut frame| {
        let mut rewound = false;
        if let ServerFrame::Answer {
            answer: Answer::Opened(opened),
            ..
        } = &mut frame
        {
            for log in opened.iter_mut().filter(|log| log.log == LogId::Room(room)) {
                if let OpenState::Live { start, .. } = &mut log.state {
                    (start.seq, start.chain) = (0, Hash([0; 32]));
                    rewound = true;
                }
            }
        }
        let more = again.take_if(|_| rewound).unwrap_or_default();
        [frame].into_iter().chain(more).collect()
    }));
    let caller = plot.caller.clone();
    plot.vera.reconnect(&caller).await;
    plot.ana.says(room, "four").await;
    plot.vera.reads(room, "four").await;
    for text in ["one", "two", "three", "four"] {
        assert_eq!(times(&plot, text), 1, "{text}");
    }
    assert_eq!(
        plot.vera.texts(room),
        ["welcome", "thank you", "one", "two", "three", "four"]
    );
    assert_eq!(plot.vera.complaints(), Vec::<&str>::new());
    plot.room_goes_on().await;
}

/// An envelope is put into the log a second time, in the place of what Ana said next. It is not shown
/// again; and what was hidden by it is noticed at Ana's next message.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_envelope_in_anothers_place_is_noticed() {
    let mut plot = Plot::begin().await;
    let mut first: Option<Entry> = None;
    let mut replaced = false;
    plot.vera.twist = Some(entries(plot.room, move |run| {
        let replay = |mut entry: Entry| {
            match &first {
                None if is_message(&entry) => first = Some(entry.clone()),
                Some(first) if is_message(&entry) && !replaced => {
                    replaced = true;
                    entry = Entry {
                        seq: entry.seq,
                        ..first.clone()
                    };
                }
                _ => {}
            }
            entry
        };
        run.into_iter().map(replay).collect()
    }));
    plot.ana.says(plot.room, "one").await;
    plot.vera.reads(plot.room, "one").await;
    plot.ana.says(plot.room, "hidden").await;
    plot.ana.says(plot.room, "three").await;
    plot.vera
        .until(
            "the fork is noticed",
            |event| matches!(event, Event::Error(error) if error.code() == "LogForked"),
        )
        .await;
    assert_eq!(plot.vera.texts(plot.room), ["welcome", "thank you", "one"]);
    assert_eq!(unreadable(&plot, "Undecryptable"), 1);
    assert_eq!(unreadable(&plot, "LogForked"), 1);
    plot.account_goes_on().await;
}

/// Vera is shown another log than Ana: of one entry only the time differs. She is told at Ana's next
/// message, which is not shown; and Ana at Vera's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_logs_are_noticed_at_the_next_message() {
    let mut plot = Plot::begin().await;
    let mut changed = false;
    plot.vera.twist = Some(entries(plot.room, move |mut run| {
        if let Some(entry) = run.iter_mut().find(|entry| is_message(entry) && !changed) {
            entry.accepted_ms += 1;
            changed = true;
        }
        run
    }));
    plot.ana.says(plot.room, "one").await;
    plot.vera.reads(plot.room, "one").await;
    assert!(!plot.vera.complained("LogForked"));
    plot.ana.says(plot.room, "two").await;
    plot.vera
        .until(
            "the fork is noticed",
            |event| matches!(event, Event::Error(error) if error.code() == "LogForked"),
        )
        .await;
    assert_eq!(plot.vera.texts(plot.room), ["welcome", "thank you", "one"]);
    assert_eq!(unreadable(&plot, "LogForked"), 1);

    plot.vera.says(plot.room, "what I saw").await;
    let forked = |told: &lacre_tests::journal::Told| {
        told.errors.iter().any(|error| error.code() == "LogForked")
    };
    plot.ana.until("the fork is noticed", forked).await;
    assert!(!plot.ana.look(|told| told.has_text(plot.room, "what I saw")));
    plot.account_goes_on().await;
}

/// A commit is kept from Vera, and nonsense stands in its place. Ana's next message is of an epoch that
/// Vera does not know: it is not shown, and she is told why.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_commit_is_noticed_at_the_next_message() {
    let mut plot = Plot::begin().await;
    let room = plot.room;
    let epoch = plot.world.logged(room).epoch;
    let place = Place {
        room,
        generation: 0,
        epoch,
    };
    plot.vera.twist = Some(entries(room, move |mut run| {
        for entry in run
            .iter_mut()
            .filter(|entry| entry.kind == EntryKind::Commit)
        {
            let nonsense = hollow_message(&place, entry.seq, 900);
            *entry = made_up(entry.seq, EntryKind::Message, epoch, nonsense);
        }
        run
    }));
    let tablet = plot.ana.second("tablet").await;
    tablet.enters(room).await;
    assert!(!plot.vera.complained("LogForked"));
    plot.ana.says(room, "with both of mine").await;
    plot.vera
        .until(
            "the fork is noticed",
            |event| matches!(event, Event::Error(error) if error.code() == "LogForked"),
        )
        .await;
    assert_eq!(plot.vera.texts(room), ["welcome", "thank you"]);
    plot.account_goes_on().await;
}

/// After a rewind the relay goes on otherwise: other entries under numbers that Vera has read. They are
/// not shown, and what she has read stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_is_not_rewritten() {
    let mut plot = Plot::begin().await;
    let room = plot.room;
    plot.ana.says(room, "one").await;
    plot.vera.reads(room, "one").await;
    let logged = plot.world.logged(room);
    let last = logged.entries.last().unwrap().link.clone();
    let gone = made_up(last.seq, EntryKind::Commit, last.epoch, vec![1, 2, 3]);
    let mut gone = Some(gone);
    plot.vera.twist = Some(entries(room, move |run| {
        gone.take().into_iter().chain(run).collect()
    }));
    plot.ana.says(room, "two").await;
    plot.vera.reads(room, "two").await;
    assert_eq!(
        plot.vera.texts(room),
        ["welcome", "thank you", "one", "two"]
    );
    plot.room_goes_on().await;
}

/// The relay lies about how long a log is: shorter, and longer, than it is. What is there is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn false_heads_hide_nothing_that_is_shown() {
    let mut plot = Plot::begin().await;
    let caller = plot.caller.clone();
    for (number, false_head) in [0, 1_000_000].into_iter().enumerate() {
        plot.vera.twist = Some(answers(move |answer| {
            if let Answer::Opened(opened) = answer {
                for log in opened {
                    if let OpenState::Live { head, .. } = &mut log.state {
                        *head = false_head;
                    }
                }
            }
        }));
        plot.vera.reconnect(&caller).await;
        let text = format!("number {number}");
        plot.ana.says(plot.room, &text).await;
        plot.vera.reads(plot.room, &text).await;
    }
    // What she sends waits for the head she was promised; with an honest relay it goes out.
    plot.vera.twist = None;
    plot.vera.reconnect(&caller).await;
    plot.room_goes_on().await;
}

/// An inbox entry in a room's log, and a room's in an inbox, do not do what they would do in their place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_act_in_their_own_log_only() {
    let mut plot = Plot::begin().await;
    let inbox = LogId::Inbox(plot.vera.engine.profile().unwrap().device);
    let commit = {
        let logged = plot.world.logged(plot.room);
        logged.entries[0].link.clone()
    };
    let wrong = made_up(1, EntryKind::Commit, commit.epoch, vec![1, 2, 3]);
    let mut wrong = Some(ServerFrame::Entries {
        log: inbox,
        entries: vec![wrong],
    });
    plot.vera.twist = Some(Box::new(move |frame| {
        wrong.take().into_iter().chain([frame]).collect()
    }));
    plot.ana.says(plot.room, "one").await;
    plot.vera.reads(plot.room, "one").await;
    assert!(plot.vera.complained("UnknownNotice"));
    plot.room_goes_on().await;
    // In a room it stops the room, which cannot be followed past it.
    let next = plot.world.logged(plot.room).head + 1;
    let room: RoomId = plot.room;
    let mut wrong = Some(made_up(next, EntryKind::Evicted, 0, vec![1]));
    plot.vera.twist = Some(entries(room, move |run| match wrong.take() {
        Some(wrong) => vec![wrong],
        None => run,
    }));
    plot.ana.says(room, "two").await;
    let stopped = plot
        .vera
        .until("the room stops", |event| {
            matches!(event, Event::RoomStopped { .. })
        })
        .await;
    let Event::RoomStopped { error, .. } = stopped else {
        unreachable!()
    };
    assert_eq!(error.code(), "WrongKind");
    plot.account_goes_on().await;
}
