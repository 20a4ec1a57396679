//! Who is there: the devices that have said so lately, by account.
//!
//! A device is heard of in every room shared with it; what it said last counts, wherever. It counts
//! until the latest of the times that its rooms allow, and then the device is gone.

use super::Presence;
use lacre_wire::ids::{AccountId, DeviceId, Millis};
use std::collections::HashMap;

/// How long a device that said good-bye is remembered, so that what it said before comes too late.
const AFTER_GOODBYE: Millis = 60_000;

/// What one device said last.
struct Device {
    /// None after a good-bye.
    presence: Option<Presence>,
    until: Millis,
    counter: u64,
}

/// What changed by a word of a device.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct News {
    /// The device was not known to be there, or has started anew: it knows nobody yet.
    pub(super) appeared: bool,
    /// The person is seen differently from now on; none is gone.
    pub(super) change: Option<Option<Presence>>,
}

/// The people who are there.
#[derive(Default)]
pub(super) struct People {
    accounts: HashMap<AccountId, HashMap<DeviceId, Device>>,
    /// When each was last heard of, in this session.
    heard: HashMap<AccountId, Millis>,
    /// No device's time is over before this.
    next: Option<Millis>,
}

impl People {
    /// A device said how it is, or good-bye.
    pub(super) fn hear(
        &mut self,
        (account, device): (AccountId, DeviceId),
        counter: u64,
        presence: Option<Presence>,
        now: Millis,
        life: Millis,
    ) -> News {
        let before = self.presence(&account);
        let devices = self.accounts.entry(account).or_default();
        let known = devices.get(&device);
        if known.is_some_and(|known| known.counter >= counter) {
            return News {
                appeared: false,
                change: None,
            };
        }
        // The upper half of a counter is the device's login.
        let same_session = known
            .is_some_and(|known| known.presence.is_some() && known.counter >> 32 == counter >> 32);
        self.heard.insert(account, now);
        let until = now.saturating_add(presence.map_or(AFTER_GOODBYE, |_| life));
        let longest = known.map_or(0, |known| known.until);
        let said = Device {
            presence,
            until: until.max(longest),
            counter,
        };
        devices.insert(device, said);
        self.next = Some(self.next.map_or(until, |next| next.min(until)));
        let after = self.presence(&account);
        News {
            appeared: presence.is_some() && !same_session,
            change: (before != after).then_some(after),
        }
    }

    /// How a person is seen: busy on one device is busy; else the one that is most there.
    pub(super) fn presence(&self, account: &AccountId) -> Option<Presence> {
        let devices = self.accounts.get(account)?;
        let said = devices.values().filter_map(|device| device.presence);
        said.max_by_key(|presence| match presence {
            Presence::Busy => 3,
            Presence::Available => 2,
            Presence::Away => 1,
            Presence::Invisible => 0,
        })
    }

    /// When somebody was last heard of; 0 for never.
    pub(super) fn heard(&self, account: &AccountId) -> Millis {
        self.heard.get(account).copied().unwrap_or_default()
    }

    /// When somebody's time may be over.
    pub(super) fn next(&self) -> Option<Millis> {
        self.next
    }

    /// Forgets the devices whose time is over; returns who is seen differently now.
    pub(super) fn expire(&mut self, now: Millis) -> Vec<(AccountId, Option<Presence>)> {
        let concerned: Vec<AccountId> = self
            .accounts
            .iter()
            .filter(|(_, devices)| devices.values().any(|device| device.until <= now))
            .map(|(account, _)| *account)
            .collect();
        let mut changed = Vec::new();
        for account in concerned {
            let before = self.presence(&account);
            if let Some(devices) = self.accounts.get_mut(&account) {
                devices.retain(|_, device| device.until > now);
                if devices.is_empty() {
                    self.accounts.remove(&account);
                }
            }
            let after = self.presence(&account);
            if before != after {
                changed.push((account, after));
            }
        }
        let devices = self.accounts.values().flat_map(HashMap::values);
        self.next = devices.map(|device| device.until).min();
        changed
    }

    /// Forgets everybody; returns who was there.
    pub(super) fn clear(&mut self) -> Vec<AccountId> {
        let all: Vec<_> = self.accounts.keys().copied().collect();
        let there = all
            .into_iter()
            .filter(|account| self.presence(account).is_some());
        let there = there.collect();
        *self = Self {
            heard: std::mem::take(&mut self.heard),
            ..Self::default()
        };
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: AccountId = AccountId([1; 32]);
    const LAPTOP: (AccountId, DeviceId) = (ANA, DeviceId([1; 16]));
    const PHONE: (AccountId, DeviceId) = (ANA, DeviceId([2; 16]));
    const BRUNO: (AccountId, DeviceId) = (AccountId([2; 32]), DeviceId([3; 16]));
    const LIFE: Millis = 50_000;

    fn login(number: u64) -> u64 {
        number << 32
    }

    #[test]
    fn a_person_appears_stays_and_expires() {
        let mut people = People::default();
        let news = people.hear(LAPTOP, login(1) + 1, Some(Presence::Available), 1000, LIFE);
        assert!(news.appeared);
        assert_eq!(news.change, Some(Some(Presence::Available)));
        // A repetition tells nothing new, and a replayed one does not keep anybody there.
        let news = people.hear(
            LAPTOP,
            login(1) + 2,
            Some(Presence::Available),
            21_000,
            LIFE,
        );
        assert_eq!((news.appeared, news.change), (false, None));
        people.hear(
            LAPTOP,
            login(1) + 2,
            Some(Presence::Available),
            60_000,
            LIFE,
        );
        assert_eq!(people.expire(51_000), []);
        assert_eq!(people.next(), Some(71_000));
        people.hear(BRUNO, login(1), Some(Presence::Away), 70_000, LIFE);
        assert_eq!(people.expire(71_000), [(ANA, None)]);
        // She was there when she was last heard of, whoever else was heard of since.
        assert_eq!(people.heard(&ANA), 21_000);
        assert_eq!(people.expire(120_000), [(BRUNO.0, None)]);
        assert_eq!(people.next(), None);
        assert_eq!(people.presence(&ANA), None);
    }

    #[test]
    fn a_goodbye_counts_at_once_and_what_was_said_before_it_no_more() {
        let mut people = People::default();
        people.hear(LAPTOP, login(1) + 1, Some(Presence::Away), 0, LIFE);
        let news = people.hear(LAPTOP, login(1) + 9, None, 100, LIFE);
        assert_eq!((news.appeared, news.change), (false, Some(None)));
        let late = people.hear(LAPTOP, login(1) + 8, Some(Presence::Away), 200, LIFE);
        assert_eq!((late.appeared, late.change), (false, None));
        let back = people.hear(LAPTOP, login(2) + 1, Some(Presence::Away), 300, LIFE);
        assert_eq!(
            (back.appeared, back.change),
            (true, Some(Some(Presence::Away)))
        );
    }

    #[test]
    fn a_device_that_started_anew_has_appeared_anew() {
        let mut people = People::default();
        people.hear(LAPTOP, login(1) + 1, Some(Presence::Available), 0, LIFE);
        let news = people.hear(LAPTOP, login(2) + 1, Some(Presence::Available), 5000, LIFE);
        assert_eq!((news.appeared, news.change), (true, None));
    }

    #[test]
    fn of_several_devices_the_one_that_is_most_there_counts() {
        let mut people = People::default();
        people.hear(LAPTOP, login(1), Some(Presence::Away), 0, LIFE);
        people.hear(PHONE, login(1), Some(Presence::Available), 10_000, LIFE);
        assert_eq!(people.presence(&ANA), Some(Presence::Available));
        people.hear(LAPTOP, login(1) + 1, Some(Presence::Busy), 11_000, LIFE);
        assert_eq!(people.presence(&ANA), Some(Presence::Busy));
        assert_eq!(people.expire(60_000), []);
        assert_eq!(people.expire(61_000), [(ANA, None)]);
        people.hear(PHONE, login(3), Some(Presence::Away), 70_000, LIFE);
        assert_eq!(people.clear(), [ANA]);
        assert_eq!(people.presence(&ANA), None);
    }

    #[test]
    fn the_room_that_allows_most_time_counts() {
        let mut people = People::default();
        people.hear(LAPTOP, login(1) + 1, Some(Presence::Available), 0, 4 * LIFE);
        people.hear(LAPTOP, login(1) + 2, Some(Presence::Available), 0, LIFE);
        assert_eq!(people.expire(LIFE), []);
        assert_eq!(people.expire(4 * LIFE), [(ANA, None)]);
    }
}
