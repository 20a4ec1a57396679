//! Where benches take place: a folder, and relays on core 0.

use super::Scale;
use crate::relay::Host;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// The hall of one run.
pub(crate) struct Hall {
    folder: TempDir,
    launcher: Vec<String>,
    rooms: AtomicUsize,
    /// How large the run is.
    pub(crate) scale: Scale,
}

impl Hall {
    /// An empty hall, in the folder for temporary files. `TMPDIR` says where that is; a file system
    /// in memory has no fsync to speak of.
    pub(crate) fn open(scale: Scale, launcher: &[&str]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("lacre-bench-")
            .tempdir()
            .unwrap();
        let launcher = launcher.iter().map(|word| (*word).to_owned()).collect();
        Self {
            folder,
            launcher,
            rooms: AtomicUsize::new(0),
            scale,
        }
    }

    /// The hall's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A folder that nobody else uses.
    pub(crate) fn room(&self, name: &str) -> PathBuf {
        let number = self.rooms.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.path().join(format!("{number}-{name}"));
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    /// Words before a server's program, which put it on core 0.
    pub(crate) fn launcher(&self) -> &[String] {
        &self.launcher
    }

    /// A fresh relay in class D (`durable`) or class P.
    pub(crate) async fn relay(&self, durable: bool) -> Host {
        let launcher: Vec<&str> = self.launcher.iter().map(String::as_str).collect();
        Host::launched(&self.room("relay"), &launcher, durable).await
    }
}
