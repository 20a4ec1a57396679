//! Whom to ask next: the members online take turns at what the relay cannot do itself.

use lacre_wire::ids::{DeviceId, RoomId};
use lacre_wire::push::ServerFrame;

/// What the groups need to know of the sessions, and do with them.
///
/// Called from the task of [`super::nominations::Nominations::run`] alone, which holds no lock then.
pub trait Sessions: Send + Sync {
    /// The devices of a room that are online and may commit there, most recently active first.
    fn online(&self, room: &RoomId) -> Vec<DeviceId>;

    /// Sends a frame to a device, if it is still online.
    fn push(&self, device: DeviceId, frame: ServerFrame);
}

/// Who was asked already in one matter.
#[derive(Debug, Default)]
pub(super) struct Rota(Vec<DeviceId>);

impl Rota {
    /// The first of `online` that was not asked yet; when all were, it starts over.
    pub(super) fn next(&mut self, online: &[DeviceId]) -> Option<DeviceId> {
        let next = match online.iter().find(|device| !self.0.contains(device)) {
            Some(device) => *device,
            None => {
                self.0.clear();
                *online.first()?
            }
        };
        self.0.push(next);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_asked_once_before_anybody_is_asked_again() {
        let [a, b, c] = [1, 2, 3].map(|n| DeviceId([n; 16]));
        let mut rota = Rota::default();
        assert_eq!(rota.next(&[]), None);
        assert_eq!(
            [rota.next(&[a, b]), rota.next(&[a, b]), rota.next(&[a, b])],
            [Some(a), Some(b), Some(a)]
        );
        // Who comes online later is asked before those who were.
        assert_eq!(rota.next(&[a, c]), Some(c));
    }
}
