//! Searches files for texts, in every encoding a store might write them in.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes read at once.
const CHUNK: usize = 1024 * 1024;

/// Shorter texts stand in random bytes by chance.
pub(super) const SHORTEST: usize = 8;

/// A text and the forms it is searched in.
pub(super) struct Needle {
    pub(super) text: String,
    forms: [Vec<u8>; 3],
}

impl Needle {
    /// UTF-8, and UTF-16 in both byte orders.
    pub(super) fn new(text: &str) -> Self {
        let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
        Self {
            text: text.to_owned(),
            forms: [
                text.as_bytes().to_vec(),
                wide(u16::to_le_bytes),
                wide(u16::to_be_bytes),
            ],
        }
    }
}

/// What a search has seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) files: usize,
    pub(super) bytes: u64,
    /// What was found: file, text, form; each once.
    pub(super) found: Vec<(PathBuf, String, usize)>,
}

/// Searches every file below a folder.
pub(super) fn folder(folder: &Path, needles: &[Needle], scan: &mut Scan) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            self::folder(&entry.path(), needles, scan)?;
        } else if kind.is_file() {
            match File::open(entry.path()) {
                Ok(opened) => file(&entry.path(), opened, needles, scan)?,
                // Write-ahead logs come and go while stores are open.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Searches one file, chunk by chunk; chunks overlap by the longest form.
fn file(path: &Path, mut reader: impl Read, needles: &[Needle], scan: &mut Scan) -> io::Result<()> {
    let search = Search::new(needles);
    let mut held: Vec<u8> = Vec::with_capacity(CHUNK + search.longest);
    scan.files += 1;
    loop {
        let read = reader
            .by_ref()
            .take(u64::try_from(CHUNK).unwrap_or(u64::MAX))
            .read_to_end(&mut held)?;
        if read == 0 {
            return Ok(());
        }
        scan.bytes += u64::try_from(read).unwrap_or(u64::MAX);
        search.each(&held, |text, form| {
            let found = (path.to_owned(), text.to_owned(), form);
            if !scan.found.contains(&found) {
                scan.found.push(found);
            }
        });
        held.drain(..held.len().saturating_sub(search.longest.saturating_sub(1)));
    }
}

/// Forms by their first byte, so that most bytes are looked at once.
struct Search<'a> {
    by_first: Vec<Vec<(&'a str, usize, &'a [u8])>>,
    longest: usize,
}

impl<'a> Search<'a> {
    fn new(needles: &'a [Needle]) -> Self {
        let mut by_first = vec![Vec::new(); 256];
        let mut longest = 0;
        for needle in needles {
            for (number, form) in needle.forms.iter().enumerate() {
                if let Some(place) = form
                    .first()
                    .and_then(|first| by_first.get_mut(usize::from(*first)))
                {
                    place.push((needle.text.as_str(), number, form.as_slice()));
                }
                longest = longest.max(form.len());
            }
        }
        Self { by_first, longest }
    }

    fn each(&self, bytes: &[u8], mut found: impl FnMut(&str, usize)) {
        for (at, first) in bytes.iter().enumerate() {
            let Some(forms) = self.by_first.get(usize::from(*first)) else {
                continue;
            };
            for (text, number, form) in forms {
                if bytes.get(at..).is_some_and(|rest| rest.starts_with(form)) {
                    found(text, *number);
                }
            }
        }
    }
}

/// Plants every form of every text in files across the border of two chunks, searches them, and
/// returns how many forms were planted and how many were found.
pub(super) fn control(folder: &Path, needles: &[Needle]) -> io::Result<(usize, usize)> {
    std::fs::create_dir_all(folder)?;
    let mut planted = 0;
    let mut bytes = Vec::new();
    for (number, form) in needles.iter().flat_map(|needle| &needle.forms).enumerate() {
        // The first stands across the border, the others wherever they come to stand.
        if number == 0 {
            bytes.resize(CHUNK - form.len() / 2, b'.');
        }
        bytes.extend_from_slice(form);
        bytes.push(b'.');
        planted += 1;
    }
    std::fs::write(folder.join("planted"), bytes)?;
    let mut scan = Scan::default();
    self::folder(folder, needles, &mut scan)?;
    Ok((planted, scan.found.len()))
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, Needle, Scan, control, file, folder};
    use std::path::Path;

    #[test]
    fn what_is_planted_is_found() {
        let root = tempfile::tempdir().unwrap();
        let needles = [
            "Sunday at the beach",
            "guarda-sol no domingo",
            "às oito e meia",
        ]
        .map(Needle::new);
        assert_eq!(control(root.path(), &needles).unwrap(), (9, 9));
    }

    #[test]
    fn texts_are_found_at_every_border() {
        let needle = [Needle::new("guarda-sol")];
        for at in CHUNK - 20..CHUNK + 2 {
            for form in 0..3 {
                let mut bytes = vec![0u8; 2 * CHUNK];
                bytes.splice(
                    at..at + needle[0].forms[form].len(),
                    needle[0].forms[form].iter().copied(),
                );
                let mut scan = Scan::default();
                file(Path::new("x"), bytes.as_slice(), &needle, &mut scan).unwrap();
                assert!(
                    scan.found.iter().any(|(_, _, found)| *found == form),
                    "form {form} at {at}"
                );
            }
        }
    }

    #[test]
    fn folders_are_searched_to_the_bottom_and_counted() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a").join("b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(root.path().join("clean"), [7; 100]).unwrap();
        std::fs::write(deep.join("store.db-wal"), b"...Sunday at the beach...").unwrap();
        let mut scan = Scan::default();
        folder(
            root.path(),
            &[Needle::new("Sunday at the beach")],
            &mut scan,
        )
        .unwrap();
        assert_eq!((scan.files, scan.bytes, scan.found.len()), (2, 125, 1));
        assert!(scan.found[0].0.ends_with("a/b/store.db-wal"));
    }
}
