//! Hostile programs: members, outsiders and relays that do what the SDK never would.
//!
//! A [`villain::Villain`] has keys, an account and MLS groups of its own and speaks to a real relay on
//! the bare wire; its [`crooked::Crooked`] crypto makes handshakes that only members can see are false.
//! A [`victim::Victim`] is a real engine whose relay lies to it: what the relay says passes through the
//! hands of the story first.

pub mod crooked;
pub mod forge;
pub mod intrigue;
pub mod loot;
pub mod outsider;
pub mod plot;
pub mod scene;
pub mod seat;
pub mod speech;
pub mod victim;
pub mod villain;
