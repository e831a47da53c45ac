//! Calendar dates.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::calendar::Day;
use crate::ParseError;
use crate::json::scalar_text;

/// A calendar date, `2026-04-08`, from the year 0000 to 9999.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Date;
///
/// let booked: Date = "2026-02-28".parse()?;
/// assert_eq!(booked.checked_add_days(1), Some("2026-03-01".parse()?));
/// assert!("2026-02-29".parse::<Date>().is_err());
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    days: i32,
}

const REFUSED: ParseError = ParseError::new("date", "not a calendar date", "write it as 2026-04-08");

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Self = Self { days: 0 };

    /// The day `day` of `month` in `year`.
    ///
    /// # Errors
    ///
    /// When the calendar has no such day, or the year is above 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, ParseError> {
        Day::new(year, month, day)
            .and_then(|day| Self::from_days(day.number()))
            .ok_or(REFUSED)
    }

    fn from_days(days: i64) -> Option<Self> {
        Day::from_number(days)?;
        i32::try_from(days).ok().map(|days| Self { days })
    }

    /// The day of a moment, in UTC.
    pub(super) fn of_unix_seconds(seconds: i64) -> Option<Self> {
        Self::from_days(seconds.div_euclid(86_400))
    }

    /// Days since 1970-01-01.
    pub const fn unix_days(self) -> i32 {
        self.days
    }

    /// The date `days` later, or earlier when negative; `None` outside the years 0000 to 9999.
    #[must_use]
    pub fn checked_add_days(self, days: i32) -> Option<Self> {
        Self::from_days(i64::from(self.days) + i64::from(days))
    }

    /// How many days lie between `earlier` and this date; negative when it is the later one.
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.days - earlier.days
    }
}

pub(super) fn read_day(text: &[u8]) -> Option<Day> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u16, |value, digit| {
            digit
                .is_ascii_digit()
                .then(|| value * 10 + u16::from(digit - b'0'))
        })
    };
    let two = |a: u8, b: u8| number(&[a, b]).and_then(|value| u8::try_from(value).ok());
    Day::new(number(&[*y1, *y2, *y3, *y4])?, two(*m1, *m2)?, two(*d1, *d2)?)
}

impl FromStr for Date {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        read_day(text.as_bytes())
            .and_then(|day| Self::from_days(day.number()))
            .ok_or(REFUSED)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Day::from_number(self.days.into()) {
            Some(Day {
                year,
                month,
                of_month,
            }) => f.pad(&format!("{year:04}-{month:02}-{of_month:02}")),
            None => Err(fmt::Error),
        }
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    /// Reads a date, and also the date of a moment as `2026-04-08T00:00:00Z` spells it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = scalar_text(deserializer)?;
        let has_time = matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' '));
        let date = if has_time {
            text.get(..10)
        } else {
            Some(text.as_str())
        };
        date.ok_or(REFUSED).and_then(str::parse).map_err(D::Error::custom)
    }
}
