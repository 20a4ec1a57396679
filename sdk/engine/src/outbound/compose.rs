//! From what a person wants to say to the message that says it.

use crate::content::{
    Content, ContentError, Forwarded, Mention, Mentioned, MessageId, MimiContent, Origin, forward,
    mentions, registry,
};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::expiry::Expiry;
use crate::random;
use crate::store::rooms::{self, RoomRow};
use crate::text;
use crate::timeline::{Draft, Item, ItemBody, Poll};
use lacre_wire::ids::{AccountId, RoomId};
use std::collections::HashMap;

/// The names that mean everybody in a room.
const EVERYONE: [&str; 2] = ["everyone", "todos"];

impl Engine {
    /// The message that says what a person wants to say.
    pub(crate) fn compose(&self, row: &RoomRow, draft: Draft) -> Result<MimiContent> {
        if let Draft::Forward { from, message } = draft {
            return self.compose_forward(row, from, message);
        }
        let thread = self.thread_of(row, &draft)?;
        let content = self.content_of(row, draft)?;
        let mut message = content.build(&self.origin(row)?).map_err(refused_content)?;
        message.expires = self.expiry_to_send(row, &content)?.map(Expiry::to_content);
        if let Some(text) = content.markdown() {
            mentions::put(&mut message, &self.mentions_in(row, text)?).map_err(refused_content)?;
        }
        if let Some(root) = thread {
            message.topic_id = root.as_bytes().to_vec();
        }
        Ok(message)
    }

    /// The thread a draft belongs to: the one it names, or that of the message it answers.
    fn thread_of(&self, row: &RoomRow, draft: &Draft) -> Result<Option<MessageId>> {
        Ok(match draft {
            Draft::InThread { root, .. } => Some(self.known(row, *root)?.thread.unwrap_or(*root)),
            Draft::Reply { to, .. } => self.known(row, *to)?.thread,
            _ => None,
        })
    }

    /// A message that others know too.
    pub(super) fn known(&self, row: &RoomRow, message: MessageId) -> Result<Item> {
        let me = self.me()?.card.account;
        let item = self.db.item(row.r, me, message)?;
        // Lines that no message made have names that only this device knows.
        let is_message = |item: &Item| {
            !matches!(
                item.body,
                ItemBody::Notice(_) | ItemBody::Unreadable(_) | ItemBody::Gone
            )
        };
        item.filter(is_message).ok_or_else(no_such_message)
    }

    /// What was said somewhere, as a message of this room: its newest version, without what belongs
    /// to the place where it was said.
    fn compose_forward(
        &self,
        row: &RoomRow,
        from: RoomId,
        message: MessageId,
    ) -> Result<MimiContent> {
        let nothing = || {
            Error::new(
                ErrorKind::NotFound,
                "NothingToForward",
                "this message says nothing that could be forwarded: it was deleted, cannot be read, or is a line about the room",
            )
        };
        let source = self.db.room(from)?.ok_or_else(no_such_message)?;
        let item = self.known(&source, message)?;
        let content = self.db.said(source.r, message)?.ok_or_else(nothing)?;
        let said = MimiContent::decode(&content).map_err(|_| nothing())?;
        let mut forward =
            MimiContent::new(&self.origin(row)?, said.body.clone()).map_err(refused_content)?;
        if let Some(choice) = said.extensions.get(registry::POLL) {
            forward
                .extensions
                .insert(registry::POLL, choice.to_vec())
                .map_err(refused_content)?;
        }
        // Of something forwarded twice the first who said it.
        let origin = forward::of(&said).unwrap_or(Forwarded {
            account: Some(item.sender),
            name: item.sender_name,
        });
        forward::put(&mut forward, &origin).map_err(refused_content)?;
        Ok(forward)
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
        let known = |message| self.known(row, message);
        let own = |message| match self.known(row, message)? {
            item if item.own => Ok(item),
            _ => Err(not_allowed(
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
                if !matches!(own(message)?.body, ItemBody::Text(_)) {
                    return Err(not_allowed("NotEditable", "only texts can be edited"));
                }
                Content::Edit {
                    replaces: message,
                    markdown: text,
                }
            }
            Draft::Delete { message } => {
                own(message)?;
                Content::Delete { replaces: message }
            }
            Draft::InThread { text, .. } => Content::Text { markdown: text },
            Draft::Pin { message, pinned } => {
                known(message)?;
                Content::Pin {
                    to: message,
                    pinned,
                }
            }
            Draft::Poll {
                question,
                options,
                multiple,
            } => Content::Poll {
                markdown: question,
                options,
                multiple,
            },
            Draft::Vote { poll, options } => Content::Vote {
                chosen: chosen(&known(poll)?, &options)?,
                poll,
            },
            Draft::ClosePoll { poll } => {
                poll_of(&own(poll)?)?;
                Content::ClosePoll { poll }
            }
            Draft::Forward { .. } => {
                return Err(Error::internal("a forward is composed elsewhere"));
            }
        })
    }
}

fn poll_of(item: &Item) -> Result<&Poll> {
    match &item.body {
        ItemBody::Poll(poll) => Ok(poll),
        _ => Err(Error::new(
            ErrorKind::NotFound,
            "NotAPoll",
            "that message is no poll",
        )),
    }
}

/// A vote as a message has it, if the poll allows it.
fn chosen(item: &Item, options: &[usize]) -> Result<Vec<u8>> {
    let poll = poll_of(item)?;
    if poll.closed {
        return Err(not_allowed("PollClosed", "the poll is closed"));
    }
    let mut chosen = Vec::with_capacity(options.len());
    for option in options {
        match u8::try_from(*option) {
            Ok(number) if *option < poll.options.len() => chosen.push(number),
            _ => {
                let text = format!(
                    "the poll has the options 0 to {}, not {option}",
                    poll.options.len().saturating_sub(1)
                );
                return Err(Error::new(ErrorKind::NotFound, "NoSuchOption", text));
            }
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.len() > 1 && !poll.multiple {
        return Err(not_allowed(
            "OneOption",
            "in this poll a person chooses one option",
        ));
    }
    Ok(chosen)
}

fn not_allowed(code: &'static str, text: &str) -> Error {
    Error::new(ErrorKind::NotAllowed, code, text)
}

pub(crate) fn no_such_message() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "NoSuchMessage",
        "that message is not on this device",
    )
}

pub(crate) fn refused_content(error: ContentError) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        "BadContent",
        format!("this cannot be sent: {error}"),
    )
}
