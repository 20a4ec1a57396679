//! The rules: what becomes of a command, given the rows it needs. Pure, and the only place with rules.
//!
//! A submission that was accepted before is answered first, before any other check (contract 4);
//! everything else is judged against the rows of the moment. A decision is an outcome and the writes
//! that make it true; a refusal writes nothing.

mod account;
mod append;
mod device;
mod draft;
mod inbox;
mod package;
mod propose;
mod report;
mod retention;
mod room;
mod step;

use super::StoreKeys;
use super::command::{Command, PutObject, PutSnapshot};
use super::effect::Effect;
use super::outcome::{Outcome, Verdict};
use super::rows::{Blind, Pending, RoomRow};
use super::view::View;
use lacre_wire::answer::Accepted;
use lacre_wire::error::ErrorCode;
use lacre_wire::ids::{AccountId, Lineage, Millis};
use lacre_wire::limits::MAX_OBJECT;

/// What the rules know beside the rows.
#[derive(Clone, Copy)]
pub(crate) struct Env<'a> {
    pub(crate) keys: &'a StoreKeys,
    pub(crate) lineage: Lineage,
    /// Position of `lineage` among the lineages this store has had.
    pub(crate) lineage_number: u32,
    /// How long messages are kept where the room does not say.
    pub(crate) retention_ms: Millis,
}

/// An outcome and the writes that make it true.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) outcome: Outcome,
    pub(crate) effects: Vec<Effect>,
}

impl Decision {
    fn of(verdict: Verdict) -> Self {
        Self {
            outcome: Outcome::quiet(verdict),
            effects: Vec::new(),
        }
    }

    fn done(effects: Vec<Effect>) -> Self {
        Self {
            outcome: Outcome::quiet(Verdict::Done),
            effects,
        }
    }
}

/// A verdict other than acceptance, on the way out.
type Verdicted<T> = Result<T, Verdict>;

fn refuse<T>(code: ErrorCode, message: impl Into<String>) -> Verdicted<T> {
    Err(Verdict::Refused(lacre_wire::error::WireError::new(
        code, message,
    )))
}

/// Decides. `key` names the command's submission, if it is one.
pub(crate) fn decide(
    view: &View,
    command: &Command,
    key: Option<Blind>,
    env: &Env<'_>,
) -> Decision {
    if let Some((found, chain)) = view.remembered {
        let accepted = Accepted {
            seq: found.seq,
            chain,
            accepted_ms: found.accepted_ms,
        };
        return Decision::of(Verdict::Accepted(accepted));
    }
    let decided = match command {
        Command::SignUp(c) => account::sign_up(view, c),
        Command::Login(c) => account::login(view, c),
        Command::RequestDevice(c) => device::request(view, c, env),
        Command::PutDeviceList(c) => device::put_list(view, c, env),
        Command::Seen(c) => Ok(device::seen(view, c)),
        Command::PutKeyPackages(c) => package::put(view, c),
        Command::ClaimKeyPackages(c) => package::claim(view, c),
        Command::Append(c) => append::append(view, c, key, env),
        Command::Propose(c) => propose::propose(view, c, key, env),
        Command::RelayPropose(c) => propose::relay(view, c, env),
        Command::Commit(c) => step::commit(view, c, key, env),
        Command::CreateRoom(c) => room::create(view, c, key, env),
        Command::OpenGeneration(c) => room::open_generation(view, c, key, env),
        Command::SendToDevice(c) => inbox::send(view, c, env),
        Command::Ack(c) => Ok(inbox::ack(view, c)),
        Command::ReportBadCommit(c) => report::report(view, c),
        Command::PutObject(c) => put_object(c),
        Command::PutSnapshot(c) => put_snapshot(view, c),
        Command::Housekeep(c) => Ok(retention::housekeep(view, c, env)),
    };
    decided.unwrap_or_else(Decision::of)
}

/// The key of a pair of accounts, whatever their order.
pub(crate) fn pair(one: AccountId, other: AccountId) -> (AccountId, AccountId) {
    if one <= other {
        (one, other)
    } else {
        (other, one)
    }
}

/// The relay's Removes that wait in a room.
fn evictions(room: &RoomRow) -> impl Iterator<Item = &Pending> {
    room.pending
        .iter()
        .filter(|pending| pending.evicts.is_some())
}

/// `CommitFirst` with everything of the relay that waits.
fn commit_first(room: &RoomRow) -> Verdict {
    Verdict::CommitFirst {
        proposals: evictions(room)
            .map(|pending| pending.body.clone())
            .collect(),
    }
}

fn put_object(c: &PutObject) -> Verdicted<Decision> {
    let size = c.object.size();
    if size > MAX_OBJECT {
        return refuse(
            ErrorCode::TooLarge,
            format!("an object has at most {MAX_OBJECT} bytes, this one has {size}"),
        );
    }
    Ok(Decision::done(vec![Effect::Object(
        c.object.hash(),
        c.object.bytes().clone(),
        c.now_ms,
    )]))
}

fn put_snapshot(view: &View, c: &PutSnapshot) -> Verdicted<Decision> {
    let Some(room) = &view.room else {
        return refuse(ErrorCode::NoSuchRoom, format!("no room {}", c.room));
    };
    let at = (c.generation, c.epoch);
    // One that was overtaken while it was made is of no use; one ahead of the room is a mistake.
    if at > (room.generation, room.epoch) || room.snapshot.is_some_and(|kept| kept >= at) {
        return Ok(Decision::of(Verdict::Done));
    }
    let mut row = room.clone();
    row.snapshot = Some(at);
    let snapshot = Effect::Snapshot(c.room, c.generation, c.epoch, c.snapshot.clone());
    Ok(Decision::done(vec![
        Effect::Room(c.room, Box::new(row)),
        snapshot,
    ]))
}

#[cfg(test)]
mod tests;
