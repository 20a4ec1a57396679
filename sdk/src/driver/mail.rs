//! What the engine's thread receives, and what it hands to a session.

use super::closed;
use crate::engine::{Engine, Error, Result};
use crate::path::Path;
use crate::queue::lock;
use bytes::Bytes;
use lacre_wire::ids::{Hash, Millis};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::ClientFrame;
use std::sync::Mutex;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// Room in the inbound buffer, given back when dropped.
pub(crate) type Permit = OwnedSemaphorePermit;

/// Work for the engine.
pub(crate) type Work = Box<dyn FnOnce(&mut Engine, Millis) + Send>;

/// From handles.
pub(crate) enum Call {
    /// Run this.
    Work(Work),
    /// Disconnect and close the store.
    Pause(oneshot::Sender<()>),
    /// Open the store again, or connect now.
    Resume(oneshot::Sender<Result<()>>),
    /// End.
    Close,
}

/// From the network.
pub(crate) enum Net {
    /// A connection is up: say hello.
    Hello {
        /// Which way it takes.
        path: Path,
        /// The relay's fingerprint, as pinned.
        fingerprint: Hash,
        /// Binds the login to this connection.
        binding: [u8; 32],
        /// Takes what the engine wants sent on it.
        out: mpsc::UnboundedSender<Outgoing>,
        /// Takes the first frame.
        reply: oneshot::Sender<Result<ClientFrame>>,
    },
    /// Frames of one stream, in order.
    Frames {
        /// The frames.
        frames: Vec<ServerFrame>,
        /// Given back when the engine has them, so that a flood waits in the connection.
        permit: Permit,
    },
    /// A datagram.
    Datagram {
        /// Its bytes.
        bytes: Bytes,
        /// Given back when the engine has it.
        permit: Permit,
    },
    /// An object was fetched, or not.
    Fetched(Hash, Result<Vec<u8>>),
    /// An object was uploaded, or not.
    Uploaded(Hash, Result<()>),
    /// The session is over; nothing of it follows.
    Lost,
    /// No connection came about.
    Unreachable(Error),
}

/// The mailbox as one session has it: once closed, nothing of the session comes after.
pub(crate) struct Mailbox {
    mail: Mutex<Option<mpsc::UnboundedSender<Net>>>,
}

impl Mailbox {
    pub(super) fn new(mail: mpsc::UnboundedSender<Net>) -> Self {
        Self {
            mail: Mutex::new(Some(mail)),
        }
    }

    /// Mails.
    ///
    /// # Errors
    /// `Offline` when the session or the client is closing.
    pub(super) fn send(&self, net: Net) -> Result<()> {
        let mail = lock(&self.mail);
        let sent = mail.as_ref().is_some_and(|mail| mail.send(net).is_ok());
        if sent { Ok(()) } else { Err(closed()) }
    }

    pub(super) fn close(&self) {
        lock(&self.mail).take();
    }
}

/// To a session.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A frame for the session stream, encoded.
    Frame(Vec<u8>),
    /// A datagram.
    Datagram(Vec<u8>),
    /// Fetch an object.
    Fetch(Hash),
    /// Upload an object.
    Upload(Hash, Vec<u8>),
    /// End the session, and for good if `fatal`.
    Disconnect {
        /// Why, for the log.
        reason: String,
        /// The same would happen again.
        fatal: bool,
    },
}
