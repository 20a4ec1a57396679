//! GroupInfo: the public state of a room, to join it from outside or to rejoin.

use super::{Handled, payload, visible_room};
use crate::session::Context;
use crate::store::read::ReadObjects;
use lacre_wire::answer::{Answer, GroupInfoAnswer};
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::RoomId;
use std::sync::Arc;

pub(super) async fn group_info(context: Arc<Context>, room: RoomId) -> Handled {
    context.spend(None, 1)?;
    let (row, _) = visible_room(&context, room).await?;
    if row.frozen {
        // Nobody comes in by it, and a member who missed the freeze learns of it.
        let text = "the room's group is frozen until its next generation opens";
        return Err(WireError::new(ErrorCode::RoomFrozen, text));
    }
    let bytes = context.service.store.object(row.group_info).await?;
    let bytes = bytes.ok_or_else(|| {
        WireError::new(
            ErrorCode::Unknown,
            "the room moved while its GroupInfo was read; ask again",
        )
    })?;
    Ok(Answer::GroupInfo(GroupInfoAnswer {
        generation: row.generation,
        epoch: row.epoch,
        group_info: payload::carry(&bytes, row.group_info),
        gi_mac: row.gi_mac,
        key_number: row.key_number,
        tree: row.tree,
    }))
}
