//! NATS with JetStream, as much of it as the load needs: a stream in a file for each room, a durable
//! push consumer for each receiver, which acknowledges everything up to a message, as our devices do.

use super::Scene;
use super::socket::Socket;
use crate::bench::load::{Load, SIZE};
use bytes::Bytes;
use std::rc::Rc;
use tokio::task::{JoinHandle, spawn_local};

/// Messages between two acknowledgements of a receiver, as for our own.
const ACK_EVERY: u64 = 256;

/// Starts receivers, then senders. Returns the senders.
pub(super) async fn play(port: u16, scene: Scene, load: Rc<Load>) -> Vec<JoinHandle<()>> {
    let mut maker = connect(port, "_I.maker").await;
    for topic in 0..scene.topics() {
        let stream = format!(
            r#"{{"name":"S{topic}","subjects":["room.{topic}"],"storage":"file","retention":"limits","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"discard":"old","max_age":0,"num_replicas":1}}"#
        );
        ask(
            &mut maker,
            &format!("$JS.API.STREAM.CREATE.S{topic}"),
            &stream,
        )
        .await;
        for number in 0..scene.receivers_each() {
            let to = format!("to.{topic}.{number}");
            let socket = connect(port, &to).await;
            let consumer = format!(
                r#"{{"stream_name":"S{topic}","config":{{"durable_name":"C{number}","deliver_subject":"{to}","ack_policy":"all","deliver_policy":"all","max_ack_pending":65536,"replay_policy":"instant"}}}}"#
            );
            ask(
                &mut maker,
                &format!("$JS.API.CONSUMER.DURABLE.CREATE.S{topic}.C{number}"),
                &consumer,
            )
            .await;
            spawn_local(receive(Rc::clone(&load), socket));
        }
    }
    let mut senders = Vec::new();
    for topic in 0..scene.topics() {
        let inbox = format!("_I.sender.{topic}");
        let socket = connect(port, &inbox).await;
        senders.push(spawn_local(send(
            Rc::clone(&load),
            socket,
            topic,
            inbox,
            scene.window(),
        )));
    }
    // The connection that made the consumers is not needed any longer.
    drop(maker);
    senders
}

/// A connection that hears one subject, and of which the server has heard.
async fn connect(port: u16, subject: &str) -> Socket {
    let mut socket = Socket::connect(port, measure).await;
    let words = format!(
        "CONNECT {{\"verbose\":false,\"pedantic\":false,\"headers\":false,\"lang\":\"bench\",\"version\":\"0\",\"protocol\":1}}\r\nSUB {subject} 1\r\nPING\r\n"
    );
    socket.out.extend(words.as_bytes());
    socket.flush().await;
    loop {
        let frame = socket.next().await.unwrap();
        assert!(!frame.starts_with(b"-ERR"), "{frame:?}");
        if frame.starts_with(b"PONG") {
            return socket;
        }
    }
}

/// A question to JetStream, which must not fail.
async fn ask(socket: &mut Socket, subject: &str, body: &str) {
    publish(&mut socket.out, subject, "_I.maker", body.as_bytes());
    socket.flush().await;
    loop {
        let frame = socket.next().await.unwrap();
        if frame.starts_with(b"MSG ") {
            let text = String::from_utf8_lossy(&frame);
            assert!(!text.contains("\"error\""), "{text}");
            return;
        }
        pong(&mut socket.out, &frame);
    }
}

async fn send(load: Rc<Load>, mut socket: Socket, topic: usize, inbox: String, window: usize) {
    let payload: Vec<u8> = (0..SIZE)
        .map(|byte| u8::try_from(byte * 167 % 256).unwrap())
        .collect();
    let subject = format!("room.{topic}");
    let mut on_the_way = 0;
    while !load.over.get() || on_the_way > 0 {
        while on_the_way < window && !load.over.get() {
            publish(&mut socket.out, &subject, &inbox, &payload);
            on_the_way += 1;
        }
        socket.flush().await;
        let mut next = Some(socket.next().await.unwrap());
        while let Some(frame) = next {
            if frame.starts_with(b"MSG ") {
                assert!(!contains(&frame, b"\"error\""), "refused: {frame:?}");
                load.accepted.set(load.accepted.get() + 1);
                on_the_way -= 1;
            } else {
                pong(&mut socket.out, &frame);
            }
            next = socket.at_hand();
        }
    }
}

async fn receive(load: Rc<Load>, mut socket: Socket) {
    let mut since = 0;
    while let Some(frame) = socket.next().await {
        let mut next = Some(frame);
        while let Some(frame) = next {
            if frame.starts_with(b"MSG ") {
                assert!(frame.len() > SIZE, "a message without its body");
                load.received.set(load.received.get() + 1);
                since += 1;
                if since == ACK_EVERY {
                    since = 0;
                    publish(&mut socket.out, reply(&frame), "", b"+ACK");
                }
            } else {
                pong(&mut socket.out, &frame);
            }
            next = socket.at_hand();
        }
        socket.flush().await;
    }
}

/// Where the answer to a message goes: the third of its four words after `MSG`.
fn reply(frame: &Bytes) -> &str {
    let line = frame
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    std::str::from_utf8(line)
        .unwrap()
        .split(' ')
        .nth(3)
        .unwrap()
}

fn pong(out: &mut Vec<u8>, frame: &Bytes) {
    assert!(!frame.starts_with(b"-ERR"), "{frame:?}");
    if frame.starts_with(b"PING") {
        out.extend(b"PONG\r\n");
    }
}

fn publish(out: &mut Vec<u8>, subject: &str, reply: &str, body: &[u8]) {
    out.extend(format!("PUB {subject} {reply} {}\r\n", body.len()).as_bytes());
    out.extend(body);
    out.extend(b"\r\n");
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A line; after `MSG … <length>` its body and another line end.
fn measure(come: &[u8]) -> Option<usize> {
    let line = come.windows(2).position(|window| window == b"\r\n")? + 2;
    if !come.starts_with(b"MSG ") {
        return Some(line);
    }
    let words = std::str::from_utf8(&come[..line - 2]).unwrap();
    let length: usize = words.rsplit(' ').next().unwrap().parse().unwrap();
    (come.len() >= line + length + 2).then_some(line + length + 2)
}
