//! Objects by hash, on streams of their own.

use crate::client::Client;
use crate::world::{join, relay};
use lacre_wire::answer::ObjectAnswer;
use lacre_wire::error::ErrorCode;
use lacre_wire::frame::{self, Deframer};
use lacre_wire::hash::sha256;
use lacre_wire::ids::Hash;
use lacre_wire::limits::MAX_OBJECT;
use lacre_wire::request::ObjectRequest;

async fn answer(recv: &mut quinn::RecvStream) -> (ObjectAnswer, Vec<u8>) {
    let bytes = recv.read_to_end(MAX_OBJECT + 1024).await.unwrap();
    let mut deframer = Deframer::default();
    let head = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize + 4;
    deframer.push(&bytes[..head]);
    (
        deframer.next_message().unwrap().unwrap(),
        bytes[head..].to_vec(),
    )
}

async fn put(client: &Client, hash: Hash, size: u64, bytes: &[u8]) -> ObjectAnswer {
    let (mut send, mut recv) = client.connection.open_bi().await.unwrap();
    send.write_all(&frame::encode(&ObjectRequest::Put { hash, size }))
        .await
        .unwrap();
    // The relay may refuse before it has everything.
    let _stopped = send.write_all(bytes).await;
    let _stopped = send.finish();
    answer(&mut recv).await.0
}

async fn get(client: &Client, hash: Hash) -> (ObjectAnswer, Vec<u8>) {
    let (mut send, mut recv) = client.connection.open_bi().await.unwrap();
    send.write_all(&frame::encode(&ObjectRequest::Get { hash }))
        .await
        .unwrap();
    send.finish().unwrap();
    answer(&mut recv).await
}

fn code(answer: ObjectAnswer) -> ErrorCode {
    let ObjectAnswer::Failed(error) = answer else {
        panic!("{answer:?}")
    };
    error.code
}

#[tokio::test]
async fn what_was_put_can_be_fetched() {
    let relay = relay().await;
    let (_ana, client) = join(&relay, "ana").await;
    for size in [0usize, 1, 100_000, MAX_OBJECT] {
        let object: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        let hash = sha256(&[&object]);
        assert_eq!(code(get(&client, hash).await.0), ErrorCode::NoSuchObject);
        assert_eq!(
            put(&client, hash, size as u64, &object).await,
            ObjectAnswer::Stored
        );
        let (found, bytes) = get(&client, hash).await;
        assert_eq!(found, ObjectAnswer::Found { size: size as u64 });
        assert!(bytes == object);
    }
    relay.shutdown().await;
}

#[tokio::test]
async fn false_objects_are_refused() {
    let relay = relay().await;
    let (_ana, client) = join(&relay, "ana").await;
    let hash = sha256(&[b"object"]);
    assert_eq!(
        code(put(&client, hash, 6, b"0bject").await),
        ErrorCode::HashMismatch
    );
    assert_eq!(
        code(put(&client, hash, 7, b"object").await),
        ErrorCode::Malformed
    );
    assert_eq!(
        code(put(&client, hash, MAX_OBJECT as u64 + 1, b"object").await),
        ErrorCode::TooLarge
    );
    assert_eq!(
        code(put(&client, hash, u64::MAX, b"object").await),
        ErrorCode::TooLarge
    );
    let (mut send, mut recv) = client.connection.open_bi().await.unwrap();
    send.write_all(&[0, 0, 0, 2, 9, 9]).await.unwrap();
    assert_eq!(code(answer(&mut recv).await.0), ErrorCode::Malformed);
    assert_eq!(put(&client, hash, 6, b"object").await, ObjectAnswer::Stored);
    relay.shutdown().await;
}
