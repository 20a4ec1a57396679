//! Which way a client's session takes.

/// Which way a session takes to the relay. Both are encrypted the same, and the relay is the pinned
/// one on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Path {
    /// QUIC, over UDP: the first choice.
    Quic,
    /// WebSocket over TLS, on the TCP port of the same number: where UDP does not get through.
    WebSocket,
}

impl Path {
    /// The stable name, for logs and scripts: `quic` or `websocket`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quic => "quic",
            Self::WebSocket => "websocket",
        }
    }
}
