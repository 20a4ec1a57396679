//! What people do with messages beside writing them: pins, forwards, polls, threads.

use crate::engine::{Draft, MessageId, Result};
use crate::message::Message;
use crate::room::Room;
use crate::send::SendHandle;
use crate::timeline::Timeline;

impl Room {
    /// Keeps a message in sight, for everybody. Whoever may write may pin. Safe on this device when
    /// it returns.
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such message here.
    pub async fn pin(&self, message: MessageId) -> Result<()> {
        self.act(Draft::Pin {
            message,
            pinned: true,
        })
        .await
    }

    /// Takes a pin away, whoever put it up. As [`Room::pin`].
    ///
    /// # Errors
    /// As [`Room::pin`].
    pub async fn unpin(&self, message: MessageId) -> Result<()> {
        self.act(Draft::Pin {
            message,
            pinned: false,
        })
        .await
    }

    /// The pinned messages in the order of the timeline, as stored now.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub fn pins(&self) -> Result<Vec<Message>> {
        let room = self.id();
        let items = self.client.driver.shared.read(|reader| reader.pins(room))?;
        let message = |item| Message {
            client: self.client.clone(),
            room,
            item,
        };
        Ok(items.into_iter().map(message).collect())
    }

    /// Says here what was said somewhere, in this room or another one, and by whom. Mentions, the
    /// thread and what it answers stay behind; a poll starts anew.
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when the message says nothing that could be forwarded: it was
    /// deleted, cannot be read, or is a line about the room.
    pub async fn forward(&self, message: &Message) -> Result<SendHandle> {
        self.post(Draft::Forward {
            from: message.room,
            message: message.id(),
        })
        .await
    }

    /// Asks a question with 2 to 10 options, each up to 200 bytes. With `multiple`, a person may
    /// choose several.
    ///
    /// # Errors
    /// As [`Room::send`]; `TooLarge` when there are too few or too many options, or one is empty or
    /// too long.
    pub async fn poll(
        &self,
        question: &str,
        options: &[&str],
        multiple: bool,
    ) -> Result<SendHandle> {
        self.post(Draft::Poll {
            question: question.to_owned(),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            multiple,
        })
        .await
    }

    /// Votes in a poll: the options that are chosen, counted from 0. Replaces an earlier vote; an
    /// empty one takes it back. Safe on this device when it returns.
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such poll or option here, `NotAllowed` when it
    /// is closed, or when several are chosen where one may be.
    pub async fn vote(&self, poll: MessageId, options: &[usize]) -> Result<()> {
        self.act(Draft::Vote {
            poll,
            options: options.to_vec(),
        })
        .await
    }

    /// Closes an own poll: later votes do not count. Safe on this device when it returns.
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such poll here, `NotAllowed` when it is not an
    /// own one.
    pub async fn close_poll(&self, poll: MessageId) -> Result<()> {
        self.act(Draft::ClosePoll { poll }).await
    }

    /// Sends a text into the thread that begins with the message `root`; of a message in a thread,
    /// into that one. As [`Room::send`].
    ///
    /// # Errors
    /// As [`Room::send`]; `NotFound` when there is no such message here.
    pub async fn send_in_thread(&self, root: MessageId, text: &str) -> Result<SendHandle> {
        self.post(Draft::InThread {
            root,
            text: text.to_owned(),
        })
        .await
    }

    /// A thread as a list that stays up to date: the message it begins with, and what was said in
    /// it, from the last 50 on. The room's own [`Room::timeline`] has these messages too.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub async fn thread(&self, root: MessageId) -> Result<Timeline> {
        Timeline::open(self.client.clone(), self.id(), Some(root)).await
    }
}
