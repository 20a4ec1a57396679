//! From what a person wants to say to the message that says it.

use crate::content::{
    Content, ContentError, Mention, Mentioned, MessageId, MimiContent, Origin, mentions,
};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::random;
use crate::store::rooms::{self, RoomRow};
use crate::text;
use crate::timeline::Draft;
use lacre_wire::ids::AccountId;
use std::collections::HashMap;

/// The names that mean everybody in a room.
const EVERYONE: [&str; 2] = ["everyone", "todos"];

impl Engine {
    /// The message that says what a person wants to say.
    pub(crate) fn compose(&self, row: &RoomRow, draft: Draft) -> Result<MimiContent> {
        let content = self.content_of(row, draft)?;
        let mut message = content.build(&self.origin(row)?).map_err(refused_content)?;
        if let Some(text) = content.markdown() {
            mentions::put(&mut message, &self.mentions_in(row, text)?).map_err(refused_content)?;
        }
        Ok(message)
    }

    /// Who is mentioned in a text: members by their handle, and everyone.
    fn mentions_in(&self, row: &RoomRow, markdown: &str) -> Result<Vec<Mention>> {
        if !markdown.contains('@') {
            return Ok(Vec::new());
        }
        let members: HashMap<String, AccountId> = self
            .db
            .with(|c| rooms::members(c, row.r))?
            .into_iter()
            .filter_map(|(account, _, handle)| Some((handle?, account)))
            .collect();
        let known = |name: &str| match name {
            name if EVERYONE.contains(&name) => Some(Mentioned::Everyone),
            name => members.get(name).copied().map(Mentioned::Account),
        };
        let found = text::mentioned(markdown, known);
        let mention = |(who, range)| Mention { who, range };
        Ok(found.into_iter().map(mention).collect())
    }

    /// Where a message of this account in a room comes from.
    pub(crate) fn origin(&self, row: &RoomRow) -> Result<Origin> {
        Ok(Origin {
            sender: self.me()?.card.account,
            room: row.id,
            channel: None,
            salt: random::bytes()?,
        })
    }

    fn content_of(&self, row: &RoomRow, draft: Draft) -> Result<Content> {
        let me = self.me()?.card.account;
        let known = |message: MessageId| {
            self.db
                .item(row.r, me, message)?
                .ok_or_else(no_such_message)
        };
        let own = |message: MessageId| match known(message)? {
            item if item.own => Ok(()),
            _ => Err(Error::new(
                ErrorKind::NotAllowed,
                "NotYours",
                "only its author can change a message",
            )),
        };
        Ok(match draft {
            Draft::Text(markdown) => Content::Text { markdown },
            Draft::Reply { to, text } => {
                known(to)?;
                Content::Reply { to, markdown: text }
            }
            Draft::React { to, emoji } => {
                known(to)?;
                Content::Reaction { to, emoji }
            }
            Draft::Unreact { to, emoji } => {
                let replaces = self.db.reaction_of(row.r, to, me, &emoji)?.ok_or_else(|| {
                    Error::new(
                        ErrorKind::NotFound,
                        "NoSuchReaction",
                        "there is no such reaction of yours on that message",
                    )
                })?;
                Content::Unreact { replaces }
            }
            Draft::Edit { message, text } => {
                own(message)?;
                Content::Edit {
                    replaces: message,
                    markdown: text,
                }
            }
            Draft::Delete { message } => {
                own(message)?;
                Content::Delete { replaces: message }
            }
        })
    }
}

pub(super) fn no_such_message() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "NoSuchMessage",
        "that message is not on this device",
    )
}

pub(super) fn refused_content(error: ContentError) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        "BadContent",
        format!("this cannot be sent: {error}"),
    )
}
