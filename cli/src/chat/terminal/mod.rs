//! The terminal: taken over, drawn on, and given back as it was, also after a panic.

mod editor;
mod end;
mod tell;

pub(crate) use editor::edit;
pub(crate) use end::ended;
pub(crate) use tell::Teller;

use crate::chat::draw::draw;
use crate::chat::model::View;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags,
    PushKeyboardEnhancementFlags,
};
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{clipboard::CopyToClipboard, cursor::Show, execute};
use std::io::{Stdout, Write, stdout};
use std::sync::Once;

/// The terminal while it is ours. Dropping gives it back.
pub(crate) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    ours: bool,
}

impl Screen {
    /// Takes the terminal over.
    pub(crate) fn take() -> std::io::Result<Self> {
        restore_on_panic();
        enter()?;
        let terminal = Terminal::new(CrosstermBackend::new(stdout()));
        if terminal.is_err() {
            leave();
        }
        Ok(Self {
            terminal: terminal?,
            ours: true,
        })
    }

    /// Draws, on a screen of the size it has now.
    pub(crate) fn draw(&mut self, view: &mut View) -> std::io::Result<()> {
        self.terminal.autoresize()?;
        view.size = self.terminal.size()?;
        self.terminal.draw(|frame| draw(view, frame))?;
        Ok(())
    }

    /// Gives the terminal back for a while.
    pub(crate) fn lend(&mut self) {
        leave();
        self.ours = false;
    }

    /// Takes it over again; what is on it is drawn anew.
    pub(crate) fn retake(&mut self, mouse: bool) -> std::io::Result<()> {
        enter()?;
        self.ours = true;
        self.mouse(mouse)?;
        self.terminal.clear()
    }

    /// Whether the mouse is ours; otherwise the terminal selects text with it.
    pub(crate) fn mouse(&mut self, ours: bool) -> std::io::Result<()> {
        match ours {
            true => execute!(stdout(), EnableMouseCapture),
            false => execute!(stdout(), DisableMouseCapture),
        }
    }

    /// Puts a text into the clipboard, also of a terminal far away (OSC 52).
    pub(crate) fn copy(&mut self, text: &str) -> std::io::Result<()> {
        execute!(stdout(), CopyToClipboard::to_clipboard_from(text))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.ours {
            leave();
        }
    }
}

fn enter() -> std::io::Result<()> {
    enable_raw_mode()?;
    // Terminals that do not know one of these ignore it. Asking first would cost a wait on each
    // terminal that does not answer.
    let entered = execute!(
        stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange,
        PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES)
    );
    if entered.is_err() {
        leave();
    }
    entered
}

/// Gives the terminal back. Called where nothing can be done about a failure.
fn leave() {
    let _gone = execute!(
        stdout(),
        PopKeyboardEnhancementFlags,
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    let _gone = disable_raw_mode();
    let _gone = stdout().flush();
}

/// A panic gives the terminal back before it tells what happened: otherwise nobody could read it.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            leave();
            before(info);
        }));
    });
}
