//! Looks for words in files: what is encrypted must not be there in the clear.

use std::fs;
use std::path::{Path, PathBuf};

/// Every file under a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found.sort();
    found
}

/// Where any of the words stands, as UTF-8 or UTF-16, in the files under a folder.
pub fn find(folder: &Path, words: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for path in files(folder) {
        let bytes = fs::read(&path).unwrap();
        for word in words {
            let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            if contains(&bytes, word.as_bytes()) || contains(&bytes, &wide) {
                found.push((path.clone(), (*word).to_owned()));
            }
        }
    }
    found
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

/// Copies a folder and all it holds, as a backup would.
pub fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, &target).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_both_encodings_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("deep/plain"), "…segredo…").unwrap();
        let wide: Vec<u8> = "segredo"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        fs::write(folder.path().join("wide"), wide).unwrap();
        fs::write(folder.path().join("other"), "secret").unwrap();
        let found: Vec<_> = find(folder.path(), &["segredo"])
            .into_iter()
            .map(|(path, _)| path)
            .collect();
        assert_eq!(
            found,
            [folder.path().join("deep/plain"), folder.path().join("wide")]
        );
    }
}
