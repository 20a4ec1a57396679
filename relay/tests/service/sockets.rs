//! A raw client over WebSocket: messages of sockets, nothing hidden.

use crate::device::Device;
use crate::identity::tls_config;
use futures_util::{SinkExt, StreamExt};
use lacre_relay::Relay;
use lacre_wire::answer::Answer;
use lacre_wire::codec;
use lacre_wire::error::WireError;
use lacre_wire::frame::{self, Deframer};
use lacre_wire::hello::Purpose;
use lacre_wire::ids::Ticket;
use lacre_wire::limits::MAX_PIECE;
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::SERVER_NAME;
use lacre_wire::request::{ClientFrame, Request};
use lacre_wire::socket::{ALPN, Message, RelayHello, SESSION_PATH, STREAM_PATH, binding};
use minicbor::{Decode, Encode};
use rustls::pki_types::ServerName;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Nothing in these tests takes longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// One socket, of any kind.
pub(crate) struct Socket {
    pub(crate) raw: WebSocketStream<TlsStream<TcpStream>>,
    pub(crate) deframer: Deframer,
}

/// A session socket whose hello has come.
pub(crate) struct Session {
    pub(crate) socket: Socket,
    pub(crate) hello: RelayHello,
    pub(crate) binding: [u8; 32],
}

pub(crate) async fn tls(relay: &Relay) -> std::io::Result<TlsStream<TcpStream>> {
    tls_behind(relay, &[]).await
}

/// TLS behind some bytes, as a proxy puts them there.
pub(crate) async fn tls_behind(
    relay: &Relay,
    header: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut tcp = TcpStream::connect(relay.tcp_addr().unwrap()).await?;
    tcp.write_all(header).await?;
    let config = tls_config(relay.address().fingerprints[0], ALPN);
    let name = ServerName::try_from(SERVER_NAME).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, tcp).await
}

impl Socket {
    pub(crate) async fn open(relay: &Relay, path: &str) -> Result<Self, Error> {
        Self::open_behind(relay, path, &[]).await
    }

    /// As [`Socket::open`], through a proxy.
    pub(crate) async fn open_behind(
        relay: &Relay,
        path: &str,
        header: &[u8],
    ) -> Result<Self, Error> {
        let stream = tls_behind(relay, header).await?;
        let request = format!("wss://relay{path}").into_client_request().unwrap();
        let (raw, _) = client_async(request, stream).await?;
        Ok(Self {
            raw,
            deframer: Deframer::default(),
        })
    }

    pub(crate) async fn send(&mut self, message: &[u8]) {
        // The relay may have hung up already; then that is what the test sees next.
        let _sent = self.raw.send(Frame::binary(message.to_vec())).await;
    }

    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(MAX_PIECE) {
            self.send(&Message::Bytes(piece).write()).await;
        }
    }

    pub(crate) async fn say<T: Encode<()>>(&mut self, frame: &T) {
        self.bytes(&frame::encode(frame)).await;
    }

    /// The next message of the relay; none when it has hung up.
    pub(crate) async fn message(&mut self) -> Option<Vec<u8>> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.raw.next()).await;
            match next.expect("a message in time")? {
                Ok(Frame::Binary(message)) => return Some(message.to_vec()),
                Ok(Frame::Ping(_) | Frame::Pong(_)) => {}
                Ok(_) | Err(_) => return None,
            }
        }
    }

    pub(crate) async fn next<T: for<'b> Decode<'b, ()>>(&mut self) -> Option<T> {
        loop {
            if let Some(frame) = self.deframer.next_message().unwrap() {
                return Some(frame);
            }
            let message = self.message().await?;
            if let Message::Bytes(bytes) = Message::read(&message).unwrap() {
                self.deframer.push(bytes);
            }
        }
    }
}

impl Session {
    pub(crate) async fn open(relay: &Relay) -> Self {
        Self::open_behind(relay, &[]).await
    }

    /// As [`Session::open`], through a proxy.
    pub(crate) async fn open_behind(relay: &Relay, header: &[u8]) -> Self {
        let socket = Socket::open_behind(relay, SESSION_PATH, header).await;
        let mut socket = socket.unwrap();
        let first = socket.message().await.unwrap();
        let Message::Hello(bytes) = Message::read(&first).unwrap() else {
            panic!("{first:?}");
        };
        Self {
            hello: codec::from_slice(bytes).unwrap(),
            binding: binding(bytes),
            socket,
        }
    }

    pub(crate) async fn log_in(&mut self, relay: &Relay, device: &mut Device, purpose: Purpose) {
        let open = device.open_bound(purpose, &relay.address().fingerprints[0], self.binding);
        self.socket.say(&open).await;
        match self.socket.next().await {
            Some(ServerFrame::Ready(_)) => {}
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn sign_up(relay: &Relay, handle: &str) -> (Device, Self) {
        let mut device = Device::new(handle);
        let mut session = Self::open(relay).await;
        let purpose = device.sign_up();
        session.log_in(relay, &mut device, purpose).await;
        (device, session)
    }

    pub(crate) async fn refusal(&mut self) -> WireError {
        match self.socket.next().await {
            Some(ServerFrame::Closing(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn answers(&mut self) {
        let request = Request::Ping;
        self.socket
            .say(&ClientFrame::Request { id: 9, request })
            .await;
        let answer = self.socket.next().await;
        assert!(
            matches!(
                answer,
                Some(ServerFrame::Answer {
                    id: 9,
                    answer: Answer::Pong { .. }
                })
            ),
            "{answer:?}"
        );
    }
}

/// An object stream on its own socket.
pub(crate) async fn join_with(relay: &Relay, ticket: Ticket) -> Socket {
    let mut socket = Socket::open(relay, STREAM_PATH).await.unwrap();
    socket.send(&Message::Join(ticket).write()).await;
    socket
}

/// Whether the relay hangs up without a word.
pub(crate) async fn is_hung_up(socket: &mut Socket) -> bool {
    socket.message().await.is_none()
}
