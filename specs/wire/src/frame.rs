//! Framing: a 4-byte big-endian length, then one canonical CBOR message.

use crate::codec::{self, CodecError};
use crate::limits::MAX_FRAME;
use minicbor::{Decode, Encode};

/// A stream that does not hold frames of the agreed form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The announced length exceeds the limit.
    #[error("a frame of {got} bytes was announced; at most {MAX_FRAME} are allowed")]
    TooLarge {
        /// Announced length.
        got: usize,
    },
    /// The frame is not a canonical message of the expected type.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// A message with its length before it.
pub fn encode<T: Encode<()>>(message: &T) -> Vec<u8> {
    let mut out = vec![0; 4];
    // The writer is a vector and no type here has a failing encoder.
    let _infallible = minicbor::encode(message, &mut out);
    let length = u32::try_from(out.len() - 4).unwrap_or(u32::MAX);
    out.iter_mut()
        .zip(length.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    out
}

/// Cuts a byte stream into frames. Holds at most one frame and what followed it.
#[derive(Debug, Default)]
pub struct Deframer {
    held: Vec<u8>,
    read: usize,
}

impl Deframer {
    /// Takes bytes as they come.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.read == self.held.len() {
            self.held.clear();
            self.read = 0;
        } else if self.read > MAX_FRAME {
            self.held.drain(..self.read);
            self.read = 0;
        }
        self.held.extend_from_slice(bytes);
    }

    /// The next whole frame's payload, if it is there.
    ///
    /// # Errors
    /// [`FrameError::TooLarge`] as soon as the length is known.
    pub fn next_payload(&mut self) -> Result<Option<&[u8]>, FrameError> {
        let rest = self.held.get(self.read..).unwrap_or_default();
        let Some((head, rest)) = rest.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_be_bytes(*head)).unwrap_or(usize::MAX);
        if length > MAX_FRAME {
            return Err(FrameError::TooLarge { got: length });
        }
        if rest.len() < length {
            return Ok(None);
        }
        let start = self.read + 4;
        self.read = start + length;
        Ok(self.held.get(start..self.read))
    }

    /// The next whole message.
    ///
    /// # Errors
    /// When the frame is too large or not a canonical `T`.
    pub fn next_message<T: for<'b> Decode<'b, ()>>(&mut self) -> Result<Option<T>, FrameError> {
        match self.next_payload()? {
            Some(payload) => Ok(Some(codec::from_slice(payload)?)),
            None => Ok(None),
        }
    }

    /// Bytes held that belong to no frame taken yet.
    pub fn rest(&self) -> &[u8] {
        self.held.get(self.read..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{ClientFrame, Request};

    #[test]
    fn frames_survive_any_cut() {
        let frame = ClientFrame::Request {
            id: 7,
            request: Request::Ping,
        };
        let bytes = [encode(&frame), encode(&frame)].concat();
        for cut in 0..bytes.len() {
            let mut deframer = Deframer::default();
            let mut got = 0;
            for part in [&bytes[..cut], &bytes[cut..]] {
                deframer.push(part);
                while let Some(read) = deframer.next_message::<ClientFrame>().unwrap() {
                    assert_eq!(read, frame);
                    got += 1;
                }
            }
            assert_eq!(got, 2);
        }
    }

    #[test]
    fn an_oversized_frame_is_refused_by_its_length() {
        let mut deframer = Deframer::default();
        deframer.push(&u32::MAX.to_be_bytes());
        assert!(matches!(
            deframer.next_payload(),
            Err(FrameError::TooLarge { .. })
        ));
    }
}
