//! `lacre relay status --watch`: the page drawn anew each second, with the second's own counts.

use super::ended;
use super::status::{Status, ask, page};
use crate::failure::Outcome;
use crate::print;
use crossterm::cursor::MoveTo;
use crossterm::execute;
use crossterm::terminal::{Clear, ClearType};
use std::io::{IsTerminal, stdout};
use std::path::Path;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// Until Ctrl-C. A relay that goes away is waited for; the page says so meanwhile.
pub(super) async fn run(folder: &Path, first: Status) -> Outcome {
    let mut ticks = interval(Duration::from_secs(1));
    // The first comes at once.
    ticks.tick().await;
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = ended();
    tokio::pin!(end);
    let mut before = None;
    let mut now: Outcome<Status> = Ok(first);
    loop {
        draw(&match &now {
            Ok(status) => page(folder, status, before.as_ref()),
            Err(failure) => failure.what().to_owned(),
        })?;
        before = now.ok();
        tokio::select! {
            ended = &mut end => return ended,
            _ = ticks.tick() => {}
        }
        now = ask(folder).await;
    }
}

/// On a screen in the place of the page before, else below it.
fn draw(page: &str) -> Outcome {
    if stdout().is_terminal() {
        // A terminal that does not clear shows the pages one below the other.
        let _as_good = execute!(stdout(), Clear(ClearType::All), MoveTo(0, 0));
    }
    print::out(page)
}
