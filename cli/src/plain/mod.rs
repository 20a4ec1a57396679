//! The chat as plain lines: for pipes, scripts and screen readers.
//!
//! One line in, lines out; nothing is drawn, moved or coloured. Commands run one after another, so
//! that a script means what it says, while messages of others are shown as they come. At the end
//! of the input what still waits goes out, then everything is closed.

mod input;
mod start;

pub(crate) use input::Input;
pub(crate) use start::first;

use crate::failure::{Exit, Failure, Outcome};
use crate::print;
use crate::session::{self as account, closed, is_final};
use crate::talk::{Answer, Line, Problem, Session, Teller};
use crate::text::{self, say};
use lacre::{Event, SendState};
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Runs the chat until `/quit`, the end of the input or Ctrl-C.
pub(crate) async fn run(
    account: &mut account::Session,
    session: &Session,
    input: &mut Input,
) -> Outcome {
    let prompts = input.is_terminal() && std::io::stdout().is_terminal();
    let mut screen = Screen {
        teller: Teller::new(session.clone()),
        session: session.clone(),
        prompts,
    };
    let mut end = std::pin::pin!(crate::relay::ended());
    // What a script did wrong is its exit code; a person has read it.
    let mut wrong = None;
    screen.greet()?;
    while !session.is_over() {
        screen.prompt()?;
        let typed = tokio::select! {
            ended = &mut end => { ended?; break }
            event = account.next() => {
                screen.event(&event.ok_or_else(closed)?)?;
                continue;
            }
            () = screen.wait() => {
                screen.overdue()?;
                continue;
            }
            typed = input.line() => typed,
        };
        let Some(typed) = typed else { break };
        let answer = {
            let mut work = std::pin::pin!(session.say(&typed));
            loop {
                tokio::select! {
                    biased;
                    answer = &mut work => break Some(answer),
                    ended = &mut end => { ended?; break None }
                    event = account.next() => screen.event(&event.ok_or_else(closed)?)?,
                }
            }
        };
        let Some(answer) = answer else { break };
        let failed = screen.answer(answer)?;
        wrong = wrong.or(failed);
    }
    screen.finish(account).await?;
    match wrong {
        Some(exit) if !input.is_terminal() => Err(Failure::new(
            "CommandFailed",
            say!(session.lang(), "plain-failed"),
            exit,
        )),
        _ => Ok(()),
    }
}

/// How often what waits for a name is looked at.
const MOMENT: Duration = Duration::from_millis(500);

/// Standard output, a line at a time.
struct Screen {
    session: Session,
    teller: Teller,
    prompts: bool,
}

impl Screen {
    /// Where one is, and what to do first.
    fn greet(&mut self) -> Outcome {
        let lang = self.session.lang();
        let handle = print::safe(&self.session.client().me().handle);
        self.show(&Line::Info(say!(lang, "plain-hello", handle = handle)))?;
        match self.session.room() {
            None => self.show(&Line::Info(say!(lang, "plain-no-room"))),
            Some(room) => self.show(&Line::Info(say!(
                lang,
                "join-entered",
                room = self.session.title(&room),
                count = room.members().len()
            ))),
        }
    }

    /// Asks for the next line, where a person types.
    fn prompt(&self) -> Outcome {
        if !self.prompts {
            return Ok(());
        }
        let title = self.session.room().map(|room| self.session.title(&room));
        let title = match self.session.thread() {
            Some(_) => title.map(|title| format!("{title} ↳")),
            None => title,
        };
        let mut out = std::io::stdout().lock();
        let asked = write!(out, "\r{}> ", title.unwrap_or_default()).and_then(|()| out.flush());
        asked.map_err(|error| {
            Failure::new("NoOutput", text::failure::no_output(error), Exit::Failed)
        })
    }

    fn show(&self, line: &Line) -> Outcome {
        let text = line.plain(self.session.lang(), self.session.clock());
        match self.prompts {
            // Over the prompt, which is asked again.
            true => print::out(&format!("\r{text}")),
            false => print::out(&text),
        }
    }

    fn event(&mut self, event: &Event) -> Outcome {
        for line in self.teller.tell(event) {
            self.show(&line)?;
        }
        match event {
            Event::Error(error) if is_final(error) => Err(Failure::from(error.clone())),
            _ => Ok(()),
        }
    }

    /// A moment, while something waits to be told; otherwise for ever.
    async fn wait(&self) {
        match self.teller.holds() {
            true => tokio::time::sleep(MOMENT).await,
            false => std::future::pending().await,
        }
    }

    fn overdue(&mut self) -> Outcome {
        for line in self.teller.overdue() {
            self.show(&line)?;
        }
        Ok(())
    }

    /// Shows an answer; what it means for a script if it is a problem.
    fn answer(&self, answer: Answer) -> Outcome<Option<Exit>> {
        let lines = match answer {
            Ok(lines) => lines,
            Err(problem) => {
                let exit = problem.exit;
                self.show(&problem.line())?;
                return Ok(Some(exit));
            }
        };
        for line in &lines {
            self.show(line)?;
        }
        Ok(None)
    }

    /// Lets what was written go out, as long as patience lasts.
    async fn finish(&mut self, account: &mut account::Session) -> Outcome {
        let session = self.session.clone();
        let unsent = session.unsent();
        let mut work = std::pin::pin!(session.patiently(async {
            for handle in &unsent {
                handle.sent().await?;
            }
            Ok(())
        }));
        let done = loop {
            tokio::select! {
                biased;
                done = &mut work => break done,
                event = account.next() => match event {
                    Some(event) => self.event(&event)?,
                    None => return Err(closed()),
                },
            }
        };
        let Err(stopped) = done else { return Ok(()) };
        let waiting = unsent
            .iter()
            .filter(|sent| sent.state() == SendState::Queued)
            .count();
        let lang = session.lang();
        if waiting > 0 {
            let what = say!(lang, "plain-unsent", count = waiting);
            return Err(Failure::new("NotSent", what, Exit::Unreachable));
        }
        let problem: Problem = stopped.told(lang, |_| None);
        Err(problem.into())
    }
}
