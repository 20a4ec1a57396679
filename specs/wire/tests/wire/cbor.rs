//! CBOR as a tree: what the CDDL is checked against, whatever the types say.

use minicbor::data::Type;
use minicbor::{Decoder, decode};

/// An item. Only what canonical messages are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Uint(u64),
    /// Minus one, minus this.
    Negative(u64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Item>),
    Map(Vec<(Item, Item)>),
    Bool(bool),
    Null,
}

impl Item {
    /// Reads exactly one item.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut input = Decoder::new(bytes);
        let item = item(&mut input).map_err(|e| e.to_string())?;
        match input.position() == bytes.len() {
            true => Ok(item),
            false => Err(format!("{} trailing bytes", bytes.len() - input.position())),
        }
    }
}

fn item(input: &mut Decoder<'_>) -> Result<Item, decode::Error> {
    Ok(match input.datatype()? {
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => Item::Uint(input.u64()?),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => {
            let number = i128::from(input.int()?);
            Item::Negative(
                u64::try_from(-1 - number).map_err(|_| decode::Error::message("positive"))?,
            )
        }
        Type::Bytes => Item::Bytes(input.bytes()?.to_vec()),
        Type::String => Item::Text(input.str()?.to_owned()),
        Type::Array => {
            let length = input.array()?.unwrap_or(0);
            Item::Array((0..length).map(|_| item(input)).collect::<Result<_, _>>()?)
        }
        Type::Map => {
            let length = input.map()?.unwrap_or(0);
            let pairs = (0..length).map(|_| Ok((item(input)?, item(input)?)));
            Item::Map(pairs.collect::<Result<_, decode::Error>>()?)
        }
        Type::Bool => Item::Bool(input.bool()?),
        Type::Null => {
            input.null()?;
            Item::Null
        }
        other => return Err(decode::Error::type_mismatch(other)),
    })
}
