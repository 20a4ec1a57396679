//! From what the client tells to what the screen shows. The one way in for texts of others: each
//! goes through `safe`, so that nothing a message contains can act on the screen.

use crate::chat::model::entry::{Body, Change, Entry, Look, Progress, Reaction, Run, TextLine};
use crate::chat::model::room::{Kind, Person, RoomLine};
use crate::chat::model::search::Found;
use crate::chat::msg::News;
use crate::print::safe;
use lacre::{
    AccountId, Client, Diff, Hit, Item, ItemBody, Message, Role, Room, RoomKind, SendState,
};

/// A room for the side bar.
pub(super) fn room(room: &Room, client: &Client) -> RoomLine {
    let kind = match room.kind() {
        RoomKind::Direct => Kind::Direct,
        RoomKind::Group | RoomKind::Space => Kind::Group,
    };
    let person = |member: lacre::Member| Person {
        account: member.account,
        handle: one_line(&member.handle),
        owner: member.role == Role::Owner,
        presence: client.presence(member.account),
    };
    // A store that cannot be read says so where it matters.
    let unread = room.unread().unwrap_or_default();
    RoomLine {
        id: room.id(),
        kind,
        name: one_line(&room.name()),
        people: room.members().into_iter().map(person).collect(),
        joined: room.is_joined(),
        stopped: room.stopped().map(|why| one_line(&why)),
        unread: unread.messages,
        mentions: unread.mentions,
        first: unread.first,
        marked: unread.marked,
    }
}

/// A line of the timeline. `me` reads it.
pub(super) fn entry(item: Item, me: AccountId) -> Entry {
    let body = match item.body {
        ItemBody::Text(text) => Body::Text {
            lines: lines(&text),
            source: safe(&text),
        },
        ItemBody::Deleted => Body::Deleted,
        ItemBody::Unreadable(why) => Body::Unreadable(one_line(&why)),
        ItemBody::Unsupported(what) => Body::Unsupported(one_line(&what)),
        ItemBody::Gone => Body::Gone,
        ItemBody::Poll(poll) => Body::Poll(poll),
        ItemBody::Notice(notice) => Body::Notice(notice),
        _ => Body::Unsupported(String::new()),
    };
    // Nobody said it: what happened names who did it.
    let name = match body {
        Body::Notice(_) => String::new(),
        _ => one_line(&item.sender_name),
    };
    let reaction = |(emoji, who): (String, Vec<AccountId>)| Reaction {
        emoji: one_line(&emoji),
        count: who.len(),
        mine: who.contains(&me),
    };
    Entry {
        id: item.id,
        message: item.message,
        sender: item.sender,
        name,
        own: item.own,
        at: item.at_ms,
        body,
        reply_to: item.reply_to,
        mentions_me: item.mentions_me,
        edited: item.edited,
        reactions: item.reactions.into_iter().map(reaction).collect(),
        progress: match item.state {
            SendState::Queued => Progress::Queued,
            SendState::Sent => Progress::Sent,
            SendState::Failed => Progress::Failed,
        },
    }
}

/// A change of the list.
pub(super) fn change(diff: Diff, me: AccountId) -> Option<Change> {
    Some(match diff {
        Diff::Insert { index, item } => Change::Insert(index, entry(item, me)),
        Diff::Update { index, item } => Change::Update(index, entry(item, me)),
        Diff::Remove { index } => Change::Remove(index),
        Diff::Reset { items } => {
            Change::Reset(items.into_iter().map(|item| entry(item, me)).collect())
        }
        _ => return None,
    })
}

/// A message to tell of.
pub(super) fn news(message: &Message) -> News {
    News {
        room: message.room_id(),
        who: one_line(message.sender().name()),
        text: one_line(message.text()),
    }
}

/// A message that was found, with a piece of its text.
pub(super) fn hit(hit: &Hit, width: usize) -> Found {
    let snippet = hit.snippet(width);
    let mut runs = Vec::new();
    let mut at = 0;
    let piece = |from: usize, to: usize| safe(snippet.text.get(from..to).unwrap_or_default());
    for range in &snippet.matches {
        runs.push(Run::plain(piece(at, range.start)));
        runs.push(Run {
            text: piece(range.start, range.end),
            look: Look {
                mention: true,
                ..Look::default()
            },
        });
        at = range.end;
    }
    runs.push(Run::plain(piece(at, snippet.text.len())));
    runs.retain(|run| !run.text.is_empty());
    Found {
        room: hit.message.room_id(),
        id: hit.id(),
        name: one_line(hit.message.sender().name()),
        at: hit.message.time().millis(),
        text: runs,
    }
}

/// An error in words.
pub(super) fn one_line(text: &str) -> String {
    safe(text).replace('\n', " ")
}

/// The lines of a text.
fn lines(text: &str) -> Vec<TextLine> {
    safe(text)
        .trim_end()
        .split('\n')
        .map(|line| vec![Run::plain(line)])
        .collect()
}
