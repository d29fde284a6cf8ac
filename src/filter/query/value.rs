//! What fields are compared with.

use crate::record::value::Time;

/// A value, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `none`: that nothing is there.
    None,
    /// `me`: who asks.
    Me,
    /// One of the words that a field may hold.
    Word(&'static str),
    /// A text, or the name of a record.
    Text(String),
    /// A number, as it was written.
    Number(String),
    /// A time.
    Moment(Moment),
}

/// A time, as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// `now`
    Now,
    /// `today`: the day that it is now, UTC.
    Today,
    /// A day, by its midnight, UTC.
    Day(Time),
    /// A time.
    Time(Time),
    /// So long before now, or after.
    Relative(Amount),
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Whether it is counted from now on; else up to now.
    pub later: bool,
    /// How many.
    pub count: u16,
    /// `m`, `h`, `d` or `w`.
    pub unit: char,
}

/// The milliseconds of a day.
const DAY: i64 = 86_400_000;

impl Moment {
    /// Reads a time: `now`, `today`, `2026-01-01`, RFC 3339, or so long ago or ahead: `-30d`, `+2h`.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("now") {
            return Some(Self::Now);
        }
        if word.eq_ignore_ascii_case("today") {
            return Some(Self::Today);
        }
        if let Some(amount) = Amount::read(word) {
            return Some(Self::Relative(amount));
        }
        match word.len() {
            10 => format!("{word}T00:00:00Z").parse().ok().map(Self::Day),
            _ => word.parse().ok().map(Self::Time),
        }
    }

    /// The milliseconds since 1970 with which it begins and before which it ends, where it is `now` that time.
    pub(super) fn span(self, now: Time) -> (i64, i64) {
        let now = now.as_milliseconds();
        let day = |start: i64| (start, start + DAY);
        let instant = |at: i64| (at, at + 1);
        match self {
            Self::Now => instant(now),
            Self::Today => day(now - now.rem_euclid(DAY)),
            Self::Day(midnight) => day(midnight.as_milliseconds()),
            Self::Time(time) => instant(time.as_milliseconds()),
            Self::Relative(amount) => instant(now + amount.milliseconds()),
        }
    }

    /// The day it is, or begins with, as dates in texts are written.
    pub(super) fn day(self, now: Time) -> Option<String> {
        let (start, _) = self.span(now);
        let time = Time::from_milliseconds(start)?.to_string();
        match self {
            Self::Now | Self::Time(_) => Some(time),
            _ => time.get(..10).map(str::to_owned),
        }
    }
}

impl Amount {
    fn read(word: &str) -> Option<Self> {
        let later = word.starts_with('+');
        let rest = word.strip_prefix(['+', '-'])?;
        let unit = rest.chars().next_back().map(|unit| unit.to_ascii_lowercase())?;
        let digits = rest.get(..rest.len() - unit.len_utf8())?;
        let count = digits.parse().ok().filter(|_| !digits.starts_with('+'))?;
        matches!(unit, 'm' | 'h' | 'd' | 'w').then_some(Self { later, count, unit })
    }

    fn milliseconds(self) -> i64 {
        let unit = match self.unit {
            'm' => 60_000,
            'h' => 3_600_000,
            'w' => 7 * DAY,
            _ => DAY,
        };
        let sign = if self.later { 1 } else { -1 };
        sign * i64::from(self.count) * unit
    }
}

/// Whether a word is a number: digits, perhaps with a sign and a point.
pub(super) fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    match unsigned.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let now: Time = "2026-01-15T15:00:00Z".parse().expect("a time");
        let read = |word| {
            let (start, end) = Moment::read(word)?.span(now);
            Some((Time::from_milliseconds(start)?.to_string(), end - start))
        };
        for (word, start, length) in [
            ("now", "2026-01-15T15:00:00Z", 1),
            ("TODAY", "2026-01-15T00:00:00Z", DAY),
            ("2026-01-01", "2026-01-01T00:00:00Z", DAY),
            ("2026-01-01T01:00:00+02:00", "2025-12-31T23:00:00Z", 1),
            ("-2h", "2026-01-15T13:00:00Z", 1),
            ("-30d", "2025-12-16T15:00:00Z", 1),
            ("+1w", "2026-01-22T15:00:00Z", 1),
            ("-90m", "2026-01-15T13:30:00Z", 1),
        ] {
            assert_eq!(read(word), Some((start.to_owned(), length)), "{word}");
        }
        for word in [
            "",
            "-",
            "-d",
            "30d",
            "-30",
            "-30y",
            "--1d",
            "-+1d",
            "-99999d",
            "2026-13-01",
            "2026-1-1",
            "é",
        ] {
            assert_eq!(read(word), None, "{word}");
        }
    }

    #[test]
    fn numbers_are_digits() {
        assert!(["0", "-4", "1.50"].iter().all(|word| is_number(word)));
        assert!(
            ["", "-", ".5", "1.", "1e3", "1_0", "+1", "NaN"]
                .iter()
                .all(|word| !is_number(word))
        );
    }
}
