//! Moments on the emulator's own clock, to the microsecond, and the three spellings the API uses for them.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cryptopocket_types::{Date, Timestamp};

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
        let date = self.day();
        let first = Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).unwrap_or(date);
        Self(first.midnight().unix_micros())
    }

    /// `YYYY-MM-DD`.
    pub fn date(self) -> String {
        self.day().to_string()
    }

    fn day(self) -> Date {
        Timestamp::saturating_from_unix_micros(self.0).date()
    }

    /// Reads `YYYY-MM-DD` (midnight) or an RFC 3339 time in UTC, with or without a fraction.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(date) = text.parse::<Date>() {
            return Some(Self(date.midnight().unix_micros()));
        }
        let is_utc = text.ends_with('Z') || text.ends_with("+00:00");
        let time: Timestamp = text.replacen(' ', "T", 1).parse().ok()?;
        is_utc.then_some(Self(time.unix_micros()))
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
