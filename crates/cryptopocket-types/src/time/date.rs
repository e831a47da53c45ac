//! Calendar dates.

use core::str::FromStr;

use super::Timestamp;
use crate::ParseError;
use crate::traits::{shown_as, text_serde};

/// A calendar date in the years 0000 to 9999, written `2026-04-08`.
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
    /// Days since 1970-01-01.
    days: i32,
}

const REFUSED: ParseError = ParseError::new("date", "not a calendar date", "write it as 2026-04-08");

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Self = Self { days: 0 };

    const FIRST: i32 = datealgo::date_to_rd((0, 1, 1));
    const LAST: i32 = datealgo::date_to_rd((9999, 12, 31));

    /// Builds the date from its parts.
    ///
    /// # Errors
    ///
    /// When the calendar has no such day, or the year is above 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, ParseError> {
        let year = i32::from(year);
        let exists = year <= 9999
            && (1..=12).contains(&month)
            && (1..=datealgo::days_in_month(year, month)).contains(&day);
        let days = || datealgo::date_to_rd((year, month, day));
        exists.then(|| Self { days: days() }).ok_or(REFUSED)
    }

    pub(super) fn from_unix_days(days: i64) -> Option<Self> {
        let days = i32::try_from(days).ok()?;
        (Self::FIRST..=Self::LAST)
            .contains(&days)
            .then_some(Self { days })
    }

    /// Reads a date that may have a time behind it, which is ignored. Other text behind it, such as a second date, is not.
    pub(crate) fn with_time(text: &str) -> Result<Self, ParseError> {
        match text.as_bytes().get(10..) {
            Some([b'T' | b't' | b' ', h1, h2, b':', ..]) if h1.is_ascii_digit() && h2.is_ascii_digit() => {
                text.get(..10).ok_or(REFUSED).and_then(str::parse)
            }
            _ => text.parse(),
        }
    }

    const fn parts(self) -> (i32, u8, u8) {
        datealgo::rd_to_date(self.days)
    }

    /// The year, 0 to 9999.
    pub fn year(self) -> u16 {
        self.parts().0.try_into().unwrap_or_default()
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.parts().1
    }

    /// The day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        self.parts().2
    }

    /// The start of the day in UTC.
    pub fn midnight(self) -> Timestamp {
        Timestamp::saturating_from_unix_micros(i64::from(self.unix_days()) * 86_400_000_000)
    }

    /// Days since 1970-01-01.
    pub const fn unix_days(self) -> i32 {
        self.days
    }

    /// The date `days` later, or earlier when negative; `None` outside the years 0000 to 9999.
    #[must_use]
    pub fn checked_add_days(self, days: i32) -> Option<Self> {
        Self::from_unix_days(i64::from(self.days) + i64::from(days))
    }

    /// The number of days since `earlier`; negative when `earlier` is the later date.
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.days - earlier.days
    }
}

impl FromStr for Date {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(REFUSED);
        };
        let year = two(*y1, *y2, 99).zip(two(*y3, *y4, 99)).ok_or(REFUSED)?;
        let day = two(*m1, *m2, 12).zip(two(*d1, *d2, 31)).ok_or(REFUSED)?;
        Self::new(u16::from(year.0) * 100 + u16::from(year.1), day.0, day.1)
    }
}

shown_as!(Date, |date| &{
    let (year, month, day) = date.parts();
    format!("{year:04}-{month:02}-{day:02}")
});
// Also reads the date part of a timestamp such as `2026-04-08T00:00:00Z`.
text_serde!(Date, |date, to| to.collect_str(date), Self::with_time);

/// A number of two digits, at most `most`.
pub(super) fn two(tens: u8, ones: u8, most: u8) -> Option<u8> {
    let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
    let value = is_number.then(|| (tens - b'0') * 10 + (ones - b'0'))?;
    (value <= most).then_some(value)
}
