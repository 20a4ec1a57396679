//! Receipts: how far somebody received or read a room (draft-mahy-mimi-message-status-01).
//!
//! `[* [messageId, status]]`, canonical, under the media type [`MESSAGE_STATUS`]. Lacre gives
//! delivered and read a wider meaning: they hold for every earlier message of the room too, so one pair says
//! what would else take one for each message.

use super::error::{ContentError, at_most};
use super::message_id::MessageId;
use super::part::{Disposition, NestedPart, Part, length};
use super::registry::MESSAGE_STATUS;
use minicbor::{Decoder, Encoder};

/// Pairs of one report. Lacre writes two at most; others may name each message.
const MAX_PAIRS: usize = 256;

/// What became of a message at the one who reports. Unknown values are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageStatus(pub u8);

impl MessageStatus {
    /// A device has it, and everything before it.
    pub const DELIVERED: Self = Self(1);
    /// The person has read it, and everything before it.
    pub const READ: Self = Self(2);
}

/// A body with a report.
pub(super) fn body(report: &[(MessageId, MessageStatus)]) -> Result<NestedPart, ContentError> {
    at_most("report", report.len(), MAX_PAIRS)?;
    Ok(NestedPart::single(
        Disposition::UNSPECIFIED,
        MESSAGE_STATUS,
        encode(report)?,
    ))
}

/// The report in a body.
pub(super) fn read(body: &NestedPart) -> Option<Vec<(MessageId, MessageStatus)>> {
    let Part::Single(single) = &body.part else {
        return None;
    };
    if body.disposition != Disposition::UNSPECIFIED || single.content_type != MESSAGE_STATUS {
        return None;
    }
    let mut input = Decoder::new(&single.content);
    let count = usize::try_from(length(&mut input, "report").ok()?).ok()?;
    if count > MAX_PAIRS {
        return None;
    }
    let report = (0..count)
        .map(|_| {
            length(&mut input, "report").ok()?;
            let id = MessageId::from_slice(input.bytes().ok()?)?;
            Some((id, MessageStatus(input.u8().ok()?)))
        })
        .collect::<Option<Vec<_>>>()?;
    // Lengths, spelling and what follows are right if writing it gives the same.
    (encode(&report).ok()? == **single.content).then_some(report)
}

fn encode(report: &[(MessageId, MessageStatus)]) -> Result<Vec<u8>, ContentError> {
    let mut bytes = Vec::with_capacity(3 + report.len() * 37);
    let mut out = Encoder::new(&mut bytes);
    out.array(u64::try_from(report.len()).unwrap_or(u64::MAX))?;
    for (id, status) in report {
        out.array(2)?.bytes(id.as_bytes())?.u8(status.0)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hexadecimal: &str) -> NestedPart {
        let content = hex::decode(hexadecimal).unwrap();
        NestedPart::single(Disposition::UNSPECIFIED, MESSAGE_STATUS, content)
    }

    /// The draft's own example, which also has statuses that Lacre does not use.
    const EXAMPLE: &str = "84\
        825820017ce54837404c3696e0c747b985cb172716d0ed0a3d249ca63ace7d82a096f402\
        825820015354973c2b65ca937bf1e035ae53a5ab80e947afa43d46920d4202e5cc0b2702\
        825820018d825adf9f6be00dcafc5704c41 02f5022e74219d0b603e4ba7622654042af00\
        825820 01e59db8173939facc2c8a4a0f0ae8d0c7a11a81239626630c9464a8d6717a0303";

    #[test]
    fn the_drafts_example_is_read_and_written() {
        let part = of(&EXAMPLE.replace(' ', ""));
        let report = read(&part).unwrap();
        let statuses: Vec<u8> = report.iter().map(|(_, status)| status.0).collect();
        assert_eq!(statuses, [2, 2, 0, 3]);
        assert_eq!(body(&report).unwrap(), part);
    }

    #[test]
    fn other_encodings_are_refused() {
        let id = "01".repeat(32);
        assert!(read(&of(&format!("81825820{id}02"))).is_some());
        assert_eq!(read(&of("80")), Some(Vec::new()));
        for bad in [
            format!("81825820{id}1802"),
            format!("9f825820{id}02ff"),
            format!("81825820{id}0200"),
            format!("8183{}", &format!("5820{id}0200")),
            format!("8182581f{}02", "01".repeat(31)),
            format!("81825820{id}190100"),
            format!("990101{}", format!("825820{id}02").repeat(257)),
            String::new(),
        ] {
            assert!(read(&of(&bad)).is_none(), "{bad}");
        }
    }
}
