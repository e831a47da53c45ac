//! When objects are polled that no webhook came for.

use std::collections::BTreeMap;
use std::time::Duration;

use cryptopocket_types::PaymentType;

use super::object::ObjectKind;

/// An object is not polled more often than this part of its age, so that an abandoned one costs less and less.
const PART_OF_AGE: u32 = 16;
/// Nor less often than that.
const SLOWEST: Duration = Duration::from_hours(24);

/// The pauses between two polls of an object: each is half as long again as the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    first: Duration,
    longest: Duration,
}

impl Pace {
    /// Pauses from `first`, at least 100 ms, to `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        // A pause of zero would never grow.
        let first = first.max(Duration::from_millis(100));
        Self {
            first,
            longest: longest.max(first),
        }
    }

    /// The pause after this many polls in a row that changed nothing.
    fn pause(self, quiet: u32) -> Duration {
        let mut pause = self.first;
        for _ in 0..quiet {
            pause = pause.saturating_add(pause / 2);
            if pause >= self.longest {
                return self.longest;
            }
        }
        pause.min(self.longest)
    }
}

/// When objects are polled, by payment method.
///
/// Webhooks are expected to come first; polls find what they missed. A final state that a webhook announces is polled at
/// once, whatever the schedule. Between half of a pause and all of it is waited.
///
/// No state of failure or expiry is documented, so an abandoned payment never ends. It is polled less and less: the pause
/// grows to a sixteenth of its age, up to a day.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cryptopocket_inbox::tracker::{ObjectKind, Pace, Schedule};
/// use cryptopocket_types::PaymentType;
///
/// let seconds = Duration::from_secs;
/// let schedule = Schedule::default().method(&PaymentType::Card, Pace::new(seconds(20), seconds(300)));
/// assert_eq!(schedule.pause(ObjectKind::Payment, Some("card"), 0, seconds(60)), seconds(20));
/// assert_eq!(schedule.pause(ObjectKind::Payment, Some("card"), 9, seconds(60)), seconds(300));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    methods: BTreeMap<String, Pace>,
    payment: Pace,
    offramp: Pace,
}

impl Default for Schedule {
    /// Card 30 s to 10 min, PSD2 and `PayPal` 1 to 10 min, transfer 10 min to 1 h, other payments and off-ramps 1 to
    /// 15 min; at the slowest one day.
    fn default() -> Self {
        let pace = |first, longest| Pace::new(Duration::from_secs(first), Duration::from_secs(longest));
        let methods = [
            (PaymentType::Card, pace(30, 600)),
            (PaymentType::Psd2, pace(60, 600)),
            (PaymentType::Paypal, pace(60, 600)),
            (PaymentType::Transfer, pace(600, 3600)),
        ];
        Self {
            methods: methods
                .map(|(method, pace)| (method.as_str().to_owned(), pace))
                .into(),
            payment: pace(60, 900),
            offramp: pace(60, 900),
        }
    }
}

impl Schedule {
    /// Sets the pauses of one payment method.
    #[must_use]
    pub fn method(mut self, method: &PaymentType, pace: Pace) -> Self {
        self.methods.insert(method.as_str().to_owned(), pace);
        self
    }

    /// Sets the pauses of payments of every other method, and of those whose method is not known.
    #[must_use]
    pub fn other_payments(mut self, pace: Pace) -> Self {
        self.payment = pace;
        self
    }

    /// Sets the pauses of off-ramps.
    #[must_use]
    pub fn offramps(mut self, pace: Pace) -> Self {
        self.offramp = pace;
        self
    }

    /// The full pause of an object of this age after this many polls in a row that changed nothing.
    pub fn pause(&self, kind: ObjectKind, method: Option<&str>, quiet: u32, age: Duration) -> Duration {
        let pace = match kind {
            ObjectKind::Offramp => self.offramp,
            ObjectKind::Payment => method
                .and_then(|method| self.methods.get(method).copied())
                .unwrap_or(self.payment),
        };
        pace.pause(quiet).max((age / PART_OF_AGE).min(SLOWEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abandoned_payment_is_polled_once_a_day() {
        let pause = |hours| {
            let age = Duration::from_hours(hours);
            Schedule::default().pause(ObjectKind::Payment, Some("card"), u32::MAX, age)
        };
        assert_eq!(pause(1), Duration::from_mins(10));
        assert_eq!(pause(32), Duration::from_hours(2));
        assert_eq!(pause(10_000), Duration::from_hours(24));
    }

    #[test]
    fn unknown_method_has_the_pace_of_others() {
        let schedule = Schedule::default();
        let pause = |method| schedule.pause(ObjectKind::Payment, method, 0, Duration::ZERO);
        assert_eq!(pause(Some("cheque")), Duration::from_mins(1));
        assert_eq!(pause(None), Duration::from_mins(1));
        assert_eq!(pause(Some("transfer")), Duration::from_mins(10));
    }
}
