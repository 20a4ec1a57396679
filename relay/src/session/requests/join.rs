//! Join: ask to be let into an open room.

use super::{Handled, Standing, account_in, no_such_room, room_and_standing};
use crate::session::Context;
use crate::store::read::ReadRooms;
use crate::store::record::RoomRecord;
use lacre_wire::answer::{Answer, JoinAnswer};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::RoomId;
use std::sync::Arc;

pub(super) async fn join(context: Arc<Context>, room: RoomId) -> Handled {
    context.spend(Some(room), 1)?;
    let service = &context.service;
    let Some((row, standing)) = room_and_standing(&context, room).await? else {
        return Err(no_such_room(room));
    };
    if standing == Standing::Member {
        return Ok(Answer::Join(JoinAnswer::AlreadyIn));
    }
    if account_in(&context, room).await? {
        // A leaf of an account that is there already is proposed by that account itself.
        return Ok(Answer::Join(JoinAnswer::CommitYourself));
    }
    if !row.join_open {
        return Err(WireError::new(
            ErrorCode::JoinRefused,
            "this room is not open; ask a member to be added",
        ));
    }
    not_banned(&context, &row).await?;
    let members = service.store.members(room).await?;
    let devices = members
        .iter()
        .filter(|member| member.interval.until_seq.is_none())
        .count();
    if devices == 0 {
        // Everybody has left: nobody could ever let anybody in, and the room is over.
        return Err(no_such_room(room));
    }
    if devices >= row.kind.device_cap() {
        return Err(WireError::new(
            ErrorCode::RoomFull,
            format!(
                "the room is full: it holds at most {} devices; come back when somebody has left",
                row.kind.device_cap()
            ),
        ));
    }
    let anyone_online = !service.hub.readers(room).is_empty();
    Ok(Answer::Join(service.nominations.join(
        room,
        context.account(),
        devices,
        anyone_online,
    )))
}

/// Who is kept out learns it at once, not when nobody lets them in.
async fn not_banned(context: &Context, row: &RoomRecord) -> Result<(), WireError> {
    let service = &context.service;
    match service.groups.state(&service.store, row).await {
        Ok(state) if state.bans.contains(&context.account()) => Err(WireError::new(
            ErrorCode::Banned,
            "you are banned from this room; an owner can lift the ban",
        )),
        Ok(_) => Ok(()),
        Err(refused) => Err(WireError::new(refused.code(), refused.to_string())),
    }
}
