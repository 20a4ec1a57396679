//! Builds an image: what is durable, and any part of what is not.

use crate::record::{FileId, Op, Seen};
use std::collections::BTreeSet;
use std::path::Path;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// How much of what was not fsynced a cut lets through, for one file.
#[derive(Clone, Copy)]
enum Luck {
    Nothing,
    Everything,
    Half,
}

/// See [`crate::Recording::image`].
pub(crate) fn build(
    root: &Path,
    files: &[Seen],
    ops: &[Op],
    target: &Path,
    mut below: impl FnMut(u64) -> u64,
) -> std::io::Result<()> {
    let recorded: BTreeSet<_> = files.iter().map(|seen| seen.path.as_path()).collect();
    copy_others(root, target, root, &recorded)?;
    for (file, seen) in files.iter().enumerate() {
        let Ok(name) = seen.path.strip_prefix(root) else {
            continue;
        };
        if exists(file, seen, ops, &mut below) {
            let to = target.join(name);
            if let Some(folder) = to.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(to, content(file, seen, ops, &mut below))?;
        }
    }
    Ok(())
}

/// Whatever is no database: keys, marks, settings. The index of a write-ahead log is no part of a
/// database either: after a cut it may hold anything, so what it holds now will do.
fn copy_others(
    root: &Path,
    target: &Path,
    folder: &Path,
    recorded: &BTreeSet<&Path>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(name) = path.strip_prefix(root) else {
            continue;
        };
        if path.is_dir() {
            std::fs::create_dir_all(target.join(name))?;
            copy_others(root, target, &path, recorded)?;
        } else if path.is_file() && !recorded.contains(path.as_path()) {
            let to = target.join(name);
            if let Some(folder) = to.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::copy(&path, to)?;
        }
    }
    Ok(())
}

/// Until where fsyncs made everything durable. They overlap, and one that began early may end last:
/// it takes nothing back.
fn settled(ops: &[Op], from: impl Fn(&Op) -> Option<usize>) -> usize {
    ops.iter().filter_map(from).max().unwrap_or(0)
}

/// Whether the file has a name after the cut.
fn exists(file: FileId, seen: &Seen, ops: &[Op], below: &mut impl FnMut(u64) -> u64) -> bool {
    let folder_of_file = seen.path.parent();
    let settled = settled(ops, |op| match op {
        Op::SyncFolder { folder, from } if Some(folder.as_path()) == folder_of_file => Some(*from),
        _ => None,
    });
    let mut is_there = seen.base.is_some();
    for (index, op) in ops.iter().enumerate() {
        let now = match op {
            Op::Create(named) if *named == file => true,
            Op::Delete(named) if *named == file => false,
            _ => continue,
        };
        // A name that is not durable may have become so by itself.
        if index < settled || below(2) == 0 {
            is_there = now;
        }
    }
    is_there
}

fn content(file: FileId, seen: &Seen, ops: &[Op], below: &mut impl FnMut(u64) -> u64) -> Vec<u8> {
    let durable = settled(ops, |op| match op {
        Op::Sync { file: named, from } if *named == file => Some(*from),
        _ => None,
    });
    let mut bytes = seen.base.clone().unwrap_or_default();
    let luck = match below(4) {
        0 => Luck::Nothing,
        1 => Luck::Everything,
        _ => Luck::Half,
    };
    for (index, op) in ops.iter().enumerate() {
        let mut passes = || match luck {
            _ if index < durable => true,
            Luck::Nothing => false,
            Luck::Everything => true,
            Luck::Half => below(2) == 0,
        };
        match op {
            Op::Write {
                file: named,
                at,
                bytes: written,
            } if *named == file => {
                for (at, sector) in sectors(*at, written) {
                    if passes() {
                        put(&mut bytes, at, sector);
                    }
                }
            }
            Op::Truncate { file: named, size } if *named == file && passes() => {
                bytes.resize(*size, 0);
            }
            _ => {}
        }
    }
    bytes
}

/// Splits a write where sectors end.
fn sectors(at: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let first = (SECTOR - at % SECTOR).min(bytes.len());
    let (head, rest) = bytes.split_at(first);
    let rest = rest
        .chunks(SECTOR)
        .enumerate()
        .map(move |(number, chunk)| (at + first + number * SECTOR, chunk));
    std::iter::once((at, head)).chain(rest)
}

fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    let end = at + new.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes
        .iter_mut()
        .skip(at)
        .zip(new)
        .for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Seen {
        Seen {
            path: "/x/a.db".into(),
            base: None,
            settles_folder: false,
        }
    }

    fn write(at: usize, byte: u8, count: usize) -> Op {
        Op::Write {
            file: 0,
            at,
            bytes: vec![byte; count],
        }
    }

    /// A small generator: only its spread counts.
    fn dice(mut state: u64) -> impl FnMut(u64) -> u64 {
        move |limit| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        }
    }

    #[test]
    fn what_was_fsynced_is_always_there() {
        let ops = [
            Op::Create(0),
            write(0, 1, 4096),
            Op::Sync { file: 0, from: 2 },
            write(1024, 2, 1024),
            write(4096, 3, 4096),
        ];
        let mut seen_torn = false;
        for number in 0..200 {
            let bytes = content(0, &seen(), &ops, &mut dice(number));
            assert!(bytes.len() >= 4096);
            let untouched = bytes
                .iter()
                .take(1024)
                .chain(bytes.iter().skip(2048).take(2048));
            assert!(untouched.into_iter().all(|byte| *byte == 1));
            let second: Vec<u8> = bytes
                .iter()
                .skip(1024)
                .step_by(SECTOR)
                .take(2)
                .copied()
                .collect();
            seen_torn |= second == [1, 2] || second == [2, 1];
            for sector in bytes.chunks(SECTOR) {
                assert!(sector.iter().all(|byte| Some(byte) == sector.first()));
            }
        }
        assert!(seen_torn, "no page was ever torn");
    }

    #[test]
    fn what_began_after_an_fsync_began_is_not_durable() {
        let ops = [
            Op::Create(0),
            write(0, 1, 512),
            // The fsync began before this write, and ended after it.
            write(0, 2, 512),
            Op::Sync { file: 0, from: 2 },
        ];
        let firsts: BTreeSet<_> = (0..50)
            .map(|number| {
                content(0, &seen(), &ops, &mut dice(number))
                    .first()
                    .copied()
            })
            .collect();
        assert_eq!(firsts, BTreeSet::from([Some(1), Some(2)]));
    }

    #[test]
    fn an_fsync_that_began_early_and_ended_late_takes_nothing_back() {
        let ops = [
            Op::Create(0),
            write(0, 1, 512),
            // This fsync saw the write; the one that ends after it began before the write.
            Op::Sync { file: 0, from: 2 },
            Op::Sync { file: 0, from: 1 },
        ];
        for number in 0..50 {
            assert_eq!(content(0, &seen(), &ops, &mut dice(number)), [1; 512]);
        }
    }

    #[test]
    fn a_name_is_durable_when_its_folder_is() {
        let mut ops = vec![
            Op::Create(0),
            write(0, 1, 512),
            Op::Sync { file: 0, from: 2 },
        ];
        let there = |ops: &[Op]| -> BTreeSet<bool> {
            (0..50)
                .map(|number| exists(0, &seen(), ops, &mut dice(number)))
                .collect()
        };
        assert_eq!(there(&ops), BTreeSet::from([false, true]));
        let folder = "/x".into();
        ops.push(Op::SyncFolder { folder, from: 3 });
        assert_eq!(there(&ops), BTreeSet::from([true]));
        ops.push(Op::Delete(0));
        assert_eq!(there(&ops), BTreeSet::from([false, true]));
    }
}
