//! Which stream a socket is: tickets that nobody can guess, and who waits for their sockets.

use super::link::WebLink;
use super::socket::Socket;
use lacre_wire::ids::Ticket;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::oneshot;

/// All tickets of a relay.
#[derive(Default)]
pub(crate) struct Tickets(Mutex<HashMap<Ticket, Waiting>>);

/// Who waits for sockets with a ticket.
enum Waiting {
    /// A session: its object streams, any number after each other.
    Session(Weak<WebLink>),
    /// A stream of the relay's: one socket.
    Offer(oneshot::Sender<Socket>),
}

/// A ticket in the table. Dropping it takes the ticket out.
pub(crate) struct Entered {
    ticket: Ticket,
    tickets: Arc<Tickets>,
}

impl Tickets {
    /// A new ticket.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn draw() -> Result<Ticket, getrandom::Error> {
        let mut bytes = [0; Ticket::SIZE];
        getrandom::fill(&mut bytes)?;
        Ok(Ticket(bytes))
    }

    /// From now on sockets with the session's ticket are its object streams.
    pub(super) fn enter(self: &Arc<Self>, ticket: Ticket, link: &Arc<WebLink>) -> Entered {
        self.insert(ticket, Waiting::Session(Arc::downgrade(link)))
    }

    /// Waits for the one socket with this ticket.
    pub(super) fn offer(self: &Arc<Self>, ticket: Ticket) -> (Entered, oneshot::Receiver<Socket>) {
        let (sender, receiver) = oneshot::channel();
        (self.insert(ticket, Waiting::Offer(sender)), receiver)
    }

    /// Gives a socket to whoever waits for it. Nobody does: it is closed.
    pub(crate) fn join(&self, ticket: Ticket, socket: Socket) {
        let mut tickets = self.lock();
        match tickets.remove(&ticket) {
            Some(Waiting::Session(link)) => {
                let waiting = link.upgrade();
                tickets.insert(ticket, Waiting::Session(link));
                drop(tickets);
                if let Some(link) = waiting {
                    link.join(socket);
                }
            }
            // Whoever waited may have given up meanwhile.
            Some(Waiting::Offer(waiting)) => drop(waiting.send(socket)),
            None => {}
        }
    }

    fn insert(self: &Arc<Self>, ticket: Ticket, waiting: Waiting) -> Entered {
        self.lock().insert(ticket, waiting);
        Entered {
            ticket,
            tickets: self.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Ticket, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.tickets.lock().remove(&self.ticket);
    }
}
