//! Objects by hash: what is too large for a frame.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::io::Output;
use crate::live::Asked;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{Hash, Millis};
use lacre_wire::limits::MAX_INLINE_BODY;
use lacre_wire::request::{Payload, Request};
use minicbor::bytes::ByteVec;
use std::collections::HashSet;

/// Whether bytes of this size travel inside a frame.
fn payload_size_is_inline(size: usize) -> bool {
    size <= MAX_INLINE_BODY
}

/// Payloads of one request, and the uploads they need.
#[derive(Default)]
pub(crate) struct Uploads(Vec<(Hash, Vec<u8>)>, usize);

impl Uploads {
    /// A payload: inside the frame while there is room, uploaded otherwise.
    pub(crate) fn payload(&mut self, bytes: Vec<u8>) -> Payload {
        if payload_size_is_inline(self.1 + bytes.len()) {
            self.1 += bytes.len();
            return Payload::Inline(bytes.into());
        }
        let hash = sha256(&[&bytes]);
        self.0.push((hash, bytes));
        Payload::ByHash(hash)
    }

    /// The bytes to upload, to be kept with the request.
    pub(crate) fn saved(&self) -> Vec<ByteVec> {
        self.0
            .iter()
            .map(|(_, bytes)| bytes.clone().into())
            .collect()
    }

    /// The uploads of a kept request.
    pub(crate) fn from_saved(saved: Vec<ByteVec>) -> Self {
        Self(
            saved
                .into_iter()
                .map(|bytes| (sha256(&[&bytes]), bytes.into()))
                .collect(),
            0,
        )
    }
}

impl Engine {
    /// Sends a request once its uploads are kept by the relay.
    pub(crate) fn ask_after(&mut self, uploads: Uploads, request: Request, asked: Asked) {
        if uploads.0.is_empty() {
            self.ask(request, asked);
            return;
        }
        let missing: HashSet<Hash> = uploads.0.iter().map(|(hash, _)| *hash).collect();
        for (hash, bytes) in uploads.0 {
            self.out.push(Output::Upload { hash, bytes });
        }
        self.live.uploads.push((missing, request, asked));
    }

    /// An upload ended.
    pub fn on_uploaded(&mut self, hash: Hash, result: Result<()>, now: Millis) {
        let failed = result.is_err();
        if let Err(error) = result {
            tracing::warn!(%error, "an upload failed");
        }
        let (mut ready, mut waiting) = (Vec::new(), Vec::new());
        for (mut missing, request, asked) in std::mem::take(&mut self.live.uploads) {
            let hit = missing.remove(&hash);
            match (hit && failed, missing.is_empty()) {
                (true, _) => self.out.push(Output::Disconnect {
                    reason: "an upload failed".into(),
                    fatal: false,
                }),
                (false, true) => ready.push((request, asked)),
                (false, false) => waiting.push((missing, request, asked)),
            }
        }
        self.live.uploads = waiting;
        for (request, asked) in ready {
            self.ask(request, asked);
        }
        self.work(now);
    }

    /// An object, if it is here; otherwise it is being fetched.
    pub(crate) fn object(&mut self, hash: Hash) -> Option<Vec<u8>> {
        if let Some(bytes) = self.live.objects.get(&hash) {
            return Some(bytes.clone());
        }
        if self.live.online && self.live.fetching.insert(hash) {
            self.out.push(Output::Fetch(hash));
        }
        None
    }

    /// The bytes of a payload, if they are here; otherwise they are being fetched.
    pub(crate) fn payload(&mut self, payload: &Payload) -> Option<Vec<u8>> {
        match payload {
            Payload::Inline(bytes) => Some(bytes.to_vec()),
            Payload::ByHash(hash) => self.object(*hash),
        }
    }

    /// A fetch ended.
    pub fn on_object(&mut self, hash: Hash, result: Result<Vec<u8>>, now: Millis) {
        self.live.fetching.remove(&hash);
        match result {
            Ok(bytes) if sha256(&[&bytes]) == hash => {
                self.live.objects.insert(hash, bytes);
                self.resume_held(now);
            }
            Ok(_) => self.relay_broke_protocol("an object does not have the asked hash"),
            Err(error) => self.object_failed(hash, error),
        }
        self.work(now);
        if self.live.fetching.is_empty() && self.live.held.is_empty() {
            self.live.objects.clear();
        }
    }

    fn object_failed(&mut self, hash: Hash, error: Error) {
        tracing::warn!(%hash, %error, "an object could not be fetched");
        self.give_up_welcomes(hash, &error);
    }
}
