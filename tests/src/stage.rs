//! What everybody in a story shares: the folder, the deadline, the record, and the list of who is
//! there, for the dump when something fails.
//!
//! A story never sleeps to let things happen. It waits for something that is told, and the whole
//! story has one generous deadline; a wait that runs into it fails with everything that is known.

use crate::contract::Record;
use crate::journal::Journal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a story may take, unless it says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Where a story plays.
pub struct Stage {
    folder: TempDir,
    began: Instant,
    patience: Duration,
    /// What was sent.
    pub record: Record,
    journals: Mutex<Vec<Arc<Journal>>>,
}

impl Stage {
    /// An empty stage.
    pub fn new(patience: Duration) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("lacre-story-")
            .tempdir()
            .unwrap();
        Self {
            folder,
            began: Instant::now(),
            patience,
            record: Record::default(),
            journals: Mutex::default(),
        }
    }

    /// A path in the story's folder, which goes when the story ends.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The story's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Adds somebody to the dump.
    pub fn enters(&self, journal: Arc<Journal>) {
        self.journals.lock().unwrap().push(journal);
    }

    /// Waits for something that must happen before the story's deadline.
    pub async fn within<T>(&self, what: &str, future: impl Future<Output = T>) -> T {
        let until = tokio::time::Instant::from_std(self.began + self.patience);
        match tokio::time::timeout_at(until, future).await {
            Ok(value) => value,
            Err(_) => self.fail(&format!("{:?} went by without this: {what}", self.patience)),
        }
    }

    /// Fails with everything that is known.
    pub fn fail(&self, why: &str) -> ! {
        panic!("{why}\n{}", self.dump());
    }

    /// Everything that is known.
    pub fn dump(&self) -> String {
        let sendings = self.record.sendings();
        let mut text = format!(
            "--- after {:?}, {} sendings\n",
            self.began.elapsed(),
            sendings.len()
        );
        for sending in sendings
            .iter()
            .filter(|sending| sending.fate == crate::contract::Fate::Durable)
        {
            text += &format!(
                "not sent: {:?} by {} into {}\n",
                sending.message, sending.device, sending.room
            );
        }
        let journals = self.journals.lock().unwrap();
        for journal in journals.iter() {
            text += &journal.dump();
        }
        text += &crate::journal::differences(&journals);
        text
    }
}
