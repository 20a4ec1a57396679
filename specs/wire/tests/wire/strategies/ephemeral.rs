//! Hints and the datagrams that carry them.

use super::{device, room};
use lacre_wire::ephemeral::{Ephemeral, Hint, Presence, SEALED};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) fn ephemeral() -> impl Strategy<Value = Ephemeral> {
    let place = (any::<u32>(), any::<u64>(), any::<u64>());
    (room(), place, device(), vec(any::<u8>(), SEALED)).prop_map(
        |(room, (generation, epoch, counter), device, sealed)| Ephemeral {
            room,
            generation,
            epoch,
            device,
            counter,
            sealed: sealed.into(),
        },
    )
}

pub(crate) fn hint() -> impl Strategy<Value = Hint> {
    let presence = [
        Presence::Available,
        Presence::Away,
        Presence::Busy,
        Presence::Gone,
    ];
    prop_oneof![
        Just(Hint::Typing),
        Just(Hint::StoppedTyping),
        select(presence.to_vec()).prop_map(Hint::Presence),
        (any::<u64>(), any::<[u8; 8]>()).prop_map(|(nonce, to)| Hint::Echo {
            nonce,
            to: to.into()
        }),
        any::<u64>().prop_map(|nonce| Hint::EchoReply { nonce }),
    ]
}
