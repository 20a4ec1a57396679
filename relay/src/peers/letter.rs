//! What relays on one store say to each other about who does what. Between relays of one version
//! only: what cannot be read is passed over.

use super::Name;
use crate::rates::Who;
use lacre_wire::ids::{Epoch, Generation, RoomId};
use minicbor::{Decode, Encode};

/// Something said.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Letter {
    /// By this relay.
    #[n(0)]
    pub(crate) from: Name,
    /// To this one, or to all.
    #[n(1)]
    pub(crate) to: Option<Name>,
    /// What it says.
    #[n(2)]
    pub(crate) say: Say,
}

/// What is said. Tickets are numbers of the relay that asks.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Say {
    /// It is there.
    #[n(0)]
    Here,
    /// It ends.
    #[n(1)]
    Gone,
    /// One of its sessions wants the turn to commit; said again until it is answered.
    #[n(2)]
    Ask {
        /// Names the request.
        #[n(0)]
        ticket: u64,
        /// The room.
        #[n(1)]
        room: RoomId,
        /// Where the session would commit.
        #[n(2)]
        at: Place,
        /// Where the room's row says it stands.
        #[n(3)]
        current: Place,
        /// The commit removes somebody.
        #[n(4)]
        removal: bool,
    },
    /// The session does not want it any more, or gives it back.
    #[n(3)]
    GiveUp {
        /// The request.
        #[n(0)]
        ticket: u64,
    },
    /// The turn is the asker's.
    #[n(4)]
    Granted {
        /// The request.
        #[n(0)]
        ticket: u64,
    },
    /// The room stands elsewhere.
    #[n(5)]
    Elsewhere {
        /// The request.
        #[n(0)]
        ticket: u64,
        /// There.
        #[n(1)]
        at: Place,
    },
    /// The turn was the asker's, and is not any more.
    #[n(6)]
    Lost {
        /// The request.
        #[n(0)]
        ticket: u64,
    },
    /// A commit moved a room.
    #[n(7)]
    Moved {
        /// The room.
        #[n(0)]
        room: RoomId,
        /// There.
        #[n(1)]
        at: Place,
        /// Devices in it now.
        #[n(2)]
        devices: u64,
    },
    /// Somebody was let take so much there.
    #[n(8)]
    Taken {
        /// Who, and how much, in microseconds of their rate.
        #[n(0)]
        of: Vec<(Who, u64)>,
    },
}

/// Generation and epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Place {
    #[n(0)]
    pub(crate) generation: Generation,
    #[n(1)]
    pub(crate) epoch: Epoch,
}

impl From<(Generation, Epoch)> for Place {
    fn from((generation, epoch): (Generation, Epoch)) -> Self {
        Self { generation, epoch }
    }
}

impl From<Place> for (Generation, Epoch) {
    fn from(place: Place) -> Self {
        (place.generation, place.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lacre_wire::codec;

    #[test]
    fn a_letter_is_read_as_it_was_written() {
        let (ticket, room, at) = (7, RoomId([1; 16]), Place::from((2, 3)));
        let said = [
            Say::Here,
            Say::Gone,
            Say::Ask {
                ticket,
                room,
                at,
                current: Place::from((2, 4)),
                removal: true,
            },
            Say::GiveUp { ticket },
            Say::Granted { ticket },
            Say::Elsewhere { ticket, at },
            Say::Lost { ticket },
            Say::Moved {
                room,
                at,
                devices: 5,
            },
            Say::Taken {
                of: vec![
                    (Who::Room(room), 6),
                    (Who::Address(std::net::Ipv4Addr::LOCALHOST.into()), 7),
                ],
            },
        ];
        for (to, say) in [None, Some(9)].into_iter().cycle().zip(said) {
            let letter = Letter { from: 8, to, say };
            let bytes = codec::to_vec(&letter);
            assert_eq!(codec::from_slice::<Letter>(&bytes).unwrap(), letter);
            assert!(codec::from_slice::<Letter>(&bytes[..bytes.len() - 1]).is_err());
        }
    }
}
