//! A copy of the workspace in which defences are removed.

use crate::defence::Defence;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Build output of the copy: what is no part of the workspace is kept there.
const OUTPUT: &str = "target";

pub(crate) struct Copy {
    root: PathBuf,
}

impl Copy {
    /// Files that are the same already stay untouched, so that cargo compiles them once.
    pub(crate) fn of(workspace: &Path) -> Self {
        let copy = Self {
            root: Path::new(env!("CARGO_TARGET_TMPDIR")).join("defences"),
        };
        let files = files(workspace);
        for path in &files {
            let (bytes, place) = (
                fs::read(workspace.join(path)).unwrap(),
                copy.root.join(path),
            );
            if fs::read(&place).ok().as_ref() != Some(&bytes) {
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                fs::write(place, bytes).unwrap();
            }
        }
        copy.keep_only(&files);
        fs::create_dir_all(copy.root.join(OUTPUT)).unwrap();
        copy
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the words of a command go.
    pub(crate) fn output(&self) -> PathBuf {
        self.root.join(OUTPUT).join("output")
    }

    /// Removes a defence until the answer is dropped.
    pub(crate) fn remove(&self, defence: &Defence) -> Removed {
        let mut removed = Removed(BTreeMap::new());
        for edit in defence.edits {
            let path = self.root.join(edit.file);
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replacen(edit.stands, edit.without, 1)).unwrap();
            removed.0.entry(path).or_insert(text);
        }
        removed
    }

    /// Deletes what is no longer in the workspace.
    fn keep_only(&self, files: &BTreeSet<PathBuf>) {
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let known = path.strip_prefix(&self.root).unwrap();
                if path.is_dir() && known != Path::new(OUTPUT) {
                    folders.push(path);
                } else if path.is_file() && !files.contains(known) {
                    fs::remove_file(path).unwrap();
                }
            }
        }
    }
}

/// A defence that is removed: files with what stood in them, which is written back.
pub(crate) struct Removed(BTreeMap<PathBuf, String>);

impl Drop for Removed {
    fn drop(&mut self) {
        for (path, text) in &self.0 {
            fs::write(path, text).unwrap();
        }
    }
}

/// What git has, and what is new and not ignored.
fn files(workspace: &Path) -> BTreeSet<PathBuf> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(workspace)
        .output()
        .unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let paths = listed.split_terminator('\0').map(PathBuf::from);
    paths
        .filter(|path| workspace.join(path).is_file())
        .collect()
}
