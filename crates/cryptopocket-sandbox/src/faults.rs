//! What is to go wrong, with which call, how often.

use std::time::Duration;

/// Something that goes wrong with an answer.
///
/// "Before" means that the call had no effect; "after" that it did all it does and only the answer suffers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes late by this much real time. The call has taken effect by then.
    Slow(Duration),
    /// The connection is closed without an answer, before.
    DropBefore,
    /// The connection is closed without an answer, after.
    DropAfter,
    /// An HTTP error of this status, before.
    ErrorBefore(u16),
    /// An HTTP error of this status, after.
    ErrorAfter(u16),
    /// HTTP 429 with a `Retry-After` of so many seconds, before.
    RateLimit(u32),
    /// The JSON stops in the middle, after; the length header agrees with it.
    BrokenBody,
    /// The connection is closed in the middle of the body, after.
    TruncatedBody,
    /// No body at all, after.
    EmptyBody,
    /// An HTML page with status 200, before.
    Html,
    /// A valid reply followed by white space up to so many bytes, after.
    HugeBody(usize),
    /// The token is refused though it is good: `authorization_incorrect`, before.
    RefuseToken,
    /// A business error with this code, before.
    Refuse(String),
}

impl Fault {
    /// Reads a fault by the name the control plane uses; `detail` is a status, a duration in milliseconds, a size in
    /// bytes, a number of seconds or a code, where the fault has one.
    pub(crate) fn named(name: &str, detail: Option<&str>) -> Option<Self> {
        let number = |default: u64| detail.map_or(Some(default), |text| text.parse().ok());
        let status = || {
            u16::try_from(number(500)?)
                .ok()
                .filter(|status| (400..=599).contains(status))
        };
        Some(match name {
            "slow" => Self::Slow(Duration::from_millis(number(1_000)?.min(600_000))),
            "drop_before" => Self::DropBefore,
            "drop_after" => Self::DropAfter,
            "error_before" => Self::ErrorBefore(status()?),
            "error_after" => Self::ErrorAfter(status()?),
            "rate_limit" => Self::RateLimit(u32::try_from(number(1)?).ok()?),
            "broken_body" => Self::BrokenBody,
            "truncated_body" => Self::TruncatedBody,
            "empty_body" => Self::EmptyBody,
            "html" => Self::Html,
            "huge_body" => Self::HugeBody(
                usize::try_from(number(64 << 20)?)
                    .ok()
                    .filter(|size| *size <= 256 << 20)?,
            ),
            "refuse_token" => Self::RefuseToken,
            "refuse" => Self::Refuse(detail?.to_owned()),
            _ => return None,
        })
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Slow(_) => "slow",
            Self::DropBefore => "drop_before",
            Self::DropAfter => "drop_after",
            Self::ErrorBefore(_) => "error_before",
            Self::ErrorAfter(_) => "error_after",
            Self::RateLimit(_) => "rate_limit",
            Self::BrokenBody => "broken_body",
            Self::TruncatedBody => "truncated_body",
            Self::EmptyBody => "empty_body",
            Self::Html => "html",
            Self::HugeBody(_) => "huge_body",
            Self::RefuseToken => "refuse_token",
            Self::Refuse(_) => "refuse",
        }
    }
}

/// Something that goes wrong with a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookFault {
    /// It is sent twice.
    Duplicate,
    /// A digit of the body is changed after signing.
    Corrupt,
    /// The timestamp, signed as it should be, is off by so many seconds; below zero lies in the past.
    Skew(i64),
    /// It leaves this much virtual time later.
    Late(Duration),
    /// It is sent only once another one has left for the same URL.
    Overtaken,
    /// It is never sent.
    Lost,
}

impl WebhookFault {
    /// Reads a fault by the name the control plane uses; `detail` is a number of seconds where the fault has one.
    pub(crate) fn named(name: &str, detail: Option<&str>) -> Option<Self> {
        let seconds = |default| detail.map_or(Some(default), |text| text.parse::<i64>().ok());
        Some(match name {
            "duplicate" => Self::Duplicate,
            "corrupt" => Self::Corrupt,
            "skew" => Self::Skew(seconds(-600)?.clamp(-SKEW_LIMIT, SKEW_LIMIT)),
            "late" => Self::Late(Duration::from_secs(u64::try_from(seconds(600)?).ok()?)),
            "overtaken" => Self::Overtaken,
            "lost" => Self::Lost,
            _ => return None,
        })
    }
}

/// A century either way.
const SKEW_LIMIT: i64 = 3_155_760_000;

#[derive(Debug)]
struct Armed<F> {
    /// An operation or event, or `*` for any.
    on: String,
    fault: F,
    left: u32,
}

/// The faults that wait for a call or an event.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    calls: Vec<Armed<Fault>>,
    events: Vec<Armed<WebhookFault>>,
}

impl Faults {
    pub(crate) fn arm(&mut self, operation: &str, fault: Fault, times: u32) {
        self.calls.push(Armed {
            on: operation.to_owned(),
            fault,
            left: times,
        });
    }

    pub(crate) fn arm_event(&mut self, event: &str, fault: WebhookFault, times: u32) {
        self.events.push(Armed {
            on: event.to_owned(),
            fault,
            left: times,
        });
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The oldest fault that waits for this operation.
    pub(crate) fn take_for_call(&mut self, operation: &str) -> Option<Fault> {
        take(&mut self.calls, operation)
    }

    /// Every kind of fault that waits for this event, each once.
    pub(crate) fn take_for_event(&mut self, event: &str) -> Vec<WebhookFault> {
        let mut taken: Vec<WebhookFault> = Vec::new();
        for armed in &mut self.events {
            if (armed.on == "*" || armed.on == event) && !taken.contains(&armed.fault) {
                armed.left = armed.left.saturating_sub(1);
                taken.push(armed.fault);
            }
        }
        self.events.retain(|armed| armed.left > 0);
        taken
    }
}

fn take<F: Clone>(waiting: &mut Vec<Armed<F>>, on: &str) -> Option<F> {
    let place = waiting
        .iter()
        .position(|armed| armed.on == "*" || armed.on == on)?;
    let armed = &mut waiting[place];
    armed.left = armed.left.saturating_sub(1);
    let fault = armed.fault.clone();
    if armed.left == 0 {
        waiting.remove(place);
    }
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, WebhookFault};

    #[test]
    fn a_fault_strikes_as_often_as_asked_and_only_where_asked() {
        let mut faults = Faults::default();
        faults.arm("quote", Fault::Html, 2);
        assert_eq!(faults.take_for_call("create_payment"), None);
        assert_eq!(faults.take_for_call("quote"), Some(Fault::Html));
        assert_eq!(faults.take_for_call("quote"), Some(Fault::Html));
        assert_eq!(faults.take_for_call("quote"), None);
    }

    #[test]
    fn an_event_can_suffer_several_kinds_of_fault_at_once() {
        let mut faults = Faults::default();
        faults.arm_event("*", WebhookFault::Duplicate, 1);
        faults.arm_event("PAY_IN", WebhookFault::Skew(-900), 1);
        assert_eq!(
            faults.take_for_event("PAY_IN"),
            [WebhookFault::Duplicate, WebhookFault::Skew(-900)]
        );
        assert!(faults.take_for_event("PAY_IN").is_empty());
    }

    #[test]
    fn names_and_details_are_read_or_refused() {
        assert_eq!(
            Fault::named("error_after", Some("503")),
            Some(Fault::ErrorAfter(503))
        );
        assert_eq!(Fault::named("error_after", Some("200")), None);
        assert_eq!(Fault::named("refuse", None), None);
        assert_eq!(Fault::named("gremlin", None), None);
        assert_eq!(WebhookFault::named("late", Some("-1")), None);
    }
}
