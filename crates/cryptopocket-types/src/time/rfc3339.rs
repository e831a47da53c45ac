//! Reads RFC 3339.
//!
//! By hand: a reply may leave out the zone or write a space, any minute may have a second 60, and a calendar library with
//! a reader costs every user of the webhooks crate two to five CPU seconds of compile time.

use super::Date;

/// Whether a text without a zone is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Required,
    UtcIfMissing,
}

/// Microseconds since 1970-01-01T00:00:00Z.
pub(super) fn read_rfc3339(text: &str, zone: Zone) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, rest) = rest.as_bytes().split_at_checked(9)?;
    let [separator, h1, h2, b':', m1, m2, b':', s1, s2] = clock else {
        return None;
    };
    let separated = matches!(separator, b'T' | b't') || (*separator == b' ' && zone == Zone::UtcIfMissing);
    // RFC 3339 admits second 60. Unix time counts it as the first second of the next minute.
    let (hour, minute, second) = (two(*h1, *h2, 23)?, two(*m1, *m2, 59)?, two(*s1, *s2, 60)?);
    let (micros, rest) = read_fraction(rest)?;
    let offset = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let minutes = i64::from(two(*h1, *h2, 23)?) * 60 + i64::from(two(*m1, *m2, 59)?);
            if *sign == b'-' { -minutes } else { minutes }
        }
        [] if zone == Zone::UtcIfMissing => 0,
        _ => return None,
    };
    let days = i64::from(date.parse::<Date>().ok()?.unix_days());
    let minutes = days * 1440 + i64::from(hour) * 60 + i64::from(minute) - offset;
    separated.then_some((minutes * 60 + i64::from(second)) * 1_000_000 + micros)
}

/// A number of two digits, at most `most`.
pub(super) fn two(tens: u8, ones: u8, most: u8) -> Option<u8> {
    let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
    let value = is_number.then(|| (tens - b'0') * 10 + (ones - b'0'))?;
    (value <= most).then_some(value)
}

/// The microseconds of an optional fraction, and the text after it.
fn read_fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.', rest @ ..] = text else {
        return Some((0, text));
    };
    let (digits, rest) = rest.split_at(rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let six = digits.iter().chain(core::iter::repeat(&b'0')).take(6);
    let micros = six.fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    (!digits.is_empty()).then_some((micros, rest))
}
