//! A GroupInfo as the relay sees it: parsed into its five fields (RFC 9420 §12.4.3) and compared
//! with what the commit beside it must lead to.
//!
//! A GroupInfo is what later joiners start from, so a false one would make the next honest joiner
//! break the room. Context, confirmation tag, signer and signature are checked here. Two things only
//! members can check: that `external_pub` is the group's key, and that the confirmation tag is the
//! epoch's; members compare both with their own, and blame falls on the signer.

use super::codec::{Reader, TlsError, push_vector};
use super::refused::Refused;
use lacre_wire::hash::sha256;
use lacre_wire::ids::Hash;
use openmls::treesync::LeafNode;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::SignatureScheme;

const MLS_10: u16 = 1;
const WIRE_GROUP_INFO: u16 = 4;
const EXTERNAL_PUB: u16 = 4;

/// A GroupInfo inside an MLSMessage, in its parts. Borrowed; nothing is verified.
#[derive(Debug)]
pub(super) struct GroupInfoParts<'a> {
    /// The encoded GroupContext.
    pub(super) context: &'a [u8],
    /// The confirmation tag, encoded.
    pub(super) confirmation_tag: &'a [u8],
    /// The signer's leaf.
    pub(super) signer: u32,
    /// The data of the `external_pub` extension.
    external_pub: &'a [u8],
    signed: &'a [u8],
    signature: &'a [u8],
}

/// What a GroupInfo must say.
pub(super) struct Expected<'a> {
    /// The encoded GroupContext of the epoch.
    pub(super) context: &'a [u8],
    /// The encoded confirmation tag of the commit that leads to it.
    pub(super) confirmation_tag: &'a [u8],
    /// Index of the committer's leaf in the epoch's tree.
    pub(super) signer: u32,
    /// The committer's leaf in the epoch's tree.
    pub(super) leaf: &'a LeafNode,
}

impl<'a> GroupInfoParts<'a> {
    /// Takes an MLSMessage with a GroupInfo apart.
    ///
    /// # Errors
    /// [`Refused::Malformed`] for other bytes; [`Refused::GroupInfo`] when an extension other than
    /// `external_pub` is there (a tree travels by itself) or that one is missing.
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, Refused> {
        let (parts, extensions) =
            Self::walk(message).map_err(|e| Refused::Malformed(format!("GroupInfo: {e}")))?;
        if extensions == [EXTERNAL_PUB] {
            Ok(parts)
        } else {
            Err(Refused::GroupInfo(
                "expected external_pub as its only extension; send the tree by itself",
            ))
        }
    }

    fn walk(message: &'a [u8]) -> Result<(Self, Vec<u16>), TlsError> {
        let mut reader = Reader::new(message);
        if (reader.u16()?, reader.u16()?) != (MLS_10, WIRE_GROUP_INFO) {
            return Err(TlsError);
        }
        let ((fields, extensions), signed) = reader.span(|reader| {
            let ((), context) = reader.span(group_context)?;
            let mut list = Reader::new(reader.vector()?);
            let (mut extensions, mut external_pub) = (Vec::new(), &[][..]);
            while !list.is_done() {
                extensions.push(list.u16()?);
                external_pub = list.vector()?;
            }
            let (_, tag) = reader.span(Reader::vector)?;
            Ok(((context, tag, reader.u32()?, external_pub), extensions))
        })?;
        let signature = reader.vector()?;
        if !reader.is_done() {
            return Err(TlsError);
        }
        let (context, confirmation_tag, signer, external_pub) = fields;
        Ok((
            Self {
                context,
                confirmation_tag,
                signer,
                external_pub,
                signed,
                signature,
            },
            extensions,
        ))
    }

    /// SHA-256 of its `external_pub`, for members to compare with the one they derive.
    pub(super) fn external_pub(&self) -> Option<Hash> {
        let mut data = Reader::new(self.external_pub);
        let key = data.vector().ok().filter(|_| data.is_done());
        key.map(|key| sha256(&[key]))
    }

    /// Compares with what it must say and checks the signature.
    ///
    /// # Errors
    /// [`Refused::GroupInfo`] names the field that does not fit.
    pub(super) fn check(
        &self,
        crypto: &RustCrypto,
        expected: &Expected<'_>,
    ) -> Result<(), Refused> {
        if self.context != expected.context {
            return Err(Refused::GroupInfo(
                "its context is not the one the commit leads to",
            ));
        }
        if self.confirmation_tag != expected.confirmation_tag {
            return Err(Refused::GroupInfo(
                "its confirmation tag is not the commit's",
            ));
        }
        if self.signer != expected.signer {
            return Err(Refused::GroupInfo("it is not signed by the committer"));
        }
        let content = self
            .sign_content()
            .map_err(|e| Refused::Malformed(format!("GroupInfo: {e}")))?;
        let key = expected.leaf.signature_key().as_slice();
        crypto
            .verify_signature(SignatureScheme::ED25519, &content, key, self.signature)
            .map_err(|_| Refused::GroupInfo("its signature does not verify"))
    }

    /// SignContent (RFC 9420 §5.1.2).
    fn sign_content(&self) -> Result<Vec<u8>, TlsError> {
        let mut content = Vec::with_capacity(self.signed.len() + 32);
        push_vector(&mut content, b"MLS 1.0 GroupInfoTBS")?;
        push_vector(&mut content, self.signed)?;
        Ok(content)
    }
}

/// Walks over a GroupContext (RFC 9420 §8.1).
fn group_context(reader: &mut Reader<'_>) -> Result<(), TlsError> {
    let (_version, _suite, _group_id) = (reader.u16()?, reader.u16()?, reader.vector()?);
    let (_epoch, _tree_hash) = (reader.u64()?, reader.vector()?);
    let (_transcript, _extensions) = (reader.vector()?, reader.vector()?);
    Ok(())
}
