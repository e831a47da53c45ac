use std::time::Duration;

use cryptopocket_types::Timestamp;
use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// Longer requests are treated as this; a session gives up long before.
const LONGEST: u64 = 24 * 60 * 60;

/// Reads `Retry-After`, as seconds or as a date (RFC 9110, 10.2.3).
///
/// A date counts from the `Date` of the answer, since the clock of this machine may be wrong; without one from `now`, in Unix
/// seconds.
pub(crate) fn parse(headers: &HeaderMap, now: i64) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let now = text(DATE).and_then(unix_seconds).unwrap_or(now);
    let text = text(RETRY_AFTER)?;
    let seconds = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        text.parse().unwrap_or(LONGEST)
    } else {
        u64::try_from(unix_seconds(text)?.saturating_sub(now)).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds.min(LONGEST)))
}

fn unix_seconds(text: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(text).ok()?;
    Some(Timestamp::from(time).unix_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str, now: i64) -> Option<u64> {
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::RETRY_AFTER, text.parse().unwrap());
        parse(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_both_understood() {
        assert_eq!(after("120", 0), Some(120));
        assert_eq!(after(" 7 ", 0), Some(7));
        assert_eq!(after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777 - 30), Some(30));
        // The two obsolete forms.
        assert_eq!(
            after("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777 - 30),
            Some(30)
        );
        assert_eq!(after("Sun Nov  6 08:49:37 1994", 784_111_777 - 30), Some(30));
        assert_eq!(after("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800 - 1), Some(1));
    }

    #[test]
    fn a_date_counts_from_the_clock_of_the_server() {
        let mut headers = http::HeaderMap::new();
        let at = |second: u8| format!("Sun, 06 Nov 1994 08:49:{second} GMT").parse().unwrap();
        headers.insert(http::header::DATE, at(10));
        headers.insert(http::header::RETRY_AFTER, at(40));
        for own_clock in [0, 784_111_777, i64::MAX] {
            assert_eq!(parse(&headers, own_clock), Some(Duration::from_secs(30)));
        }
        headers.insert(http::header::DATE, "yesterday".parse().unwrap());
        assert_eq!(parse(&headers, 784_111_780 - 5), Some(Duration::from_secs(5)));
    }

    #[test]
    fn a_date_in_the_past_means_at_once() {
        assert_eq!(after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777 + 5), Some(0));
    }

    #[test]
    fn nonsense_is_ignored_and_excess_is_bounded() {
        for text in [
            "",
            "soon",
            "-1",
            "1.5",
            "Sun, 06 Now 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:60 GMT",
        ] {
            assert_eq!(after(text, 0), None, "{text}");
        }
        assert_eq!(after("99999999999999999999999", 0), Some(LONGEST));
    }
}
