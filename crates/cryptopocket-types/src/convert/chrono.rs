//! `chrono`: timestamps and dates, in years 0000 to 9999.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeZone, Utc};

use crate::{Date, ParseError, Timestamp};

const RANGE: ParseError = ParseError::new("chrono", "outside the years 0000 to 9999", "check the unit");

crate::from! {
    /// The same time in UTC; a text that was read is dropped.
    Timestamp => DateTime<Utc>, |time| {
        let time = Self::from_timestamp_micros(time.unix_micros());
        time.expect("chrono reaches further than the years 0000 to 9999")
    };
    Date => NaiveDate, |date| {
        let date = Self::from_ymd_opt(date.year().into(), date.month().into(), date.day().into());
        date.expect("a date of the calendar")
    };
}

impl<Z: TimeZone> TryFrom<DateTime<Z>> for Timestamp {
    type Error = ParseError;

    /// Truncates to the microsecond.
    fn try_from(time: DateTime<Z>) -> Result<Self, ParseError> {
        Self::from_unix_micros(time.timestamp_micros()).map_err(|_| RANGE)
    }
}

crate::traits::try_from! {
    NaiveDate => Date, |date| super::date(date.year(), date.month(), date.day(), RANGE);
}

#[cfg(test)]
mod tests {
    use super::{Date, DateTime, NaiveDate, Timestamp, Utc};

    #[test]
    fn timestamps_and_dates_round_trip() {
        for text in [
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999999Z",
            "9999-12-31T23:59:59.999999Z",
        ] {
            let ours: Timestamp = text.parse().unwrap();
            assert_eq!(Timestamp::try_from(DateTime::<Utc>::from(ours)), Ok(ours));
            assert_eq!(Date::try_from(NaiveDate::from(ours.date())), Ok(ours.date()));
        }
    }

    #[test]
    fn years_outside_0000_to_9999_are_refused() {
        assert!(Timestamp::try_from(DateTime::<Utc>::MAX_UTC).is_err());
        assert!(Date::try_from(NaiveDate::MIN).is_err() && Date::try_from(NaiveDate::MAX).is_err());
    }
}
