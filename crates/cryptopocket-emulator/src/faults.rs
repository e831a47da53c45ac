//! Faults: what goes wrong, with which call, webhook or transfer, and how often.

mod armed;
mod armed_fault;
mod detail;
mod transfer;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use armed::Faults;
pub use armed::Times;
pub use armed_fault::ArmedFault;
use detail::{CENTURY, Detail, Kinds, whole};
pub use detail::{Misfit, NamedFault};
pub use transfer::TransferFault;

/// A fault of a call.
///
/// "Before" means that the call had no effect; "after" that it took effect and only the answer suffers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// HTTP 429 with a `Retry-After` of this many seconds, before.
    RateLimit(u32),
    /// The JSON stops in the middle, after; the length header agrees with it.
    BrokenBody,
    /// The connection is closed in the middle of the body, after.
    TruncatedBody,
    /// No body at all, after.
    EmptyBody,
    /// An HTML page with status 200, before.
    Html,
    /// A valid reply padded with white space to this many bytes, after.
    HugeBody(usize),
    /// A valid token is refused: `authorization_incorrect`, before.
    RefuseToken,
    /// A business error with this code, before.
    Refuse(String),
}

const KINDS: Kinds = &[
    ("slow", whole("milliseconds", 0, 600_000, 1_000)),
    ("drop_before", Detail::Nothing),
    ("drop_after", Detail::Nothing),
    ("error_before", whole("an HTTP status", 400, 599, 500)),
    ("error_after", whole("an HTTP status", 400, 599, 500)),
    ("rate_limit", whole("seconds", 0, u32::MAX as i64, 1)),
    ("broken_body", Detail::Nothing),
    ("truncated_body", Detail::Nothing),
    ("empty_body", Detail::Nothing),
    ("html", Detail::Nothing),
    ("huge_body", whole("bytes", 0, 256 << 20, 64 << 20)),
    ("refuse_token", Detail::Nothing),
    ("refuse", Detail::Code),
];

impl Fault {
    /// The names of all faults of calls.
    pub fn names() -> Vec<&'static str> {
        detail::names(KINDS)
    }

    /// Reads a fault by the name that the control plane uses, and its detail.
    pub fn read(name: &str, detail: Option<&str>) -> Result<Self, Misfit> {
        detail::read(KINDS, (name, detail), Self::named)
    }

    fn named(name: &str, takes: Detail, detail: Option<&str>) -> Option<Self> {
        Some(match name {
            "slow" => Self::Slow(Duration::from_millis(takes.number(detail)?)),
            "drop_before" => Self::DropBefore,
            "drop_after" => Self::DropAfter,
            "error_before" => Self::ErrorBefore(takes.number(detail)?),
            "error_after" => Self::ErrorAfter(takes.number(detail)?),
            "rate_limit" => Self::RateLimit(takes.number(detail)?),
            "broken_body" => Self::BrokenBody,
            "truncated_body" => Self::TruncatedBody,
            "empty_body" => Self::EmptyBody,
            "html" => Self::Html,
            "huge_body" => Self::HugeBody(takes.number(detail)?),
            "refuse_token" => Self::RefuseToken,
            "refuse" => Self::Refuse(detail.filter(|code| !code.is_empty())?.to_owned()),
            _ => return None,
        })
    }
}

impl NamedFault for Fault {
    fn name(&self) -> &'static str {
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

    fn detail(&self) -> Option<String> {
        Some(match self {
            Self::Slow(after) => after.as_millis().to_string(),
            Self::ErrorBefore(status) | Self::ErrorAfter(status) => status.to_string(),
            Self::RateLimit(seconds) => seconds.to_string(),
            Self::HugeBody(size) => size.to_string(),
            Self::Refuse(code) => code.clone(),
            _ => return None,
        })
    }
}

/// A fault of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WebhookFault {
    /// It is sent twice.
    Duplicate,
    /// A digit of the body is changed after signing.
    Corrupt,
    /// The timestamp, signed as it should be, is off by this many seconds; negative is in the past.
    Skew(i64),
    /// It leaves this much virtual time later.
    Late(Duration),
    /// It is sent only once another one has left for the same URL.
    Overtaken,
    /// It is never sent.
    Lost,
}

const WEBHOOK_KINDS: Kinds = &[
    ("duplicate", Detail::Nothing),
    ("corrupt", Detail::Nothing),
    ("skew", whole("seconds", -CENTURY, CENTURY, -600)),
    ("late", whole("seconds of virtual time", 0, CENTURY, 600)),
    ("overtaken", Detail::Nothing),
    ("lost", Detail::Nothing),
];

impl WebhookFault {
    /// The names of all faults of webhooks.
    pub fn names() -> Vec<&'static str> {
        detail::names(WEBHOOK_KINDS)
    }

    /// Reads a fault by the name that the control plane uses, and its detail.
    pub fn read(name: &str, detail: Option<&str>) -> Result<Self, Misfit> {
        detail::read(WEBHOOK_KINDS, (name, detail), Self::named)
    }

    fn named(name: &str, takes: Detail, detail: Option<&str>) -> Option<Self> {
        Some(match name {
            "duplicate" => Self::Duplicate,
            "corrupt" => Self::Corrupt,
            "skew" => Self::Skew(takes.number(detail)?),
            "late" => Self::Late(Duration::from_secs(takes.number(detail)?)),
            "overtaken" => Self::Overtaken,
            "lost" => Self::Lost,
            _ => return None,
        })
    }
}

impl NamedFault for WebhookFault {
    fn name(&self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Corrupt => "corrupt",
            Self::Skew(_) => "skew",
            Self::Late(_) => "late",
            Self::Overtaken => "overtaken",
            Self::Lost => "lost",
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Skew(seconds) => Some(seconds.to_string()),
            Self::Late(by) => Some(by.as_secs().to_string()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, NamedFault as _, WebhookFault};

    #[test]
    fn names_and_details_round_trip() {
        for name in Fault::names() {
            let detail = (name == "refuse").then_some("user_banned");
            let fault = Fault::read(name, detail).unwrap();
            assert_eq!(fault.name(), name);
            assert_eq!(Fault::read(name, fault.detail().as_deref()), Ok(fault));
        }
        for name in WebhookFault::names() {
            let fault = WebhookFault::read(name, None).unwrap();
            assert_eq!(fault.name(), name);
            assert_eq!(WebhookFault::read(name, fault.detail().as_deref()), Ok(fault));
        }
    }

    #[test]
    fn unfit_detail_is_refused_with_what_fits() {
        assert_eq!(
            Fault::read("error_after", Some("503")),
            Ok(Fault::ErrorAfter(503))
        );
        let told = |name, detail| Fault::read(name, detail).unwrap_err().to_string();
        for (name, detail, expected) in [
            (
                "error_after",
                Some("200"),
                "detail: `200` does not fit the fault `error_after`; `error_after` takes an HTTP status from 400 to 599, by default 500",
            ),
            (
                "slow",
                Some("600001"),
                "detail: `600001` does not fit the fault `slow`; `slow` takes milliseconds from 0 to 600000, by default 1000",
            ),
            (
                "html",
                Some("500"),
                "detail: `500` does not fit the fault `html`; `html` takes no detail",
            ),
            (
                "refuse",
                None,
                "detail: the fault `refuse` needs a detail; `refuse` takes the code that is answered, such as user_banned",
            ),
        ] {
            assert_eq!(told(name, detail), expected);
        }
        assert!(
            told("drop_afer", None).starts_with("fault: `drop_afer` is no fault; use one of drop_after, ")
        );
        for (name, detail) in [
            ("late", "-1"),
            ("skew", "3155760001"),
            ("lost", "1"),
            ("late", "1.5"),
        ] {
            assert_eq!(
                WebhookFault::read(name, Some(detail)).unwrap_err().field,
                "detail"
            );
        }
    }
}
