//! Hints and the datagrams that carry them.

use super::{Sample, account, device, room, sample};
use lacre_wire::ephemeral::{Ephemeral, Hint, Presence, SEALED};

pub(crate) fn ephemeral() -> Ephemeral {
    Ephemeral {
        room: room(),
        generation: 0,
        epoch: 12,
        device: device(),
        counter: 7 << 32 | 3,
        sealed: vec![0x5e; SEALED].into(),
    }
}

/// One hint of each kind.
pub(crate) fn hints() -> [(&'static str, Hint); 8] {
    let [a, b, c, d, e, f, g, h, ..] = account().0;
    let to = [a, b, c, d, e, f, g, h].into();
    [
        ("typing", Hint::Typing),
        ("stopped typing", Hint::StoppedTyping),
        ("available", Hint::Presence(Presence::Available)),
        ("away", Hint::Presence(Presence::Away)),
        ("busy", Hint::Presence(Presence::Busy)),
        ("gone", Hint::Presence(Presence::Gone)),
        ("an echo", Hint::Echo { nonce: 1 << 40, to }),
        ("the reply to an echo", Hint::EchoReply { nonce: 1 << 40 }),
    ]
}

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = vec![sample("a datagram", "ephemeral", &ephemeral())];
    samples.extend(hints().map(|(name, hint)| sample(name, "hint", &hint)));
    samples
}
