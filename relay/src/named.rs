//! The sessions as the groups see them: who of a room is online, and how to ask them.

use crate::groups::Sessions;
use crate::service::Service;
use lacre_wire::ids::{DeviceId, RoomId};
use lacre_wire::push::ServerFrame;
use std::sync::Arc;

/// The sessions of a relay.
pub(crate) struct Named(pub(crate) Arc<Service>);

impl Sessions for Named {
    fn online(&self, room: &RoomId) -> Vec<DeviceId> {
        let mut sessions = self.0.hub.readers(*room);
        // The newest session first: its device was used last.
        sessions.sort_unstable_by_key(|session| std::cmp::Reverse(session.number));
        sessions.iter().map(|session| session.device).collect()
    }

    fn push(&self, device: DeviceId, frame: ServerFrame) {
        if let Some(session) = self.0.online.device(&device) {
            self.0.hint(&[session], &frame);
        }
    }
}
