//! What happened to the files of databases, in order.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A file, from its making to its removal.
pub(crate) type FileId = usize;

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    /// The file came into being.
    Create(FileId),
    /// Bytes were written.
    Write {
        file: FileId,
        at: usize,
        bytes: Vec<u8>,
    },
    /// The file got this size.
    Truncate { file: FileId, size: usize },
    /// An fsync ended. What happened before `from` is durable.
    Sync { file: FileId, from: usize },
    /// Names in this folder are durable as of `from`.
    SyncFolder { folder: PathBuf, from: usize },
    /// The file was removed.
    Delete(FileId),
}

/// A file that was seen.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: PathBuf,
    /// What it held when it was first opened, if it was there before.
    pub(crate) base: Option<Vec<u8>>,
    /// Whether its first fsync makes the names in its folder durable, as SQLite does for journals.
    pub(crate) settles_folder: bool,
}

#[derive(Default)]
struct Notes {
    roots: Vec<PathBuf>,
    /// Folders without power, and since when.
    dark: Vec<(PathBuf, usize)>,
    files: Vec<Seen>,
    open: HashMap<PathBuf, FileId>,
    ops: Vec<Op>,
}

impl Notes {
    /// Whether the file's power is out by now.
    fn is_dark(&self, file: FileId) -> bool {
        let Some(seen) = self.files.get(file) else {
            return false;
        };
        let now = self.ops.len();
        let is_dark =
            |(root, since): &(PathBuf, usize)| seen.path.starts_with(root) && now >= *since;
        self.dark.iter().any(is_dark)
    }
}

static NOTES: Mutex<Option<Notes>> = Mutex::new(None);
/// Told after every fsync.
static SYNCED: Condvar = Condvar::new();

fn notes() -> MutexGuard<'static, Option<Notes>> {
    NOTES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with<T>(note: impl FnOnce(&mut Notes) -> T) -> T {
    note(notes().get_or_insert_with(Notes::default))
}

/// How much has happened so far. What was promised at a position holds in every image of that
/// position or a later one.
pub fn position() -> usize {
    with(|notes| notes.ops.len())
}

/// Whether the file's power is out: nothing more gets onto the disk.
pub(crate) fn is_dark(file: FileId) -> bool {
    with(|notes| notes.is_dark(file))
}

/// The file was opened; none if nobody records it.
pub(crate) fn opened(path: &Path, journal: bool, existed: bool) -> Option<FileId> {
    with(|notes| {
        if !notes.roots.iter().any(|root| path.starts_with(root)) {
            return None;
        }
        if let Some(file) = notes.open.get(path) {
            return Some(*file);
        }
        let file = notes.files.len();
        // Read under the lock: nobody else has opened it yet.
        let base = existed.then(|| std::fs::read(path).unwrap_or_default());
        notes.files.push(Seen {
            path: path.to_owned(),
            base,
            settles_folder: journal && !existed,
        });
        notes.open.insert(path.to_owned(), file);
        if !existed {
            notes.ops.push(Op::Create(file));
        }
        Some(file)
    })
}

pub(crate) fn wrote(file: FileId, at: usize, bytes: Vec<u8>) {
    with(|notes| notes.ops.push(Op::Write { file, at, bytes }));
}

pub(crate) fn truncated(file: FileId, size: usize) {
    with(|notes| notes.ops.push(Op::Truncate { file, size }));
}

/// An fsync that began at `from` has ended. Returns whether that was in time: if the power has failed
/// while it went on, no image holds what it wrote, so nobody may be told that it succeeded.
pub(crate) fn synced(file: FileId, from: usize) -> bool {
    let in_time = with(|notes| {
        if notes.is_dark(file) {
            return false;
        }
        notes.ops.push(Op::Sync { file, from });
        if let Some(seen) = notes.files.get_mut(file)
            && std::mem::take(&mut seen.settles_folder)
            && let Some(folder) = seen.path.parent()
        {
            let folder = folder.to_owned();
            notes.ops.push(Op::SyncFolder { folder, from });
        }
        true
    });
    SYNCED.notify_all();
    in_time
}

/// A file was removed, and perhaps its folder was fsynced. Returns whether that was in time, as for
/// [`synced`].
pub(crate) fn deleted(path: &Path, durable: bool) -> bool {
    with(|notes| {
        let Some(file) = notes.open.get(path).copied() else {
            return true;
        };
        if notes.is_dark(file) {
            return false;
        }
        notes.open.remove(path);
        notes.ops.push(Op::Delete(file));
        if durable && let Some(folder) = path.parent() {
            let (folder, from) = (folder.to_owned(), notes.ops.len());
            notes.ops.push(Op::SyncFolder { folder, from });
        }
        true
    })
}

/// Everything that happens to databases below one folder.
pub struct Recording {
    root: PathBuf,
}

impl Recording {
    /// Begins to record. The folder must not be in use.
    ///
    /// # Errors
    /// When the folder is not there.
    pub fn of(folder: &Path) -> std::io::Result<Self> {
        // As SQLite names files.
        let root = folder.canonicalize()?;
        with(|notes| notes.roots.push(root.clone()));
        Ok(Self { root })
    }

    /// Lets the power fail once so much has happened: every later write and fsync fails, so nothing
    /// more is promised that an image of that position would not hold.
    pub fn fail_at(&self, position: usize) {
        with(|notes| notes.dark.push((self.root.clone(), position)));
    }

    /// Whether the power has failed.
    pub fn is_out(&self) -> bool {
        with(|notes| {
            let now = notes.ops.len();
            let mut dark = notes.dark.iter();
            dark.any(|(root, since)| *root == self.root && now >= *since)
        })
    }

    /// How often a file whose name ends so was fsynced between two positions.
    pub fn syncs(&self, ending: &str, from: usize, until: usize) -> usize {
        with(|notes| self.syncs_in(notes, ending, from..until))
    }

    /// Waits until a file whose name ends so was fsynced after a position. Returns whether it was,
    /// before so much time had passed.
    pub fn wait_for_sync(&self, ending: &str, from: usize, limit: Duration) -> bool {
        let missing = |notes: &mut Option<Notes>| {
            let notes = notes.get_or_insert_with(Notes::default);
            self.syncs_in(notes, ending, from..notes.ops.len()) == 0
        };
        let waited = SYNCED.wait_timeout_while(notes(), limit, missing);
        let (_notes, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    fn syncs_in(&self, notes: &Notes, ending: &str, positions: Range<usize>) -> usize {
        let named = |file: &FileId| {
            let seen = notes.files.get(*file);
            seen.is_some_and(|seen| {
                seen.path.starts_with(&self.root) && seen.path.to_string_lossy().ends_with(ending)
            })
        };
        let ops = notes.ops.get(positions).unwrap_or_default();
        ops.iter()
            .filter(|op| matches!(op, Op::Sync { file, .. } if named(file)))
            .count()
    }

    /// Writes what a power cut at `cut` may leave of the folder into `target`: databases from the
    /// record, all other files as they are now. `below` draws a random number below its argument.
    ///
    /// # Errors
    /// When files cannot be read or written.
    pub fn image(
        &self,
        cut: usize,
        target: &Path,
        below: impl FnMut(u64) -> u64,
    ) -> std::io::Result<()> {
        // A copy of the notes would be large; whoever writes meanwhile waits.
        with(|notes| {
            let ops = notes.ops.get(..cut).unwrap_or(&notes.ops);
            crate::image::build(&self.root, &notes.files, ops, target, below)
        })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        with(|notes| {
            notes.roots.retain(|root| *root != self.root);
            notes.dark.retain(|(root, _)| *root != self.root);
            // What stands there later is another file. Numbers are not used again: a connection that
            // closes late may still hold one.
            notes.open.retain(|path, _| !path.starts_with(&self.root));
        });
    }
}
