//! The beginning and the end of the engine's thread.

use super::Driver;
use super::engine_loop::{Admission, EngineLoop};
use super::mail::Call;
use super::shared::Shared;
use crate::engine::{Engine, EngineOptions, Error, ErrorKind, Presence, Result};
use crate::options::Start;
use crate::platform::{self, Pool, Tasks};
use crate::transport::Transport;
use lacre_wire::ids::Millis;
use lacre_wire::relay::RelayAddress;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, oneshot};

/// How long the first login may take.
const PATIENCE: Millis = 15_000;

/// What the thread needs to begin.
pub(crate) struct Beginning {
    pub(crate) engine: EngineOptions,
    pub(crate) address: RelayAddress,
    pub(crate) start: Start,
    pub(crate) presence: Presence,
}

/// Starts the thread and opens the engine. Returns when the store is open and, if the relay does
/// not know this device yet, when it has let it in.
pub(crate) async fn start(beginning: Beginning) -> Result<Driver> {
    let pool = Pool::get()?;
    let tasks = pool.handle();
    let (calls, inbox) = mpsc::unbounded_channel();
    let (opened, opening) = oneshot::channel();
    let (admitted, admission) = oneshot::channel();
    let thread = platform::spawn_engine(pool, move |tasks| {
        run(beginning, tasks, inbox, opened, admitted)
    })?;
    let died = || Error::internal("the engine's thread ended while opening");
    let shared = opening.await.map_err(|_| died())??;
    let driver = Driver {
        shared,
        calls,
        tasks: Mutex::new(Some(tasks)),
        thread: Mutex::new(Some(thread)),
    };
    match admission.await.unwrap_or_else(|_| Err(died())) {
        Ok(()) => Ok(driver),
        Err(error) => {
            // So that the folder is free again when the caller learns of it.
            driver.close().await;
            Err(error)
        }
    }
}

/// The life of the thread. What it returns is to be dropped last of all.
async fn run(
    beginning: Beginning,
    tasks: Tasks,
    calls: mpsc::UnboundedReceiver<Call>,
    opened: oneshot::Sender<Result<Arc<Shared>>>,
    admitted: oneshot::Sender<Result<()>>,
) -> Option<End> {
    let mut this = match EngineLoop::open(beginning, tasks, calls, admitted) {
        Ok(this) => this,
        Err(error) => {
            let _ = opened.send(Err(error));
            return None;
        }
    };
    let end = End(Arc::clone(&this.shared));
    let _ = opened.send(Ok(Arc::clone(&this.shared)));
    this.work().await;
    this.close().await;
    Some(end)
}

/// Says that the client has ended, also after a panic: nobody waits for a thread that is gone.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl EngineLoop {
    fn open(
        beginning: Beginning,
        tasks: Tasks,
        calls: mpsc::UnboundedReceiver<Call>,
        reply: oneshot::Sender<Result<()>>,
    ) -> Result<Self> {
        let Beginning {
            engine: options,
            address,
            start,
            presence,
        } = beginning;
        let now = platform::now();
        let mut engine = Engine::open(options.clone(), now)?;
        engine.pin(&address)?;
        engine.set_presence(presence, now);
        prepare(&mut engine, &start, now)?;
        let profile = engine
            .profile()
            .ok_or_else(|| Error::internal("a prepared store without an account"))?;
        let established = profile.approved && profile.signed_up;
        let shared = Arc::new(Shared::new(profile, engine.reader()?));
        let admission = if established {
            let _ = reply.send(Ok(()));
            None
        } else {
            Some(Admission {
                reply,
                until: now.saturating_add(PATIENCE),
                error: None,
            })
        };
        let transport = Transport::new(address)?;
        transport.trust(engine.pins()?);
        shared.set_address(transport.address().to_string());
        transport.recall(engine.blocked_ways()?);
        let mut this = Self {
            engine: Some(engine),
            options,
            shared,
            calls,
            net: mpsc::unbounded_channel().1,
            held: None,
            session: None,
            transport,
            tasks,
            network: None,
            admission,
            stuck: None,
            told: None,
            presence,
        };
        this.connect();
        Ok(this)
    }
}

/// Sees to it that a fresh store has an account.
fn prepare(engine: &mut Engine, start: &Start, now: Millis) -> Result<()> {
    let fresh = engine.profile().is_none_or(|profile| !profile.signed_up);
    match start {
        Start::SignUp(handle) if fresh => engine.sign_up(handle, now),
        Start::Link { account, name } if engine.profile().is_none() => {
            engine.request_device(*account, name, now)
        }
        _ if engine.profile().is_none() => Err(Error::new(
            ErrorKind::Invalid,
            "NoAccount",
            "this data folder has no account yet: give a handle to sign up, or link it to an account",
        )),
        _ => Ok(()),
    }
}
