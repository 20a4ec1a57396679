//! A relay that gives a known handle to somebody else.

use lacre_engine::Done;
use lacre_tests::hostile::plot::{Plot, answers};
use lacre_wire::answer::Answer;
use std::sync::{Arc, Mutex};

/// Vera knows Ana. When the handle leads to another account, she is told and asked: the first time it
/// leads nowhere. Ana keeps her place in the room, and is no more called by what is not hers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handle_that_moves_is_not_followed_in_silence() {
    let mut plot = Plot::begin().await;
    let eve = plot.world.person("eve").await;
    let kept = Arc::new(Mutex::new(None));
    let keeps = Arc::clone(&kept);
    plot.vera.twist = Some(answers(move |answer| {
        if let Answer::Account(info) = answer {
            *keeps.lock().unwrap() = Some(info.clone());
        }
    }));
    let honest =
        |handle: &'static str| move |e: &mut lacre_engine::Engine, now| e.lookup(handle, now);
    let found = plot.vera.perform(honest("eve")).await.unwrap();
    assert!(matches!(found, Done::Person { account, .. } if account == eve.account()));
    plot.vera.twist = Some(answers(move |answer| {
        if let Answer::Account(info) = answer
            && info.handle == "ana"
        {
            *info = kept.lock().unwrap().clone().unwrap();
            info.handle = "ana".to_owned();
        }
    }));
    let error = plot.vera.perform(honest("ana")).await.unwrap_err();
    assert_eq!(error.code(), "HandleMoved", "{error}");
    assert!(plot.vera.complained("HandleMoved"));
    let room = plot.vera.engine.reader().unwrap().room(plot.room);
    let members = room.unwrap().unwrap().members;
    let ana = members.iter().find(|one| one.account == plot.ana.account());
    assert_ne!(ana.unwrap().handle, "ana");
    // She insists: now she knows whom she writes to.
    let again = plot.vera.perform(honest("ana")).await.unwrap();
    assert!(matches!(again, Done::Person { account, .. } if account == eve.account()));
    plot.room_goes_on().await;
}
