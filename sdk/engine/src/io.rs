//! What goes into the engine and what comes out: the engine itself performs no I/O.
//!
//! A driver feeds frames, objects and ticks, and carries out [`Output`]s in order. Every call
//! that changes something is durable before its outputs can be taken, so a driver may crash at
//! any moment.

use crate::event::Event;
use lacre_wire::ids::Hash;
use lacre_wire::request::ClientFrame;

/// What the driver must do, in order.
#[derive(Debug)]
pub enum Output {
    /// Send a frame on the session stream.
    Send(ClientFrame),
    /// Send a datagram; lost without a session, and never repeated.
    Datagram(Vec<u8>),
    /// Fetch an object on a stream of its own, then call [`crate::Engine::on_object`].
    Fetch(Hash),
    /// Upload an object on a stream of its own, then call [`crate::Engine::on_uploaded`].
    Upload {
        /// SHA-256 of the bytes.
        hash: Hash,
        /// The object.
        bytes: Vec<u8>,
    },
    /// Tell the application.
    Event(Event),
    /// Close the connection; reconnect unless `fatal`.
    Disconnect {
        /// In words, for the log.
        reason: String,
        /// The same would happen again: do not reconnect.
        fatal: bool,
    },
}
