//! Moments of the virtual clock, and the three spellings that the API uses for them.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use cryptopocket_types::{Date, Timestamp};

/// The last microsecond of the year 9999, where the clock ends.
const LAST: i64 = 253_402_300_799_999_999;

/// A moment of the virtual clock, in microseconds since the Unix epoch.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// Before and after every moment of the clock.
    pub(crate) const ALWAYS: Range<Self> = Self(i64::MIN)..Self(i64::MAX);

    pub(crate) const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub(crate) const fn micros(self) -> i64 {
        self.0
    }

    pub(crate) const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment `by` later, at most the end of the year 9999.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(by).min(LAST))
    }

    /// The time since an earlier moment; zero since a later one.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    pub(crate) fn timestamp(self) -> Timestamp {
        Timestamp::saturating_from_unix_micros(self.0)
    }

    fn day(self) -> Date {
        self.timestamp().date()
    }

    /// Midnight at the beginning of the calendar quarter.
    pub(crate) fn quarter_start(self) -> Self {
        let day = self.day();
        let first = Date::new(day.year(), (day.month() - 1) / 3 * 3 + 1, 1);
        first.unwrap_or(day).midnight().into()
    }

    /// `YYYY-MM-DD`.
    pub(crate) fn date(self) -> String {
        self.day().to_string()
    }

    /// Reads `YYYY-MM-DD` (midnight) or an RFC 3339 time in UTC, with or without a fraction.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() == 10 {
            return Some(text.parse::<Date>().ok()?.midnight().into());
        }
        let in_utc = text.ends_with('Z') || text.ends_with("+00:00");
        let time: Timestamp = text.parse().ok().filter(|_| in_utc)?;
        Some(time.into())
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self(time.unix_micros())
    }
}

/// RFC 3339 in UTC with all six digits of the microsecond, as `created_at` is documented.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, micros) = (self.unix_seconds(), self.0.rem_euclid(1_000_000));
        let second = Timestamp::saturating_from_unix_micros(whole * 1_000_000).to_string();
        write!(f, "{}.{micros:06}Z", second.trim_end_matches('Z'))
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn display_has_six_digits_of_a_second() {
        let moment = Moment::parse("2026-06-26T09:00:00.00004Z").unwrap();
        assert_eq!(moment.to_string(), "2026-06-26T09:00:00.000040Z");
    }

    #[test]
    fn dates_round_trip() {
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
    fn nonexistent_dates_are_refused() {
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
    fn quarter_starts_on_first_of_its_first_month() {
        for (moment, start) in [
            ("2026-03-31", "2026-01-01"),
            ("2026-04-01", "2026-04-01"),
            ("2026-12-31", "2026-10-01"),
        ] {
            assert_eq!(Moment::parse(moment).unwrap().quarter_start().date(), start);
        }
    }
}
