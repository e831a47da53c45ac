use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use proptest::prelude::*;

use super::{Clock, Date, ManualClock, Timestamp};

#[test]
fn every_day_of_ten_thousand_years_follows_the_previous() {
    let mut day = Date::new(0, 1, 1).unwrap();
    assert_eq!(day.unix_days(), -719_528);
    assert_eq!(day.checked_add_days(-1), None);
    while let Some(next) = day.checked_add_days(1) {
        let parts = (day.year(), day.month(), day.day());
        let expected = Date::new(parts.0, parts.1, parts.2 + 1)
            .or_else(|_| Date::new(parts.0, parts.1 + 1, 1))
            .or_else(|_| Date::new(parts.0 + 1, 1, 1));
        assert_eq!(Ok(next), expected);
        assert_eq!(next.days_since(day), 1);
        day = next;
    }
    assert_eq!(day.to_string(), "9999-12-31");
    assert_eq!(day.unix_days(), 2_932_896);
    assert_eq!(day.midnight().to_string(), "9999-12-31T00:00:00Z");
}

#[test]
fn known_times_have_their_unix_seconds() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("2000-02-29T12:30:00+05:30", 951_807_600),
        ("2026-11-22T13:22:00-03:00", 1_795_364_520),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        let read: Timestamp = text.parse().unwrap();
        assert_eq!(read.unix_seconds(), seconds, "{text}");
        assert_eq!(read.to_string(), text);
        assert_eq!(read, Timestamp::from_unix_seconds(seconds).unwrap());
    }
}

#[test]
fn text_that_is_not_rfc_3339_is_refused() {
    for text in [
        "",
        "2026-04-08",
        "2026-04-08T10:00:00",
        "2026-04-08 10:00:00Z",
        "2026-04-08T10:00Z",
        "2026-04-08T24:00:00Z",
        "2026-04-08T10:60:00Z",
        "2026-04-08T10:00:61Z",
        "2026-02-29T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-04-00T10:00:00Z",
        "2026-04-08T10:00:00.Z",
        "2026-04-08T10:00:00+2",
        "2026-04-08T10:00:00+0200",
        "2026-04-08T10:00:00+24:00",
        "2026-04-08T10:00:00Zjunk",
        "+026-04-08T10:00:00Z",
        "2026-04-08T1é:00:00Z",
        "0000-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2026-04-08T10:00:00.000000000000000000000Z00:00",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn json_admits_missing_zone_and_space() {
    for text in [
        r#""2026-04-08 10:00:00""#,
        r#""2026-04-08T10:00:00.000""#,
        r#""2026-04-08 10:00:00Z""#,
    ] {
        let read: Timestamp = serde_json::from_str(text).unwrap();
        assert_eq!(read.to_string(), "2026-04-08T10:00:00Z");
    }
    let kept: Timestamp = serde_json::from_str(r#""2026-04-08T10:00:00.123456789+00:00""#).unwrap();
    assert_eq!(
        serde_json::to_string(&kept).unwrap(),
        r#""2026-04-08T10:00:00.123456789+00:00""#
    );
    assert_eq!(kept.unix_micros() % 1_000_000, 123_456);
    let booked: Date = serde_json::from_str(r#""2026-04-08T23:59:59Z""#).unwrap();
    assert_eq!(booked.to_string(), "2026-04-08");
    assert!(serde_json::from_str::<Date>(r#""08/04/2026""#).is_err());
    assert!(serde_json::from_str::<Date>(r#""2026-04-08junk""#).is_err());
}

#[test]
fn manual_clock_saturates_and_is_shared_by_clones() {
    let clock = ManualClock::new(Timestamp::from_unix_seconds(0).unwrap());
    let twin = clock.clone();
    clock.advance(Duration::from_millis(1500));
    assert_eq!(twin.now().to_string(), "1970-01-01T00:00:01.500000Z");
    clock.advance(Duration::MAX);
    assert_eq!(twin.now().to_string(), "9999-12-31T23:59:59.999999Z");
    twin.set("2026-04-08T10:00:00Z".parse().unwrap());
    assert_eq!(clock.now().date().to_string(), "2026-04-08");
}

#[test]
fn arithmetic_is_checked_at_both_limits() {
    let first: Timestamp = "0000-01-01T00:00:00Z".parse().unwrap();
    let last: Timestamp = "9999-12-31T23:59:59.999999Z".parse().unwrap();
    let micro = Duration::from_micros(1);
    assert_eq!(first.checked_sub(micro), None);
    assert_eq!(last.checked_add(micro), None);
    assert_eq!(last.checked_sub(Duration::MAX), None);
    assert_eq!(
        first.checked_add(micro).unwrap().duration_since(first),
        Some(micro)
    );
    assert_eq!(first.duration_since(last), None);
    assert!(
        Timestamp::from_unix_seconds(i64::MAX).is_err() && Timestamp::from_unix_micros(i64::MIN).is_err()
    );
    assert_eq!(Date::new(9999, 12, 31).unwrap().checked_add_days(1), None);
    assert_eq!(Date::EPOCH.checked_add_days(i32::MIN), None);
}

proptest! {
    #[test]
    fn timestamp_round_trips_through_text_and_system_time(micros in -62_167_219_200_000_000_i64..253_402_300_800_000_000) {
        let moment = Timestamp::from_unix_micros(micros).unwrap();
        prop_assert_eq!(moment.to_string().parse::<Timestamp>().unwrap().unix_micros(), micros);
        prop_assert_eq!(Timestamp::from(SystemTime::from(moment)), moment);
        prop_assert_eq!(moment.date().unix_days(), i32::try_from(micros.div_euclid(86_400_000_000)).unwrap());
    }

    #[test]
    fn no_text_panics(text in "[0-9TZ:. +-]{0,40}|\\PC{0,20}") {
        let _ = text.parse::<Timestamp>();
        let _ = text.parse::<Date>();
        let _ = serde_json::from_value::<Timestamp>(text.clone().into());
        let _ = serde_json::from_value::<Date>(text.into());
    }
}

#[test]
fn system_time_is_truncated_to_the_microsecond() {
    let time = UNIX_EPOCH + Duration::from_nanos(1_999);
    assert_eq!(Timestamp::from(time).unix_micros(), 1);
}
