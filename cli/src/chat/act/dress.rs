//! From what the client tells to what the screen shows. The one way in for texts of others: each
//! goes through `safe`, so that nothing a message contains can act on the screen.

use super::markdown;
use crate::chat::model::entry::Seen;
use crate::chat::model::entry::{
    Body, Change, Entry, Look, Poll, PollOption, Progress, Reaction, Run,
};
use crate::chat::model::room::{Kind, Person, RoomLine};
use crate::chat::model::search::Found;
use crate::chat::msg::News;
use crate::print::safe;
use crate::text::Lang;
use lacre::text::{parse, parse_mentioning, plain};
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
        name: one_line(&member.name),
        owner: member.role == Role::Owner,
        presence: client.presence(member.account),
        seen: match kind {
            // A store that cannot be read says so where it matters.
            Kind::Direct => client.last_seen(member.account).ok().flatten(),
            Kind::Group => None,
        }
        .map(|at| at.millis()),
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
pub(super) fn entry(lang: Lang, item: Item, me: AccountId) -> Entry {
    let body = match item.body {
        ItemBody::Text(text) => Body::Text {
            lines: markdown::lines(&parse_mentioning(&text, &item.mentions)),
            source: safe(&text),
        },
        ItemBody::Poll(asked) => Body::Poll(poll(asked, me)),
        ItemBody::Notice(happened) => {
            Body::Notice(one_line(&crate::print::notice(lang, &happened)))
        }
        ItemBody::Deleted => Body::Deleted,
        ItemBody::Unreadable(why) => Body::Unreadable(one_line(&why)),
        ItemBody::Unsupported(what) => Body::Unsupported(one_line(&what)),
        ItemBody::Gone => Body::Gone,
        _ => Body::Unsupported(String::new()),
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
        name: one_line(&item.sender_name),
        own: item.own,
        at: item.at_ms,
        body,
        reply_to: item.reply_to,
        mentions_me: item.mentions_me,
        edited: item.edited,
        pinned: item.pinned,
        forwarded: item.forwarded.map(|from| one_line(&from.name)),
        thread: item.thread,
        replies: item.replies_in_thread,
        reactions: item.reactions.into_iter().map(reaction).collect(),
        progress: match item.state {
            SendState::Queued => Progress::Queued,
            SendState::Sent => match item.receipt {
                Some(told) if told.read > 0 => Progress::Read(told.read, told.of),
                Some(told) if told.of > 0 && told.delivered >= told.of => Progress::Delivered,
                _ => Progress::Sent,
            },
            SendState::Failed => Progress::Failed,
        },
    }
}

/// A question with options.
fn poll(asked: lacre::Poll, me: AccountId) -> Poll {
    let option = |option: lacre::PollOption| PollOption {
        text: one_line(&option.text),
        votes: option.votes.len(),
        mine: option.votes.contains(&me),
    };
    Poll {
        question: markdown::lines(&parse(&asked.question)),
        options: asked.options.into_iter().map(option).collect(),
        multiple: asked.multiple,
        closed: asked.closed,
    }
}

/// A change of the list.
pub(super) fn change(lang: Lang, diff: Diff, me: AccountId) -> Option<Change> {
    Some(match diff {
        Diff::Insert { index, item } => Change::Insert(index, entry(lang, item, me)),
        Diff::Update { index, item } => Change::Update(index, entry(lang, item, me)),
        Diff::Remove { index } => Change::Remove(index),
        Diff::Reset { items } => Change::Reset(
            items
                .into_iter()
                .map(|item| entry(lang, item, me))
                .collect(),
        ),
        _ => return None,
    })
}

/// A message to tell of.
pub(super) fn news(message: &Message) -> News {
    News {
        room: message.room_id(),
        who: one_line(message.sender().name()),
        text: one_line(&plain(&parse(words(message.body())))),
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

/// What is known of one person and a message.
pub(super) fn seen(seen: &lacre::SeenBy) -> Seen {
    Seen {
        name: one_line(seen.person.name()),
        delivered: seen.delivered.map(|at| at.millis()),
        read: seen.read.map(|at| at.millis()),
    }
}

/// A message that is pinned.
pub(super) fn pin(message: &Message) -> Found {
    Found {
        room: message.room_id(),
        id: message.item().id,
        name: one_line(message.sender().name()),
        at: message.time().millis(),
        text: vec![Run::plain(one_line(&plain(&parse(words(message.body())))))],
    }
}

/// The Markdown of a message.
fn words(body: &ItemBody) -> &str {
    match body {
        ItemBody::Text(text) => text,
        ItemBody::Poll(poll) => &poll.question,
        _ => "",
    }
}

/// An error in words.
pub(super) fn one_line(text: &str) -> String {
    safe(text).replace('\n', " ")
}
