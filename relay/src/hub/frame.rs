//! Entries as they leave: encoded once, shared by every reader.
//!
//! Fan-out to N sessions must cost one encoding. An entry in the tail is kept as a whole frame of a
//! run of one, so a reader that is one entry behind (the usual case) gets a reference and nothing
//! is built. A longer run borrows the entries and puts one head before them.

use bytes::Bytes;
use lacre_wire::ids::LogId;
use lacre_wire::log::Entry;
use minicbor::Encoder;

/// Room for what stands before the entries of a frame.
const HEAD: usize = 40;

/// An entry, encoded as the only one of an `Entries` frame.
#[derive(Debug, Clone)]
pub(crate) struct EntryFrame {
    frame: Bytes,
    /// Where the entry starts in the frame.
    entry_at: usize,
}

impl EntryFrame {
    /// Encodes an entry of `log`, into an allocation of its own.
    pub(crate) fn new(log: LogId, entry: &Entry) -> Self {
        let inline = entry.body.bytes().map_or(64, <[u8]>::len);
        let mut frame = Vec::with_capacity(inline + 320);
        frame.extend([0; 4]);
        head(&mut frame, log, 1);
        let entry_at = frame.len();
        // The writer is a vector and no wire type has a failing encoder.
        let _infallible = minicbor::encode(entry, &mut frame);
        set_length(&mut frame, 0);
        Self {
            frame: frame.into(),
            entry_at,
        }
    }

    /// The frame of an entry that is encoded already.
    pub(crate) fn of_encoded(log: LogId, entry: &[u8]) -> Self {
        let mut frame = Vec::with_capacity(entry.len() + HEAD);
        frame.extend([0; 4]);
        head(&mut frame, log, 1);
        let entry_at = frame.len();
        frame.extend(entry);
        set_length(&mut frame, 0);
        Self {
            frame: frame.into(),
            entry_at,
        }
    }

    /// The entry alone.
    pub(crate) fn entry(&self) -> Bytes {
        self.frame.slice(self.entry_at..)
    }

    /// Length of the entry alone.
    pub(crate) fn entry_len(&self) -> usize {
        self.frame.len() - self.entry_at
    }

    /// Length of the frame.
    pub(crate) fn len(&self) -> usize {
        self.frame.len()
    }
}

/// Appends frames that carry `run` (entries of `log`, ascending, at most
/// [`lacre_wire::limits::MAX_RUN`]) to `out`, without copying an entry.
pub(crate) fn push_run(out: &mut Vec<Bytes>, log: LogId, run: &[EntryFrame]) {
    match run {
        [] => {}
        [one] => out.push(one.frame.clone()),
        many => {
            let mut start = Vec::with_capacity(HEAD);
            start.extend([0; 4]);
            head(&mut start, log, many.len());
            let body: usize = many.iter().map(EntryFrame::entry_len).sum();
            set_length(&mut start, body);
            out.push(start.into());
            out.extend(many.iter().map(EntryFrame::entry));
        }
    }
}

/// Everything of `ServerFrame::Entries` before its entries.
fn head(out: &mut Vec<u8>, log: LogId, entries: usize) {
    let mut e = Encoder::new(out);
    // Writing to a vector cannot fail.
    let _infallible = (|| {
        e.array(2)?
            .u32(2)?
            .array(2)?
            .encode(log)?
            .array(entries as u64)?
            .ok()
    })();
}

/// Writes the frame's length over its first four bytes; `more` bytes will follow.
fn set_length(frame: &mut [u8], more: usize) {
    let length = u32::try_from(frame.len() - 4 + more).unwrap_or(u32::MAX);
    frame
        .iter_mut()
        .zip(length.to_be_bytes())
        .for_each(|(to, from)| *to = from);
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use lacre_wire::frame;
    use lacre_wire::ids::{DeviceId, RoomId};
    use lacre_wire::log::{Body, EntryKind};
    use lacre_wire::push::ServerFrame;

    pub(crate) fn entry(seq: u64) -> Entry {
        Entry {
            seq,
            kind: EntryKind::Message,
            generation: 0,
            epoch: 3,
            accepted_ms: 17,
            body: Body::Inline(vec![seq.to_le_bytes()[0]; 100].into()),
            stamp: None,
            sender: None,
        }
    }

    #[test]
    fn runs_are_what_the_wire_crate_would_encode() {
        for log in [
            LogId::Room(RoomId([1; 16])),
            LogId::Inbox(DeviceId([2; 16])),
        ] {
            for length in [1u64, 2, 23, 24, 256] {
                let entries: Vec<_> = (1..=length).map(entry).collect();
                let run: Vec<_> = entries
                    .iter()
                    .map(|entry| EntryFrame::new(log, entry))
                    .collect();
                for frame in &run {
                    let again = EntryFrame::of_encoded(log, &frame.entry());
                    assert_eq!(
                        (again.frame, again.entry_at),
                        (frame.frame.clone(), frame.entry_at)
                    );
                }
                let mut out = Vec::new();
                push_run(&mut out, log, &run);
                assert_eq!(
                    out.concat(),
                    frame::encode(&ServerFrame::Entries { log, entries })
                );
            }
        }
    }
}
