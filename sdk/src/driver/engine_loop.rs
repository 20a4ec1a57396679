//! The engine's thread: it takes calls and frames, in runs, and carries out what the engine wants.

use super::gather::gather;
use super::mail::{Call, Net, Outgoing};
use super::network::{self, Wish};
use super::paused;
use super::shared::{Life, Shared};
use crate::engine::{
    Connection, Engine, EngineEvent, EngineOptions, Error, ErrorKind, Output, Presence, Result,
};
use crate::platform::{self, Tasks};
use crate::transport::Transport;
use lacre_wire::frame;
use lacre_wire::ids::Millis;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// Calls before the network has a turn, so that a flood of them does not keep their answers out.
const CALLS_IN_A_ROW: u32 = 64;

/// How long to leave alone what is due and cannot be done now.
const STUCK: Millis = 250;

pub(super) struct EngineLoop {
    /// `None` while paused.
    pub(super) engine: Option<Engine>,
    pub(super) options: EngineOptions,
    pub(super) shared: Arc<Shared>,
    pub(super) calls: mpsc::UnboundedReceiver<Call>,
    pub(super) net: mpsc::UnboundedReceiver<Net>,
    /// Mail that ended a run of frames, to be handled next.
    pub(super) held: Option<Net>,
    pub(super) session: Option<mpsc::UnboundedSender<Outgoing>>,
    pub(super) transport: Transport,
    pub(super) tasks: Tasks,
    pub(super) network: Option<(watch::Sender<Wish>, JoinHandle<()>)>,
    pub(super) admission: Option<Admission>,
    /// A time that was due and that ticking did not move; looked at again after [`STUCK`].
    pub(super) stuck: Option<Millis>,
    /// What was last told of a relay that cannot be reached.
    pub(super) told: Option<&'static str>,
    /// How this person wanted to be seen when the client was paused.
    pub(super) presence: Presence,
}

/// The first login, while it is awaited.
pub(super) struct Admission {
    pub(super) reply: oneshot::Sender<Result<()>>,
    pub(super) until: Millis,
    /// The last thing that went wrong.
    pub(super) error: Option<Error>,
}

impl EngineLoop {
    /// Lets the network try, now if it was waiting.
    pub(super) fn connect(&mut self) {
        if let Some((wish, _)) = &self.network {
            wish.send_replace(Wish::Connect);
            return;
        }
        let (mail, net) = mpsc::unbounded_channel();
        let wish = watch::Sender::new(Wish::Connect);
        let task = network::run(self.transport.clone(), mail, wish.subscribe());
        self.net = net;
        self.network = Some((wish, self.tasks.spawn(task)));
    }

    /// Lets the session send what it was handed, and ends it.
    async fn disconnect(&mut self) {
        if let Some(engine) = &mut self.engine {
            engine.farewell();
        }
        self.carry_out();
        self.session = None;
        self.shared.set_path(None);
        if let Some((wish, task)) = self.network.take() {
            wish.send_replace(Wish::End);
            if let Err(error) = task.await {
                tracing::error!(%error, "the network task failed");
            }
        }
        self.held = None;
        if let Some(engine) = &mut self.engine {
            engine.on_disconnected(platform::now());
        }
        self.carry_out();
    }

    /// Works until the client is closed.
    pub(super) async fn work(&mut self) {
        let mut in_a_row = 0;
        loop {
            self.tick();
            self.carry_out();
            if in_a_row >= CALLS_IN_A_ROW {
                in_a_row = 0;
                if let Some(mail) = self.held.take().or_else(|| self.net.try_recv().ok()) {
                    self.network(mail);
                    self.carry_out();
                }
            }
            let timer = self.timer();
            // Calls first: sending stays quick while a long absence is caught up with.
            tokio::select! {
                biased;
                call = self.calls.recv() => match call {
                    Some(Call::Close) | None => return,
                    Some(call) => {
                        in_a_row += 1;
                        self.call(call).await;
                    }
                },
                Some(mail) = next(&mut self.held, &mut self.net) => self.network(mail),
                () = platform::sleep(timer) => {}
            }
            self.carry_out();
        }
    }

    /// How long until something is due.
    fn timer(&self) -> Duration {
        let now = platform::now();
        let engine = self.engine.as_ref().and_then(Engine::next_tick);
        let engine = engine.map(|due| {
            if self.stuck == Some(due) {
                now.saturating_add(STUCK)
            } else {
                due
            }
        });
        let admission = self.admission.as_ref().map(|admission| admission.until);
        let due = engine.into_iter().chain(admission).min();
        // Without anything due: an hour is as good as never.
        due.map_or(Duration::from_secs(3600), |due| {
            Duration::from_millis(due.saturating_sub(now))
        })
    }

    /// Does what is due.
    fn tick(&mut self) {
        let now = platform::now();
        if self
            .admission
            .as_ref()
            .is_some_and(|admission| admission.until <= now)
        {
            self.give_up();
        }
        if let Some(engine) = &mut self.engine
            && let Some(due) = engine.next_tick().filter(|due| *due <= now)
        {
            engine.tick(now);
            self.stuck = engine.next_tick().filter(|next| *next == due);
        }
    }

    /// The first login took too long.
    fn give_up(&mut self) {
        let cause = self
            .admission
            .as_mut()
            .and_then(|admission| admission.error.take());
        let error = Error::new(
            ErrorKind::Offline,
            "Unreachable",
            "the relay did not let this device in within 15 seconds; check the network and the address, then open again",
        );
        self.admit(Err(match cause {
            Some(cause) => error.with_source(cause),
            None => error,
        }));
    }

    async fn call(&mut self, call: Call) {
        match call {
            // Dropped when there is no engine: the caller's answer then says why.
            Call::Work(work) => {
                if let Some(engine) = &mut self.engine {
                    work(engine, platform::now());
                }
            }
            Call::Pause(reply) => {
                self.pause().await;
                let _ = reply.send(());
            }
            Call::Resume(reply) => {
                let _ = reply.send(self.resume());
            }
            Call::Close => {}
        }
    }

    fn network(&mut self, mail: Net) {
        let now = platform::now();
        let Some(engine) = &mut self.engine else {
            if let Net::Hello { reply, .. } = mail {
                let _ = reply.send(Err(paused()));
            }
            return;
        };
        match mail {
            Net::Hello {
                path,
                fingerprint,
                binding,
                out,
                reply,
            } => {
                let hello = engine.hello(fingerprint, binding, now);
                if hello.is_ok() {
                    self.session = Some(out);
                    self.shared.set_path(Some(path));
                }
                if let Some(ways) = self.transport.learned()
                    && let Err(error) = engine.keep_blocked_ways(&ways)
                {
                    tracing::warn!(%error, "what was learned of the network was not kept");
                }
                let _ = reply.send(hello);
            }
            Net::Frames { frames, permit } => {
                let (frames, permits) = gather(frames, permit, &mut self.net, &mut self.held);
                engine.on_frames(frames, now);
                drop(permits);
            }
            Net::Datagram { bytes, permit } => {
                engine.on_datagrams([bytes], now);
                drop(permit);
            }
            Net::Fetched(hash, result) => engine.on_object(hash, result, now),
            Net::Uploaded(hash, result) => engine.on_uploaded(hash, result, now),
            Net::Lost => {
                self.session = None;
                self.shared.set_path(None);
                engine.on_disconnected(now);
            }
            Net::Unreachable(error) => self.unreachable(error),
        }
    }

    /// A connection did not come about. What trying again cannot mend is told, once.
    fn unreachable(&mut self, error: Error) {
        tracing::debug!(%error, "the relay was not reached");
        if !error.is_retryable() {
            if self.told != Some(error.code()) {
                self.told = Some(error.code());
                self.shared.publish(EngineEvent::Error(error.clone()));
            }
            self.admit(Err(error));
        } else if let Some(admission) = &mut self.admission {
            admission.error = Some(error);
        }
    }

    fn carry_out(&mut self) {
        let Some(engine) = &mut self.engine else {
            return;
        };
        let mut outputs = engine.outputs().into_iter().peekable();
        while let Some(output) = outputs.next() {
            match output {
                Output::Send(frame) => self.hand(Outgoing::Frame(frame::encode(&frame))),
                Output::Datagram(bytes) => self.hand(Outgoing::Datagram(bytes)),
                Output::Fetch(hash) => self.hand(Outgoing::Fetch(hash)),
                Output::Upload { hash, bytes } => self.hand(Outgoing::Upload(hash, bytes)),
                Output::Event(event) => {
                    // Why a message failed is told right after the message.
                    if let (
                        EngineEvent::Item { item, .. },
                        Some(Output::Event(EngineEvent::Error(error))),
                    ) = (&event, outputs.peek())
                    {
                        self.shared.failed(item, error);
                    }
                    self.tell(event);
                }
                Output::Disconnect { reason, fatal } => self.cut(reason, fatal),
            }
        }
    }

    /// Ends the session; for good, if trying again would end the same.
    fn cut(&mut self, reason: String, fatal: bool) {
        if fatal {
            let cause = self
                .admission
                .as_mut()
                .and_then(|admission| admission.error.take());
            let error =
                cause.unwrap_or_else(|| Error::new(ErrorKind::Refused, "Refused", reason.clone()));
            self.admit(Err(error));
        }
        self.hand(Outgoing::Disconnect { reason, fatal });
    }

    /// To the session. Without one it is dropped: the engine asks again after the next login.
    fn hand(&self, outgoing: Outgoing) {
        if let Some(session) = &self.session {
            // A session that is ending says so by mail.
            let _ = session.send(outgoing);
        }
    }

    fn tell(&mut self, event: EngineEvent) {
        match &event {
            EngineEvent::Connection(Connection::Online) => {
                self.told = None;
                self.renew_profile();
                self.renew_address();
                self.admit(Ok(()));
            }
            EngineEvent::Connection(Connection::Offline) => self.shared.tidy(),
            EngineEvent::Approved => self.renew_profile(),
            EngineEvent::Error(error) => {
                if let Some(admission) = &mut self.admission {
                    admission.error = Some(error.clone());
                }
            }
            _ => {}
        }
        self.shared.publish(event);
    }

    fn renew_profile(&self) {
        if let Some(profile) = self.engine.as_ref().and_then(Engine::profile) {
            self.shared.set_profile(profile);
        }
    }

    /// The relay may have named its next identity, or shown it.
    fn renew_address(&self) {
        match self.engine.as_ref().map(Engine::pins) {
            Some(Ok(pins)) => {
                self.transport.trust(pins);
                let address = self.transport.address().to_string();
                self.shared.set_address(address);
            }
            Some(Err(error)) => tracing::warn!(%error, "the relay's fingerprints were not read"),
            None => {}
        }
    }

    fn admit(&mut self, result: Result<()>) {
        if let Some(admission) = self.admission.take() {
            let _ = admission.reply.send(result);
        }
    }

    /// Disconnects and closes the store, so that nothing holds its lock.
    async fn pause(&mut self) {
        self.disconnect().await;
        self.shared.rest(Life::Paused);
        let engine = self.engine.take();
        self.presence = engine.map_or(self.presence, |engine| engine.presence());
    }

    fn resume(&mut self) -> Result<()> {
        if self.engine.is_none() {
            let now = platform::now();
            let mut engine = Engine::open(self.options.clone(), now)?;
            engine.set_presence(self.presence, now);
            self.shared.wake_up(engine.reader()?);
            self.engine = Some(engine);
        }
        self.connect();
        Ok(())
    }

    pub(super) async fn close(&mut self) {
        self.disconnect().await;
        // The reader first: the last connection to close, the writer's, folds the write-ahead log.
        self.shared.rest(Life::Closing);
        self.engine = None;
    }
}

/// The next mail from the network. Cancelling loses nothing.
async fn next(held: &mut Option<Net>, net: &mut mpsc::UnboundedReceiver<Net>) -> Option<Net> {
    match held.take() {
        Some(mail) => Some(mail),
        None => net.recv().await,
    }
}
