//! A relay that lets some of its words wait for others.

use lacre_tests::hostile::plot::Plot;
use lacre_tests::hostile::victim::Twist;
use lacre_wire::answer::Answer;
use lacre_wire::ids::{LogId, RoomId};
use lacre_wire::log::EntryKind;
use lacre_wire::push::ServerFrame;

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

/// Vera is added to a room, something is said, and she is removed. She reads what was said while she
/// was in, and then she is out, in whatever order she hears of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_in_for_a_moment_reads_that_moment() {
    let mut plot = Plot::begin().await;
    let bruno = plot.world.person("bruno").await;
    let id = plot.ana.group("Geometry", &[&bruno]).await;
    let (room, vera) = (plot.ana.room(id), plot.vera.account());
    plot.vera.twist = Some(end_before_beginning(id));
    let invited = room.invite(&["vera"]);
    plot.ana.within("vera is invited", invited).await.unwrap();
    plot.ana.says(id, "for a moment").await;
    let removed = room.remove(vera);
    plot.ana.within("vera is removed", removed).await.unwrap();

    plot.vera.reads(id, "for a moment").await;
    let is_out = |event: &lacre_engine::Event| matches!(event, lacre_engine::Event::RoomRemoved { room, .. } if *room == id);
    plot.vera.until("vera is out", is_out).await;
    assert_eq!(plot.vera.texts(id), ["for a moment"]);
    plot.room_goes_on().await;
}
