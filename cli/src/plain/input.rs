//! What is typed, a line at a time.
//!
//! A thread of its own reads: the runtime would wait for a read that nobody ends. It reads when it
//! is asked and not before: the next key may be meant for somebody else, such as the screen.

use std::io::{BufRead, IsTerminal};
use std::sync::mpsc::Sender;
use tokio::sync::mpsc::{Receiver, channel};

/// Lines of standard input.
pub(crate) struct Input {
    asked: Sender<()>,
    waiting: bool,
    lines: Receiver<String>,
    terminal: bool,
}

impl Input {
    /// Starts to read standard input.
    pub(crate) fn standard() -> Self {
        let (sender, lines) = channel(1);
        let (asked, asks) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut input = std::io::stdin().lock();
            let mut bytes = Vec::new();
            while let Ok(()) = asks.recv()
                && matches!(input.read_until(b'\n', &mut bytes), Ok(1..))
            {
                // What is not UTF-8 is shown as such, and no line is lost.
                let line = String::from_utf8_lossy(&bytes);
                let line = line.trim_end_matches(['\n', '\r']).to_owned();
                bytes.clear();
                if sender.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            asked,
            waiting: false,
            lines,
            terminal: std::io::stdin().is_terminal(),
        }
    }

    /// The next line; `None` at the end. Cancelling loses nothing.
    pub(crate) async fn line(&mut self) -> Option<String> {
        if !self.waiting {
            // Without a reader there are no more lines, as the next line says.
            let _ended = self.asked.send(());
            self.waiting = true;
        }
        let line = self.lines.recv().await;
        self.waiting = false;
        line
    }

    /// Whether a person types.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }
}
