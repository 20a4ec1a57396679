//! A relay that lets some of its words wait for others.

use lacre_tests::hostile::plot::Plot;
use lacre_tests::hostile::victim::Twist;
use lacre_wire::answer::{Answer, OpenState};
use lacre_wire::ids::{LogId, RoomId};
use lacre_wire::log::EntryKind;
use lacre_wire::push::ServerFrame;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Says that the reading of a room has ended before it says where the room's log begins.
fn end_before_beginning(room: RoomId) -> Twist {
    let mut held = None;
    Box::new(move |frame| match frame {
        ServerFrame::Entries { log, mut entries } if matches!(log, LogId::Inbox(_)) => {
            let is_end = |kind: EntryKind| kind == EntryKind::Evicted;
            let at = entries.iter().position(|entry| is_end(entry.kind));
            if let Some(at) = at {
                let entries = entries.split_off(at);
                held = Some(ServerFrame::Entries { log, entries });
            }
            vec![ServerFrame::Entries { log, entries }]
        }
        ServerFrame::Answer {
            answer: Answer::Opened(opened),
            id,
        } if opened.iter().any(|one| one.log == LogId::Room(room)) => {
            let answer = Answer::Opened(opened);
            let opened = ServerFrame::Answer { id, answer };
            held.take().into_iter().chain([opened]).collect()
        }
        frame => vec![frame],
    })
}

/// Says that somebody is let in again after it has said where the log then begins.
fn welcome_after_beginning(room: RoomId) -> Twist {
    let (mut welcomes, mut held) = (0, None);
    Box::new(move |frame| match frame {
        ServerFrame::Entries { log, mut entries } if matches!(log, LogId::Inbox(_)) => {
            let mut is_second = |kind: EntryKind| {
                welcomes += usize::from(kind == EntryKind::Welcome);
                welcomes == 2
            };
            if let Some(at) = entries.iter().position(|entry| is_second(entry.kind)) {
                let entries = entries.split_off(at);
                held = Some(ServerFrame::Entries { log, entries });
            }
            vec![ServerFrame::Entries { log, entries }]
        }
        ServerFrame::Answer {
            answer: Answer::Opened(opened),
            id,
        } if opened.iter().any(|one| one.log == LogId::Room(room)) => {
            let answer = Answer::Opened(opened);
            let opened = ServerFrame::Answer { id, answer };
            [opened].into_iter().chain(held.take()).collect()
        }
        frame => vec![frame],
    })
}

/// Says nothing of a room's log until it is free.
fn log_waits(room: RoomId, free: Arc<AtomicBool>) -> Twist {
    let mut held = Vec::new();
    Box::new(move |frame| {
        held.push(frame);
        let is_log = |frame: &ServerFrame| matches!(frame, ServerFrame::Entries { log, .. } if *log == LogId::Room(room));
        let (waits, heard) = match free.load(Ordering::Relaxed) {
            true => (Vec::new(), std::mem::take(&mut held)),
            false => std::mem::take(&mut held).into_iter().partition(is_log),
        };
        held = waits;
        heard
    })
}

async fn invites_vera(plot: &Plot, id: RoomId) {
    let room = plot.ana.room(id);
    let invited = room.invite(&["vera"]);
    plot.ana.within("vera is invited", invited).await.unwrap();
}

async fn removes_vera(plot: &Plot, id: RoomId) {
    let room = plot.ana.room(id);
    let removed = room.remove(plot.vera.account());
    plot.ana.within("vera is removed", removed).await.unwrap();
}

/// A room of Ana's, into which Vera is let, taken out, and let in again, without her hearing of it.
async fn in_out_and_in(plot: &Plot, id: RoomId) {
    invites_vera(plot, id).await;
    plot.ana.says(id, "before").await;
    removes_vera(plot, id).await;
    invites_vera(plot, id).await;
    plot.ana.says(id, "after").await;
}

/// She hears of all of it at once, and is in from the second time on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_let_in_twice_is_in_the_second_time() {
    let mut plot = Plot::begin().await;
    let bruno = plot.world.person("bruno").await;
    let id = plot.ana.group("Geometry", &[&bruno]).await;
    in_out_and_in(&plot, id).await;
    plot.vera.reads(id, "after").await;
    assert_eq!(plot.vera.complaints(), Vec::<&str>::new());
    plot.room_goes_on().await;
}

/// She enters by the first Welcome, and the relay's log begins at the second, of which she hears later.
/// That is no lie, and the session lives; without a second Welcome it would be one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_begins_later_is_explained_by_the_inbox() {
    let mut plot = Plot::begin().await;
    let bruno = plot.world.person("bruno").await;
    let id = plot.ana.group("Geometry", &[&bruno]).await;
    in_out_and_in(&plot, id).await;
    plot.vera.twist = Some(welcome_after_beginning(id));
    plot.vera.reconnect(&plot.caller.clone()).await;
    plot.vera.reads(id, "after").await;
    assert_eq!(plot.vera.complaints(), Vec::<&str>::new());
    plot.room_goes_on().await;
}

/// Vera is added to a room, something is said, and she is removed. She reads what was said while she
/// was in, and then she is out, in whatever order she hears of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_in_for_a_moment_reads_that_moment() {
    let mut plot = Plot::begin().await;
    let bruno = plot.world.person("bruno").await;
    let id = plot.ana.group("Geometry", &[&bruno]).await;
    plot.vera.twist = Some(end_before_beginning(id));
    invites_vera(&plot, id).await;
    plot.ana.says(id, "for a moment").await;
    removes_vera(&plot, id).await;

    plot.vera.reads(id, "for a moment").await;
    let is_out = |event: &lacre_engine::Event| matches!(event, lacre_engine::Event::RoomRemoved { room, .. } if *room == id);
    plot.vera.until("vera is out", is_out).await;
    assert_eq!(plot.vera.texts(id), ["for a moment"]);
    plot.room_goes_on().await;
}

/// Has nothing any more of what was said before somebody was taken out, and goes on behind it; why, the
/// inbox says afterwards.
fn forgets_the_end(room: RoomId) -> Twist {
    let mut skips = true;
    let mut inbox = Vec::new();
    Box::new(move |mut frame| match &mut frame {
        ServerFrame::Answer {
            answer: Answer::Opened(opened),
            ..
        } => {
            for one in opened.iter_mut().filter(|one| one.log == LogId::Room(room)) {
                if let OpenState::Live {
                    start,
                    head,
                    closed,
                } = &mut one.state
                {
                    skips = *closed;
                    if skips {
                        (start.seq, *closed) = (*head + 1, false);
                    }
                }
            }
            vec![frame]
        }
        ServerFrame::Entries { log, entries } if skips && *log == LogId::Room(room) => {
            entries.iter_mut().for_each(|entry| entry.seq += 100);
            skips = false;
            [frame].into_iter().chain(inbox.drain(..)).collect()
        }
        ServerFrame::Entries { log, .. } if skips && matches!(log, LogId::Inbox(_)) => {
            inbox.push(frame);
            vec![]
        }
        _ => vec![frame],
    })
}

/// A room of Ana's that Vera is in; while she is away it is said "before" and she is taken out and let in
/// again, so many times, and then "after".
async fn out_and_in(plot: &mut Plot, times: usize) -> RoomId {
    let bruno = plot.world.person("bruno").await;
    let id = plot.ana.group("Geometry", &[&bruno]).await;
    invites_vera(plot, id).await;
    plot.ana.says(id, "hello").await;
    plot.vera.reads(id, "hello").await;
    plot.vera.goes_away();
    plot.ana.says(id, "before").await;
    for _ in 0..times {
        removes_vera(plot, id).await;
        invites_vera(plot, id).await;
    }
    plot.ana.says(id, "after").await;
    id
}

/// She reads what was said before first, also where the log waits until she could be in again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_let_in_again_first_reads_what_was_said_before() {
    for times in [1, 2] {
        let mut plot = Plot::begin().await;
        let id = out_and_in(&mut plot, times).await;
        let free = Arc::new(AtomicBool::new(false));
        plot.vera.twist = Some(log_waits(id, Arc::clone(&free)));
        plot.vera.reconnect(&plot.caller.clone()).await;
        for _ in 0..3 {
            plot.vera.hears_all().await;
        }
        free.store(true, Ordering::Relaxed);
        plot.vera.hears_all().await;
        plot.vera.reads(id, "after").await;
        assert_eq!(plot.vera.texts(id), ["hello", "before", "after"]);
        assert_eq!(plot.vera.gave_up(), None);
        plot.room_goes_on().await;
    }
}

/// She is in again, whatever the relay has lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_relay_has_lost_keeps_nobody_out() {
    let mut plot = Plot::begin().await;
    let id = out_and_in(&mut plot, 1).await;
    plot.vera.twist = Some(forgets_the_end(id));
    plot.vera.reconnect(&plot.caller.clone()).await;
    plot.vera.reads(id, "after").await;
    assert_eq!(plot.vera.texts(id), ["hello", "after"]);
    assert_eq!(plot.vera.gave_up(), None);
    plot.room_goes_on().await;
}
