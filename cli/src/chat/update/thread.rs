//! Going into a thread and back.

use crate::chat::act::Act;
use crate::chat::model::View;
use crate::chat::model::thread::Thread;
use crate::chat::msg::Told;
use lacre::MessageId;

impl View {
    /// Puts the thread that begins with a message into the place of its room.
    pub(crate) fn open_thread(&mut self, root: MessageId) -> Vec<Act> {
        let Some(room) = self.current else {
            return Vec::new();
        };
        if self.seat() == (Some(room), Some(root)) {
            return Vec::new();
        }
        let mut acts = self.close_thread();
        self.completion = None;
        self.seeking = None;
        if let Some(page) = self.page_mut() {
            page.selected = None;
        }
        self.thread = Some(Thread::new(root));
        acts.push(Act::EnterThread { room, root });
        acts
    }

    /// Goes back to the room, if a thread is in its place.
    pub(crate) fn close_thread(&mut self) -> Vec<Act> {
        if self.thread.take().is_none() {
            return Vec::new();
        }
        self.completion = None;
        let mut acts = vec![Act::LeaveThread];
        acts.extend(self.looked());
        acts
    }

    /// What there is to know of a thread; of one that was left it is dropped.
    pub(super) fn thread_told(&mut self, root: MessageId, told: Told) {
        let thread = self.thread.as_mut().filter(|thread| thread.root == root);
        let Some(thread) = thread else { return };
        let page = &mut thread.page;
        match told {
            Told::Page(entries) => {
                page.entries = entries;
                page.ready = true;
            }
            Told::Changes(changes) => changes.into_iter().for_each(|change| page.apply(change)),
            Told::Older(count) => {
                page.loading = false;
                page.whole |= count == 0;
            }
        }
        page.settle();
    }
}
