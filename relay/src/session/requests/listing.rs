//! FindListed, Listed: rooms that everybody may find by name.

use super::Handled;
use crate::session::Context;
use crate::store::read::ReadRooms;
use crate::store::record::ListedRoom;
use lacre_wire::answer::{Answer, Listed};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::room::listed::{MAX_LISTED_NAME, normal};
use std::sync::Arc;

/// Rooms in one answer.
const PAGE: usize = 50;
/// A page costs as much as so many messages: it counts members.
const PAGE_COST: u32 = 5;

pub(super) async fn find(context: Arc<Context>, name: String) -> Handled {
    context.spend(None, 1)?;
    if normal(&name).as_ref() != Ok(&name) {
        return Err(WireError::new(
            ErrorCode::BadName,
            "no room is listed under such a name; listed names are lower case, with single spaces",
        ));
    }
    match context.service.store.listed_room(name).await? {
        Some(room) => Ok(Answer::ListedRooms {
            rooms: vec![shown(room)],
            more: false,
        }),
        None => Err(WireError::new(
            ErrorCode::NoSuchRoom,
            "no room is listed under this name",
        )),
    }
}

pub(super) async fn list(context: Arc<Context>, after: Option<String>) -> Handled {
    context.spend(None, PAGE_COST)?;
    if after
        .as_ref()
        .is_some_and(|after| after.len() > MAX_LISTED_NAME)
    {
        return Err(WireError::new(
            ErrorCode::TooLarge,
            format!("a listed name has at most {MAX_LISTED_NAME} bytes"),
        ));
    }
    let store = &context.service.store;
    let mut rooms = store.listed_rooms(after, PAGE + 1).await?;
    let more = rooms.len() > PAGE;
    rooms.truncate(PAGE);
    Ok(Answer::ListedRooms {
        rooms: rooms.into_iter().map(shown).collect(),
        more,
    })
}

fn shown(room: ListedRoom) -> Listed {
    Listed {
        room: room.room,
        name: room.name,
        members: u32::try_from(room.members).unwrap_or(u32::MAX),
        open: room.open,
    }
}
