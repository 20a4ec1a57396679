//! Moments as people type them: `2h`, `in 2h`, `18:30`, `tomorrow 9:00`, `2026-12-03 18:30`.

use super::clock::Clock;
use super::people::first_word;
use super::span;
use crate::text::Lang;
use jiff::civil::{Date, Time};
use lacre::Millis;

/// Why there is no moment to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The text does not begin with one.
    Unknown,
    /// It is over.
    Past,
}

/// The moment that a text begins with, and what stands behind it. A time alone is the next one; a
/// day needs a time. Days with strokes are written differently in the two languages, so they mean
/// something in Portuguese only: day/month.
pub(crate) fn begin<'a>(
    lang: Lang,
    clock: &Clock,
    text: &'a str,
) -> Result<(Millis, &'a str), Wrong> {
    let (first, rest) = first_word(text);
    let word = first.to_lowercase();
    let now = clock.now();
    if let "in" | "em" = word.as_str() {
        let (length, rest) = first_word(rest);
        let span = span::parse(length).ok_or(Wrong::Unknown)?;
        return Ok((now.saturating_add(millis(span)), rest));
    }
    if word.ends_with(char::is_alphabetic)
        && let Some(span) = span::parse(&word)
    {
        return Ok((now.saturating_add(millis(span)), rest));
    }
    let today = clock.zoned(now).date();
    if let Some((time, rest)) = time_of_day(text) {
        let at = clock.moment(today, time).filter(|at| *at > now);
        let next = || clock.moment(today.tomorrow().ok()?, time);
        return Ok((at.or_else(next).ok_or(Wrong::Unknown)?, rest));
    }
    let date = day(lang, &word, today).ok_or(Wrong::Unknown)?;
    let (time, rest) = time_of_day(rest).ok_or(Wrong::Unknown)?;
    match clock.moment(date, time) {
        Some(at) if at > now => Ok((at, rest)),
        Some(_) => Err(Wrong::Past),
        None => Err(Wrong::Unknown),
    }
}

fn millis(span: std::time::Duration) -> Millis {
    Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX)
}

/// `18:30`, `18h30`, with or without a word before it; and the rest.
fn time_of_day(text: &str) -> Option<(Time, &str)> {
    let (mut word, mut rest) = first_word(text);
    if matches!(word.to_lowercase().as_str(), "at" | "às" | "as") {
        (word, rest) = first_word(rest);
    }
    let (hour, minute) = word.split_once([':', 'h'])?;
    if minute.len() != 2 {
        return None;
    }
    let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
    Some((time, rest))
}

/// A day by its name or its numbers. One without a year is the next one.
fn day(lang: Lang, word: &str, today: Date) -> Option<Date> {
    match word {
        "today" | "hoje" => return Some(today),
        "tomorrow" | "amanhã" | "amanha" => return today.tomorrow().ok(),
        _ => {}
    }
    let numbers = |sign| word.split(sign).map(|part: &str| part.parse::<i16>().ok());
    if word.contains('-') {
        let parts: Vec<_> = numbers('-').collect();
        return match parts.as_slice() {
            [Some(year), Some(month), Some(day)] => date(*year, *month, *day),
            _ => None,
        };
    }
    let parts: Vec<_> = numbers('/').collect();
    match (lang, parts.as_slice()) {
        (Lang::Pt, [Some(day), Some(month), Some(year)]) => date(*year, *month, *day),
        (Lang::Pt, [Some(day), Some(month)]) => {
            let this = date(today.year(), *month, *day);
            this.filter(|date| *date >= today)
                .or_else(|| date(today.year().checked_add(1)?, *month, *day))
        }
        _ => None,
    }
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{Wrong, begin};
    use crate::talk::clock::Clock;
    use crate::text::Lang;

    /// 2026-11-21, 01:15 UTC; three hours before it, 22:15 on the 20th, where the clock hangs.
    const NOW: u64 = 1_795_223_700_000;

    /// What a text means: so many minutes from now, and the rest.
    fn read(lang: Lang, text: &str) -> Result<(u64, &str), Wrong> {
        let clock = Clock::fixed(NOW, -3);
        begin(lang, &clock, text).map(|(at, rest)| ((at - NOW) / 60_000, rest))
    }

    #[test]
    fn moments_stand_before_the_text() {
        for (text, minutes, rest) in [
            ("2h bring the book", 120, "bring the book"),
            ("in 90m  x  y", 90, "x  y"),
            ("em 10 x", 10, "x"),
            ("22:16 x", 1, "x"),
            ("22:15 x", 24 * 60, "x"),
            ("at 7:00 x", 8 * 60 + 45, "x"),
            ("às 07h00 x", 8 * 60 + 45, "x"),
            ("today 23:15", 60, ""),
            ("amanhã às 22:15 x", 24 * 60, "x"),
            ("2026-11-22 22:15 x", 48 * 60, "x"),
        ] {
            assert_eq!(read(Lang::En, text), Ok((minutes, rest)), "{text}");
        }
        for (text, minutes) in [
            ("21/11 22:15", 24 * 60),
            ("20/11/2027 22:15", 365 * 24 * 60),
            ("19/11 22:15", 364 * 24 * 60),
        ] {
            assert_eq!(read(Lang::Pt, text), Ok((minutes, "")), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_or_is_over_is_told_apart() {
        for text in [
            "",
            "x",
            "10 x",
            "tomorrow x",
            "25:00 x",
            "9:5 x",
            "21/11 22:15",
            "2026-13-01 9:00",
            "in a while",
            "0h",
        ] {
            assert_eq!(read(Lang::En, text), Err(Wrong::Unknown), "{text}");
        }
        for text in ["today 8:00 x", "2026-11-19 9:00", "hoje 22:15"] {
            assert_eq!(read(Lang::En, text), Err(Wrong::Past), "{text}");
        }
    }
}
