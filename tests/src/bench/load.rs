//! Senders and receivers: as little work for each message as the wire allows.

use super::actors::Actor;
use crate::wire::{Place, hollow_message};
use lacre_wire::answer::Answer;
use lacre_wire::frame;
use lacre_wire::ids::{LogId, Seq, SubmitId};
use lacre_wire::log::Body;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{ClientFrame, LogSeq, Request, Submit};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Bytes of a message's body.
pub(crate) const SIZE: usize = 1024;

/// Entries between two acknowledgements of a receiver.
const ACK_EVERY: u64 = 256;

/// What a scenario's tasks share. They run on one thread.
pub(crate) struct Load {
    began: Instant,
    /// Set to end the senders.
    pub(crate) over: Cell<bool>,
    /// Messages accepted.
    pub(crate) accepted: Cell<u64>,
    /// Messages received, by all receivers together.
    pub(crate) received: Cell<u64>,
    /// From the moment a message was due to the moment it was received, if that is measured.
    pub(crate) delays: RefCell<Vec<Duration>>,
    measured: Cell<bool>,
}

impl Load {
    /// Nothing yet.
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self {
            began: Instant::now(),
            over: Cell::new(false),
            accepted: Cell::new(0),
            received: Cell::new(0),
            delays: RefCell::default(),
            measured: Cell::new(false),
        })
    }

    /// From now on delays are kept, or no longer.
    pub(crate) fn measure(&self, measured: bool) {
        self.measured.set(measured);
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.duration_since(self.began).as_nanos()).unwrap()
    }
}

/// Makes messages that carry the moment at which they were due.
pub(crate) struct Press {
    place: Place,
    template: Vec<u8>,
    /// Where the number stands.
    at: usize,
    submitted: u64,
    name: u64,
    prev: Option<SubmitId>,
}

impl Press {
    /// For one device in one room; `name` tells it from other devices.
    pub(crate) fn new(place: Place, name: u64) -> Self {
        let [one, other] = [1, u64::MAX].map(|number| hollow_message(&place, number, SIZE));
        let at = one.iter().zip(&other).position(|(a, b)| a != b).unwrap();
        Self {
            place,
            template: one,
            at,
            submitted: 0,
            name,
            prev: None,
        }
    }

    /// The next message's frame.
    pub(crate) fn next(&mut self, due_ns: u64) -> Vec<u8> {
        self.template[self.at..self.at + 8].copy_from_slice(&due_ns.to_be_bytes());
        self.submitted += 1;
        let mut submit_id = [0; 16];
        submit_id[..8].copy_from_slice(&self.name.to_be_bytes());
        submit_id[8..].copy_from_slice(&self.submitted.to_be_bytes());
        let submit_id = SubmitId(submit_id);
        let submit = Submit {
            room: self.place.room,
            submit_id,
            prev: self.prev.replace(submit_id),
            message: self.template.clone().into(),
        };
        let id = u32::try_from(self.submitted & 0x7fff_ffff).unwrap();
        frame::encode(&ClientFrame::Request {
            id,
            request: Request::Submit(submit),
        })
    }

    /// Where the moment stands in a message's body.
    pub(crate) fn moment(&self, body: &[u8]) -> Option<u64> {
        body.get(self.at..self.at + 8)?
            .try_into()
            .ok()
            .map(u64::from_be_bytes)
    }
}

/// Messages a second of one sender: a relay takes 5000 of a device.
const PER_SECOND: u32 = 4_900;

/// Sends as fast as answers come, with `window` messages on the way.
pub(crate) async fn send_closed(load: Rc<Load>, mut actor: Actor, mut press: Press, window: usize) {
    let mut on_the_way = 0;
    let mut bytes = Vec::new();
    let mut due = Instant::now();
    while !load.over.get() || on_the_way > 0 {
        bytes.clear();
        let now = Instant::now();
        due = due.max(now - Duration::from_secs(1));
        while on_the_way < window && !load.over.get() && due <= now {
            bytes.extend(press.next(load.nanos(now)));
            on_the_way += 1;
            due += Duration::from_secs(1) / PER_SECOND;
        }
        if !bytes.is_empty() {
            actor.speaker.write(&bytes).await;
        }
        if on_the_way == 0 {
            tokio::time::sleep_until(due.into()).await;
            continue;
        }
        let Some(frame) = actor.listener.next().await else {
            return;
        };
        let mut next = Some(frame);
        while let Some(frame) = next {
            on_the_way -= usize::from(count_answer(&load, &frame));
            next = actor.listener.at_hand();
        }
    }
}

/// Sends at fixed moments, whatever the answers do (open loop).
pub(crate) async fn send_open(
    load: Rc<Load>,
    actor: Actor,
    mut press: Press,
    every: Duration,
    first: Duration,
) {
    let Actor {
        mut speaker,
        mut listener,
        connection,
        ..
    } = actor;
    let hearing = Rc::clone(&load);
    let answers = tokio::task::spawn_local(async move {
        while let Some(frame) = listener.next().await {
            count_answer(&hearing, &frame);
        }
    });
    let mut due = Instant::now() + first;
    while !load.over.get() {
        tokio::time::sleep_until(due.into()).await;
        // The timer is coarse: everything that has become due goes out together.
        let mut bytes = Vec::new();
        while due <= Instant::now() {
            bytes.extend(press.next(load.nanos(due)));
            due += every;
        }
        speaker.write(&bytes).await;
    }
    connection.close(0u32.into(), b"");
    answers.await.unwrap();
}

/// Receives, counts, acknowledges. A receiver whose relay has too much to do is sent what it lacks on a
/// stream of its own.
pub(crate) async fn receive(load: Rc<Load>, mut actor: Actor, press: Press) {
    let mut heard = Heard {
        load,
        press,
        since: 0,
        last: None,
    };
    while let Some(frame) = actor.listener.next().await {
        match frame {
            ServerFrame::CatchUp { .. } => actor.catch_up(|frame| heard.take(&frame)).await,
            frame => heard.take(&frame),
        }
        if heard.since >= ACK_EVERY
            && let Some((log, seq)) = heard.last
        {
            heard.since = 0;
            ack(&mut actor, log, seq).await;
        }
    }
}

/// What a receiver has heard.
struct Heard {
    load: Rc<Load>,
    press: Press,
    /// Entries since the last acknowledgement.
    since: u64,
    last: Option<(LogId, Seq)>,
}

impl Heard {
    fn take(&mut self, frame: &ServerFrame) {
        let ServerFrame::Entries { log, entries } = frame else {
            return;
        };
        let count = u64::try_from(entries.len()).unwrap();
        // What is counted as delivered has come, once and in order.
        for entry in entries {
            assert!(
                self.last.is_none_or(|(_, last)| entry.seq == last + 1),
                "entry {} came after {:?}",
                entry.seq,
                self.last
            );
            assert!(
                entry.body.bytes().is_some_and(|body| body.len() > SIZE / 2),
                "an entry without its body"
            );
            self.last = Some((*log, entry.seq));
        }
        let load = &self.load;
        load.received.set(load.received.get() + count);
        if load.measured.get() {
            let now = load.nanos(Instant::now());
            let delay = |body: &Body| {
                let moment = self.press.moment(body.bytes()?)?;
                Some(Duration::from_nanos(now.saturating_sub(moment)))
            };
            let delays = entries.iter().filter_map(|entry| delay(&entry.body));
            load.delays.borrow_mut().extend(delays);
        }
        self.since += count;
    }
}

async fn ack(actor: &mut Actor, log: LogId, seq: Seq) {
    actor
        .speaker
        .say(&ClientFrame::Ack {
            acks: vec![LogSeq { log, seq }],
        })
        .await;
}

fn count_answer(load: &Load, frame: &ServerFrame) -> bool {
    match frame {
        ServerFrame::Answer {
            answer: Answer::Accepted(_),
            ..
        } => {
            load.accepted.set(load.accepted.get() + 1);
            true
        }
        ServerFrame::Answer { answer, .. } => panic!("a message was refused: {answer:?}"),
        _ => false,
    }
}
