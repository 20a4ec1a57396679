//! MQTT 3.1.1 at quality of service 1, as much of it as the load needs (OASIS, mqtt-v3.1.1-os).

use super::Scene;
use super::socket::Socket;
use crate::bench::load::{Load, SIZE};
use bytes::Bytes;
use std::rc::Rc;
use tokio::task::{JoinHandle, spawn_local};

const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const PUBLISH: u8 = 0x30;
const PUBACK: u8 = 0x40;
const SUBSCRIBE: u8 = 0x82;
const SUBACK: u8 = 0x90;
const QOS_1: u8 = 0x02;

/// Starts receivers, then senders. Returns the senders.
pub(super) async fn play(port: u16, scene: Scene, load: Rc<Load>) -> Vec<JoinHandle<()>> {
    for topic in 0..scene.topics() {
        for number in 0..scene.receivers_each() {
            let mut socket = connect(port, &format!("receiver-{topic}-{number}")).await;
            let mut body = 1u16.to_be_bytes().to_vec();
            text(&mut body, &name(topic));
            body.push(1);
            packet(&mut socket.out, SUBSCRIBE, &body);
            expect(&mut socket, SUBACK).await;
            spawn_local(receive(Rc::clone(&load), socket));
        }
    }
    let mut senders = Vec::new();
    for topic in 0..scene.topics() {
        let socket = connect(port, &format!("sender-{topic}")).await;
        senders.push(spawn_local(send(
            Rc::clone(&load),
            socket,
            topic,
            scene.window(),
        )));
    }
    senders
}

fn name(topic: usize) -> String {
    format!("room/{topic}")
}

/// A session that outlives its connection: what is accepted is kept for who is away.
async fn connect(port: u16, client: &str) -> Socket {
    let mut socket = Socket::connect(port, measure).await;
    let mut body = Vec::new();
    text(&mut body, "MQTT");
    body.extend([4, 0, 0, 0]);
    text(&mut body, client);
    packet(&mut socket.out, CONNECT, &body);
    expect(&mut socket, CONNACK).await;
    socket
}

async fn expect(socket: &mut Socket, kind: u8) {
    socket.flush().await;
    let frame = socket.next().await.unwrap();
    assert_eq!(frame[0], kind, "an unexpected packet");
}

async fn send(load: Rc<Load>, mut socket: Socket, topic: usize, window: usize) {
    let payload: Vec<u8> = (0..SIZE)
        .map(|byte| u8::try_from(byte * 167 % 256).unwrap())
        .collect();
    let mut head = Vec::new();
    text(&mut head, &name(topic));
    let (mut on_the_way, mut id) = (0, 0u16);
    while !load.over.get() || on_the_way > 0 {
        while on_the_way < window && !load.over.get() {
            id = id.checked_add(1).unwrap_or(1);
            let body = [&head, id.to_be_bytes().as_slice(), &payload].concat();
            packet(&mut socket.out, PUBLISH | QOS_1, &body);
            on_the_way += 1;
        }
        socket.flush().await;
        let mut next = Some(socket.next().await.unwrap());
        while let Some(frame) = next {
            assert_eq!(frame[0], PUBACK, "a sender hears acknowledgements alone");
            load.accepted.set(load.accepted.get() + 1);
            on_the_way -= 1;
            next = socket.at_hand();
        }
    }
}

async fn receive(load: Rc<Load>, mut socket: Socket) {
    while let Some(frame) = socket.next().await {
        let mut next = Some(frame);
        while let Some(frame) = next {
            acknowledge(&mut socket.out, &frame);
            load.received.set(load.received.get() + 1);
            next = socket.at_hand();
        }
        socket.flush().await;
    }
}

fn acknowledge(out: &mut Vec<u8>, frame: &Bytes) {
    assert_eq!(frame[0] & 0xf0, PUBLISH, "a receiver hears messages alone");
    let (length, at) = remaining(frame).unwrap();
    assert!(length > SIZE, "a message without its body");
    let topic = usize::from(u16::from_be_bytes([frame[at], frame[at + 1]]));
    let id = at + 2 + topic;
    out.extend([PUBACK, 2, frame[id], frame[id + 1]]);
}

fn packet(out: &mut Vec<u8>, kind: u8, body: &[u8]) {
    out.push(kind);
    let mut rest = body.len();
    loop {
        let byte = u8::try_from(rest % 128).unwrap();
        rest /= 128;
        out.push(if rest > 0 { byte | 0x80 } else { byte });
        if rest == 0 {
            break;
        }
    }
    out.extend(body);
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    out.extend(text.as_bytes());
}

fn measure(come: &[u8]) -> Option<usize> {
    let (length, at) = remaining(come)?;
    (come.len() >= at + length).then_some(at + length)
}

/// The length that a packet states, and where its body begins.
fn remaining(packet: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0;
    for (place, byte) in packet.iter().enumerate().skip(1).take(4) {
        length |= usize::from(byte & 0x7f) << (7 * (place - 1));
        if byte & 0x80 == 0 {
            return Some((length, place + 1));
        }
    }
    None
}
