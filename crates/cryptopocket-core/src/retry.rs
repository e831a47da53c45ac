use std::time::Duration;

use cryptopocket_types::{Timestamp, setters};
use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use crate::runtime::{Runtime, up_to};

/// How often and for how long a failed call is repeated.
///
/// *Whether* a failure may be repeated at all is decided by the operation's class, never by this policy: a call
/// that moves money is repeated only when nothing was sent. The one repeat after a refused token is not counted
/// here either.
///
/// Delays grow exponentially with full jitter: each is drawn between zero and `base * 2^n`, at most `max_delay`. A
/// `Retry-After` of the provider is respected; when it exceeds what is left of `total_limit`, the call ends at once
/// and [`Error::retry_after`](crate::Error::retry_after) tells.
///
/// # Examples
///
/// ```
/// # use cryptopocket_core::testing::{Answer, ScriptedSession};
/// # let busy = || Answer::reply(503, "busy");
/// # let ok = Answer::json(r#"{"status":"ok"}"#);
/// # ScriptedSession::new().then("raw", [busy(), busy(), busy(), ok, busy(), busy()]).run(async |session| {
/// use std::time::Duration;
/// use cryptopocket_core::{Idempotency, Method, RetryPolicy};
///
/// // The provider answers 503 three times.
/// let patient = session.with_retry(RetryPolicy::default().attempts(6).total_limit(Duration::from_secs(180)));
/// patient.raw(Method::GET, "/loyalty").idempotency(Idempotency::Safe).send().await?;
///
/// let once = session.with_retry(RetryPolicy::none());
/// let error = once.raw(Method::GET, "/loyalty").idempotency(Idempotency::Safe).send().await.unwrap_err();
/// assert_eq!(error.attempts(), 1);
///
/// // A call that may act twice is not repeated, whatever the policy.
/// let error = patient.raw(Method::POST, "/vouchers").send().await.unwrap_err();
/// assert_eq!(error.attempts(), 1);
/// # Ok(())
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(crate) attempts: u32,
    base: Duration,
    max_delay: Duration,
    pub(crate) total_limit: Duration,
}

impl Default for RetryPolicy {
    /// Three attempts, delays from 200 ms up to 5 s, two minutes in all.
    fn default() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(200),
            max_delay: Duration::from_secs(5),
            total_limit: Duration::from_secs(120),
        }
    }
}

impl RetryPolicy {
    /// One attempt only.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    setters! {
        /// How many attempts in all; zero counts as one.
        attempts = |attempts: u32| attempts.max(1);
        /// The limit of the first delay; it doubles with each further one.
        base = |base: Duration| base;
        /// The limit of every delay that the provider did not ask for.
        max_delay = |limit: Duration| limit;
        /// How long one call may take with all its attempts and delays, and with the login that it needs.
        total_limit = |limit: Duration| limit;
    }

    /// How long to wait after `made` attempts with `left` of the time, or `None` when that was the last.
    pub(crate) fn delay(
        &self,
        made: u32,
        left: Duration,
        asked: Option<Duration>,
        runtime: &dyn Runtime,
    ) -> Option<Duration> {
        if made >= self.attempts {
            return None;
        }
        let ceiling = self
            .base
            .saturating_mul(1_u32.checked_shl(made - 1).unwrap_or(u32::MAX))
            .min(self.max_delay);
        let delay = match asked {
            // Spread the callers that were all told the same moment.
            Some(wait) => wait.saturating_add(up_to(runtime, self.base)),
            None => up_to(runtime, ceiling),
        };
        (delay < left).then_some(delay)
    }
}

/// Longer requests are treated as this; a session gives up long before.
const LONGEST: u64 = 24 * 60 * 60;

/// The pause that `Retry-After` asks for, as seconds or as a date (RFC 9110, 10.2.3).
///
/// A date counts from the `Date` of the answer, since the clock of this machine may be wrong; without one from `now`, in Unix
/// seconds.
pub(crate) fn asked_pause(headers: &HeaderMap, now: i64) -> Option<Duration> {
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
    use crate::testing::TestRuntime;

    const SECOND: Duration = Duration::from_secs(1);

    fn delay(policy: RetryPolicy, made: u32, elapsed: u64, asked: Option<u64>) -> Option<Duration> {
        let runtime = TestRuntime::new(u64::from(made));
        policy.delay(
            made,
            policy.total_limit.saturating_sub(Duration::from_secs(elapsed)),
            asked.map(Duration::from_secs),
            &runtime,
        )
    }

    #[test]
    fn delays_are_drawn_below_a_ceiling_that_doubles_up_to_a_limit() {
        let policy = RetryPolicy::default()
            .attempts(u32::MAX)
            .base(SECOND)
            .max_delay(4 * SECOND);
        let runtime = TestRuntime::new(1);
        for (made, ceiling) in [(1, 1), (2, 2), (3, 4), (4, 4), (40, 4), (u32::MAX - 1, 4)] {
            let drawn: Vec<_> = (0..200)
                .map(|_| policy.delay(made, policy.total_limit, None, &runtime).unwrap())
                .collect();
            let ceiling = Duration::from_secs(ceiling);
            assert!(drawn.iter().all(|delay| *delay <= ceiling), "{made}");
            assert!(drawn.iter().any(|delay| *delay > ceiling / 2), "{made}");
            assert!(drawn.iter().any(|delay| *delay < ceiling / 2), "{made}");
        }
    }

    #[test]
    fn attempts_and_total_are_limits() {
        let policy = RetryPolicy::default()
            .attempts(2)
            .base(SECOND)
            .total_limit(10 * SECOND);
        assert!(delay(policy, 1, 0, None).is_some());
        assert!(delay(policy, 2, 0, None).is_none());
        assert!(delay(policy, 1, 10, None).is_none());
        assert!(delay(RetryPolicy::none(), 1, 0, None).is_none());
        assert!(delay(policy.attempts(0), 1, 0, None).is_none());
    }

    #[test]
    fn what_the_provider_asks_for_is_waited_unless_it_breaks_the_limit() {
        let policy = RetryPolicy::default().base(SECOND).total_limit(10 * SECOND);
        let delay_asked = delay(policy, 1, 0, Some(7)).unwrap();
        assert!((7 * SECOND..=8 * SECOND).contains(&delay_asked));
        assert!(delay(policy, 1, 5, Some(7)).is_none());
    }

    fn after(text: &str, now: i64) -> Option<u64> {
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::RETRY_AFTER, text.parse().unwrap());
        asked_pause(&headers, now).map(|wait| wait.as_secs())
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
            assert_eq!(asked_pause(&headers, own_clock), Some(Duration::from_secs(30)));
        }
        headers.insert(http::header::DATE, "yesterday".parse().unwrap());
        assert_eq!(
            asked_pause(&headers, 784_111_780 - 5),
            Some(Duration::from_secs(5))
        );
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
