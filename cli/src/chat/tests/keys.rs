//! What keys do, without drawing.

use super::make;
use super::pictures::picture;
use crate::chat::act::Act;
use crate::chat::model::composer::Aim;
use crate::chat::model::entry::{Change, Progress};
use crate::chat::msg::Msg;
use ratatui::crossterm::event::{KeyCode, KeyModifiers};

const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;

#[test]
fn enter_sends_and_alt_enter_does_not() {
    let mut view = make::conversation();
    view.types("one");
    assert_eq!(view.press(KeyCode::Enter, ALT), []);
    view.types("two");
    view.press(KeyCode::Char('j'), CTRL);
    view.types("three");
    let room = make::room_id(10);
    let text = "one\ntwo\nthree".to_owned();
    assert_eq!(view.tap(KeyCode::Enter), [Act::Send { room, text }]);
    assert!(view.composer().is_none_or(|composer| composer.is_empty()));
    assert_eq!(view.tap(KeyCode::Enter), []);
}

#[test]
fn a_line_and_a_word_are_deleted_as_in_a_shell() {
    let mut view = make::conversation();
    view.types("one two");
    view.press(KeyCode::Char('w'), CTRL);
    assert_eq!(view.composer().unwrap().text(), "one ");
    view.press(KeyCode::Char('j'), CTRL);
    view.types("three");
    view.press(KeyCode::Char('u'), CTRL);
    assert_eq!(view.composer().unwrap().text(), "one \n");
}

#[test]
fn a_refused_text_comes_back() {
    let mut view = make::conversation();
    view.types("mine");
    view.tap(KeyCode::Enter);
    view.update(Msg::Refused {
        seat: (Some(make::room_id(10)), None),
        text: "mine".to_owned(),
        why: "no".to_owned(),
    });
    assert_eq!(view.composer().unwrap().text(), "mine");
    // What was written since is not overwritten.
    view.update(Msg::Refused {
        seat: (Some(make::room_id(10)), None),
        text: "other".to_owned(),
        why: "no".to_owned(),
    });
    assert_eq!(view.composer().unwrap().text(), "mine");
}

#[test]
fn a_command_that_was_not_done_comes_back() {
    let mut view = make::conversation();
    let seat = (Some(make::room_id(10)), None);
    view.types("/enquete só uma pergunta longa");
    let acts = view.tap(KeyCode::Enter);
    let [Act::Say { text, .. }] = acts.as_slice() else {
        panic!("{acts:?}");
    };
    assert!(view.composer().is_none_or(|composer| composer.is_blank()));
    let (text, why) = (text.clone(), "no".to_owned());
    view.update(Msg::Refused { seat, text, why });
    let text = view.composer().unwrap().text();
    assert_eq!(text, "/enquete só uma pergunta longa");
    assert!(view.toast.as_ref().unwrap().bad);
}

#[test]
fn one_letter_acts_on_the_selected_message() {
    let mut view = make::conversation();
    let room = make::room_id(10);
    view.press(KeyCode::Up, ALT);
    view.press(KeyCode::Up, ALT);
    assert_eq!(view.page().unwrap().selected, Some(6));
    view.tap(KeyCode::Char('e'));
    let composer = view.composer().unwrap();
    assert_eq!(composer.text(), "And in question 5?");
    assert_eq!(
        composer.aim,
        Aim::Edit {
            message: make::message(6)
        }
    );
    view.types("!");
    assert_eq!(
        view.tap(KeyCode::Enter),
        [Act::Edit {
            room,
            message: make::message(6),
            text: "And in question 5?!".to_owned()
        }]
    );
    view.press(KeyCode::Up, ALT);
    view.tap(KeyCode::Char('d'));
    assert_eq!(
        view.tap(KeyCode::Char('y')),
        [Act::Delete {
            room,
            message: make::message(7)
        }]
    );
    // Others' messages can be neither edited nor deleted.
    (0..3).for_each(|_| drop(view.press(KeyCode::Up, ALT)));
    assert_eq!(view.page().unwrap().selected, Some(5));
    assert_eq!(view.tap(KeyCode::Char('d')), []);
    assert_eq!(view.tap(KeyCode::Char('e')), []);
    assert!(view.overlay.is_none());
}

#[test]
fn a_reaction_is_given_and_taken_back() {
    let mut view = make::conversation();
    let room = make::room_id(10);
    let message = make::message(2);
    view.select_message(|page| page.index(2));
    view.tap(KeyCode::Char('+'));
    view.types("heart");
    view.tap(KeyCode::Esc);
    view.tap(KeyCode::Char('+'));
    let emoji = "👍".to_owned();
    assert_eq!(
        view.tap(KeyCode::Enter),
        [Act::Unreact {
            room,
            message,
            emoji
        }]
    );
    view.select_message(|page| page.index(2));
    view.tap(KeyCode::Char('+'));
    view.tap(KeyCode::Down);
    let emoji = "❤\u{fe0f}".to_owned();
    assert_eq!(
        view.tap(KeyCode::Enter),
        [Act::React {
            room,
            message,
            emoji
        }]
    );
}

#[test]
fn polls_threads_pins_and_forwards_have_their_letters() {
    let mut view = make::gathering();
    let room = make::room_id(10);
    let poll = make::message(4);
    let select = |view: &mut crate::chat::model::View, id| {
        view.select_message(|page| page.index(id));
    };
    select(&mut view, 4);
    let vote = |options: &[usize]| {
        let options = options.to_vec();
        vec![Act::Vote {
            room,
            poll,
            options,
        }]
    };
    assert_eq!(view.tap(KeyCode::Char('1')), vote(&[0, 1]));
    assert_eq!(view.tap(KeyCode::Char('2')), vote(&[]));
    assert_eq!(view.tap(KeyCode::Char('9')), []);
    // Only its own maker closes a poll.
    assert_eq!(view.tap(KeyCode::Char('x')), []);
    select(&mut view, 3);
    let (message, pinned) = (make::message(3), false);
    assert_eq!(
        view.tap(KeyCode::Char('p')),
        [Act::Pin {
            room,
            message,
            pinned
        }]
    );
    select(&mut view, 6);
    view.tap(KeyCode::Char('f'));
    view.types("proj");
    let (message, to) = (make::message(6), make::room_id(12));
    let from = room;
    assert_eq!(
        view.tap(KeyCode::Enter),
        [Act::Forward { from, message, to }]
    );
    // Nobody said a notice: it cannot be answered.
    select(&mut view, 1);
    view.tap(KeyCode::Char('r'));
    assert!(
        view.composer()
            .is_none_or(|composer| composer.aim == Aim::New)
    );
}

#[test]
fn texts_stay_with_their_rooms() {
    let mut view = make::conversation();
    view.types("for algebra");
    view.press(KeyCode::Char('3'), ALT);
    assert_eq!(view.current, Some(make::room_id(12)));
    view.types("for projects");
    view.press(KeyCode::Char('1'), ALT);
    assert_eq!(view.composer().unwrap().text(), "for algebra");
}

#[test]
fn the_next_unread_room_is_one_key_away() {
    let mut view = make::conversation();
    let acts = view.press(KeyCode::Char('a'), ALT);
    assert_eq!(view.current, Some(make::room_id(11)));
    assert!(acts.contains(&Act::Enter(make::room_id(11))));
    view.update(Msg::Page {
        room: make::room_id(11),
        entries: vec![make::entry(1, "x")],
    });
    assert_eq!(view.room().unwrap().unread, 0);
    view.press(KeyCode::Char('a'), ALT);
    assert_eq!(view.current, Some(make::room_id(13)));
}

#[test]
fn ctrl_c_twice_leaves() {
    let mut view = make::conversation();
    assert_eq!(view.press(KeyCode::Char('c'), CTRL), []);
    assert_eq!(view.press(KeyCode::Char('c'), CTRL), [Act::Quit]);
    assert_eq!(view.press(KeyCode::Char('c'), CTRL), [Act::Quit]);
    view.tap(KeyCode::Char('x'));
    assert_eq!(view.press(KeyCode::Char('c'), CTRL), []);
    view.update(Msg::Tick(make::NOW + 10_000));
    assert_eq!(view.press(KeyCode::Char('c'), CTRL), []);
}

#[test]
fn sending_goes_to_the_end() {
    let mut view = make::conversation().sized(80, 10);
    view.tap(KeyCode::PageUp);
    assert!(view.page().unwrap().anchor.is_some());
    view.types("x");
    view.tap(KeyCode::Enter);
    assert_eq!(view.page().unwrap().anchor, None);
    let change = Change::Insert(7, make::own(8, "x", Progress::Queued));
    view.update(Msg::Changes {
        room: make::room_id(10),
        changes: vec![change],
    });
    assert_eq!(view.unsent(), 2);
}

#[test]
fn completion_cycles_and_is_taken() {
    let mut view = make::conversation();
    view.types("@");
    view.tap(KeyCode::Tab);
    assert_eq!(view.completion.as_ref().unwrap().choices.len(), 2);
    view.tap(KeyCode::Tab);
    view.tap(KeyCode::Enter);
    assert_eq!(view.composer().unwrap().text(), "@clara ");
}

#[test]
fn every_size_can_be_drawn() {
    for width in (1..90).step_by(7) {
        for height in 1..30 {
            let mut view = make::conversation().sized(width, height);
            picture(&view);
            view.types("a text of some length\u{4f60}");
            view.press(KeyCode::Up, ALT);
            picture(&view);
            view.tap(KeyCode::F(1));
            picture(&view);
        }
    }
}
