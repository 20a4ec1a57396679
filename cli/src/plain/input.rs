//! What is typed, a line at a time.
//!
//! A thread of its own reads: the runtime would wait for a read that nobody ends. It reads only when
//! it is asked to, so that between two lines the input belongs to whoever else wants it.

use std::io::{BufRead, IsTerminal};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Lines of standard input.
pub(crate) struct Input {
    asks: Sender<()>,
    lines: Receiver<String>,
    /// A line was asked for and has not come.
    asked: bool,
    terminal: bool,
}

impl Input {
    /// Of standard input; nothing is read yet.
    pub(crate) fn standard() -> Self {
        let (asks, mut asked) = channel(1);
        let (sender, lines) = channel(1);
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            while asked.blocking_recv().is_some() {
                bytes.clear();
                if !matches!(
                    std::io::stdin().lock().read_until(b'\n', &mut bytes),
                    Ok(1..)
                ) {
                    return;
                }
                // What is not UTF-8 is shown as such, and no line is lost.
                let line = String::from_utf8_lossy(&bytes);
                let line = line.trim_end_matches(['\n', '\r']).to_owned();
                if sender.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            asks,
            lines,
            asked: false,
            terminal: std::io::stdin().is_terminal(),
        }
    }

    /// The next line; `None` at the end. Cancelling loses nothing.
    pub(crate) async fn line(&mut self) -> Option<String> {
        if !self.asked {
            self.asks.send(()).await.ok()?;
            self.asked = true;
        }
        let line = self.lines.recv().await;
        self.asked = false;
        line
    }

    /// Whether a person types.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }
}
