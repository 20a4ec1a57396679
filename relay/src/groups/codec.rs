//! The little of TLS presentation language (RFC 9420 §2.1) the relay reads by itself: enough to walk
//! over a GroupInfo or a Welcome without decoding what is inside.

/// Bytes that end too early or hold a length in a form RFC 9420 §2.1.2 does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the MLS message is cut short or holds an invalid length")]
pub(super) struct TlsError;

/// Walks over bytes from front to back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the front of `bytes`.
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether everything was read.
    pub(super) const fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    /// The next `n` bytes.
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], TlsError> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(TlsError)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], TlsError> {
        self.take(N)?.try_into().map_err(|_| TlsError)
    }

    /// `uint16`.
    pub(super) fn u16(&mut self) -> Result<u16, TlsError> {
        self.array().map(u16::from_be_bytes)
    }

    /// `uint32`.
    pub(super) fn u32(&mut self) -> Result<u32, TlsError> {
        self.array().map(u32::from_be_bytes)
    }

    /// `uint64`.
    pub(super) fn u64(&mut self) -> Result<u64, TlsError> {
        self.array().map(u64::from_be_bytes)
    }

    /// `opaque<V>`: the content of a vector, without its length.
    pub(super) fn vector(&mut self) -> Result<&'a [u8], TlsError> {
        let length = self.length()?;
        self.take(length)
    }

    /// A vector's length: 1, 2 or 4 bytes, in the shortest form that holds it.
    fn length(&mut self) -> Result<usize, TlsError> {
        let [first] = self.array()?;
        let (more, least) = match first >> 6 {
            0 => (0, 0),
            1 => (1, 1 << 6),
            2 => (3, 1 << 14),
            _ => return Err(TlsError),
        };
        let head = usize::from(first & 0x3f);
        let length = self
            .take(more)?
            .iter()
            .fold(head, |sum, byte| sum << 8 | usize::from(*byte));
        if length < least {
            Err(TlsError)
        } else {
            Ok(length)
        }
    }

    /// Reads with `read` and hands back the bytes it went over.
    pub(super) fn span<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, TlsError>,
    ) -> Result<(T, &'a [u8]), TlsError> {
        let before = self.0;
        let value = read(self)?;
        let span = before
            .get(..before.len().saturating_sub(self.0.len()))
            .ok_or(TlsError)?;
        Ok((value, span))
    }
}

/// Appends `content` as a vector. MLS lengths end at 2³⁰, far above any limit of the wire; what is
/// longer is an error.
pub(super) fn push_vector(out: &mut Vec<u8>, content: &[u8]) -> Result<(), TlsError> {
    let length = u32::try_from(content.len()).map_err(|_| TlsError)?;
    let [a, b, c, d] = length.to_be_bytes();
    match length {
        0..=0x3f => out.push(d),
        0x40..=0x3fff => out.extend([c | 0x40, d]),
        0x4000..=0x3fff_ffff => out.extend([a | 0x80, b, c, d]),
        _ => return Err(TlsError),
    }
    out.extend_from_slice(content);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_round_trip_at_every_length_form() {
        for length in [0, 1, 63, 64, 16_383, 16_384, 70_000] {
            let content = vec![7; length];
            let mut out = Vec::new();
            push_vector(&mut out, &content).unwrap();
            let mut reader = Reader::new(&out);
            assert_eq!(reader.vector(), Ok(&content[..]));
            assert!(reader.is_done());
        }
    }

    #[test]
    fn long_forms_and_cuts_are_refused() {
        for bytes in [
            &[][..],
            &[0x40, 0x01],
            &[0x80, 0, 0, 0x40],
            &[0xc0],
            &[0x02, 0x00],
            &[0x40],
        ] {
            assert_eq!(Reader::new(bytes).vector(), Err(TlsError), "{bytes:?}");
        }
    }

    #[test]
    fn a_span_is_what_was_read() {
        let mut reader = Reader::new(&[0, 5, 1, 9, 8]);
        let (number, span) = reader.span(Reader::u16).unwrap();
        assert_eq!(
            (number, span, reader.vector()),
            (5, &[0, 5][..], Ok(&[9][..]))
        );
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            while reader.vector().is_ok() && !reader.is_done() {}
        }
    }
}
