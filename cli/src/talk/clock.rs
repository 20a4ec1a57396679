//! The time of whoever looks at the screen: now, and moments in the local zone.

use crate::text::{Lang, say};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use lacre::Millis;
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock in a time zone. Tests fix it.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    zone: TimeZone,
    fixed: Option<Millis>,
}

impl Clock {
    /// The machine's time and zone.
    pub(crate) fn system() -> Self {
        Self {
            zone: TimeZone::system(),
            fixed: None,
        }
    }

    /// Stands still at a moment, so many hours ahead of UTC.
    #[cfg(test)]
    pub(crate) fn fixed(now: Millis, hours: i8) -> Self {
        Self {
            zone: TimeZone::fixed(jiff::tz::offset(hours)),
            fixed: Some(now),
        }
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn now(&self) -> Millis {
        self.fixed.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            since.map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(0))
        })
    }

    /// The moment in the local zone.
    pub(crate) fn zoned(&self, at: Millis) -> Zoned {
        let at = i64::try_from(at)
            .ok()
            .and_then(|at| Timestamp::from_millisecond(at).ok());
        at.unwrap_or_default().to_zoned(self.zone.clone())
    }

    /// When a day has this time here; one that a change of clocks leaves out is an hour later.
    pub(crate) fn moment(&self, day: Date, time: Time) -> Option<Millis> {
        let at = day.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
        Millis::try_from(at.timestamp().as_millisecond()).ok()
    }

    /// Hours and minutes: `10:02`.
    pub(crate) fn minute(&self, at: Millis) -> String {
        self.zoned(at).strftime("%H:%M").to_string()
    }

    /// Hours, minutes and seconds: `10:02:41`.
    pub(crate) fn second(&self, at: Millis) -> String {
        self.zoned(at).strftime("%H:%M:%S").to_string()
    }

    /// The day as the language writes it: `2026-11-21`, `21/11/2026`.
    pub(crate) fn day(&self, lang: Lang, at: Millis) -> String {
        let form = match lang {
            Lang::En => "%Y-%m-%d",
            Lang::Pt => "%d/%m/%Y",
        };
        self.zoned(at).strftime(form).to_string()
    }

    /// Hours and minutes, with the day before them if it is not today.
    pub(crate) fn stamp(&self, lang: Lang, at: Millis) -> String {
        match self.zoned(at).date() == self.zoned(self.now()).date() {
            true => self.minute(at),
            false => format!("{} {}", self.day(lang, at), self.minute(at)),
        }
    }

    /// The hour of the day, 0 to 23.
    pub(crate) fn hour(&self, at: Millis) -> usize {
        usize::try_from(self.zoned(at).hour()).unwrap_or_default()
    }

    /// The zone: `America/Sao_Paulo (UTC-03)`; without a name `UTC-03`.
    pub(crate) fn zone(&self) -> String {
        let now = self.zoned(self.now());
        let offset = format!("UTC{}", now.strftime("%:::z"));
        match self.zone.iana_name() {
            Some(name) if name != "UTC" && name != "Etc/UTC" => format!("{name} ({offset})"),
            Some(_) => "UTC".to_owned(),
            None => offset,
        }
    }
}

/// A length of time in two units: `2 h 5 min`, `45 s`, `340 ms`.
pub(crate) fn length(lang: Lang, millis: Millis) -> String {
    let seconds = millis / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) if millis < 1000 => say!(lang, "length-millis", millis = millis),
        (0, 0, 0) => say!(lang, "length-seconds", seconds = seconds),
        (0, 0, _) => say!(
            lang,
            "length-minutes",
            minutes = minutes,
            seconds = seconds % 60
        ),
        (0, _, _) => say!(lang, "length-hours", hours = hours, minutes = minutes),
        _ => say!(lang, "length-days", days = days, hours = hours),
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, length};
    use crate::text::Lang;

    /// 2026-11-21, 01:15 UTC.
    const NOW: u64 = 1_795_223_700_000;

    #[test]
    fn moments_are_local() {
        let clock = Clock::fixed(NOW, -3);
        assert_eq!(clock.minute(NOW), "22:15");
        assert_eq!(clock.day(Lang::Pt, NOW), "20/11/2026");
        assert_eq!(clock.day(Lang::En, NOW), "2026-11-20");
        assert_eq!(clock.stamp(Lang::En, NOW - 60_000), "22:14");
        assert_eq!(clock.stamp(Lang::Pt, NOW - 86_400_000), "19/11/2026 22:15");
        assert_eq!(clock.zone(), "UTC-03");
        assert_eq!(clock.hour(NOW), 22);
    }

    #[test]
    fn lengths_have_two_units() {
        assert_eq!(length(Lang::En, 340), "340 ms");
        assert_eq!(length(Lang::En, 45_000), "45 s");
        assert_eq!(length(Lang::Pt, 125_000), "2 min 5 s");
        assert_eq!(length(Lang::Pt, 7_500_000), "2 h 5 min");
        assert_eq!(length(Lang::Pt, 90_000_000), "1 d 1 h");
    }
}
