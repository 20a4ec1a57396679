//! What is read, kept, told and gone back to.

use super::make;
use super::pictures::picture;
use crate::chat::act::Act;
use crate::chat::model::entry::Change;
use crate::chat::msg::{Msg, News};
use lacre::Unread;
use ratatui::crossterm::event::{KeyCode, KeyModifiers};

const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;

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
fn what_is_being_written_is_kept_and_comes_back() {
    let mut view = make::conversation();
    let room = make::room_id(10);
    view.types("half");
    let kept = |text: &str| {
        let text = text.to_owned();
        Act::Draft { room, text }
    };
    assert_eq!(view.update(Msg::Tick(make::NOW)), [kept("half")]);
    assert_eq!(view.update(Msg::Tick(make::NOW)), []);
    view.types("!");
    assert!(view.press(KeyCode::Right, ALT).contains(&kept("half!")));
    view.press(KeyCode::Left, ALT);
    view.tap(KeyCode::Enter);
    assert_eq!(view.update(Msg::Tick(make::NOW)), [kept("")]);
    let text = "from before".to_owned();
    view.update(Msg::Draft { room, text });
    assert_eq!(view.composer().unwrap().text(), "from before");
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
fn somebody_who_is_gone_was_last_seen_then() {
    let mut view = make::conversation();
    view.press(KeyCode::Char('4'), ALT);
    assert_eq!(view.current, Some(make::room_id(13)));
    let head = |view: &crate::chat::model::View| picture(view).lines().next().unwrap().to_owned();
    assert!(head(&view).contains("here"));
    let mut rooms = view.rooms.clone();
    for person in rooms.iter_mut().flat_map(|room| &mut room.people) {
        person.seen = Some(make::NOW - 3_600_000);
    }
    view.update(Msg::Rooms(rooms));
    assert!(!head(&view).contains("seen"), "who is there is not gone");
    let (who, presence) = (make::person(2, "bruno").account, None);
    view.update(Msg::Presence { who, presence });
    assert!(head(&view).contains("seen 14:15"), "{}", head(&view));
    // In a room of many nobody is singled out.
    view.press(KeyCode::Char('1'), ALT);
    assert!(!head(&view).contains("seen"));
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
