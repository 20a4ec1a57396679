//! Taking a message in: from the log, or from the person at this device.
//!
//! One path for both, so that what is shown at once and what the log says later cannot differ in
//! anything but the place.

use super::Db;
use super::acts::NewAct;
use super::messages::NewMessage;
use crate::content::{MessageId, MimiContent, RoomKey};
use crate::error::Result;
use crate::event::LocalId;
use crate::meaning::{Aside, Meaning};
use crate::timeline::SendState;
use lacre_wire::ids::{AccountId, Millis, Seq};

/// A message that was checked.
pub(crate) struct Incoming<'a> {
    pub(crate) room: i64,
    /// The account of this device.
    pub(crate) me: AccountId,
    /// Its place; `None` for an own one on its way out.
    pub(crate) seq: Option<Seq>,
    pub(crate) sender: AccountId,
    pub(crate) at_ms: Millis,
    pub(crate) id: MessageId,
    pub(crate) message: &'a MimiContent,
    pub(crate) encoded: &'a [u8],
    pub(crate) stamp: Option<&'a [u8]>,
}

/// What became of a message.
pub(crate) enum Taken {
    /// A new line.
    Line(LocalId),
    /// A new act, and the message it shows on as far as that is known.
    Act { id: i64, on: Option<MessageId> },
    /// The room's key.
    RoomKeys { number: u32, key: RoomKey },
    /// Something about its sender; not kept.
    Aside(Aside),
    /// It was here already, or there is nothing to keep of it.
    Nothing,
}

impl Db {
    /// Keeps a message and works out what it changes.
    pub(crate) fn take(&self, new: &Incoming<'_>) -> Result<Taken> {
        match Meaning::of(new.message, new.encoded) {
            Meaning::Line(line) => {
                let added = self.add_message(&NewMessage {
                    room: new.room,
                    seq: new.seq,
                    message: new.id,
                    sender: new.sender,
                    at_ms: new.at_ms,
                    line: &line,
                    me: new.me,
                    state: match new.seq {
                        Some(_) => SendState::Sent,
                        None => SendState::Queued,
                    },
                    content: Some(new.encoded),
                    stamp: new.stamp,
                })?;
                let Some(id) = added else {
                    return Ok(Taken::Nothing);
                };
                // What was done to it may have come first.
                if self.has_versions(new.room, new.id)? {
                    self.settle(new.room, new.me, new.id)?;
                }
                Ok(Taken::Line(id))
            }
            Meaning::Act(act) => {
                let added = self.add_act(&NewAct {
                    room: new.room,
                    seq: new.seq,
                    message: new.id,
                    sender: new.sender,
                    target: act.target,
                    kind: act.kind,
                    value: &act.value,
                    stamp: new.stamp,
                })?;
                let Some(id) = added else {
                    return Ok(Taken::Nothing);
                };
                let on = self.shows_on(new.room, act.kind, act.target)?;
                if let Some(on) = on {
                    self.settle(new.room, new.me, on)?;
                }
                Ok(Taken::Act { id, on })
            }
            Meaning::RoomKeys { number, key } => Ok(Taken::RoomKeys { number, key }),
            Meaning::Aside(aside) => Ok(Taken::Aside(aside)),
            Meaning::Nothing => Ok(Taken::Nothing),
        }
    }

    /// An own act was met in the log; returns the message that it shows on.
    pub(crate) fn act_reached(
        &self,
        room: i64,
        me: AccountId,
        act: i64,
        seq: Seq,
        stamp: Option<&[u8]>,
    ) -> Result<Option<MessageId>> {
        let on = self.place_act(act, seq, stamp)?;
        if let Some(on) = on {
            self.settle(room, me, on)?;
        }
        Ok(on)
    }

    /// An own act was refused for good; returns the message that no longer shows it.
    pub(crate) fn act_refused(
        &self,
        room: i64,
        me: AccountId,
        act: i64,
    ) -> Result<Option<MessageId>> {
        let on = self.drop_act(act)?;
        if let Some(on) = on {
            self.settle(room, me, on)?;
        }
        Ok(on)
    }
}
