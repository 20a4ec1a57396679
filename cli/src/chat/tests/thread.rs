//! Going into a thread, writing there, and back.

use super::make;
use super::pictures::picture;
use crate::chat::act::Act;
use crate::chat::model::View;
use crate::chat::model::composer::Aim;
use crate::chat::model::entry::Change;
use crate::chat::msg::{Msg, Told};
use lacre::{MessageId, Unread};
use ratatui::crossterm::event::{KeyCode, KeyModifiers};

fn root() -> MessageId {
    make::message(3)
}

/// The thread of the exam, read.
fn inside() -> View {
    let mut view = make::gathering();
    // By a message of it as well as by its first one.
    view.select_message(|page| page.index(5));
    let room = make::room_id(10);
    let acts = view.tap(KeyCode::Char('t'));
    assert_eq!(acts, [Act::EnterThread { room, root: root() }]);
    let entries = make::thread();
    let told = Told::Page(entries);
    assert_eq!(view.update(Msg::Thread { root: root(), told }), []);
    view
}

#[test]
fn what_is_written_in_a_thread_goes_there() {
    let mut view = inside();
    let (room, root) = (make::room_id(10), root());
    view.types("x");
    let text = "x".to_owned();
    assert_eq!(view.tap(KeyCode::Enter), [Act::Thread { room, root, text }]);
    // An answer within it stays in it; its first message needs none.
    view.select_message(|page| page.index(5));
    view.tap(KeyCode::Char('r'));
    view.types("y");
    let (to, text) = (make::message(5), "y".to_owned());
    assert_eq!(
        view.tap(KeyCode::Enter),
        [Act::Reply {
            room,
            to,
            root: Some(root),
            text
        }]
    );
    view.select_message(|page| page.index(3));
    view.tap(KeyCode::Char('r'));
    let composer = view.composer();
    assert!(composer.is_none_or(|composer| composer.aim == Aim::New));
    let told = Told::Changes(vec![Change::Insert(3, make::entry(9, "late"))]);
    view.update(Msg::Thread { root, told });
    assert!(picture(&view).contains("late"));
    // What a thread is told that is not on the screen is dropped.
    let told = Told::Changes(vec![Change::Reset(Vec::new())]);
    let other = make::message(99);
    view.update(Msg::Thread { root: other, told });
    assert!(picture(&view).contains("late"));
}

#[test]
fn each_thread_keeps_its_text_and_the_room_its_own() {
    let mut view = make::gathering();
    let room = make::room_id(10);
    view.types("for all");
    view.select_message(|page| page.index(5));
    view.tap(KeyCode::Char('t'));
    view.types("for the thread");
    // What is kept over a restart is the room's.
    let text = "for all".to_owned();
    assert_eq!(
        view.update(Msg::Tick(make::NOW)),
        [Act::Draft { room, text }]
    );
    assert_eq!(view.tap(KeyCode::Esc), [Act::LeaveThread]);
    assert_eq!(view.composer().unwrap().text(), "for all");
    view.select_message(|page| page.index(3));
    view.tap(KeyCode::Char('t'));
    assert_eq!(view.composer().unwrap().text(), "for the thread");
    let refused = Msg::Refused {
        seat: (Some(room), Some(make::message(42))),
        text: "elsewhere".to_owned(),
        why: "no".to_owned(),
    };
    view.update(refused);
    assert_eq!(view.composer().unwrap().text(), "for the thread");
}

#[test]
fn the_room_is_not_read_while_a_thread_is_in_its_place() {
    let mut view = inside();
    let room = make::room_id(10);
    let unread = Unread {
        messages: 1,
        first: Some(make::message(6)),
        ..Unread::default()
    };
    assert_eq!(view.update(Msg::Unread { room, unread }), []);
    assert_eq!(view.tap(KeyCode::Esc), [Act::LeaveThread, Act::Read(room)]);
    assert_eq!(view.page().unwrap().new_from, Some(make::message(6)));
    // Another room, and the same one from the list, end it too.
    let mut view = inside();
    let acts = view.press(KeyCode::Right, KeyModifiers::ALT);
    assert_eq!(acts[0], Act::LeaveThread);
    assert!(view.thread.is_none());
    let mut view = inside();
    assert_eq!(view.go_to(room, 6), [Act::LeaveThread]);
    assert_eq!(view.page().unwrap().selected, Some(6));
}

#[test]
fn older_messages_of_a_thread_are_asked_for_once() {
    let mut view = make::gathering().sized(80, 24);
    let room = make::room_id(10);
    view.select_message(|page| page.index(3));
    view.tap(KeyCode::Char('t'));
    let entries = (0..50).map(|id| make::entry(id, "text")).collect();
    let told = Told::Page(entries);
    view.update(Msg::Thread { root: root(), told });
    let asked: Vec<_> = (0..20).flat_map(|_| view.tap(KeyCode::PageUp)).collect();
    assert_eq!(asked, [Act::OlderThread { room, root: root() }]);
    let told = Told::Older(0);
    view.update(Msg::Thread { root: root(), told });
    assert_eq!(view.tap(KeyCode::PageUp), []);
    assert!(view.page().unwrap().whole);
}

#[test]
fn a_command_goes_into_a_thread_and_out_of_it() {
    let mut view = make::gathering();
    let room = make::room_id(10);
    let said = |thread| Msg::Said {
        lines: vec!["one".to_owned(), "two".to_owned()],
        room: None,
        thread,
    };
    let here = Some(room);
    // Somebody who is elsewhere by then reads the answer.
    let elsewhere = Some(make::room_id(12));
    assert_eq!(view.update(said(Some((elsewhere, Some(root()))))), []);
    assert!(view.thread.is_none() && view.overlay.is_some());
    view.tap(KeyCode::Esc);
    let acts = view.update(said(Some((here, Some(root())))));
    assert_eq!(acts, [Act::EnterThread { room, root: root() }]);
    assert_eq!(view.overlay, None, "the thread shows what was said");
    view.types("/topico");
    let (thread, text) = (Some(root()), "/topico".to_owned());
    let room = here;
    assert_eq!(view.tap(KeyCode::Enter), [Act::Say { room, thread, text }]);
    assert_eq!(view.update(said(Some((here, None)))), [Act::LeaveThread]);
    assert!(view.thread.is_none());
}

#[test]
fn who_does_nothing_is_away_until_a_key() {
    let mut view = make::conversation();
    let minutes = |count: u64| Msg::Tick(make::NOW + count * 60_000);
    assert_eq!(view.update(minutes(9)), []);
    view.tap(KeyCode::F(1));
    view.tap(KeyCode::Esc);
    assert_eq!(view.update(minutes(18)), []);
    assert_eq!(view.update(minutes(19)), [Act::Away(true)]);
    assert_eq!(view.update(minutes(20)), []);
    assert!(picture(&view).contains("· away"));
    assert_eq!(view.tap(KeyCode::F(1)), [Act::Away(false)]);
    assert!(!picture(&view).contains("· away"));
    view.tap(KeyCode::Esc);
    // The command says so too.
    view.update(Msg::Away);
    assert_eq!(view.update(minutes(60)), []);
    assert_eq!(view.tap(KeyCode::Esc), [Act::Away(false)]);
}
