//! A raw client: frames over QUIC, nothing hidden.

use crate::device::Device;
use crate::identity::client_config;
use lacre_relay::Relay;
use lacre_wire::answer::{Answer, OpenState, OpenedLog};
use lacre_wire::error::WireError;
use lacre_wire::frame::{self, Deframer};
use lacre_wire::hello::{Purpose, Ready};
use lacre_wire::ids::{Hash, LogId};
use lacre_wire::log::{Cursor, Entry};
use lacre_wire::push::ServerFrame;
use lacre_wire::relay::SERVER_NAME;
use lacre_wire::request::{ClientFrame, OpenLog, Request};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

/// Nothing in these tests takes longer; a test that would hang fails instead.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A session, or the beginning of one.
pub(crate) struct Client {
    // Kept: the endpoint's last handle closes its connections.
    _endpoint: quinn::Endpoint,
    pub(crate) connection: quinn::Connection,
    pub(crate) send: quinn::SendStream,
    pub(crate) recv: quinn::RecvStream,
    pub(crate) fingerprint: Hash,
    pub(crate) ready: Option<Ready>,
    deframer: Deframer,
    ids: u32,
    /// Frames that came while something else was awaited.
    pub(crate) aside: VecDeque<ServerFrame>,
}

impl Client {
    /// Connects and opens the session stream; says nothing yet.
    pub(crate) async fn connect(relay: &Relay) -> Self {
        Self::connect_with(
            relay.address().fingerprints[0],
            relay.local_addr(),
            PATIENCE,
        )
        .await
    }

    pub(crate) async fn connect_with(
        fingerprint: Hash,
        address: SocketAddr,
        idle: Duration,
    ) -> Self {
        let endpoint = quinn::Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
        let config = client_config(fingerprint, idle);
        let connection = endpoint
            .connect_with(config, address, SERVER_NAME)
            .unwrap()
            .await
            .unwrap();
        let (send, recv) = connection.open_bi().await.unwrap();
        let (deframer, aside) = (Deframer::default(), VecDeque::new());
        Self {
            _endpoint: endpoint,
            connection,
            send,
            recv,
            fingerprint,
            ready: None,
            deframer,
            ids: 0,
            aside,
        }
    }

    /// Connects and logs in.
    pub(crate) async fn log_in(
        relay: &Relay,
        device: &mut Device,
        purpose: Purpose,
    ) -> Result<Self, WireError> {
        let mut client = Self::connect(relay).await;
        let open = device.open(purpose, &client.fingerprint, &client.connection);
        client.send_frame(&open).await;
        match client.next().await {
            ServerFrame::Ready(ready) => {
                client.ready = Some(ready);
                Ok(client)
            }
            ServerFrame::Closing(error) => Err(error),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn ready(&self) -> &Ready {
        self.ready.as_ref().unwrap()
    }

    pub(crate) async fn send_frame(&mut self, frame: &ClientFrame) {
        self.send.write_all(&frame::encode(frame)).await.unwrap();
    }

    /// The next frame of the session stream; none when the relay has finished it.
    pub(crate) async fn try_next(&mut self) -> Option<ServerFrame> {
        if let Some(frame) = self.aside.pop_front() {
            return Some(frame);
        }
        self.read_frame().await
    }

    async fn read_frame(&mut self) -> Option<ServerFrame> {
        loop {
            if let Some(frame) = self.deframer.next_message().unwrap() {
                return Some(frame);
            }
            let chunk =
                tokio::time::timeout(PATIENCE, self.recv.read_chunk(usize::MAX, true)).await;
            let chunk = chunk.expect("a frame in time").ok()??;
            self.deframer.push(&chunk.bytes);
        }
    }

    pub(crate) async fn next(&mut self) -> ServerFrame {
        self.try_next().await.expect("a frame")
    }

    /// The relay's last word, past whatever came before it.
    pub(crate) async fn closing(&mut self) -> WireError {
        loop {
            if let ServerFrame::Closing(error) = self.next().await {
                return error;
            }
        }
    }

    /// Sends a request and returns its number.
    pub(crate) async fn ask(&mut self, request: Request) -> u32 {
        self.ids += 1;
        let id = self.ids;
        self.send_frame(&ClientFrame::Request { id, request }).await;
        id
    }

    /// The answer to a request; other frames are kept aside.
    pub(crate) async fn answer(&mut self, asked: u32) -> Answer {
        let found = self
            .aside
            .iter()
            .position(|frame| matches!(frame, ServerFrame::Answer { id, .. } if *id == asked));
        if let Some(ServerFrame::Answer { answer, .. }) = found.and_then(|at| self.aside.remove(at))
        {
            return answer;
        }
        loop {
            match self.read_frame().await.expect("an answer") {
                ServerFrame::Answer { id, answer } if id == asked => return answer,
                other => self.aside.push_back(other),
            }
        }
    }

    pub(crate) async fn request(&mut self, request: Request) -> Answer {
        let id = self.ask(request).await;
        self.answer(id).await
    }

    /// Opens a log from the start of what this device reads, or from a cursor.
    pub(crate) async fn open(&mut self, log: LogId, cursor: Option<Cursor>) -> OpenState {
        let answer = self
            .request(Request::Open(vec![OpenLog { log, cursor }]))
            .await;
        let Answer::Opened(opened) = answer else {
            panic!("{answer:?}")
        };
        let [OpenedLog { log: named, state }] = &opened[..] else {
            panic!("{opened:?}")
        };
        assert_eq!(*named, log);
        state.clone()
    }

    /// The next run of entries of a log on the session stream; other frames are passed over.
    pub(crate) async fn run(&mut self, log: LogId) -> Vec<Entry> {
        loop {
            if let ServerFrame::Entries {
                log: named,
                entries,
            } = self.next().await
                && named == log
            {
                return entries;
            }
        }
    }

    /// At least `count` entries of a log, wherever they come, without a gap.
    pub(crate) async fn entries(&mut self, log: LogId, count: usize) -> Vec<Entry> {
        let mut all: Vec<Entry> = Vec::new();
        let add = |all: &mut Vec<Entry>, run: Vec<Entry>| {
            for entry in run {
                assert!(
                    all.last().is_none_or(|last| last.seq + 1 == entry.seq),
                    "a gap before {}",
                    entry.seq
                );
                all.push(entry);
            }
        };
        while all.len() < count {
            match self.next().await {
                ServerFrame::Entries {
                    log: named,
                    entries,
                } if named == log => add(&mut all, entries),
                ServerFrame::CatchUp { log: named, .. } if named == log => {
                    for run in self.catch_up(log).await.0 {
                        add(&mut all, run);
                    }
                }
                ServerFrame::Closing(error) => panic!("{error}"),
                _ => {}
            }
        }
        all
    }

    /// Reads a catch-up stream to its end: the runs, and where the log goes on.
    pub(crate) async fn catch_up(&mut self, log: LogId) -> (Vec<Vec<Entry>>, u64) {
        let stream = tokio::time::timeout(PATIENCE, self.connection.accept_uni()).await;
        let mut stream = stream.expect("a catch-up stream in time").unwrap();
        let (mut deframer, mut runs) = (Deframer::default(), Vec::new());
        loop {
            while let Some(frame) = deframer.next_message().unwrap() {
                match frame {
                    ServerFrame::Entries {
                        log: named,
                        entries,
                    } if named == log => runs.push(entries),
                    ServerFrame::CatchUpEnd { log: named, next } if named == log => {
                        return (runs, next);
                    }
                    other => panic!("{other:?}"),
                }
            }
            let chunk = stream
                .read_chunk(usize::MAX, true)
                .await
                .unwrap()
                .expect("CatchUpEnd before the end");
            deframer.push(&chunk.bytes);
        }
    }
}
