//! The stable JSON shapes. Fields are only ever added; `lacre listen --help` describes them.

use super::{notice, out, safe_json};
use crate::failure::Outcome;
use crate::text::Lang;
use lacre::{
    Client, Connection, Event, Item, ItemBody, Poll, Role, Room, RoomId, RoomKind, SendState,
};
use serde_json::{Value, json};

/// Prints one JSON value in one line.
pub(crate) fn json_line(value: &Value) -> Outcome {
    out(&safe_json(&value.to_string()))
}

/// A message.
pub(crate) fn item_json(room: RoomId, room_name: &str, item: &Item) -> Value {
    let (kind, text) = match &item.body {
        ItemBody::Text(text) => ("text", text.as_str()),
        ItemBody::Deleted => ("deleted", ""),
        ItemBody::Unreadable(why) => ("unreadable", why.as_str()),
        ItemBody::Unsupported(what) => ("unsupported", what.as_str()),
        ItemBody::Gone => ("gone", ""),
        ItemBody::Poll(poll) => ("poll", poll.question.as_str()),
        ItemBody::Notice(_) => ("notice", ""),
        _ => ("unsupported", ""),
    };
    let reactions: Vec<Value> = item
        .reactions
        .iter()
        .map(|(emoji, accounts)| json!({ "emoji": emoji, "accounts": ids(accounts) }))
        .collect();
    json!({
        "type": "message",
        "room": room.to_string(),
        "room_name": room_name,
        "id": item.message.to_string(),
        "seq": item.seq,
        "time": item.at_ms,
        "sender": { "account": item.sender.to_string(), "handle": item.sender_handle, "name": item.sender_name },
        "own": item.own,
        "kind": kind,
        "text": text,
        "reply_to": item.reply_to.map(|id| id.to_string()),
        "edited": item.edited,
        "reactions": reactions,
        "thread": item.thread.map(|id| id.to_string()),
        "replies_in_thread": item.replies_in_thread,
        "pinned": item.pinned,
        "mentions_me": item.mentions_me,
        "forwarded": item.forwarded.as_ref().map(|from| json!({
            "account": from.account.map(|account| account.to_string()),
            "name": from.name,
        })),
        "poll": match &item.body {
            ItemBody::Poll(poll) => poll_json(poll),
            _ => Value::Null,
        },
        "notice": match &item.body {
            ItemBody::Notice(happened) => json!(notice(Lang::En, happened)),
            _ => Value::Null,
        },
        "state": match item.state {
            SendState::Queued => "queued",
            SendState::Sent => "sent",
            SendState::Failed => "failed",
        },
    })
}

fn poll_json(poll: &Poll) -> Value {
    let options: Vec<Value> = poll
        .options
        .iter()
        .map(|option| json!({ "text": option.text, "accounts": ids(&option.votes) }))
        .collect();
    json!({ "options": options, "multiple": poll.multiple, "closed": poll.closed })
}

/// A room.
pub(crate) fn room_json(room: &Room) -> Value {
    let members: Vec<Value> = room
        .members()
        .iter()
        .map(|member| {
            let role = match member.role {
                Role::Owner => "owner",
                Role::Member => "member",
            };
            json!({ "account": member.account.to_string(), "handle": member.handle, "role": role })
        })
        .collect();
    let kind = match room.kind() {
        RoomKind::Direct => "direct",
        RoomKind::Group => "group",
        RoomKind::Space => "space",
    };
    json!({
        "id": room.id().to_string(),
        "name": room.name(),
        "kind": kind,
        "joined": room.is_joined(),
        "stopped": room.stopped(),
        "banned": room.is_banned(),
        "listed": room.listed_name(),
        "members": members,
    })
}

/// Something that happened; `None` for what this version cannot tell.
pub(crate) fn event_json(event: &Event, client: &Client) -> Option<Value> {
    let named = |room: &RoomId| {
        client
            .room(*room)
            .map(|room| room.name())
            .unwrap_or_default()
    };
    Some(match event {
        Event::Connection(state) => {
            let state = match state {
                Connection::Online => "online",
                Connection::Offline => "offline",
            };
            json!({ "type": "connection", "state": state })
        }
        Event::RoomAdded { room } => {
            json!({ "type": "room_added", "room": room.to_string(), "room_name": named(room) })
        }
        Event::RoomChanged { room } => {
            json!({ "type": "room_changed", "room": room.to_string(), "room_name": named(room) })
        }
        Event::RoomRemoved { room, left, banned } => {
            json!({ "type": "room_removed", "room": room.to_string(), "left": left, "banned": banned })
        }
        Event::Message(message) => item_json(
            message.room_id(),
            &named(&message.room_id()),
            message.item(),
        ),
        Event::MessageChanged(message) => {
            let mut value = item_json(
                message.room_id(),
                &named(&message.room_id()),
                message.item(),
            );
            if let Some(object) = value.as_object_mut() {
                object.insert("type".to_owned(), json!("message_changed"));
            }
            value
        }
        Event::Member {
            room,
            person,
            joined,
            at,
        } => json!({
            "type": "member",
            "room": room.to_string(),
            "member": { "account": person.account().to_string(), "handle": person.handle(), "name": person.name() },
            "joined": joined,
            "time": at.millis(),
        }),
        Event::MessageRemoved { room, message, .. } => json!({
            "type": "message_removed",
            "room": room.to_string(),
            "room_name": named(room),
            "id": message.to_string(),
        }),
        Event::ApprovalRequested(request) => json!({
            "type": "approval_requested",
            "device": request.device().to_string(),
            "name": request.name(),
        }),
        Event::Approved => json!({ "type": "approved" }),
        Event::RoomStopped { room, error } => {
            json!({ "type": "room_stopped", "room": room.to_string(), "error": error_json(error) })
        }
        Event::Lagged { missed } => json!({ "type": "lagged", "missed": missed }),
        Event::Error(error) => json!({ "type": "error", "error": error_json(error) }),
        _ => return None,
    })
}

fn error_json(error: &lacre::Error) -> Value {
    json!({ "code": error.code(), "message": error.to_string(), "retryable": error.is_retryable() })
}

fn ids(accounts: &[lacre::AccountId]) -> Vec<String> {
    accounts.iter().map(ToString::to_string).collect()
}
