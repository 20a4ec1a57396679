//! What is typed, a line at a time.
//!
//! A thread of its own reads: the runtime would wait for a read that nobody ends.

use std::io::{BufRead, IsTerminal};
use tokio::sync::mpsc::{Receiver, channel};

/// Lines of standard input.
pub(crate) struct Input {
    lines: Receiver<String>,
    terminal: bool,
}

impl Input {
    /// Starts to read standard input.
    pub(crate) fn standard() -> Self {
        let (sender, lines) = channel(1);
        std::thread::spawn(move || {
            let mut input = std::io::stdin().lock();
            let mut bytes = Vec::new();
            while matches!(input.read_until(b'\n', &mut bytes), Ok(1..)) {
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
            lines,
            terminal: std::io::stdin().is_terminal(),
        }
    }

    /// The next line; `None` at the end. Cancelling loses nothing.
    pub(crate) async fn line(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Whether a person types.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }
}
