//! The loop: waits for keys, the client, results and time; changes the model; draws.

use super::act::{Act, Hands};
use super::model::{Link, Seat, View};
use super::msg::Msg;
use super::terminal::{Screen, Teller, edit};
use crate::failure::{Exit, Failure, Outcome};
use crate::session::{self as account, closed, is_final};
use crate::talk::Session;
use crate::text::say;
use crossterm::event::{Event as Input, EventStream};
use futures_core::Stream;
use lacre::{Connection, Event};
use ratatui::layout::Size;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

/// The shortest time between two pictures.
const FRAME: Duration = Duration::from_millis(16);

/// How often the screen looks at the clock.
const TICK: Duration = Duration::from_secs(1);

/// Messages taken before the next picture.
const BURST: usize = 256;

/// Runs the chat until the person leaves, or the relay refuses this device for good.
pub(crate) async fn run(account: &mut account::Session, session: &Session) -> Outcome {
    let (to_screen, results) = unbounded_channel();
    let me = session.client().me();
    let mut view = View::new(
        session.lang(),
        session.clock().clone(),
        me.account,
        me.handle,
    );
    view.colour = crate::print::colour_wanted();
    if session.client().connection() == Connection::Online {
        view.link = Link::Online;
    }
    view.wanted = session.room().map(|room| room.id());
    let hands = Hands::new(session.clone(), to_screen);
    hands.read_rooms();
    let screen = Screen::take().map_err(|error| broken(&error))?;
    let mut chat = Chat {
        view,
        hands,
        screen,
        teller: Teller::default(),
        input: Some(EventStream::new()),
        over: false,
    };
    let outcome = chat.turn(account, session, results).await;
    chat.keep(session).await;
    outcome
}

struct Chat {
    view: View,
    hands: Hands,
    screen: Screen,
    teller: Teller,
    input: Option<EventStream>,
    over: bool,
}

impl Chat {
    async fn turn(
        &mut self,
        account: &mut account::Session,
        session: &Session,
        mut results: UnboundedReceiver<Msg>,
    ) -> Outcome {
        let mut end = std::pin::pin!(super::terminal::ended());
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut drawn = Instant::now() - FRAME;
        let mut stale = true;
        while !self.over && !session.is_over() {
            if stale && drawn.elapsed() >= FRAME {
                self.screen
                    .draw(&mut self.view)
                    .map_err(|error| broken(&error))?;
                (stale, drawn) = (false, Instant::now());
            }
            let msg = tokio::select! {
                ended = &mut end => return ended,
                input = next(&mut self.input) => match input {
                    Some(input) => heard(input.map_err(|error| broken(&error))?),
                    // The terminal is gone.
                    None => return Ok(()),
                },
                Some(msg) = results.recv() => Some(msg),
                event = account.next() => {
                    let event = event.ok_or_else(closed)?;
                    if let Event::Error(error) = &event && is_final(error) {
                        return Err(error.clone().into());
                    }
                    self.hands.heard(event)
                }
                _ = tick.tick() => Some(Msg::Tick(session.clock().now())),
                () = sleep_until(drawn + FRAME), if stale => None,
            };
            let Some(msg) = msg else { continue };
            self.take(msg).await?;
            for _ in 0..BURST {
                match results.try_recv() {
                    Ok(msg) => self.take(msg).await?,
                    Err(_) => break,
                }
            }
            stale = true;
        }
        Ok(())
    }

    /// Keeps what is being written, before the client is closed.
    async fn keep(&mut self, session: &Session) {
        for act in self.view.keep() {
            if let Act::Draft { room, text } = act
                && let Ok(room) = session.client().room(room)
            {
                // There is no screen any more to tell of a failure.
                let _kept = room.set_draft(&text).await;
            }
        }
    }

    /// Changes the model and does what follows.
    async fn take(&mut self, msg: Msg) -> Outcome {
        for act in self.view.update(msg) {
            let done = match act {
                Act::Quit => {
                    self.over = true;
                    Ok(())
                }
                Act::Copy(text) => self.screen.copy(&text),
                Act::Mouse(ours) => self.screen.mouse(ours),
                Act::Tell(news) => self.teller.tell(&news),
                Act::Editor { seat, text } => self.edit(seat, text).await,
                act => {
                    self.hands.perform(act);
                    Ok(())
                }
            };
            done.map_err(|error| broken(&error))?;
        }
        Ok(())
    }

    /// Lends the terminal to the editor. What comes in meanwhile waits.
    async fn edit(&mut self, seat: Seat, text: String) -> std::io::Result<()> {
        // Otherwise both would read the keys.
        self.input = None;
        self.screen.lend();
        let written = tokio::task::spawn_blocking(move || edit(&text)).await;
        self.screen.retake(self.view.mouse)?;
        self.input = Some(EventStream::new());
        let msg = match written.map_err(std::io::Error::other).flatten() {
            Ok(text) => Msg::Written { seat, text },
            Err(error) => {
                let why = crate::print::safe(&error.to_string());
                Msg::Failed(say!(self.view.lang, "chat-no-editor", why = why))
            }
        };
        // Neither asks for anything to be done.
        self.view.update(msg);
        Ok(())
    }
}

/// The next key or the like; never, while the terminal is lent.
async fn next(input: &mut Option<EventStream>) -> Option<std::io::Result<Input>> {
    match input {
        Some(stream) => {
            std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
        }
        None => std::future::pending().await,
    }
}

fn heard(input: Input) -> Option<Msg> {
    Some(match input {
        Input::Key(key) => Msg::Key(key),
        Input::Paste(text) => Msg::Paste(text),
        Input::Mouse(mouse) => Msg::Mouse(mouse),
        Input::Resize(width, height) => Msg::Size(Size::new(width, height)),
        Input::FocusGained => Msg::Focus(true),
        Input::FocusLost => Msg::Focus(false),
    })
}

/// The terminal does not work.
fn broken(error: &std::io::Error) -> Failure {
    let what = crate::text::failure::terminal_broken(error);
    Failure::new("NoScreen", what, Exit::Failed)
}
