//! The messages of a room as a list and its changes.

use crate::error::Result;
use crate::message::Message;

/// How the list changed. Apply in order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Diff {
    /// A message was put before the one at `index`; at the end if `index` is the length.
    Insert {
        /// Where.
        index: u32,
        /// The message.
        item: Message,
    },
    /// The message at `index` changed.
    Update {
        /// Which.
        index: u32,
        /// What it is now.
        item: Message,
    },
    /// The message at `index` went.
    Remove {
        /// Which.
        index: u32,
    },
    /// The list is another one now.
    Reset {
        /// All of it.
        items: Vec<Message>,
    },
}

/// The messages of a room, oldest first: take a snapshot, then apply each diff. For one reader.
#[derive(uniffi::Object)]
pub struct Timeline(pub(crate) lacre::Timeline);

#[uniffi::export]
impl Timeline {
    /// The whole list as it is now. Diffs not taken yet are part of it.
    pub fn snapshot(&self) -> Vec<Message> {
        messages(&self.0, &self.0.snapshot())
    }

    /// Waits for the next change; none once the client is closed.
    pub async fn next_diff(&self) -> Option<Diff> {
        let room = self.0.room_id();
        loop {
            let diff = match self.0.next_diff().await? {
                lacre::Diff::Insert { index, item } => Diff::Insert {
                    index: place(index),
                    item: Message::new(room, &item),
                },
                lacre::Diff::Update { index, item } => Diff::Update {
                    index: place(index),
                    item: Message::new(room, &item),
                },
                lacre::Diff::Remove { index } => Diff::Remove {
                    index: place(index),
                },
                lacre::Diff::Reset { items } => Diff::Reset {
                    items: messages(&self.0, &items),
                },
                _ => continue,
            };
            return Some(diff);
        }
    }

    /// Reads up to `count` messages before the first one. Returns how many there were; 0 at the
    /// beginning of what this device holds.
    pub async fn older(&self, count: u32) -> Result<u32> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        Ok(place(self.0.older(count).await?))
    }
}

fn messages(timeline: &lacre::Timeline, items: &[lacre::Item]) -> Vec<Message> {
    let room = timeline.room_id();
    items.iter().map(|item| Message::new(room, item)).collect()
}

/// Lists in memory are shorter than 2^32.
fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
