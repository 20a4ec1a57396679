//! Sessions over WebSocket (RFC 6455), where UDP does not get through: one socket for each stream.
//!
//! A binary message of a socket is one byte that says its kind, and what follows. The bytes of a
//! stream are cut into messages anywhere; joined again they are what a QUIC stream would carry.

use crate::hash::sha256;
use crate::ids::{Hash, Ticket};
use minicbor::{Decode, Encode};

/// The ALPN protocol name on the TCP port.
pub const ALPN: &[u8] = b"http/1.1";

/// Where a session socket is opened: version 1.
pub const SESSION_PATH: &str = "/lacre/1/session";

/// Where the socket of a further stream is opened.
pub const STREAM_PATH: &str = "/lacre/1/stream";

/// What the relay says first on a session socket.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RelayHello {
    /// Protocol versions the relay speaks, best first.
    #[n(0)]
    pub versions: Vec<u32>,
    /// Random and new for each socket: a login is worth nothing on another.
    #[n(1)]
    pub nonce: Hash,
    /// Names the session to its object streams, once it is logged in.
    #[n(2)]
    pub ticket: Ticket,
}

/// What takes the place of the TLS exporter in the login's transcript:
/// `SHA-256("lacre/relay-hello/1" ‖ relay hello)`, over the bytes that came.
pub fn binding(relay_hello: &[u8]) -> [u8; 32] {
    sha256(&[b"lacre/relay-hello/1", relay_hello]).0
}

/// A message of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// The next bytes of the stream.
    Bytes(&'a [u8]),
    /// A hint ([`crate::ephemeral`]), on a session socket. Whoever is behind drops it.
    Hint(&'a [u8]),
    /// Canonical CBOR of a [`RelayHello`]: the first message of a session socket, from the relay.
    Hello(&'a [u8]),
    /// A stream of the relay's waits for its socket; on a session socket, from the relay.
    Offer(Ticket),
    /// Which stream a socket is: the first message of a stream socket, from the client.
    Join(Ticket),
}

/// A message of a socket that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Nothing in it, not even a kind.
    #[error("a message of a socket has at least its kind, this one is empty")]
    Empty,
    /// A kind of a later version, or garbage.
    #[error("a message of a socket is of kind 0 to 4, this one of kind {0}")]
    Kind(u8),
    /// A ticket of the wrong length.
    #[error("a ticket has 16 bytes, this one {0}")]
    Ticket(usize),
}

impl<'a> Message<'a> {
    /// Reads a message.
    ///
    /// # Errors
    /// When it is none of the five kinds.
    pub fn read(message: &'a [u8]) -> Result<Self, MessageError> {
        let (kind, rest) = message.split_first().ok_or(MessageError::Empty)?;
        let ticket = || Ticket::from_slice(rest).ok_or(MessageError::Ticket(rest.len()));
        Ok(match kind {
            0 => Self::Bytes(rest),
            1 => Self::Hint(rest),
            2 => Self::Hello(rest),
            3 => Self::Offer(ticket()?),
            4 => Self::Join(ticket()?),
            other => return Err(MessageError::Kind(*other)),
        })
    }

    /// Writes a message.
    pub fn write(&self) -> Vec<u8> {
        let (kind, rest) = match self {
            Self::Bytes(bytes) => (0, *bytes),
            Self::Hint(bytes) => (1, *bytes),
            Self::Hello(bytes) => (2, *bytes),
            Self::Offer(ticket) => (3, ticket.as_bytes().as_slice()),
            Self::Join(ticket) => (4, ticket.as_bytes().as_slice()),
        };
        let mut message = Vec::with_capacity(rest.len() + 1);
        message.push(kind);
        message.extend_from_slice(rest);
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back() {
        let ticket = Ticket([7; 16]);
        for message in [
            Message::Bytes(b""),
            Message::Bytes(b"abc"),
            Message::Hint(b"h"),
            Message::Hello(&[0xa0]),
            Message::Offer(ticket),
            Message::Join(ticket),
        ] {
            assert_eq!(Message::read(&message.write()), Ok(message));
        }
    }

    #[test]
    fn what_is_no_message_is_named() {
        assert_eq!(Message::read(&[]), Err(MessageError::Empty));
        assert_eq!(Message::read(&[5, 1]), Err(MessageError::Kind(5)));
        assert_eq!(Message::read(&[3; 16]), Err(MessageError::Ticket(15)));
        assert_eq!(Message::read(&[4; 18]), Err(MessageError::Ticket(17)));
    }

    #[test]
    fn a_binding_is_of_one_hello() {
        assert_ne!(binding(b"a"), binding(b"b"));
        assert_ne!(binding(b"a"), sha256(&[b"a"]).0);
    }
}
