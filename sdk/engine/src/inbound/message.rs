//! A message: opened, checked against what the relay stamped, and put into the timeline.
//!
//! What cannot be read becomes a placeholder, and the cursor moves on. What could not be reported
//! (its tag, sender or place do not agree) is not shown either: only counted by its placeholder.

use crate::content::{MessageId, MimiContent, check_frank, unpad};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::meaning::{Aside, Line};
use crate::mls::protocol_message;
use crate::store::logs::Position;
use crate::store::messages::{Kind, NewMessage};
use crate::store::rooms::RoomRow;
use crate::store::take::{Incoming, Taken};
use crate::timeline::{Item, ItemBody, SendState};
use lacre_wire::codec;
use lacre_wire::identity::LeafIdentity;
use lacre_wire::ids::AccountId;
use lacre_wire::log::{Body, Entry};
use lacre_wire::stamp::{MessageAad, commit_sender};
use openmls::prelude::{BasicCredential, ProcessedMessageContent};

/// Code of the error that says the relay shows different histories to different people.
const FORKED: &str = "LogForked";

fn forked() -> Error {
    Error::new(
        ErrorKind::Security,
        FORKED,
        "the sender was shown another history of this room than this device; the relay may be lying",
    )
}

/// A message that was opened and checked.
struct Opened {
    sender: AccountId,
    content: MimiContent,
    encoded: Vec<u8>,
    id: MessageId,
}

impl Engine {
    pub(crate) fn apply_message(
        &mut self,
        row: &RoomRow,
        entry: &Entry,
        before: Position,
    ) -> Result<()> {
        if let Some(own) = self.db.own_envelope(row.r, entry.body.hash())? {
            return self.own_message_reached(row, entry, own);
        }
        let bytes = match &entry.body {
            Body::Inline(bytes) => bytes,
            Body::Gone { .. } => return self.placeholder(row, entry, Kind::Gone, ""),
            Body::ByHash { .. } => {
                return self.placeholder(
                    row,
                    entry,
                    Kind::Unreadable,
                    "larger than a message may be",
                );
            }
        };
        match self.savepoint(|e| e.open_message(row, entry, bytes, before)) {
            Ok(opened) => self.show(row, entry, opened),
            Err(error) if error.kind() == ErrorKind::Store => Err(error),
            Err(error) => {
                if error.code() == FORKED {
                    self.report(error.clone());
                }
                tracing::warn!(room = %row.id, seq = entry.seq, %error, "a message cannot be shown");
                self.placeholder(row, entry, Kind::Unreadable, error.code())
            }
        }
    }

    /// Opens and checks a message. An error leaves no trace: the ratchet step is undone with it.
    fn open_message(
        &mut self,
        row: &RoomRow,
        entry: &Entry,
        bytes: &[u8],
        before: Position,
    ) -> Result<Opened> {
        let bad = |code: &'static str, what: String| Error::new(ErrorKind::Security, code, what);
        let group = self.groups.get(&self.provider, row.id, row.generation)?;
        let message = protocol_message(bytes)?;
        if entry.generation == row.generation && message.epoch() != group.epoch() {
            // The relay takes in messages of the room's epoch alone: a commit was not shown here.
            return Err(forked());
        }
        let processed = group
            .process_message(&self.provider, message)
            .map_err(|e| bad("Undecryptable", format!("the message does not open: {e}")))?;
        let aad: MessageAad =
            codec::from_slice(processed.aad()).map_err(|e| bad("BadAad", e.to_string()))?;
        let leaf = BasicCredential::try_from(processed.credential().clone())
            .map_err(|e| bad("BadIdentity", e.to_string()))
            .and_then(|credential| {
                LeafIdentity::decode(credential.identity())
                    .map_err(|e| bad("BadIdentity", e.to_string()))
            })?;
        let sender = leaf.claimed().account;
        let ProcessedMessageContent::ApplicationMessage(message) = processed.into_content() else {
            return Err(bad(
                "NotAMessage",
                "a handshake stands where a message belongs".into(),
            ));
        };
        let padded = message.into_bytes();
        let encoded = unpad(&padded).map_err(|e| bad("BadPadding", e.to_string()))?;
        let content = MimiContent::decode(encoded).map_err(|e| bad("BadContent", e.to_string()))?;
        self.check_stamp(row, entry, &aad, sender)?;
        if !check_frank(&content.salt, encoded, &aad.tag) {
            return Err(bad(
                "BadTag",
                "the franking tag is not the content's".into(),
            ));
        }
        content
            .check_origin(&sender, &row.id, aad.channel)
            .map_err(|e| bad("WrongOrigin", e.to_string()))?;
        self.check_seen(row, &aad, before)?;
        let id = content
            .message_id(encoded)
            .map_err(|e| bad("BadContent", e.to_string()))?;
        Ok(Opened {
            sender,
            encoded: encoded.to_vec(),
            content,
            id,
        })
    }

    /// The relay's stamp must name the tag, the channel and the account that MLS names.
    fn check_stamp(
        &self,
        row: &RoomRow,
        entry: &Entry,
        aad: &MessageAad,
        sender: AccountId,
    ) -> Result<()> {
        let bad = |what: &str| {
            Error::new(
                ErrorKind::Security,
                "BadStamp",
                format!("the message could not be reported: {what}"),
            )
        };
        let stamp = entry.stamp.as_ref().ok_or_else(|| bad("it has no stamp"))?;
        let opening = entry
            .sender
            .ok_or_else(|| bad("its sender was not opened"))?;
        if stamp.tag != aad.tag || stamp.channel != aad.channel {
            return Err(bad("the stamp is for another content"));
        }
        if opening.account != sender
            || commit_sender(&opening.account, &opening.r) != stamp.sender_c
        {
            return Err(bad("the stamp is for another sender"));
        }
        if entry.generation != row.generation {
            return Err(bad("it belongs to another generation"));
        }
        Ok(())
    }

    /// What the sender had seen must be what this device has seen: else the relay shows two logs.
    fn check_seen(&mut self, row: &RoomRow, aad: &MessageAad, before: Position) -> Result<()> {
        let here = match aad.seen_seq {
            seq if seq == before.seq => Some(before.chain),
            seq if seq > before.seq => None,
            seq => match self.db.chain_at(row.r, seq)? {
                Some(chain) => Some(chain),
                // Older than what is remembered, or before this device came: nothing to compare.
                None => return Ok(()),
            },
        };
        if here == Some(aad.seen_chain) {
            return Ok(());
        }
        Err(forked())
    }

    fn show(&mut self, row: &RoomRow, entry: &Entry, opened: Opened) -> Result<()> {
        if self.came_too_late(opened.content.expires) {
            return Ok(());
        }
        let stamp = stamp_bytes(entry);
        let me = self.me()?.card.account;
        let taken = self.db.take(&Incoming {
            room: row.r,
            me,
            seq: Some(entry.seq),
            sender: opened.sender,
            at_ms: entry.accepted_ms,
            id: opened.id,
            message: &opened.content,
            encoded: &opened.encoded,
            stamp: Some(&stamp),
        })?;
        match taken {
            Taken::Line(line) => {
                let own_since = (opened.sender == me).then_some(entry.accepted_ms);
                self.note_expiry_of(line, opened.content.expires, own_since)?;
                self.announce(row, opened.id, true)
            }
            Taken::Act { on, .. } => self.announce_change(row, on),
            Taken::RoomKeys { number, .. } if !self.room_key_fits(row, number)? => {
                tracing::warn!(room = %row.id, number, "a room key of no possible number is passed over");
                Ok(())
            }
            Taken::RoomKeys { number, key } => {
                self.room_key_came(row, number)?;
                if self.db.keep_room_key(row.r, number, &key)? {
                    self.open_profile(row)?;
                }
                Ok(())
            }
            Taken::Aside(Aside::Receipt(report)) => {
                self.receipt_arrived(row, opened.sender, &report, entry.accepted_ms)
            }
            Taken::Aside(Aside::Profile(profile)) => {
                self.profile_arrived(row, opened.sender, &profile)
            }
            Taken::Nothing => Ok(()),
        }
    }

    /// Tells of a line that something was done to.
    pub(crate) fn announce_change(&mut self, row: &RoomRow, on: Option<MessageId>) -> Result<()> {
        match on {
            Some(message) => self.announce(row, message, false),
            None => Ok(()),
        }
    }

    /// Tells of an item that is new or has changed.
    pub(crate) fn announce(&mut self, row: &RoomRow, message: MessageId, new: bool) -> Result<()> {
        let me = self.me()?.card.account;
        if let Some(item) = self.db.item(row.r, me, message)? {
            // One that was deleted before it came here is not told as news.
            if new && !item.own && item.body != ItemBody::Deleted {
                self.tell(Event::Message {
                    room: row.id,
                    item: item.clone(),
                });
            }
            self.tell_item(row, item)?;
        }
        Ok(())
    }

    /// Tells of an item; and of the message its thread begins with, which counts it.
    pub(crate) fn tell_item(&mut self, row: &RoomRow, item: Item) -> Result<()> {
        let me = self.me()?.card.account;
        if let Some(root) = item.thread
            && let Some(item) = self.db.item(row.r, me, root)?
        {
            self.tell(Event::Item { room: row.id, item });
        }
        self.tell(Event::Item { room: row.id, item });
        Ok(())
    }

    pub(crate) fn placeholder(
        &mut self,
        row: &RoomRow,
        entry: &Entry,
        kind: Kind,
        why: &str,
    ) -> Result<()> {
        let id = MessageId::of_line(b"lacre/placeholder", &row.id.0, entry.seq, 0);
        let sender = entry
            .sender
            .map_or(AccountId([0; 32]), |opening| opening.account);
        self.db.add_message(&NewMessage {
            room: row.r,
            seq: Some(entry.seq),
            message: id,
            sender,
            at_ms: entry.accepted_ms,
            line: &Line::new(kind, Some(why.to_owned())),
            me: self.me()?.card.account,
            state: SendState::Sent,
            content: None,
            stamp: None,
        })?;
        self.announce(row, id, false)
    }
}

/// The entry without its body: what a report needs beside the content.
pub(crate) fn stamp_bytes(entry: &Entry) -> Vec<u8> {
    let hash = entry.body.hash();
    codec::to_vec(&Entry {
        body: Body::ByHash { hash, size: 0 },
        ..entry.clone()
    })
}
