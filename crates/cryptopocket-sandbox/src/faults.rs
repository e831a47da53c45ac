//! What is to go wrong, with which call, how often.

mod armed;
mod transfer;
mod waiting;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use armed::{Faults, Times};
pub use transfer::TransferFault;

/// Something that goes wrong with an answer.
///
/// "Before" means that the call had no effect; "after" that it did all it does and only the answer suffers.
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
    /// The names by which the control plane, scenarios and the header know them.
    pub(crate) const NAMES: &'static [&'static str] = &[
        "slow",
        "drop_before",
        "drop_after",
        "error_before",
        "error_after",
        "rate_limit",
        "broken_body",
        "truncated_body",
        "empty_body",
        "html",
        "huge_body",
        "refuse_token",
        "refuse",
    ];

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

    /// The detail as [`Fault::named`] reads it.
    pub(crate) fn detail(&self) -> Option<String> {
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

/// Something that goes wrong with a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The names by which the control plane and scenarios know them.
    pub(crate) const NAMES: &'static [&'static str] =
        &["duplicate", "corrupt", "skew", "late", "overtaken", "lost"];

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

impl WebhookFault {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Corrupt => "corrupt",
            Self::Skew(_) => "skew",
            Self::Late(_) => "late",
            Self::Overtaken => "overtaken",
            Self::Lost => "lost",
        }
    }

    /// The detail as [`WebhookFault::named`] reads it.
    pub(crate) fn detail(self) -> Option<String> {
        match self {
            Self::Skew(seconds) => Some(seconds.to_string()),
            Self::Late(by) => Some(by.as_secs().to_string()),
            _ => None,
        }
    }
}

/// A century either way.
const SKEW_LIMIT: i64 = 3_155_760_000;

#[cfg(test)]
mod tests {
    use super::{Fault, WebhookFault};

    #[test]
    fn every_name_is_read_and_written_alike() {
        for name in Fault::NAMES {
            let fault = Fault::named(name, Some("500")).unwrap();
            assert_eq!(fault.name(), *name);
            assert_eq!(Fault::named(name, fault.detail().as_deref()), Some(fault));
        }
        for name in WebhookFault::NAMES {
            let fault = WebhookFault::named(name, None).unwrap();
            assert_eq!(fault.name(), *name);
            assert_eq!(WebhookFault::named(name, fault.detail().as_deref()), Some(fault));
        }
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
