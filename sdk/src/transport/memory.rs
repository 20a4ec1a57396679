//! Where UDP did not get through, so that the next connection from there does not wait for it.

use crate::engine::BlockedWay;
use crate::queue::lock;
use lacre_wire::ids::Millis;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

/// For so long WebSocket goes first where it has won; then QUIC has its head start again.
const HOLDS: Millis = 10 * 60 * 1000;

/// Networks that are remembered; a laptop knows fewer.
const NETWORKS: usize = 16;

/// What was learned. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<State>>);

/// What is known of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Nobody has tried, or it is long ago.
    Nothing,
    /// UDP got through the last time, in this run.
    Open,
    /// WebSocket goes first.
    Blocked,
}

#[derive(Default)]
struct State {
    /// The newest last.
    blocked: Vec<BlockedWay>,
    /// Where QUIC has won last.
    open: Option<String>,
    /// There is something to keep.
    changed: bool,
}

impl Memory {
    /// What an earlier run has learned.
    pub(super) fn recall(&self, blocked: Vec<BlockedWay>) {
        lock(&self.0).blocked = blocked;
    }

    /// What was learned since the last call, if anything was: all of it, to be kept.
    pub(super) fn learned(&self) -> Option<Vec<BlockedWay>> {
        let mut state = lock(&self.0);
        std::mem::take(&mut state.changed).then(|| state.blocked.clone())
    }

    /// What is known of a network.
    pub(super) fn of(&self, network: Option<&str>, now: Millis) -> Known {
        let Some(network) = network else {
            return Known::Nothing;
        };
        let state = lock(&self.0);
        // A clock that was set back must not make this last.
        let holds = |blocked: &BlockedWay| now.abs_diff(blocked.since) < HOLDS;
        let mut blocked = state.blocked.iter();
        if blocked.any(|blocked| blocked.network == network && holds(blocked)) {
            return Known::Blocked;
        }
        match state.open.as_deref() == Some(network) {
            true => Known::Open,
            false => Known::Nothing,
        }
    }

    /// Both ways had their chance, and one has won.
    pub(super) fn learn(&self, network: Option<String>, blocked: bool, now: Millis) {
        let Some(network) = network else { return };
        let mut state = lock(&self.0);
        let before = state.blocked.len();
        state.blocked.retain(|blocked| blocked.network != network);
        state.changed |= blocked || state.blocked.len() < before;
        state.open = (!blocked).then(|| network.clone());
        if blocked {
            let excess = (state.blocked.len() + 1).saturating_sub(NETWORKS);
            state.blocked.drain(..excess);
            state.blocked.push(BlockedWay {
                network,
                since: now,
            });
        }
    }
}

/// The network from which an address is reached: what the local address of the way there begins
/// with. Nothing is sent.
pub(super) fn network_to(to: SocketAddr) -> Option<String> {
    let any: IpAddr = match to {
        SocketAddr::V4(_) => [0; 4].into(),
        SocketAddr::V6(_) => [0; 16].into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(to).ok()?;
    Some(network_of(socket.local_addr().ok()?.ip()))
}

/// The usual size of a network: 24 bits of an IPv4 address, 64 of an IPv6 address.
fn network_of(local: IpAddr) -> String {
    match local {
        IpAddr::V4(local) => {
            let [a, b, c, _] = local.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(local) => {
            let [a, b, c, d, ..] = local.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_network_is_remembered_for_a_while() {
        let memory = Memory::default();
        let home = || Some("192.168.1.0/24".to_owned());
        let known = |now| memory.of(home().as_deref(), now);
        assert_eq!(known(1000), Known::Nothing);
        memory.learn(home(), true, 1000);
        assert_eq!(known(1000), Known::Blocked);
        assert_eq!(known(HOLDS + 999), Known::Blocked);
        assert_eq!(known(HOLDS + 1000), Known::Nothing);
        assert_eq!(memory.of(Some("10.0.0.0/24"), 1000), Known::Nothing);
        assert_eq!(memory.of(None, 1000), Known::Nothing);
        let kept = memory.learned().unwrap();
        memory.learn(home(), false, 2000);
        assert_eq!(known(2000), Known::Open);
        assert_eq!(memory.of(Some("10.0.0.0/24"), 2000), Known::Nothing);
        assert_eq!(memory.learned(), Some(Vec::new()));
        memory.learn(home(), false, 2000);
        assert_eq!(memory.learned(), None);
        memory.recall(kept);
        assert_eq!(known(2000), Known::Blocked);
    }

    #[test]
    fn few_networks_are_remembered_and_the_newest_are() {
        let memory = Memory::default();
        for n in 0..100 {
            memory.learn(Some(n.to_string()), true, 0);
        }
        assert_eq!(memory.learned().unwrap().len(), NETWORKS);
        assert_eq!(memory.learned(), None);
        assert_eq!(memory.of(Some("99"), 0), Known::Blocked);
        assert_eq!(memory.of(Some("83"), 0), Known::Nothing);
    }

    #[test]
    fn neighbours_are_of_one_network() {
        let of = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(of("192.0.2.1"), of("192.0.2.254"));
        assert_ne!(of("192.0.2.1"), of("192.0.3.1"));
        assert_eq!(of("2001:db8::1"), "2001:db8:0:0::/64");
        assert_eq!(
            network_to("127.0.0.1:9".parse().unwrap()).unwrap(),
            "127.0.0.0/24"
        );
    }
}
