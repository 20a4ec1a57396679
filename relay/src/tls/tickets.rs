//! TLS session tickets that every relay with the same keys opens.
//!
//! A ticket saves a certificate and its signature when somebody comes back, and who comes back after a
//! drain comes to another relay. So the keys of tickets are not drawn but derived, from the key
//! file, the relay's identity and the time: relays agree on them without a word. A key serves for six
//! hours and opens for as long again.
//!
//! Whoever steals the key file can open tickets that were recorded, and learns resumption secrets. That
//! opens no session: every resumption makes a fresh key exchange beside it (`psk_dhe_ke`, RFC 8446
//! §4.2.9), and nothing is sent in 0-RTT.

use crate::clock::Clock;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use lacre_wire::hash::hmac_sha256;
use lacre_wire::ids::{Hash, Millis};
use rustls::server::ProducesTickets;
use std::fmt;
use zeroize::Zeroizing;

/// How long one key makes tickets, in milliseconds.
const PERIOD_MS: Millis = 6 * 3600 * 1000;
/// The period's number stands before the rest.
const NUMBER: usize = 8;
/// Bytes of a nonce of XChaCha20: wide enough to be drawn.
const NONCE: usize = 24;
/// What a key and a ticket are for.
const LABEL: &[u8] = b"lacre/tls-ticket/1";

/// Makes and opens tickets.
pub(crate) struct Tickets {
    secret: Zeroizing<[u8; 32]>,
    identity: Hash,
    clock: Clock,
}

impl Tickets {
    /// Tickets under a secret of the key file, for the relay with this fingerprint: with another
    /// identity a relay is another relay, and its certificate has to be seen.
    pub(crate) fn new(secret: Zeroizing<[u8; 32]>, identity: Hash, clock: Clock) -> Self {
        Self {
            secret,
            identity,
            clock,
        }
    }

    fn present(&self) -> u64 {
        self.clock.now_ms() / PERIOD_MS
    }

    fn cipher(&self, period: u64) -> XChaCha20Poly1305 {
        let parts = [LABEL, &self.identity.0, &period.to_be_bytes()];
        let key = Zeroizing::new(hmac_sha256(&*self.secret, &parts).0);
        XChaCha20Poly1305::new(Key::from_slice(&*key))
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        u32::try_from(2 * PERIOD_MS / 1000).unwrap_or(u32::MAX)
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let (period, mut nonce) = (self.present(), [0; NONCE]);
        getrandom::fill(&mut nonce).ok()?;
        let payload = Payload {
            msg: plain,
            aad: LABEL,
        };
        let sealed = self
            .cipher(period)
            .encrypt(XNonce::from_slice(&nonce), payload)
            .ok()?;
        Some([&period.to_be_bytes()[..], &nonce, &sealed].concat())
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let (period, rest) = ticket.split_first_chunk::<NUMBER>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        let (period, present) = (u64::from_be_bytes(*period), self.present());
        // The next one too: another relay's clock may be a little ahead.
        if period.abs_diff(present) > 1 {
            return None;
        }
        let payload = Payload {
            msg: sealed,
            aad: LABEL,
        };
        self.cipher(period)
            .decrypt(XNonce::from_slice(nonce), payload)
            .ok()
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tickets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tickets(secret: u8, identity: u8, clock: &Clock) -> Tickets {
        let secret = Zeroizing::new([secret; 32]);
        Tickets::new(secret, Hash([identity; 32]), clock.clone())
    }

    #[test]
    fn relays_with_the_same_keys_open_each_others_tickets() {
        let clock = Clock::manual(PERIOD_MS * 1000);
        let ticket = tickets(1, 2, &clock).encrypt(b"a session").unwrap();
        let opened = |secret, identity| tickets(secret, identity, &clock).decrypt(&ticket);
        assert_eq!(opened(1, 2).unwrap(), b"a session");
        assert_eq!(opened(3, 2), None);
        assert_eq!(opened(1, 3), None);
    }

    #[test]
    fn a_ticket_opens_for_two_periods_and_not_longer() {
        let clock = Clock::manual(PERIOD_MS * 1000);
        let ours = tickets(1, 2, &clock);
        let ticket = ours.encrypt(b"a session").unwrap();
        clock.advance(2 * PERIOD_MS - 1);
        assert!(ours.decrypt(&ticket).is_some());
        clock.advance(1);
        assert_eq!(ours.decrypt(&ticket), None);
    }

    #[test]
    fn what_is_no_ticket_is_passed_over() {
        let clock = Clock::manual(PERIOD_MS * 1000);
        let ours = tickets(1, 2, &clock);
        let ticket = ours.encrypt(b"a session").unwrap();
        for length in 0..ticket.len() {
            assert_eq!(ours.decrypt(&ticket[..length]), None);
        }
        for at in 0..ticket.len() {
            let mut damaged = ticket.clone();
            damaged[at] ^= 1;
            assert_eq!(ours.decrypt(&damaged), None);
        }
    }
}
