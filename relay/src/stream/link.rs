//! A WebSocket session: its session socket, and the sockets of its further streams.
//!
//! Clients open every socket. For an object stream the client shows the session's ticket; for a
//! catch-up stream the relay offers a ticket on the session socket and waits for whoever shows it.

use super::socket::{Socket, WebReceiver, WebSender};
use super::tickets::{Entered, Tickets};
use bytes::Bytes;
use lacre_wire::ids::Ticket;
use lacre_wire::limits::{MAX_EPHEMERAL, MAX_OBJECT_STREAMS};
use lacre_wire::socket::Message;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Catch-up streams at once, as a client on QUIC allows.
const CATCH_UPS: usize = 16;

/// How long a client may take to fetch a stream that was offered to it.
const FETCH: Duration = Duration::from_secs(15);

/// Hints that wait for a slow socket, either way; the oldest give way.
const HINTS: usize = 128;

/// A session over WebSocket.
pub(crate) struct WebLink {
    binding: [u8; 32],
    address: SocketAddr,
    ticket: Ticket,
    tickets: Arc<Tickets>,
    lane: Arc<Lane>,
    sockets: tokio::sync::Mutex<mpsc::Receiver<(WebSender, WebReceiver)>>,
    /// None once the link is over.
    joins: Mutex<Option<mpsc::Sender<(WebSender, WebReceiver)>>>,
    hints: tokio::sync::Mutex<mpsc::Receiver<Bytes>>,
    objects: Arc<Semaphore>,
    catch_ups: Arc<Semaphore>,
    entered: Mutex<Option<Entered>>,
}

/// What travels on the session socket beside its stream.
pub(crate) struct Lane {
    out: Mutex<Out>,
    /// None once the link is over.
    hints: Mutex<Option<mpsc::Sender<Bytes>>>,
}

/// What waits for the session socket.
#[derive(Default)]
struct Out {
    offers: VecDeque<Ticket>,
    hints: VecDeque<Bytes>,
    waker: Option<Waker>,
}

impl WebLink {
    /// A link on a session socket whose relay hello, with this ticket, was sent.
    pub(crate) fn new(
        socket: Socket,
        address: SocketAddr,
        binding: [u8; 32],
        ticket: Ticket,
        tickets: Arc<Tickets>,
        idle: Duration,
    ) -> Arc<Self> {
        let (hint, hints) = mpsc::channel(HINTS);
        let lane = Arc::new(Lane {
            out: Mutex::default(),
            hints: Mutex::new(Some(hint)),
        });
        // The session stream and all object streams fit: whoever has a permit finds room.
        let (join, sockets) = mpsc::channel(usize::from(MAX_OBJECT_STREAMS) + 1);
        let session = socket.session(lane.clone(), idle);
        // The channel is empty.
        let _room = join.try_send(session);
        Arc::new(Self {
            binding,
            address,
            ticket,
            tickets,
            lane,
            sockets: tokio::sync::Mutex::new(sockets),
            joins: Mutex::new(Some(join)),
            hints: tokio::sync::Mutex::new(hints),
            objects: Arc::new(Semaphore::new(MAX_OBJECT_STREAMS.into())),
            catch_ups: Arc::new(Semaphore::new(CATCH_UPS)),
            entered: Mutex::default(),
        })
    }

    pub(super) fn binding(&self) -> [u8; 32] {
        self.binding
    }

    pub(super) fn remote_address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn admit(this: &Arc<Self>) {
        *lock(&this.entered) = Some(this.tickets.enter(this.ticket, this));
    }

    /// Takes an object stream, unless there are too many.
    pub(super) fn join(&self, socket: Socket) {
        let Ok(permit) = self.objects.clone().try_acquire_owned() else {
            return;
        };
        if let Some(joins) = &*lock(&self.joins) {
            // Full it cannot be, and over it may be: then the socket is closed.
            let _taken = joins.try_send(socket.stream(permit));
        }
    }

    pub(super) async fn accept(&self) -> Option<(WebSender, WebReceiver)> {
        self.sockets.lock().await.recv().await
    }

    pub(super) async fn open(&self) -> Option<WebSender> {
        let permit: OwnedSemaphorePermit = self.catch_ups.clone().acquire_owned().await.ok()?;
        let ticket = Tickets::draw().ok()?;
        let (_entered, fetched) = self.tickets.offer(ticket);
        self.lane.push(|out| out.offers.push_back(ticket));
        let socket = tokio::time::timeout(FETCH, fetched).await.ok()?.ok()?;
        Some(socket.stream(permit).0)
    }

    pub(super) async fn read_hint(&self) -> Option<Bytes> {
        self.hints.lock().await.recv().await
    }

    pub(super) fn send_hint(&self, hint: Bytes) -> bool {
        self.lane.push(|out| {
            if out.hints.len() >= HINTS {
                out.hints.pop_front();
            }
            out.hints.push_back(hint);
        });
        true
    }

    pub(super) fn close(&self) {
        lock(&self.entered).take();
        lock(&self.joins).take();
        lock(&self.lane.hints).take();
    }
}

impl Lane {
    fn push(&self, add: impl FnOnce(&mut Out)) {
        let mut out = lock(&self.out);
        add(&mut out);
        let waker = out.waker.take();
        drop(out);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The next message for the session socket: offers first.
    pub(super) fn next(&self) -> Option<Vec<u8>> {
        let mut out = lock(&self.out);
        if let Some(ticket) = out.offers.pop_front() {
            return Some(Message::Offer(ticket).write());
        }
        let hint = out.hints.pop_front()?;
        Some(Message::Hint(&hint).write())
    }

    /// Wakes this task when there is something to say.
    pub(super) fn wake(&self, waker: &Waker) {
        match &mut lock(&self.out).waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
    }

    /// A hint came. What finds no room is dropped, and what is too long to be one.
    pub(super) fn heard(&self, hint: Bytes) {
        if hint.len() <= MAX_EPHEMERAL
            && let Some(hints) = &*lock(&self.hints)
        {
            let _room = hints.try_send(hint);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
