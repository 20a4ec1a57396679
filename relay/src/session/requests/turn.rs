//! CommitTurn: wait for the turn to commit.

use super::{Handled, Standing, no_such_room, visible_room};
use crate::groups::turn_queue::{At, LEASE_MS};
use crate::peers;
use crate::session::Context;
use crate::store::blame::cooling_down;
use crate::store::outcome::Verdict;
use lacre_wire::answer::Answer;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::RoomId;
use std::sync::Arc;

pub(super) async fn take(context: Arc<Context>, room: RoomId, at: At, removal: bool) -> Handled {
    let (row, standing) = visible_room(&context, room).await?;
    if standing == Standing::Outside {
        return Err(no_such_room(room));
    }
    if row.frozen {
        let text = "the room's group is frozen until its next generation opens";
        return Err(WireError::new(ErrorCode::RoomFrozen, text));
    }
    let current = (row.generation, row.epoch);
    let now_ms = context.service.clock.now_ms();
    let account = context.account();
    let until = row.cooling.iter().find(|(who, _)| *who == account);
    if let Some((_, until)) = until.filter(|(_, until)| *until > now_ms) {
        return Err(cooling_down(until.saturating_sub(now_ms)));
    }
    context
        .service
        .nominations
        .answers(&room, &context.device());
    let turn = tokio::select! {
        turn = peers::take(&context.service, room, at, current, removal) => turn,
        // Nobody waits for it any more; the place in the queue goes with this future.
        () = context.over() => return Err(WireError::new(ErrorCode::GoingAway, "the session has ended")),
    };
    match turn {
        Ok(turn) => {
            context.keep_turn(turn);
            Ok(Answer::Turn { lease_ms: LEASE_MS })
        }
        Err(elsewhere) => {
            let (generation, epoch) = elsewhere.0;
            let verdict = Verdict::WrongEpoch { generation, epoch };
            Ok(context
                .service
                .answer_verdict(Some((room, at)), verdict)
                .await)
        }
    }
}
