//! Days as people say them.

use crate::talk::clock::Clock;
use crate::text::{Lang, say};
use jiff::Zoned;
use lacre::Millis;

const DAYS_EN: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const DAYS_PT: [&str; 7] = [
    "segunda-feira",
    "terça-feira",
    "quarta-feira",
    "quinta-feira",
    "sexta-feira",
    "sábado",
    "domingo",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_PT: [&str; 12] = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];

/// The day of a moment: today, yesterday, or weekday, day and month, with the year if it is
/// another one.
pub(crate) fn day(lang: Lang, clock: &Clock, at: Millis, now: Millis) -> String {
    let (at, now) = (clock.zoned(at), clock.zoned(now));
    if at.date() == now.date() {
        return say!(lang, "chat-today");
    }
    if now
        .yesterday()
        .is_ok_and(|before| before.date() == at.date())
    {
        return say!(lang, "chat-yesterday");
    }
    let (days, months) = match lang {
        Lang::En => (DAYS_EN, MONTHS_EN),
        Lang::Pt => (DAYS_PT, MONTHS_PT),
    };
    let weekday = pick(&days, at.weekday().to_monday_zero_offset());
    let month = pick(&months, at.month() - 1);
    let (number, year) = (at.day(), at.year());
    let text = match lang {
        Lang::En => format!("{weekday}, {number} {month}"),
        Lang::Pt => format!("{weekday}, {number} de {month}"),
    };
    match (lang, year == now.year()) {
        (_, true) => text,
        (Lang::En, false) => format!("{text} {year}"),
        (Lang::Pt, false) => format!("{text} de {year}"),
    }
}

/// Whether two moments are on one day.
pub(crate) fn same_day(clock: &Clock, one: Millis, other: Millis) -> bool {
    let date = |at| -> Zoned { clock.zoned(at) };
    date(one).date() == date(other).date()
}

fn pick<'a>(names: &[&'a str], index: i8) -> &'a str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index).copied())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::day;
    use crate::talk::clock::Clock;
    use crate::text::Lang;

    /// 2026-11-21, 01:15 UTC; the evening before in São Paulo.
    const NOW: u64 = 1_795_223_700_000;
    const DAY: u64 = 86_400_000;

    #[test]
    fn days_are_named_in_the_local_zone() {
        let clock = Clock::fixed(NOW, -3);
        let say = |lang, back: u64| day(lang, &clock, NOW - back * DAY, NOW);
        assert_eq!(say(Lang::En, 0), "Today");
        assert_eq!(say(Lang::Pt, 1), "Ontem");
        assert_eq!(say(Lang::En, 2), "Wednesday, 18 November");
        assert_eq!(say(Lang::Pt, 5), "domingo, 15 de novembro");
        assert_eq!(say(Lang::Pt, 400), "quinta-feira, 16 de outubro de 2025");
        // Ten to midnight UTC is still the day before there.
        assert_eq!(day(Lang::En, &clock, NOW - 5 * 3_600_000, NOW), "Today");
    }
}
