//! News as bytes, between relays.
//!
//! A parcel is who tells (8 bytes) and items until its end, integers big-endian:
//!
//! | Item | Bytes |
//! |---|---|
//! | `M`, a message | log 17, seq 8, length 4, the entry |
//! | `L`, a log | log 17, its head 8 |
//! | `E`, a hint | room 16, length 4, the datagram |
//! | `P`, a letter | length 4, the letter |

use super::outbox::Waiting;
use super::{Fresh, News};
use bytes::Bytes;
use lacre_wire::ids::{LogId, RoomId, Seq};

/// Names a relay among those on the store.
pub(super) type Origin = [u8; 8];

/// Parcels of at most `most` bytes. An item that fits into none is left out: it would have to be larger
/// than anything that is told.
pub(super) fn pack(origin: &Origin, waiting: &Waiting, most: usize) -> Vec<Vec<u8>> {
    let mut parcels = Parcels {
        origin,
        most,
        packed: Vec::new(),
        open: origin.to_vec(),
    };
    // Before the heads: what a head tells of is read in the store if it is not here yet.
    for Fresh { log, seq, entry } in &waiting.messages {
        let (log, seq) = (log.to_key(), seq.to_be_bytes());
        parcels.add(&[b"M", &log, &seq, &length(entry), entry]);
    }
    for (log, head) in &waiting.logs {
        parcels.add(&[b"L", &log.to_key(), &head.to_be_bytes()]);
    }
    for (room, datagram) in &waiting.hints {
        parcels.add(&[b"E", &room.0, &length(datagram), datagram]);
    }
    for letter in &waiting.letters {
        parcels.add(&[b"P", &length(letter), letter]);
    }
    parcels.close();
    parcels.packed
}

fn length(bytes: &Bytes) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

struct Parcels<'a> {
    origin: &'a Origin,
    most: usize,
    packed: Vec<Vec<u8>>,
    open: Vec<u8>,
}

impl Parcels<'_> {
    fn add(&mut self, parts: &[&[u8]]) {
        let bytes: usize = parts.iter().map(|part| part.len()).sum();
        if self.origin.len() + bytes > self.most {
            return;
        }
        if self.open.len() + bytes > self.most {
            self.close();
        }
        parts.iter().for_each(|part| self.open.extend(*part));
    }

    fn close(&mut self) {
        if self.open.len() > self.origin.len() {
            let next = self.origin.to_vec();
            self.packed.push(std::mem::replace(&mut self.open, next));
        }
    }
}

/// Reads a parcel of another relay, up to what cannot be read.
pub(super) fn unpack(own: &Origin, parcel: &Bytes, mut tell: impl FnMut(News<'_>)) {
    let Some((origin, items)) = parcel.split_first_chunk::<8>() else {
        return;
    };
    if origin == own {
        return;
    }
    let (mut messages, mut logs) = (Vec::new(), Vec::new());
    let mut items = Items { parcel, items };
    while let Some(item) = items.next() {
        match item {
            Item::Message(fresh) => messages.push(fresh),
            Item::Log(log, head) => logs.push((log, head)),
            Item::Hint(room, datagram) => tell(News::Ephemeral {
                room,
                datagram: &datagram,
            }),
            Item::Letter(letter) => tell(News::Peers(&letter)),
        }
    }
    if !messages.is_empty() {
        tell(News::Messages(&messages));
    }
    if !logs.is_empty() {
        tell(News::Logs(&logs));
    }
}

enum Item {
    Message(Fresh),
    Log(LogId, Seq),
    Hint(RoomId, Bytes),
    Letter(Bytes),
}

/// What is left of a parcel.
struct Items<'a> {
    parcel: &'a Bytes,
    items: &'a [u8],
}

impl Items<'_> {
    /// The next item; nothing at the end, and before what cannot be read.
    fn next(&mut self) -> Option<Item> {
        match self.array::<1>()? {
            b"M" => Some(Item::Message(Fresh {
                log: self.log()?,
                seq: self.seq()?,
                entry: self.bytes()?,
            })),
            b"L" => Some(Item::Log(self.log()?, self.seq()?)),
            b"E" => {
                let room = RoomId(*self.array()?);
                Some(Item::Hint(room, self.bytes()?))
            }
            b"P" => self.bytes().map(Item::Letter),
            _ => None,
        }
    }

    fn array<const N: usize>(&mut self) -> Option<&[u8; N]> {
        let (array, rest) = self.items.split_first_chunk()?;
        self.items = rest;
        Some(array)
    }

    fn log(&mut self) -> Option<LogId> {
        LogId::from_key(self.array::<17>()?)
    }

    fn seq(&mut self) -> Option<Seq> {
        self.array().map(|seq| Seq::from_be_bytes(*seq))
    }

    fn bytes(&mut self) -> Option<Bytes> {
        let length = usize::try_from(u32::from_be_bytes(*self.array()?)).ok()?;
        let (bytes, rest) = self.items.split_at_checked(length)?;
        self.items = rest;
        Some(self.parcel.slice_ref(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::super::outbox::Outbox;
    use super::*;
    use lacre_wire::ids::DeviceId;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const OWN: Origin = [7; 8];

    /// Everything that is heard in parcels, as an outbox would hold it.
    #[derive(Debug, Default, PartialEq)]
    struct Heard {
        messages: Vec<Fresh>,
        logs: Vec<(LogId, Seq)>,
        hints: Vec<(RoomId, Bytes)>,
        letters: Vec<Bytes>,
    }

    fn heard(own: &Origin, parcels: Vec<Vec<u8>>) -> Heard {
        let mut heard = Heard::default();
        for parcel in parcels {
            unpack(own, &parcel.into(), |news| match news {
                News::Messages(told) => heard.messages.extend_from_slice(told),
                News::Logs(told) => heard.logs.extend_from_slice(told),
                News::Ephemeral { room, datagram } => heard.hints.push((room, datagram.clone())),
                News::Peers(letter) => heard.letters.push(letter.clone()),
                News::Missed => panic!("nobody tells that"),
            });
        }
        heard.logs.sort_unstable();
        heard
    }

    fn log(number: u16) -> LogId {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        match number % 2 {
            0 => LogId::Room(RoomId(id)),
            _ => LogId::Inbox(DeviceId(id)),
        }
    }

    prop_compose! {
        fn told()(
            messages in vec((any::<u16>(), any::<u64>(), 0usize..2000), 0..20),
            logs in proptest::collection::btree_map(any::<u16>(), any::<u64>(), 0..100),
            hints in vec((any::<[u8; 16]>(), 0usize..1200), 0..5),
            letters in vec(0usize..1000, 0..5),
        ) -> Heard {
            let bytes = |length: usize| Bytes::from(vec![3; length]);
            let mut told = Heard {
                messages: messages.into_iter().map(|(number, seq, length)| Fresh {
                    log: log(number),
                    seq,
                    entry: bytes(length),
                }).collect(),
                logs: logs.into_iter().map(|(number, head)| (log(number), head)).collect(),
                hints: hints.into_iter().map(|(room, length)| (RoomId(room), bytes(length))).collect(),
                letters: letters.into_iter().map(bytes).collect(),
            };
            told.logs.sort_unstable();
            told
        }
    }

    fn gathered(told: &Heard) -> Waiting {
        let outbox = Outbox::with_messages(1 << 20);
        outbox.add(News::Messages(&told.messages));
        outbox.add(News::Logs(&told.logs));
        for (room, datagram) in &told.hints {
            let room = *room;
            outbox.add(News::Ephemeral { room, datagram });
        }
        told.letters
            .iter()
            .for_each(|letter| outbox.add(News::Peers(letter)));
        outbox.take()
    }

    proptest! {
        #[test]
        fn news_passes_between_relays_and_is_not_heard_by_its_own(told in told()) {
            let parcels = pack(&OWN, &gathered(&told), 3_950);
            prop_assert!(parcels.iter().all(|parcel| parcel.len() <= 3_950));
            prop_assert_eq!(heard(&OWN, parcels.clone()), Heard::default());
            prop_assert_eq!(heard(&[8; 8], parcels), told);
        }

        #[test]
        fn what_cannot_be_read_is_passed_over(
            told in told(),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            noise in vec(any::<u8>(), 0..200),
        ) {
            heard(&[8; 8], vec![noise]);
            for mut parcel in pack(&OWN, &gathered(&told), 3_950) {
                let at = at.index(parcel.len());
                heard(&[8; 8], vec![parcel[..at].to_vec()]);
                parcel[at] = byte;
                heard(&[8; 8], vec![parcel]);
            }
        }
    }

    #[test]
    fn what_fits_into_no_parcel_is_left_out() {
        let letters = vec![vec![0; 5_000].into(), vec![1; 10].into()];
        let told = Heard {
            letters,
            ..Heard::default()
        };
        let parcels = pack(&OWN, &gathered(&told), 3_950);
        assert_eq!(heard(&[8; 8], parcels).letters, told.letters[1..]);
    }
}
