//! A thread that is on the screen in the place of its room.

use super::page::Page;
use lacre::MessageId;

/// The message it begins with, and what was said in it.
#[derive(Debug, Clone)]
pub(crate) struct Thread {
    pub(crate) root: MessageId,
    pub(crate) page: Page,
}

impl Thread {
    /// One that is not read yet.
    pub(crate) fn new(root: MessageId) -> Self {
        Self {
            root,
            page: Page {
                root: Some(root),
                ..Page::default()
            },
        }
    }
}
