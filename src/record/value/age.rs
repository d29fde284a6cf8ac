//! How long ago something was.

use std::fmt;
use std::str::FromStr;

use super::Time;

/// So long: a whole number of hours, days, weeks or years of 365 days, such as `2h`, `90d`, `52w` or `1y`.
///
/// There are no months: `m` would be minutes to some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    number: u32,
    unit: char,
}

impl Age {
    /// How many digits the number has at most.
    const DIGITS: usize = 5;

    /// How it is written.
    pub const FORM: &str = "a number of hours, days, weeks or years, such as 24h, 365d, 52w or 1y";

    /// So many days.
    #[must_use]
    pub const fn days(number: u32) -> Self {
        Self { number, unit: 'd' }
    }

    /// The time so long before another; 1970 where there is none.
    #[must_use]
    pub fn before(self, time: Time) -> Time {
        let milliseconds = i64::from(self.number) * self.unit_seconds() * 1000;
        Time::from_milliseconds(time.as_milliseconds() - milliseconds).unwrap_or(Time::EPOCH)
    }

    fn unit_seconds(self) -> i64 {
        const DAY: i64 = 86_400;
        match self.unit {
            'h' => 3_600,
            'w' => 7 * DAY,
            'y' => 365 * DAY,
            _ => DAY,
        }
    }
}

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.char_indices().last().map(|(at, unit)| (&text[..at], unit));
        let parts = parts.filter(|(digits, unit)| {
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number && digits.len() <= Self::DIGITS && ['h', 'd', 'w', 'y'].contains(unit)
        });
        let age = parts.and_then(|(digits, unit)| {
            let number = digits.parse().ok()?;
            Some(Self { number, unit })
        });
        age.ok_or_else(|| format!("expected {}, found `{}`", Self::FORM, text.escape_debug()))
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_and_counted_back() {
        let now: Time = "2025-10-10T15:00:00Z".parse().expect("a time");
        for (text, time) in [
            ("0d", "2025-10-10T15:00:00Z"),
            ("2h", "2025-10-10T13:00:00Z"),
            ("365d", "2024-10-10T15:00:00Z"),
            ("52w", "2024-10-11T15:00:00Z"),
            ("1y", "2024-10-10T15:00:00Z"),
            ("99999y", "1970-01-01T00:00:00Z"),
        ] {
            let age: Age = text.parse().expect(text);
            assert_eq!(
                (age.to_string().as_str(), age.before(now).to_string().as_str()),
                (text, time)
            );
        }
        for text in ["", "d", "365", "-1d", "+1d", "6m", "1.5y", "365 d", "100000d", "1é"] {
            assert!(text.parse::<Age>().is_err(), "{text}");
        }
    }
}
