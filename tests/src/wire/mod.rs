//! A session on the bare wire: frames over QUIC and nothing else. What a story or a bench says
//! here, no SDK has looked at.

mod object;
mod tls;

pub use object::upload;

use lacre_wire::codec;
use lacre_wire::frame::{self, Deframer};
use lacre_wire::ids::{Epoch, Generation, Hash, RoomId, Seq};
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::{EXPORTER_LABEL, RelayAddress, SERVER_NAME};
use lacre_wire::request::ClientFrame;
use lacre_wire::stamp::MessageAad;
use quinn::{
    ClientConfig, Connection, ConnectionError, Endpoint, RecvStream, SendStream, TransportConfig,
    VarInt,
};
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// The largest piece that is read at once.
const CHUNK: usize = 256 * 1024;

/// A socket from which any number of sessions connect to one relay.
#[derive(Clone)]
pub struct Caller {
    endpoint: Endpoint,
    config: ClientConfig,
    fingerprint: Hash,
    to: SocketAddr,
}

/// One session.
pub struct Session {
    /// The connection, for objects and catch-up streams.
    pub connection: Connection,
    /// The way to the relay.
    pub speaker: Speaker,
    /// The way from the relay.
    pub listener: Listener,
}

/// The way to the relay.
pub struct Speaker(SendStream);

/// The way from the relay.
pub struct Listener {
    stream: RecvStream,
    deframer: Deframer,
    ready: VecDeque<ServerFrame>,
}

/// Accounts that sign up from one address: relays take 300 at once from each.
pub const PER_ADDRESS: usize = 200;

impl Caller {
    /// A socket for the account with this number at the relay with this address: relays count sign-ups
    /// by address, and 127.0.0.0/8 has many. Who counts on its own has a `net` of its own.
    pub fn numbered(relay: &str, net: u8, number: usize) -> Self {
        let last = u8::try_from(1 + number / PER_ADDRESS).unwrap();
        let from = Ipv4Addr::new(127, 0, net, last);
        Self::new(&relay.parse().unwrap(), from.into())
    }

    /// A socket at `from`.
    pub fn new(address: &RelayAddress, from: IpAddr) -> Self {
        let fingerprint = address.fingerprints[0];
        let mut transport = TransportConfig::default();
        transport
            .keep_alive_interval(Some(Duration::from_secs(15)))
            .max_idle_timeout(Some(VarInt::from_u32(60_000).into()))
            .max_concurrent_uni_streams(VarInt::from_u32(16))
            .stream_receive_window(VarInt::from_u32(1024 * 1024))
            .receive_window(VarInt::from_u32(4 * 1024 * 1024));
        let mut config = ClientConfig::new(Arc::new(tls::config(fingerprint)));
        config.transport_config(Arc::new(transport));
        let to = SocketAddr::new(address.host.parse().unwrap(), address.port);
        let endpoint = Endpoint::client(SocketAddr::new(from, 0)).unwrap();
        Self {
            endpoint,
            config,
            fingerprint,
            to,
        }
    }

    /// Connects. `hello` makes the first frame from the relay's fingerprint and the exporter.
    pub async fn call(&self, hello: impl FnOnce(Hash, [u8; 32]) -> ClientFrame) -> Session {
        self.try_to_call(hello).await.unwrap()
    }

    /// As [`Caller::call`], at a relay that may refuse connections for a while.
    pub async fn try_to_call(
        &self,
        hello: impl FnOnce(Hash, [u8; 32]) -> ClientFrame,
    ) -> Result<Session, ConnectionError> {
        let connecting = self
            .endpoint
            .connect_with(self.config.clone(), self.to, SERVER_NAME)
            .unwrap();
        let connection = connecting.await?;
        let mut exporter = [0; 32];
        connection
            .export_keying_material(&mut exporter, EXPORTER_LABEL, &[])
            .unwrap();
        let (send, stream) = connection.open_bi().await.unwrap();
        let mut speaker = Speaker(send);
        speaker.say(&hello(self.fingerprint, exporter)).await;
        let listener = Listener {
            stream,
            deframer: Deframer::default(),
            ready: VecDeque::new(),
        };
        Ok(Session {
            connection,
            speaker,
            listener,
        })
    }
}

impl Speaker {
    /// Sends a frame.
    pub async fn say(&mut self, frame: &ClientFrame) {
        self.write(&frame::encode(frame)).await;
    }

    /// Sends bytes, whatever they are.
    pub async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }
}

impl Listener {
    /// The next frame; `None` when the relay has ended the session. Cancelling loses nothing.
    pub async fn next(&mut self) -> Option<ServerFrame> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Some(frame);
            }
            let chunk = self.stream.read_chunk(CHUNK, true).await.ok()??;
            self.deframer.push(&chunk.bytes);
            while let Some(frame) = self.deframer.next_message().unwrap() {
                self.ready.push_back(frame);
            }
        }
    }

    /// The next frame, without waiting.
    pub fn at_hand(&mut self) -> Option<ServerFrame> {
        self.ready.pop_front()
    }
}

/// Where a hand-built message belongs.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The room.
    pub room: RoomId,
    /// Generation of its group.
    pub generation: Generation,
    /// Its epoch.
    pub epoch: Epoch,
}

/// An MLS PrivateMessage (RFC 9420 §6.3) of about `size` bytes with a true header and sealed parts
/// that nobody can open. The relay takes it: it cannot know.
pub fn hollow_message(place: &Place, number: Seq, size: usize) -> Vec<u8> {
    let aad = MessageAad {
        tag: Hash([7; 32]),
        seen_seq: 0,
        seen_chain: Hash([0; 32]),
        channel: None,
    };
    let mut message = vec![0, 1, 0, 2];
    push_vector(&mut message, &place.room.group_id(place.generation));
    message.extend(place.epoch.to_be_bytes());
    message.push(1);
    push_vector(&mut message, &codec::to_vec(&aad));
    push_vector(&mut message, &[0x33; 28]);
    // The rest, but for the length before it.
    let rest = size.saturating_sub(message.len() + 2).max(16);
    let mut sealed = vec![0x5a; rest];
    // Each one different, as ciphertexts are.
    sealed[..8].copy_from_slice(&number.to_be_bytes());
    push_vector(&mut message, &sealed);
    message
}

/// A vector with a length of variable size (RFC 9420 §2.1.2).
pub(crate) fn push_vector(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap();
    match length {
        0..=63 => out.extend(&length.to_be_bytes()[3..]),
        64..=16_383 => out.extend(&(length | 0x4000).to_be_bytes()[2..]),
        _ => out.extend((length | 0x8000_0000).to_be_bytes()),
    }
    out.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::room::{ContentType, PrivateMessageHeader};

    #[test]
    fn a_hollow_message_has_a_true_header() {
        let place = Place {
            room: RoomId([9; 16]),
            generation: 2,
            epoch: 77,
        };
        for size in [200, 1024, 20_000] {
            let message = hollow_message(&place, 1, size);
            let header = PrivateMessageHeader::parse(&message).unwrap();
            assert_eq!(
                RoomId::from_group_id(header.group_id),
                Some((place.room, 2))
            );
            assert_eq!(
                (header.epoch, header.content),
                (77, ContentType::Application)
            );
            assert!(codec::from_slice::<MessageAad>(header.authenticated_data).is_ok());
            assert!(
                message.len().abs_diff(size) <= 2,
                "{} instead of {size}",
                message.len()
            );
        }
    }
}
