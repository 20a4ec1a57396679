//! Listed rooms: asking the relay for them, and changing the name an own one is listed under.

use super::Intent;
use super::ask::listed_name;
use crate::engine::Engine;
use crate::error::Result;
use crate::event::{Done, Event, LocalId};
use crate::live::Asked;
use crate::session::unexpected;
use lacre_wire::answer::Answer;
use lacre_wire::ids::{Millis, RoomId};
use lacre_wire::request::Request;

impl Engine {
    /// Finds the room that is listed under a name. Ends as [`Done::Listed`] with one room.
    ///
    /// # Errors
    /// `Invalid` for what cannot be a name. Ends with `NotFound` if there is none.
    pub fn find_listed(&mut self, name: &str) -> Result<LocalId> {
        let name = listed_name(name)?;
        Ok(self.ask_for_list(Request::FindListed { name }))
    }

    /// A page of the listed rooms, in the order of their names, after a name. Ends as
    /// [`Done::Listed`].
    pub fn listed(&mut self, after: Option<String>) -> LocalId {
        self.ask_for_list(Request::Listed { after })
    }

    /// Lists a room under a name, renames it on the list, or takes it off.
    ///
    /// # Errors
    /// As [`Engine::invite`], and `Invalid` for what cannot be a name. Ends with `Exists` if another
    /// room has it, with `NotAllowed` where this account may not.
    pub fn set_listed(&mut self, room: RoomId, name: Option<&str>, now: Millis) -> Result<LocalId> {
        let name = name.map(listed_name).transpose()?;
        self.change(room, &Intent::SetListed { name }, now)
    }

    fn ask_for_list(&mut self, request: Request) -> LocalId {
        let id = self.live.unstored_id();
        match self.live.online && self.live.listed {
            true => self.ask_list(id, request),
            false => self.live.questions.push((id, request)),
        }
        id
    }

    pub(crate) fn ask_list(&mut self, id: LocalId, request: Request) {
        let asked = Asked::List {
            id,
            request: Box::new(request.clone()),
        };
        self.ask(request, asked);
    }

    pub(crate) fn on_list(&mut self, id: LocalId, answer: Answer) {
        let result = match answer {
            Answer::ListedRooms { rooms, more } => Ok(Done::Listed { rooms, more }),
            Answer::Failed(error) => Err(error.into()),
            _ => Err(unexpected()),
        };
        self.tell(Event::Done { id, result });
    }
}
