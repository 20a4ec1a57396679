//! Finding messages on this device. Nothing leaves it: the index stands in the encrypted store.

use crate::client::Client;
use crate::engine::{self, LocalId, Result, Search, Snippet};
use crate::message::Message;
use crate::room::Room;
use std::ops::Range;
use std::sync::Arc;

/// A message that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The message.
    pub message: Message,
    /// The text that was searched: of a text message its Markdown, of a poll the question and its options,
    /// a line each.
    pub text: String,
    /// What fits in [`Hit::text`], as ranges of bytes, in order.
    pub matches: Vec<Range<usize>>,
}

impl Hit {
    /// Names the hit; as [`Search::before`] it asks for the page behind it.
    pub fn id(&self) -> LocalId {
        self.message.item.id
    }

    /// The piece of the text around what fits, of at most about `width` characters, in one line.
    pub fn snippet(&self, width: usize) -> Snippet {
        engine::snippet(&self.text, &self.matches, width)
    }
}

impl Client {
    /// Looks for messages on this device, newest first. Read beside the engine, in milliseconds.
    ///
    /// ```no_run
    /// # async fn f(client: lacre::Client) -> lacre::Result<()> {
    /// use lacre::{Search, SearchKind};
    /// let links = Search { kind: Some(SearchKind::Link), ..Search::words("prova de matem") };
    /// for hit in client.search(links).await? {
    ///     println!("{}: {}", hit.message.sender().name(), hit.snippet(80).text);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub async fn search(&self, search: Search) -> Result<Vec<Hit>> {
        let shared = Arc::clone(&self.driver.shared);
        let found = self
            .driver
            .blocking(move || shared.read(|reader| reader.search(&search)))
            .await?;
        let hit = |found: engine::FoundMessage| Hit {
            message: Message {
                client: self.clone(),
                room: found.room,
                item: found.item,
            },
            text: found.text,
            matches: found.matches,
        };
        Ok(found.into_iter().map(hit).collect())
    }
}

impl Room {
    /// Looks for words in this room: the 50 newest messages with them. [`Client::search`] with
    /// [`Search::room`] does more.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub async fn search(&self, words: &str) -> Result<Vec<Hit>> {
        let search = Search {
            room: Some(self.id()),
            ..Search::words(words)
        };
        self.client().search(search).await
    }
}
