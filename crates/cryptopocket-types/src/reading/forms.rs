//! The JSON forms that each scalar type accepts.

use core::ops::RangeInclusive;

use super::{string, with_text};
use crate::text_like::scalars;
use crate::wire::{BaseUnits, Cents, CoinUnits, CurrencyUnits, DecimalString};
use crate::{Currency, Date, Decimal, Personal, RawJson, Secret, Timestamp};

fn parsed<T: core::str::FromStr>(json: &str) -> Option<T> {
    with_text(json, |text| text.parse().ok())
}

/// A whole number, also as text and with a fraction of zero (`6.0`).
fn whole<T: core::str::FromStr>(json: &str) -> Option<T> {
    with_text(json, |digits| match digits.parse() {
        Ok(number) => Some(number),
        Err(_) => digits
            .parse::<Decimal>()
            .ok()?
            .rescaled(0)?
            .to_string()
            .parse()
            .ok(),
    })
}

scalars! {
    String, "text", |json| parsed(json);
    Personal, "text", |json| parsed(json);
    Secret, "text", |json| parsed(json);
    CurrencyUnits, "an amount in currency units", |json| parsed(json);
    Cents, "a whole number of cents", |json| parsed(json);
    DecimalString, "a decimal amount", |json| parsed(json);
    BaseUnits, "a whole number of base units", |json| parsed(json);
    CoinUnits, "an amount of coins", |json| parsed(json);
    Currency, "a currency code", |json| parsed(json);
    i32, "a whole number", |json| whole(json);
    i64, "a whole number", |json| whole(json);
    u32, "a whole number", |json| whole(json);
    u64, "a whole number", |json| whole(json);
    bool, "true or false", |json| truth(json);
    Timestamp, "a time with its zone, or Unix seconds", |json| time(json);
    // Of a date with a time the date counts, as it was written.
    Date, "a calendar date", |json| string(json).and_then(|text| Date::with_time(&text).ok());
    RawJson, "any value", |json| json.parse().ok();
}

fn truth(json: &str) -> Option<bool> {
    match json {
        "true" | "1" | r#""true""# | r#""1""# => Some(true),
        "false" | "0" | r#""false""# | r#""0""# => Some(false),
        _ => None,
    }
}

/// Unix seconds from 1973 to 2286. Fewer digits may be a date such as `20260620`, and more of them a date with its time or
/// a count of milliseconds.
const UNIX_SECONDS: RangeInclusive<i64> = 100_000_000..=9_999_999_999;

/// A time without a zone is unreadable: it is some hour of a day, and nobody here knows which.
fn time(json: &str) -> Option<Timestamp> {
    let seconds = |digits: &str| {
        let seconds = digits.parse().ok();
        Timestamp::from_unix_seconds(seconds.filter(|seconds| UNIX_SECONDS.contains(seconds))?).ok()
    };
    with_text(json, |text| text.parse().ok().or_else(|| seconds(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{FromJson, Surprises};
    use crate::{KycStatus, PaymentId};

    fn read<T: FromJson>(json: &str) -> Option<T> {
        T::from_json(json, &mut Surprises::new()).ok()
    }

    #[test]
    fn amounts_are_read_from_number_and_text() {
        for json in ["15050", r#""15050""#] {
            assert_eq!(
                read::<Cents>(json).unwrap().decimal().to_string(),
                "150.50",
                "{json}"
            );
        }
        assert!(read::<Cents>("15050.0").is_none(), "cents have no fraction");
        for json in [
            r#""1,50""#,
            r#""€ 1""#,
            r#""""#,
            "true",
            "[]",
            "{}",
            r#""12 000""#,
        ] {
            assert!(read::<CurrencyUnits>(json).is_none(), "{json}");
        }
        assert!(read::<Cents>("150.50").is_none(), "it may be currency units");
    }

    #[test]
    fn booleans_are_read_in_six_forms() {
        for (json, truth) in [
            ("true", true),
            ("1", true),
            (r#""1""#, true),
            (r#""true""#, true),
            ("0", false),
            (r#""false""#, false),
        ] {
            assert_eq!(read::<bool>(json), Some(truth), "{json}");
        }
        for json in ["2", r#""yes""#, r#""""#, "[]", "null"] {
            assert_eq!(read::<bool>(json), None, "{json}");
        }
    }

    #[test]
    fn whole_numbers_are_read_from_text_and_zero_fraction() {
        for json in ["6", r#""6""#, "6.0", r#""6.00""#, "0.6e1"] {
            assert_eq!(read::<i32>(json), Some(6), "{json}");
        }
        for json in ["6.5", r#""six""#, "true", "6e99"] {
            assert_eq!(read::<i32>(json), None, "{json}");
        }
    }

    #[test]
    fn times_without_zone_are_unreadable() {
        let moment = read::<Timestamp>(r#""2026-06-20T10:15:30+02:00""#).unwrap();
        assert_eq!(read::<Timestamp>("1781943330"), Some(moment));
        assert_eq!(read::<Timestamp>(r#""1781943330""#), Some(moment));
        for json in [
            r#""2026-06-20 10:15:30""#,
            r#""2026-06-20T10:15:30""#,
            r#""""#,
            "1781943330000",
        ] {
            assert_eq!(read::<Timestamp>(json), None, "{json}");
        }
    }

    #[test]
    fn digits_of_a_date_are_no_unix_seconds() {
        for json in [
            "20260620",
            r#""20260620""#,
            "202606201015",
            "2026",
            "0",
            "-1781943330",
        ] {
            assert_eq!(read::<Timestamp>(json), None, "{json}");
        }
    }

    #[test]
    fn dates_are_read_with_and_without_time() {
        for json in [
            r#""2026-06-20""#,
            r#""2026-06-20 00:00:00""#,
            r#""2026-06-20T00:00:00Z""#,
        ] {
            assert_eq!(read::<Date>(json).unwrap().to_string(), "2026-06-20", "{json}");
        }
        for json in [
            "20260620",
            r#""2026-06-20 / 2026-06-21""#,
            r#""2026-06-20 or later""#,
            r#""2026-06-20T""#,
        ] {
            assert_eq!(read::<Date>(json), None, "{json}");
        }
    }

    #[test]
    fn ids_and_words_are_read_from_text_and_number() {
        assert_eq!(read::<PaymentId>("7").unwrap(), "7");
        assert_eq!(read::<PaymentId>(r#""p\u0031""#).unwrap(), "p1");
        assert_eq!(read::<KycStatus>(r#""valid""#), Some(KycStatus::Valid));
        assert_eq!(read::<KycStatus>("true"), None);
        assert!(read::<String>("[]").is_none() && read::<Personal>("{}").is_none());
    }
}
