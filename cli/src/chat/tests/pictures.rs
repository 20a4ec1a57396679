//! Pictures of every screen, in both languages and three sizes.

use super::make;
use crate::chat::draw::draw;
use crate::chat::model::View;
use crate::chat::model::entry::Seen;
use crate::chat::model::overlay::{Overlay, Pick, Purpose};
use crate::chat::msg::{Msg, Told};
use crate::text::Lang;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyModifiers};

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 15), (200, 50)];

/// The screen as text.
pub(super) fn picture(view: &View) -> String {
    let backend = TestBackend::new(view.size.width, view.size.height);
    let mut terminal = Terminal::new(backend).unwrap();
    terminal.draw(|frame| draw(view, frame)).unwrap();
    terminal.backend().to_string()
}

/// Compares a screen in all sizes and languages with the pictures kept.
fn compare(name: &str, show: impl Fn(&mut View)) {
    for lang in [Lang::En, Lang::Pt] {
        for (width, height) in SIZES {
            let mut view = make::conversation().sized(width, height);
            view.lang = lang;
            show(&mut view);
            let code = if lang == Lang::En { "en" } else { "pt" };
            insta::assert_snapshot!(format!("{name}-{code}-{width}x{height}"), picture(&view));
        }
    }
}

#[test]
fn conversation() {
    compare("conversation", |_| {});
}

#[test]
fn gathering() {
    compare("gathering", |view| {
        view.pages = make::gathering().pages;
    });
}

#[test]
fn thread() {
    compare("thread", |view| {
        view.pages = make::gathering().pages;
        view.select_message(|page| page.index(3));
        view.tap(KeyCode::Char('t'));
        let root = make::message(3);
        let told = Told::Page(make::thread());
        view.update(Msg::Thread { root, told });
        view.types("And when?");
    });
}

#[test]
fn pinned() {
    compare("pinned", |view| {
        view.update(Msg::Pins(vec![make::found(10, 1), make::found(10, 3)]));
    });
}

#[test]
fn writing() {
    compare("writing", |view| {
        view.types("one line that is longer than a narrow screen is wide");
        view.press(KeyCode::Char('j'), KeyModifiers::CONTROL);
        view.types("and another");
    });
}

#[test]
fn selected() {
    compare("selected", |view| {
        for _ in 0..3 {
            view.press(KeyCode::Up, KeyModifiers::ALT);
        }
    });
}

#[test]
fn replying() {
    compare("replying", |view| {
        for _ in 0..3 {
            view.press(KeyCode::Up, KeyModifiers::ALT);
        }
        view.tap(KeyCode::Char('r'));
    });
}

#[test]
fn help() {
    compare("help", |view| {
        view.tap(KeyCode::F(1));
    });
}

#[test]
fn jumping() {
    compare("jumping", |view| {
        view.press(KeyCode::Char('k'), KeyModifiers::CONTROL);
    });
}

#[test]
fn searching() {
    compare("searching", |view| {
        view.press(KeyCode::Char('g'), KeyModifiers::CONTROL);
        view.types("parabola");
        let number = view.searches;
        let hits = (10..13).map(|room| make::found(room, 1)).collect();
        view.update(Msg::Found { number, hits });
    });
}

#[test]
fn reacting() {
    compare("reacting", |view| {
        let pick = Pick::new(view, Purpose::React(make::message(1)));
        view.overlay = Some(Overlay::Pick(pick));
    });
}

#[test]
fn members() {
    compare("members", |view| {
        view.tap(KeyCode::F(2));
    });
}

#[test]
fn deleting() {
    compare("deleting", |view| {
        view.press(KeyCode::Up, KeyModifiers::ALT);
        view.tap(KeyCode::Char('d'));
    });
}

#[test]
fn details() {
    compare("details", |view| {
        view.press(KeyCode::Up, KeyModifiers::ALT);
        view.tap(KeyCode::Char('i'));
        let seen = |name: &str, delivered, read| Seen {
            name: name.to_owned(),
            delivered,
            read,
        };
        let at = make::NOW - 60_000;
        view.update(Msg::Info {
            message: make::message(7),
            seen: vec![
                seen("bruno", Some(at), Some(at)),
                seen("clara", Some(at), None),
                seen("dario", None, None),
            ],
        });
    });
}

#[test]
fn completing() {
    compare("completing", |view| {
        view.types("look :hea");
        view.tap(KeyCode::Tab);
    });
}

#[test]
fn without_rooms() {
    compare("without_rooms", |view| {
        view.rooms.clear();
        view.current = None;
        view.link = crate::chat::model::Link::Offline;
    });
}

#[test]
fn scrolled() {
    compare("scrolled", |view| {
        view.tap(KeyCode::PageUp);
    });
}
