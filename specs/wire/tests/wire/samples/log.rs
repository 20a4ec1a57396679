//! Entries, stamps, checkpoints, and the bodies that the relay writes.

use super::{NOW, RELAY, Sample, account, device, device_key, hash, key, lineage, room, sample};
use lacre_wire::checkpoint::{Checkpoint, SignedCheckpoint};
use lacre_wire::codec;
use lacre_wire::identity::Label;
use lacre_wire::ids::{DeviceId, LogId};
use lacre_wire::log::{Body, Cursor, Entry, EntryKind, GoneReason, SenderOpening, chain_start};
use lacre_wire::push::{
    ApprovalRequested, DeviceMessage, Evicted, GenerationOpened, WelcomeNotice,
};
use lacre_wire::request::Payload;
use lacre_wire::stamp::{MessageAad, Stamp, StampContext, commit_sender};

/// The stamp key of the vectors.
pub(crate) const STAMP_KEY: [u8; 32] = [0x5a; 32];

pub(crate) fn context() -> StampContext {
    StampContext {
        key_id: 1,
        room: room(),
        generation: 0,
        channel: None,
        seq: 2,
        epoch: 1,
        accepted_ms: NOW,
        sender_c: commit_sender(&account(), &hash(0x44)),
    }
}

fn stamp() -> Stamp {
    context().seal(&STAMP_KEY, hash(0x33))
}

pub(crate) fn commit() -> Entry {
    Entry {
        seq: 1,
        kind: EntryKind::Commit,
        generation: 0,
        epoch: 0,
        accepted_ms: NOW - 1,
        body: Body::ByHash {
            hash: hash(0x21),
            size: 130_000,
        },
        stamp: None,
        sender: None,
    }
}

pub(crate) fn message() -> Entry {
    Entry {
        seq: 2,
        kind: EntryKind::Message,
        generation: 0,
        epoch: 1,
        accepted_ms: NOW,
        body: Body::Inline(b"a sealed message".to_vec().into()),
        stamp: Some(stamp()),
        sender: Some(SenderOpening {
            account: account(),
            r: hash(0x44),
        }),
    }
}

/// The message after its body was deleted: its link, and so the chain, is the same.
pub(crate) fn gone() -> Entry {
    let hash = message().body.hash();
    Entry {
        body: Body::Gone {
            hash,
            reason: GoneReason::Deleted,
        },
        ..message()
    }
}

pub(super) fn cursor() -> Cursor {
    let log = LogId::Room(room());
    Cursor {
        lineage: lineage(),
        seq: 2,
        chain: message().chain(&commit().chain(&chain_start(log))),
    }
}

pub(super) fn checkpoint() -> SignedCheckpoint {
    let Cursor {
        lineage,
        seq,
        chain,
    } = cursor();
    let head = Checkpoint {
        lineage,
        log: LogId::Room(room()),
        seq,
        chain,
        signed_ms: NOW,
    };
    let checkpoint = codec::to_vec(&head);
    let signature = key(RELAY).sign(Label::Checkpoint, &checkpoint);
    SignedCheckpoint {
        checkpoint: checkpoint.into(),
        signature,
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let aad = MessageAad {
        tag: hash(0x33),
        seen_seq: 1,
        seen_chain: hash(0x55),
        channel: Some(7),
    };
    let welcome = WelcomeNotice {
        room: room(),
        generation: 0,
        epoch: 1,
        from_seq: 1,
        welcome: Payload::ByHash(hash(0x22)),
        tree: hash(0x23),
    };
    let generation = GenerationOpened {
        generation: 1,
        last_good: 1,
        group_info: Payload::Inline(b"a GroupInfo".to_vec().into()),
        tree: hash(0x23),
    };
    let from = DeviceId([0x0d; 16]);
    let approval = ApprovalRequested {
        device_key: device_key(),
        init_key: vec![6; 32].into(),
        name: "Laptop".into(),
    };
    vec![
        sample("a commit, by hash", "entry", &commit()),
        sample("a message", "entry", &message()),
        sample("a message whose body is gone", "entry", &gone()),
        sample(
            "what the chain binds of the message",
            "link",
            &message().link(),
        ),
        sample("a stamp", "stamp", &stamp()),
        sample(
            "a stamp in a channel",
            "stamp",
            &Stamp {
                channel: Some(7),
                ..stamp()
            },
        ),
        sample("a stamp's context", "stamp-context", &context()),
        sample(
            "a stamp's context in a channel",
            "stamp-context",
            &StampContext {
                channel: Some(7),
                ..context()
            },
        ),
        sample("a message's authenticated data", "message-aad", &aad),
        sample("a cursor", "cursor", &cursor()),
        sample("a checkpoint", "signed-checkpoint", &checkpoint()),
        sample("a Welcome", "welcome-notice", &welcome),
        sample(
            "an eviction",
            "evicted",
            &Evicted {
                room: room(),
                until_seq: 9,
            },
        ),
        sample(
            "a device's message",
            "device-message",
            &DeviceMessage {
                from,
                sealed: b"sealed".to_vec().into(),
            },
        ),
        sample(
            "a device asks to be approved",
            "approval-requested",
            &approval,
        ),
        sample("a generation opens", "generation-opened", &generation),
        sample("a room's log", "log-id", &LogId::Room(room())),
        sample("a device's inbox", "log-id", &LogId::Inbox(device())),
    ]
}
