//! The body of a message: one part, or parts in parts.

use super::error::{ContentError, InField, at_most};
use super::limits::{
    MAX_AAD, MAX_DESCRIPTION, MAX_KEY_MATERIAL, MAX_PART_LEVELS, MAX_PARTS, MAX_SHORT_TEXT,
    MAX_URL, MIN_MULTI_PARTS,
};
use minicbor::{Decoder, Encoder};
use std::fmt;
use zeroize::Zeroizing;

const BODY: &str = "nestedPart";

/// What a part is meant for. Unknown values are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Disposition(pub u8);

impl Disposition {
    /// Not meant to be shown by itself.
    pub const UNSPECIFIED: Self = Self(0);
    /// Shown as the client does.
    pub const RENDER: Self = Self(1);
    /// A reaction to another message.
    pub const REACTION: Self = Self(2);
    /// A profile.
    pub const PROFILE: Self = Self(3);
    /// Shown in the conversation itself.
    pub const INLINE: Self = Self(4);
    /// An icon.
    pub const ICON: Self = Self(5);
    /// Downloaded when asked for.
    pub const ATTACHMENT: Self = Self(6);
    /// A call, or the way into one.
    pub const SESSION: Self = Self(7);
    /// A preview made by the sender.
    pub const PREVIEW: Self = Self(8);
}

/// How the parts of a multipart body belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartSemantics {
    /// The same thing several times: the receiver shows the one it likes best.
    ChooseOne,
    /// One thing: all parts or none.
    SingleUnit,
    /// Several things: as many as possible.
    ProcessAll,
}

impl PartSemantics {
    const fn number(self) -> u8 {
        match self {
            Self::ChooseOne => 0,
            Self::SingleUnit => 1,
            Self::ProcessAll => 2,
        }
    }
}

/// A part with what it is for (draft-ietf-mimi-content-08, "Message Bodies").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NestedPart {
    /// What the part is meant for.
    pub disposition: Disposition,
    /// Language tags (RFC 5646), separated by commas; may be empty.
    pub language: String,
    /// The part itself.
    pub part: Part,
}

/// The four forms of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Nothing: the body of a deletion.
    Null,
    /// Content in the message.
    Single(SinglePart),
    /// Content elsewhere.
    External(Box<ExternalPart>),
    /// Two parts or more.
    Multi(PartSemantics, Vec<NestedPart>),
}

/// Content in the message.
#[derive(Clone, PartialEq, Eq)]
pub struct SinglePart {
    /// IANA media type with parameters.
    pub content_type: String,
    /// What is said, in that type. Some messages carry keys, so the memory is wiped.
    pub content: Zeroizing<Vec<u8>>,
}

/// Content elsewhere, and how to open it.
#[derive(Clone, PartialEq, Eq)]
pub struct ExternalPart {
    /// IANA media type of the content.
    pub content_type: String,
    /// Where it is.
    pub url: String,
    /// Seconds since the Unix epoch when it goes away; 0: it stays.
    pub expires: u32,
    /// Its size in bytes; 0: unknown.
    pub size: u64,
    /// Number in IANA's AEAD registry (RFC 5116); 0: not encrypted.
    pub enc_alg: u16,
    /// AEAD key.
    pub key: Zeroizing<Vec<u8>>,
    /// AEAD nonce.
    pub nonce: Vec<u8>,
    /// AEAD additional data.
    pub aad: Vec<u8>,
    /// Number in IANA's Named Information Hash Algorithm registry; 0: no hash.
    pub hash_alg: u8,
    /// Hash of what is at the address.
    pub content_hash: Vec<u8>,
    /// A caption; may be empty.
    pub description: String,
    /// A file name to suggest; may be empty.
    pub filename: String,
}

/// Logs must not hold what people write.
impl fmt::Debug for SinglePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SinglePart({:?}, {} bytes)",
            self.content_type,
            self.content.len()
        )
    }
}

/// Logs must not hold keys, nor where the file is.
impl fmt::Debug for ExternalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ExternalPart({:?}, {} bytes)",
            self.content_type, self.size
        )
    }
}

type Output<'b> = Encoder<&'b mut Vec<u8>>;

/// The numbers of the forms, called cardinalities, and the array length each makes.
const NULL: (u8, u64) = (0, 3);
const SINGLE: (u8, u64) = (1, 5);
const EXTERNAL: (u8, u64) = (2, 15);
const MULTI: (u8, u64) = (3, 5);

impl NestedPart {
    /// A part without a language.
    pub fn new(disposition: Disposition, part: Part) -> Self {
        Self {
            disposition,
            language: String::new(),
            part,
        }
    }

    /// A part with content in the message.
    pub fn single(disposition: Disposition, content_type: &str, content: Vec<u8>) -> Self {
        let content_type = content_type.to_owned();
        let content = Zeroizing::new(content);
        Self::new(
            disposition,
            Part::Single(SinglePart {
                content_type,
                content,
            }),
        )
    }

    /// Writes the part at `level`, 1 being the body; counts it in `parts`.
    pub(super) fn write(
        &self,
        out: &mut Output<'_>,
        level: usize,
        parts: &mut usize,
    ) -> Result<(), ContentError> {
        check_level(level)?;
        *parts = parts.saturating_add(1);
        at_most("parts", *parts, MAX_PARTS)?;
        at_most("language", self.language.len(), MAX_SHORT_TEXT)?;
        let (cardinality, length) = match &self.part {
            Part::Null => NULL,
            Part::Single(_) => SINGLE,
            Part::External(_) => EXTERNAL,
            Part::Multi(..) => MULTI,
        };
        out.array(length)?
            .u8(self.disposition.0)?
            .str(&self.language)?
            .u8(cardinality)?;
        match &self.part {
            Part::Null => Ok(()),
            Part::Single(single) => single.write(out),
            Part::External(external) => external.write(out),
            Part::Multi(semantics, nested) => {
                check_multi(nested.len())?;
                out.u8(semantics.number())?
                    .array(u64::try_from(nested.len()).unwrap_or(u64::MAX))?;
                nested
                    .iter()
                    .try_for_each(|part| part.write(out, level + 1, parts))
            }
        }
    }

    pub(super) fn read(input: &mut Decoder<'_>, level: usize) -> Result<Self, ContentError> {
        check_level(level)?;
        let length = length(input, BODY)?;
        let disposition = Disposition(input.u8().in_field("disposition")?);
        let language = text(input, "language")?;
        let cardinality = input.u8().in_field("cardinality")?;
        let part = match (cardinality, length) {
            NULL => Part::Null,
            SINGLE => Part::Single(SinglePart::read(input)?),
            EXTERNAL => Part::External(Box::new(ExternalPart::read(input)?)),
            MULTI => {
                let semantics = read_semantics(input)?;
                let count = self::length(input, "parts")?;
                check_multi(usize::try_from(count).unwrap_or(usize::MAX))?;
                let nested = (0..count).map(|_| Self::read(input, level + 1));
                Part::Multi(semantics, nested.collect::<Result<_, _>>()?)
            }
            _ => {
                let expected = "an array of 3, 5 or 15 with the cardinality 0, 1, 2 or 3 that fits";
                return Err(ContentError::Unexpected {
                    field: BODY,
                    expected,
                });
            }
        };
        Ok(Self {
            disposition,
            language,
            part,
        })
    }
}

impl SinglePart {
    fn write(&self, out: &mut Output<'_>) -> Result<(), ContentError> {
        at_most("contentType", self.content_type.len(), MAX_SHORT_TEXT)?;
        out.str(&self.content_type)?.bytes(&self.content)?;
        Ok(())
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, ContentError> {
        Ok(Self {
            content_type: text(input, "contentType")?,
            content: Zeroizing::new(bytes(input, "content")?),
        })
    }
}

impl ExternalPart {
    fn write(&self, out: &mut Output<'_>) -> Result<(), ContentError> {
        at_most("contentType", self.content_type.len(), MAX_SHORT_TEXT)?;
        at_most("url", self.url.len(), MAX_URL)?;
        at_most("key", self.key.len(), MAX_KEY_MATERIAL)?;
        at_most("nonce", self.nonce.len(), MAX_KEY_MATERIAL)?;
        at_most("aad", self.aad.len(), MAX_AAD)?;
        at_most("contentHash", self.content_hash.len(), MAX_KEY_MATERIAL)?;
        at_most("description", self.description.len(), MAX_DESCRIPTION)?;
        at_most("filename", self.filename.len(), MAX_SHORT_TEXT)?;
        out.str(&self.content_type)?
            .str(&self.url)?
            .u32(self.expires)?
            .u64(self.size)?
            .u16(self.enc_alg)?
            .bytes(&self.key)?
            .bytes(&self.nonce)?
            .bytes(&self.aad)?
            .u8(self.hash_alg)?
            .bytes(&self.content_hash)?
            .str(&self.description)?
            .str(&self.filename)?;
        Ok(())
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, ContentError> {
        Ok(Self {
            content_type: text(input, "contentType")?,
            url: text(input, "url")?,
            expires: input.u32().in_field("expires")?,
            size: input.u64().in_field("size")?,
            enc_alg: input.u16().in_field("encAlg")?,
            key: Zeroizing::new(bytes(input, "key")?),
            nonce: bytes(input, "nonce")?,
            aad: bytes(input, "aad")?,
            hash_alg: input.u8().in_field("hashAlg")?,
            content_hash: bytes(input, "contentHash")?,
            description: text(input, "description")?,
            filename: text(input, "filename")?,
        })
    }
}

fn check_level(level: usize) -> Result<(), ContentError> {
    if level > MAX_PART_LEVELS {
        return Err(ContentError::TooDeep {
            field: BODY,
            limit: MAX_PART_LEVELS,
        });
    }
    Ok(())
}

fn check_multi(count: usize) -> Result<(), ContentError> {
    if count < MIN_MULTI_PARTS {
        return Err(ContentError::Unexpected {
            field: "parts",
            expected: "two or more",
        });
    }
    at_most("parts", count, MAX_PARTS)
}

fn read_semantics(input: &mut Decoder<'_>) -> Result<PartSemantics, ContentError> {
    let field = "partSemantics";
    match input.u8().in_field(field)? {
        0 => Ok(PartSemantics::ChooseOne),
        1 => Ok(PartSemantics::SingleUnit),
        2 => Ok(PartSemantics::ProcessAll),
        _ => Err(ContentError::Unexpected {
            field,
            expected: "0, 1 or 2",
        }),
    }
}

/// The length of an array; indefinite ones are never canonical.
pub(super) fn length(input: &mut Decoder<'_>, field: &'static str) -> Result<u64, ContentError> {
    let expected = "an array of definite length";
    let unexpected = ContentError::Unexpected { field, expected };
    input.array().in_field(field)?.ok_or(unexpected)
}

fn text(input: &mut Decoder<'_>, field: &'static str) -> Result<String, ContentError> {
    input.str().map(str::to_owned).in_field(field)
}

fn bytes(input: &mut Decoder<'_>, field: &'static str) -> Result<Vec<u8>, ContentError> {
    input.bytes().map(<[u8]>::to_vec).in_field(field)
}
