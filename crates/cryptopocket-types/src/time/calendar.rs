//! Days of the proleptic Gregorian calendar, counted from 1970-01-01, for the years 0000 to 9999.

/// A day as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) of_month: u8,
}

/// Microseconds in a second.
pub(super) const MICROS: i64 = 1_000_000;

const DAYS_IN_400_YEARS: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01. Years are counted from March, so that a leap day ends one.
const EPOCH: i64 = 719_468;

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

impl Day {
    /// `None` when the calendar has no such day.
    pub(super) const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap(year) => 29,
            2 => 28,
            _ => 0,
        };
        if year > 9999 || day == 0 || day > last {
            None
        } else {
            Some(Self {
                year,
                month,
                of_month: day,
            })
        }
    }

    /// Days since 1970-01-01.
    pub(super) fn number(self) -> i64 {
        let month = (i64::from(self.month) + 9) % 12;
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let before_month = (153 * month + 2) / 5;
        year * 365 + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + before_month
            + i64::from(self.of_month)
            - 1
            - EPOCH
    }

    /// The day `number` days after 1970-01-01; `None` outside the years 0000 to 9999.
    pub(super) fn from_number(number: i64) -> Option<Self> {
        let days = number.checked_add(EPOCH)?;
        let (era, day) = (
            days.div_euclid(DAYS_IN_400_YEARS),
            days.rem_euclid(DAYS_IN_400_YEARS),
        );
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let year = year + era * 400 + i64::from(month >= 10);
        let month = (month + 2) % 12 + 1;
        Self::new(
            year.try_into().ok()?,
            month.try_into().ok()?,
            day.try_into().ok()?,
        )
    }
}
