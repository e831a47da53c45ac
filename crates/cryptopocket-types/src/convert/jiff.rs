//! `jiff`: timestamps up to 9999-12-30T22:00:00Z, and dates.

use jiff::civil;

use crate::{Date, ParseError, Timestamp};

const RANGE: ParseError = ParseError::new("jiff", "outside the range of both types", "check the unit");

crate::traits::try_from! {
    /// The same time; a text that was read is dropped. Fails in the last 26 hours of the year 9999.
    Timestamp => jiff::Timestamp, |time| Self::from_microsecond(time.unix_micros()).map_err(|_| RANGE);
    /// Truncates to the microsecond. Fails before the year 0000.
    jiff::Timestamp => Timestamp, |time| {
        let micros = time.as_nanosecond().div_euclid(1_000);
        Self::from_unix_micros(micros.try_into().map_err(|_| RANGE)?).map_err(|_| RANGE)
    };
    Date => civil::Date, |date| {
        let part = |number: u8| i8::try_from(number).map_err(|_| RANGE);
        let year = i16::try_from(date.year()).map_err(|_| RANGE)?;
        Self::new(year, part(date.month())?, part(date.day())?).map_err(|_| RANGE)
    };
    /// Fails before the year 0000.
    civil::Date => Date, |date| super::date(date.year(), date.month(), date.day(), RANGE);
}

#[cfg(test)]
mod tests {
    use super::{Date, Timestamp, civil};

    #[test]
    fn timestamps_and_dates_round_trip() {
        for text in [
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999999Z",
            "2026-04-08T10:00:00.250001Z",
        ] {
            let ours: Timestamp = text.parse().unwrap();
            let foreign = jiff::Timestamp::try_from(ours).unwrap();
            assert_eq!(Timestamp::try_from(foreign), Ok(ours));
        }
        for text in ["0000-01-01", "9999-12-31"] {
            let ours: Date = text.parse().unwrap();
            assert_eq!(Date::try_from(civil::Date::try_from(ours).unwrap()), Ok(ours));
        }
    }

    #[test]
    fn values_outside_the_range_are_refused() {
        let last: Timestamp = "9999-12-31T23:59:59Z".parse().unwrap();
        assert!(jiff::Timestamp::try_from(last).is_err());
        assert!(Timestamp::try_from(jiff::Timestamp::MIN).is_err());
        assert!(Date::try_from(civil::Date::MIN).is_err());
    }
}
