//! `time`: timestamps and dates, in years 0000 to 9999.

use time::{OffsetDateTime, UtcDateTime};

use crate::{Date, ParseError, Timestamp};

const RANGE: ParseError = ParseError::new("time", "outside the years 0000 to 9999", "check the unit");

crate::from! {
    /// The same time in UTC; a text that was read is dropped.
    Timestamp => UtcDateTime, |time| {
        let time = Self::from_unix_timestamp_nanos(i128::from(time.unix_micros()) * 1_000);
        time.expect("time reaches further than the years 0000 to 9999")
    };
    /// The same time in UTC; a text that was read is dropped.
    Timestamp => OffsetDateTime, |time| UtcDateTime::from(time).into();
    Date => time::Date, |date| {
        let month = time::Month::try_from(date.month()).expect("a month of the calendar");
        let date = Self::from_calendar_date(date.year().into(), month, date.day());
        date.expect("a date of the calendar")
    };
}

crate::traits::try_from! {
    /// Truncates to the microsecond.
    UtcDateTime => Timestamp, |time| {
        let micros = time.unix_timestamp_nanos().div_euclid(1_000);
        Self::from_unix_micros(micros.try_into().map_err(|_| RANGE)?)
    };
    /// Truncates to the microsecond.
    OffsetDateTime => Timestamp, |time| UtcDateTime::from(time).try_into();
    time::Date => Date, |date| super::date(date.year(), u8::from(date.month()), date.day(), RANGE);
}

#[cfg(test)]
mod tests {
    use super::{Date, OffsetDateTime, Timestamp, UtcDateTime};

    #[test]
    fn timestamps_and_dates_round_trip() {
        for text in [
            "0000-01-01T00:00:00Z",
            "2026-04-08T10:00:00.250001Z",
            "9999-12-31T23:59:59.999999Z",
        ] {
            let ours: Timestamp = text.parse().unwrap();
            assert_eq!(Timestamp::try_from(UtcDateTime::from(ours)), Ok(ours));
            assert_eq!(Timestamp::try_from(OffsetDateTime::from(ours)), Ok(ours));
            assert_eq!(Date::try_from(time::Date::from(ours.date())), Ok(ours.date()));
        }
    }

    #[test]
    fn years_before_0000_are_refused() {
        assert!(Timestamp::try_from(UtcDateTime::MIN).is_err());
        assert!(Date::try_from(time::Date::MIN).is_err());
    }
}
