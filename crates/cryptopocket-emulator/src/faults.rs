//! What is to go wrong, with which call, how often.

mod armed;
mod armed_fault;
mod detail;
mod transfer;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use armed::Faults;
pub use armed::Times;
pub use armed_fault::ArmedFault;
pub use detail::Misfit;
use detail::{CENTURY, Detail};
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
    pub const NAMES: &'static [&'static str] = &[
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

    /// What its detail can be; `None` where no fault has this name.
    fn takes(name: &str) -> Option<Detail> {
        let whole = |what, from, to, default| Detail::Whole {
            what,
            from,
            to,
            default,
        };
        Some(match name {
            "slow" => whole("milliseconds", 0, 600_000, 1_000),
            "error_before" | "error_after" => whole("an HTTP status", 400, 599, 500),
            "rate_limit" => whole("seconds", 0, u32::MAX.into(), 1),
            "huge_body" => whole("bytes", 0, 256 << 20, 64 << 20),
            "refuse" => Detail::Code,
            known if Self::NAMES.contains(&known) => Detail::Nothing,
            _ => return None,
        })
    }

    /// Reads a fault by the name the control plane uses, and its detail.
    pub fn read(name: &str, detail: Option<&str>) -> Result<Self, Misfit> {
        detail::read((name, detail), Self::NAMES, Self::takes, Self::named)
    }

    fn named(name: &str, detail: Option<&str>) -> Option<Self> {
        let takes = Self::takes(name)?;
        if matches!(takes, Detail::Nothing) && detail.is_some() {
            return None;
        }
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

    /// The name by which the control plane, scenarios and the header know it.
    pub const fn name(&self) -> &'static str {
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

    /// The detail as [`Fault::read`] reads it.
    pub fn detail(&self) -> Option<String> {
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
    pub const NAMES: &'static [&'static str] = &["duplicate", "corrupt", "skew", "late", "overtaken", "lost"];

    /// What its detail can be; `None` where no fault has this name.
    fn takes(name: &str) -> Option<Detail> {
        let seconds = |what, from, default| Detail::Whole {
            what,
            from,
            to: CENTURY,
            default,
        };
        Some(match name {
            "skew" => seconds("seconds", -CENTURY, -600),
            "late" => seconds("seconds of virtual time", 0, 600),
            known if Self::NAMES.contains(&known) => Detail::Nothing,
            _ => return None,
        })
    }

    /// Reads a fault by the name the control plane uses, and its detail.
    pub fn read(name: &str, detail: Option<&str>) -> Result<Self, Misfit> {
        detail::read((name, detail), Self::NAMES, Self::takes, Self::named)
    }

    fn named(name: &str, detail: Option<&str>) -> Option<Self> {
        let takes = Self::takes(name)?;
        if matches!(takes, Detail::Nothing) && detail.is_some() {
            return None;
        }
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

    /// The name by which the control plane and scenarios know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Corrupt => "corrupt",
            Self::Skew(_) => "skew",
            Self::Late(_) => "late",
            Self::Overtaken => "overtaken",
            Self::Lost => "lost",
        }
    }

    /// The detail as [`WebhookFault::read`] reads it.
    pub fn detail(self) -> Option<String> {
        match self {
            Self::Skew(seconds) => Some(seconds.to_string()),
            Self::Late(by) => Some(by.as_secs().to_string()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, WebhookFault};

    #[test]
    fn every_name_is_read_and_written_alike() {
        for name in Fault::NAMES {
            let detail = (*name == "refuse").then_some("user_banned");
            let fault = Fault::read(name, detail).unwrap();
            assert_eq!(fault.name(), *name);
            assert_eq!(Fault::read(name, fault.detail().as_deref()), Ok(fault));
        }
        for name in WebhookFault::NAMES {
            let fault = WebhookFault::read(name, None).unwrap();
            assert_eq!(fault.name(), *name);
            assert_eq!(WebhookFault::read(name, fault.detail().as_deref()), Ok(fault));
        }
    }

    #[test]
    fn a_detail_that_does_not_fit_is_told_what_would() {
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
