//! Looks for words in files: what is encrypted must not be there in the clear.

use rusqlite::Connection;
use rusqlite::types::ValueRef;
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

/// Opens a database, with its key if it is encrypted.
fn open(file: &Path, key: Option<&[u8; 32]>) -> Connection {
    let connection = Connection::open(file).unwrap();
    if let Some(key) = key {
        let key = hex::encode(key);
        let open = format!("PRAGMA cipher = 'chacha20'; PRAGMA key = \"x'{key}'\";");
        connection.execute_batch(&open).unwrap();
    }
    connection
}

/// Where any of the words stands in a database: every column of every row of every table, also of
/// those that a full-text index keeps for itself, and the words that it knows.
pub fn find_in_store(file: &Path, key: Option<&[u8; 32]>, words: &[&str]) -> Vec<String> {
    let connection = open(file, key);
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
        .unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let tables: Vec<_> = tables.map(Result::unwrap).collect();
    assert!(tables.len() > 5, "{tables:?}");
    let mut found = Vec::new();
    for table in tables {
        let mut statement = connection
            .prepare(&format!("SELECT * FROM \"{table}\""))
            .unwrap();
        let columns: Vec<_> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (number, column) in columns.iter().enumerate() {
                let (ValueRef::Text(bytes) | ValueRef::Blob(bytes)) = row.get_ref(number).unwrap()
                else {
                    continue;
                };
                let here = words.iter().filter(|word| contains(bytes, word.as_bytes()));
                found.extend(here.map(|word| format!("{word} in {table}.{column}")));
            }
        }
    }
    found
}

/// Takes the encryption off a database that nobody uses, page by page: what stands between its rows
/// stays where it is.
pub fn decrypt(file: &Path, key: &[u8; 32]) {
    let connection = open(file, Some(key));
    connection
        .execute_batch("PRAGMA journal_mode = DELETE; PRAGMA rekey = '';")
        .unwrap();
    drop(connection);
    assert!(fs::read(file).unwrap().starts_with(b"SQLite format 3"));
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
