//! What keys do, without drawing.

use super::make;
use super::pictures::picture;
use crate::chat::act::Act;
use crate::chat::model::composer::Aim;
use crate::chat::model::entry::{Change, Progress};
use crate::chat::msg::{Msg, News};
use lacre::Unread;
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
fn a_refused_text_comes_back() {
    let mut view = make::conversation();
    view.types("mine");
    view.tap(KeyCode::Enter);
    view.update(Msg::Refused {
        room: make::room_id(10),
        text: "mine".to_owned(),
        why: "no".to_owned(),
    });
    assert_eq!(view.composer().unwrap().text(), "mine");
    // What was written since is not overwritten.
    view.update(Msg::Refused {
        room: make::room_id(10),
        text: "other".to_owned(),
        why: "no".to_owned(),
    });
    assert_eq!(view.composer().unwrap().text(), "mine");
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
fn what_is_looked_at_is_read_and_not_told() {
    let mut view = make::conversation();
    let news = |room| News {
        room,
        who: "bruno".to_owned(),
        text: "hi".to_owned(),
    };
    let unread = |messages| Unread {
        messages,
        first: Some(make::message(9)),
        ..Unread::default()
    };
    let (here, other) = (make::room_id(10), make::room_id(12));
    assert_eq!(view.update(Msg::News(news(here))), []);
    let told = news(other);
    assert_eq!(view.update(Msg::News(told.clone())), [Act::Tell(told)]);
    let msg = |room| Msg::Unread {
        room,
        unread: unread(1),
    };
    assert_eq!(view.update(msg(other)), []);
    assert_eq!(view.line(other).unwrap().unread, 1);
    assert_eq!(view.update(msg(here)), [Act::Read(here)]);
    assert_eq!(view.line(here).unwrap().unread, 0);
    // Somebody who is away does not read.
    assert_eq!(view.update(Msg::Focus(false)), [Act::Focus(None)]);
    let told = news(here);
    assert_eq!(view.update(Msg::News(told.clone())), [Act::Tell(told)]);
    assert_eq!(view.update(msg(here)), []);
    assert_eq!(view.page().unwrap().new_from, Some(make::message(9)));
    let acts = view.update(Msg::Focus(true));
    assert_eq!(acts, [Act::Focus(Some(here)), Act::Read(here)]);
}

#[test]
fn a_room_marked_by_hand_stays_unread_while_it_is_on_the_screen() {
    let mut view = make::conversation();
    let room = make::room_id(10);
    view.select_message(|page| page.index(5));
    let message = make::message(5);
    assert_eq!(view.tap(KeyCode::Char('u')), [Act::Keep { room, message }]);
    let unread = Unread {
        messages: 1,
        marked: true,
        ..Unread::default()
    };
    assert_eq!(view.update(Msg::Unread { room, unread }), []);
    assert_eq!(view.line(room).unwrap().unread, 1);
    view.press(KeyCode::Right, ALT);
    let acts = view.press(KeyCode::Left, ALT);
    assert_eq!(acts, [Act::Focus(Some(room)), Act::Read(room)]);
}

#[test]
fn a_search_asks_for_each_letter_and_takes_the_last_answer() {
    let mut view = make::conversation();
    let room = make::room_id(10);
    view.press(KeyCode::Char('f'), CTRL);
    let acts = view.tap(KeyCode::Char('x'));
    let words = "x".to_owned();
    let (number, room) = (1, Some(room));
    assert_eq!(
        acts,
        [Act::Search {
            room,
            words,
            number
        }]
    );
    view.tap(KeyCode::Char('y'));
    let hit = make::found(10, 2);
    let answer = |number, hits| Msg::Found { number, hits };
    view.update(answer(1, vec![make::found(11, 1)]));
    view.update(answer(2, vec![hit]));
    view.tap(KeyCode::Enter);
    assert_eq!(view.overlay, None);
    assert_eq!(view.page().unwrap().selected, Some(2));
}

#[test]
fn a_message_that_is_not_loaded_is_gone_back_to() {
    let mut view = make::conversation();
    let room = make::room_id(10);
    view.page_mut().unwrap().whole = false;
    assert_eq!(view.go_to(room, -5), [Act::Older(room)]);
    let older = |id| Msg::Changes {
        room,
        changes: vec![Change::Insert(0, make::entry(id, "old"))],
    };
    view.update(older(-1));
    let more = Msg::Older { room, count: 1 };
    assert_eq!(view.update(more), [Act::Older(room)]);
    view.update(older(-5));
    assert_eq!(view.page().unwrap().selected, Some(-5));
    assert_eq!(view.update(Msg::Older { room, count: 1 }), []);
    // One that is nowhere is said to be.
    view.page_mut().unwrap().whole = true;
    assert_eq!(view.go_to(room, -9), []);
    assert!(view.toast.as_ref().unwrap().bad);
}

#[test]
fn others_see_that_somebody_writes() {
    let mut view = make::conversation();
    let room = make::room_id(10);
    assert_eq!(view.tap(KeyCode::Char('x')), [Act::Typing(room)]);
    assert_eq!(view.tap(KeyCode::Char('y')), []);
    view.update(Msg::Tick(make::NOW + 4_000));
    assert_eq!(view.tap(KeyCode::Char('z')), [Act::Typing(room)]);
    view.tap(KeyCode::Backspace);
    view.tap(KeyCode::Backspace);
    assert_eq!(view.tap(KeyCode::Backspace), [Act::StopTyping(room)]);
    assert_eq!(view.tap(KeyCode::Char('/')), []);
    let typing = |number: u8, name: &str, active| Msg::Typing {
        room,
        who: make::person(number, name).account,
        name: name.to_owned(),
        active,
    };
    view.update(typing(2, "bruno", true));
    assert!(picture(&view).contains("bruno is typing…"));
    view.update(typing(3, "clara", true));
    assert!(picture(&view).contains("bruno and clara are typing…"));
    view.update(typing(2, "bruno", false));
    view.update(typing(3, "clara", false));
    assert!(!picture(&view).contains("typing"));
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
fn the_upper_end_loads_older_messages_once() {
    let mut view = make::view().sized(80, 24);
    let room = make::room_id(10);
    let entries = (0..50).map(|id| make::entry(id, "text")).collect();
    view.update(Msg::Page { room, entries });
    let mut asked = 0;
    for _ in 0..20 {
        asked += view.tap(KeyCode::PageUp).len();
    }
    assert_eq!(asked, 1);
    let older = (0..60).map(|i| Change::Insert(i, make::entry(-100 + i as i64, "old")));
    let before = picture(&view);
    view.update(Msg::Changes {
        room,
        changes: older.collect(),
    });
    view.update(Msg::Older { room, count: 60 });
    // What is looked at does not move, but for the line of the day above the oldest message.
    let row = |text: &str, n: usize| text.lines().nth(n).unwrap().to_owned();
    assert_eq!(row(&picture(&view), 10), row(&before, 10));
    assert_eq!(view.tap(KeyCode::PageUp), []);
    let asked: Vec<_> = (0..9).flat_map(|_| view.tap(KeyCode::PageUp)).collect();
    assert_eq!(asked, [Act::Older(room)]);
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
