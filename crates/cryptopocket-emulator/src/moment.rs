//! Moments on the emulator's own clock, to the microsecond, and the three spellings the API uses for them.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cryptopocket_types::Timestamp;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// Microseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The first day of the calendar quarter this moment falls in, at midnight.
    #[must_use]
    pub fn quarter_start(self) -> Self {
        let (year, month, _) = civil(self.unix_seconds().div_euclid(SECONDS_PER_DAY));
        Self::from_civil(year, (month - 1) / 3 * 3 + 1, 1)
    }

    /// `YYYY-MM-DD`.
    pub fn date(self) -> String {
        let (year, month, day) = civil(self.unix_seconds().div_euclid(SECONDS_PER_DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Reads `YYYY-MM-DD` (midnight) or an RFC 3339 time in UTC, with or without a fraction.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once(['T', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-').map(digits);
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() || date.len() != 10 || !(1..=12).contains(&month) {
            return None;
        }
        let midnight = Self::from_civil(year, month, day);
        if midnight.date() != date {
            return None;
        }
        let Some(time) = time else { return Some(midnight) };
        let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"))?;
        let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
        let mut parts = clock.split(':').map(digits);
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 || fraction.len() > 9 {
            return None;
        }
        let micros = if fraction.is_empty() {
            0
        } else {
            digits(&format!("{fraction:0<9}"))? / 1_000
        };
        Some(Self(
            midnight.0 + (hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND + micros,
        ))
    }

    fn from_civil(year: i64, month: i64, day: i64) -> Self {
        Self(days(year, month, day) * SECONDS_PER_DAY * MICROS_PER_SECOND)
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        let since = SystemTime::from(time).duration_since(UNIX_EPOCH);
        Self(0).plus(since.unwrap_or_default())
    }
}

/// RFC 3339 in UTC with all six digits of the microsecond, as `created_at` is documented.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.unix_seconds().rem_euclid(SECONDS_PER_DAY);
        let micros = self.0.rem_euclid(MICROS_PER_SECOND);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z",
            self.date()
        )
    }
}

fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Days since the epoch of a proleptic Gregorian date, counted in 400-year eras that begin in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn prints_all_six_digits_of_the_microsecond() {
        let moment = Moment::parse("2026-06-26T09:00:00.00004Z").unwrap();
        assert_eq!(moment.to_string(), "2026-06-26T09:00:00.000040Z");
    }

    #[test]
    fn dates_survive_the_way_there_and_back() {
        for date in [
            "1969-12-31",
            "1970-01-01",
            "2000-02-29",
            "2024-12-31",
            "2100-03-01",
        ] {
            assert_eq!(Moment::parse(date).unwrap().date(), date);
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-01",
            "2026-01-01T24:00:00Z",
            "yesterday",
            "",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_quarter_begins_on_the_first_of_its_first_month() {
        for (moment, start) in [
            ("2026-03-31", "2026-01-01"),
            ("2026-04-01", "2026-04-01"),
            ("2026-12-31", "2026-10-01"),
        ] {
            assert_eq!(Moment::parse(moment).unwrap().quarter_start().date(), start);
        }
    }
}
