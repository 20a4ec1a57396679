//! Objects by hash, each on a stream of its own.

use super::Session;
use lacre_wire::answer::ObjectAnswer;
use lacre_wire::frame::{self, Deframer};
use lacre_wire::hash::sha256;
use lacre_wire::ids::Hash;
use lacre_wire::limits::MAX_OBJECT;
use lacre_wire::request::ObjectRequest;
use quinn::Connection;

impl Session {
    /// Fetches an object.
    pub async fn fetch(&self, hash: Hash) -> Vec<u8> {
        let (mut send, mut receive) = self.connection.open_bi().await.unwrap();
        send.write_all(&frame::encode(&ObjectRequest::Get { hash }))
            .await
            .unwrap();
        send.finish().unwrap();
        let mut deframer = Deframer::default();
        deframer.push(&receive.read_to_end(MAX_OBJECT + 1024).await.unwrap());
        let answer: ObjectAnswer = deframer.next_message().unwrap().unwrap();
        assert!(matches!(answer, ObjectAnswer::Found { .. }), "{answer:?}");
        let object = deframer.rest().to_vec();
        assert_eq!(sha256(&[&object]), hash);
        object
    }

    /// Uploads an object.
    pub async fn upload(&self, hash: Hash, object: &[u8]) {
        upload(&self.connection, hash, object).await;
    }
}

/// Uploads an object beside a session.
pub async fn upload(connection: &Connection, hash: Hash, object: &[u8]) {
    let (mut send, mut receive) = connection.open_bi().await.unwrap();
    let size = u64::try_from(object.len()).unwrap();
    send.write_all(&frame::encode(&ObjectRequest::Put { hash, size }))
        .await
        .unwrap();
    send.write_all(object).await.unwrap();
    send.finish().unwrap();
    let mut deframer = Deframer::default();
    deframer.push(&receive.read_to_end(64 * 1024).await.unwrap());
    let answer: ObjectAnswer = deframer.next_message().unwrap().unwrap();
    assert_eq!(answer, ObjectAnswer::Stored);
}
