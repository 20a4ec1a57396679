//! Requests that wait for something: each runs in a task of its own, one verb a file.

mod bad_commit;
mod claim_key_packages;
mod commit;
mod create_room;
mod focus;
mod group_info;
mod join;
mod listing;
mod lookup;
mod open;
mod open_generation;
mod payload;
mod propose;
mod put_device_list;
mod put_key_packages;
mod send_to_device;
mod turn;

use super::Context;
use crate::store::read::{Read, ReadLogs, ReadRooms};
use crate::store::record::RoomRecord;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{LogId, RoomId};
use lacre_wire::request::Request;
use std::sync::Arc;

/// What a handler comes back with: an answer, or the error that becomes `Failed`.
type Handled = Result<Answer, WireError>;

/// Starts work on a request. It is answered through the mailbox.
pub(super) fn start(context: &Arc<Context>, id: u32, request: Request) {
    let own = context.clone();
    match request {
        Request::CommitTurn {
            room,
            generation,
            epoch,
            removal,
        } => {
            context.answer_later(id, turn::take(own, room, (generation, epoch), removal));
        }
        Request::Commit { room, bundle } => {
            context.answer_later(id, commit::commit(own, room, bundle))
        }
        Request::Propose {
            room,
            submit_id,
            proposal,
        } => {
            context.answer_later(id, propose::propose(own, room, submit_id, proposal));
        }
        Request::CreateRoom(request) => {
            context.answer_later(id, create_room::create_room(own, request))
        }
        Request::PutKeyPackages {
            suite,
            one_time,
            last_resort,
        } => {
            context.answer_later(
                id,
                put_key_packages::put_key_packages(own, suite, one_time, last_resort),
            );
        }
        Request::ClaimKeyPackages { suite, accounts } => {
            context.answer_later(
                id,
                claim_key_packages::claim_key_packages(own, suite, accounts),
            );
        }
        Request::Lookup(who) => context.answer_later(id, lookup::lookup(own, who)),
        Request::PutDeviceList(list) => {
            context.answer_later(id, put_device_list::put_device_list(own, list))
        }
        Request::SendToDevice { device, sealed } => {
            context.answer_later(id, send_to_device::send_to_device(own, device, sealed));
        }
        Request::Join { room } => context.answer_later(id, join::join(own, room)),
        Request::GroupInfo { room } => context.answer_later(id, group_info::group_info(own, room)),
        Request::FindListed { name } => context.answer_later(id, listing::find(own, name)),
        Request::Listed { after } => context.answer_later(id, listing::list(own, after)),
        Request::OpenGeneration(request) => {
            context.answer_later(id, open_generation::open_generation(own, request))
        }
        Request::BadCommit(report) => context.answer_later(id, bad_commit::bad_commit(own, report)),
        // The session answers these itself.
        Request::Open(_)
        | Request::Submit(_)
        | Request::ReleaseTurn { .. }
        | Request::Ping
        | Request::Focus(_) => {
            let text = "this request is answered elsewhere";
            context.answer_later(id, async move {
                Err(WireError::new(ErrorCode::UnexpectedMessage, text))
            });
        }
    }
}

fn no_such_room(room: RoomId) -> WireError {
    WireError::new(
        ErrorCode::NoSuchRoom,
        format!("there is no room {room} that this account may know of"),
    )
}

/// Where this device stands in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It reads the room.
    Member,
    /// It does not.
    Outside,
}

/// A room's row and where the device stands in it.
async fn room_and_standing(
    context: &Context,
    room: RoomId,
) -> Read<Option<(RoomRecord, Standing)>> {
    let store = &context.service.store;
    let Some(row) = store.room(room).await? else {
        return Ok(None);
    };
    let interval = store.interval(context.device(), LogId::Room(room)).await?;
    let standing = match interval {
        Some(interval) if interval.until_seq.is_none() => Standing::Member,
        _ => Standing::Outside,
    };
    Ok(Some((row, standing)))
}

/// A room this device may know of: one it reads, one its account is in, or an open one. To all
/// others it does not exist.
async fn visible_room(
    context: &Context,
    room: RoomId,
) -> Result<(RoomRecord, Standing), WireError> {
    let found = room_and_standing(context, room).await?;
    let (row, standing) = found.ok_or_else(|| no_such_room(room))?;
    if standing == Standing::Member || row.join_open || account_in(context, room).await? {
        Ok((row, standing))
    } else {
        Err(no_such_room(room))
    }
}

/// Whether some device of this account reads the room.
async fn account_in(context: &Context, room: RoomId) -> Read<bool> {
    let members = context.service.store.members(room).await?;
    Ok(members
        .iter()
        .any(|member| member.account == context.account() && member.interval.until_seq.is_none()))
}
