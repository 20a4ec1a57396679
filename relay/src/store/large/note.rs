//! What the tables hold in the place of a large object: where it is.

use bytes::Bytes;
use lacre_wire::hash::sha256;
use lacre_wire::ids::Hash;
use object_store::path::Path;

/// Begins every note.
const MAGIC: [u8; 8] = *b"lacre@1\n";
/// Makes each copy's name its own.
const NONCE: usize = 16;
/// Bytes of a note: magic, nonce, the object's size.
pub(super) const LENGTH: usize = MAGIC.len() + NONCE + 8;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Note {
    nonce: [u8; NONCE],
    size: u64,
}

impl Note {
    /// Of a new copy.
    pub(super) fn fresh(size: usize) -> Result<Self, getrandom::Error> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)?;
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        Ok(Self { nonce, size })
    }

    pub(super) fn to_bytes(self) -> Bytes {
        [&MAGIC[..], &self.nonce, &self.size.to_be_bytes()]
            .concat()
            .into()
    }

    /// Reads what is stored under a hash. None for an object itself, even for one that somebody has
    /// made to look like a note: that has the hash, and no note has.
    pub(super) fn of(hash: &Hash, stored: &[u8]) -> Option<Self> {
        if stored.len() != LENGTH {
            return None;
        }
        let (nonce, size) = stored.strip_prefix(&MAGIC)?.split_first_chunk()?;
        let size = u64::from_be_bytes(size.try_into().ok()?);
        (sha256(&[stored]) != *hash).then_some(Self {
            nonce: *nonce,
            size,
        })
    }

    /// The name of the copy. Folders of 256, as file systems like it.
    pub(super) fn path(&self, hash: &Hash) -> Path {
        let (hash, nonce) = (hex(&hash.0), hex(&self.nonce));
        let folder: String = hash.chars().take(2).collect();
        Path::from_iter([folder, format!("{hash}-{nonce}")])
    }

    /// Whether the copy with this name is the one.
    pub(super) fn names(&self, hash: &Hash, path: &Path) -> bool {
        // A bucket's prefix may stand before it.
        let mine = self.path(hash);
        path.filename() == mine.filename()
    }
}

/// Whose copy a name says it is; none for a name that is not ours.
pub(super) fn hash_in(path: &Path) -> Option<Hash> {
    let (hash, nonce) = path.filename()?.split_once('-')?;
    let digits = |text: &str, count: usize| {
        text.len() == count * 2 && text.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    if !digits(hash, 32) || !digits(nonce, NONCE) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(hash.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Hash(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_names_its_copy() {
        let hash = sha256(&[b"a tree"]);
        let note = Note::fresh(70_000).unwrap();
        assert_eq!(Note::of(&hash, &note.to_bytes()), Some(note));
        let path = note.path(&hash);
        assert_eq!(hash_in(&path), Some(hash));
        assert!(note.names(&hash, &path));
        assert!(!Note::fresh(70_000).unwrap().names(&hash, &path));
    }

    #[test]
    fn an_object_that_looks_like_a_note_is_an_object() {
        let forged = Note::fresh(1).unwrap().to_bytes();
        assert_eq!(Note::of(&sha256(&[&forged]), &forged), None);
        assert_eq!(Note::of(&sha256(&[b"short"]), b"short"), None);
    }

    #[test]
    fn names_that_are_not_ours_are_let_alone() {
        for name in ["readme.txt", "ab/cd", "ab/zz-zz", "0-0"] {
            assert_eq!(hash_in(&Path::from(name)), None, "{name}");
        }
    }
}
