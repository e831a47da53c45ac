//! Faults: what goes wrong with a call, a webhook or a transfer, and how often.

mod detail;

use std::time::Duration;

use cryptopocket_types::Decimal;
use detail::{CENTURY, Detail, Rule};
use serde::{Deserialize, Serialize};

use crate::error::Misfit;

pub use detail::NamedFault;

/// Defines the faults of one kind: the name of each, its variant, and the rule for its detail.
macro_rules! faults {
    ($(#[$meta:meta])* $kind:ident {
        $($(#[$doc:meta])* $name:literal $variant:ident $(($type:ty) $rule:expr)?;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $kind {
            $($(#[$doc])* $variant $(($type))?,)*
        }

        impl $kind {
            const RULES: &[(&str, Rule)] = &[$(($name, faults!(@rule $($rule)?))),*];

            #[doc = concat!("The name of every `", stringify!($kind), "`.")]
            pub fn names() -> Vec<&'static str> {
                Self::RULES.iter().map(|(name, _)| *name).collect()
            }

            /// Reads a fault by its name in the control plane and its detail.
            ///
            /// # Errors
            ///
            /// [`Misfit`] if either is not valid.
            pub fn read(name: &str, detail: Option<&str>) -> Result<Self, Misfit> {
                detail::read(Self::RULES, (name, detail), |rule| {
                    Some(match name {
                        $($name => Self::$variant $((<$type as Detail>::parse(*rule, detail)?))?,)*
                        _ => return None,
                    })
                })
            }
        }

        impl NamedFault for $kind {
            fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                }
            }

            fn detail(&self) -> Option<String> {
                match self {
                    $($(Self::$variant(value) => Some(Detail::text(value, $rule)),)?)*
                    _ => None,
                }
            }
        }
    };
    (@rule) => { Rule::Nothing };
    (@rule $rule:expr) => { $rule };
}

faults! {
    /// A fault of a call.
    ///
    /// "Before" means that the call has no effect; "after" means that it takes effect and only the reply is affected.
    Fault {
        /// The reply is late by this much real time, after.
        "slow" Slow(Duration) Rule::Whole("milliseconds", 0, 600_000, 1_000);
        /// The connection is closed without a reply, before.
        "drop_before" DropBefore;
        /// The connection is closed without a reply, after.
        "drop_after" DropAfter;
        /// An HTTP error of this status, before.
        "error_before" ErrorBefore(u16) Rule::Whole("an HTTP status", 400, 599, 500);
        /// An HTTP error of this status, after.
        "error_after" ErrorAfter(u16) Rule::Whole("an HTTP status", 400, 599, 500);
        /// HTTP 429 with a `Retry-After` of this many seconds, before.
        "rate_limit" RateLimit(u32) Rule::Whole("seconds", 0, 4_294_967_295, 1);
        /// The JSON ends in the middle, after; the length header matches the shortened body.
        "broken_body" BrokenBody;
        /// The connection is closed in the middle of the body, after.
        "truncated_body" TruncatedBody;
        /// An empty body, after.
        "empty_body" EmptyBody;
        /// An HTML page with status 200, before.
        "html" Html;
        /// A valid reply padded with white space to this many bytes, after.
        "huge_body" HugeBody(usize) Rule::Whole("bytes", 0, 256 << 20, 64 << 20);
        /// A field that no page mentions, `sandbox_extra`, is added to the object in `data`, after.
        "extra_field" ExtraField;
        /// A valid token is refused: `authorization_incorrect`, before.
        "refuse_token" RefuseToken;
        /// A business error with this code, before.
        "refuse" Refuse(String) Rule::Code;
    }
}

faults! {
    /// A fault of a webhook.
    #[derive(Copy)]
    WebhookFault {
        /// It is sent twice.
        "duplicate" Duplicate;
        /// A digit of the body is changed after signing.
        "corrupt" Corrupt;
        /// Its timestamp, which is signed, is off by this many seconds; negative is in the past.
        "skew" Skew(i64) Rule::Whole("seconds", -CENTURY, CENTURY, -600);
        /// It leaves this much virtual time later.
        "late" Late(Duration) Rule::Whole("seconds of virtual time", 0, CENTURY, 600);
        /// It is sent only after the next webhook for the same URL.
        "overtaken" Overtaken;
        /// It is never sent.
        "lost" Lost;
    }
}

faults! {
    /// A mistake of a customer or a bank with a transfer, made by [`Command::PayTransfer`](crate::Command::PayTransfer).
    #[derive(Copy)]
    TransferFault {
        /// The concept arrives with a digit changed.
        "wrong_concept" WrongConcept;
        /// The concept does not arrive.
        "missing_concept" MissingConcept;
        /// This much less arrives than was to be paid, in units of the payment's currency.
        "partial" Partial(Decimal) Rule::Amount;
        /// This much more arrives than was to be paid.
        "over" Over(Decimal) Rule::Amount;
        /// The customer pays twice.
        "twice" Twice;
        /// The amount arrives in two parts, each with the concept.
        "split" Split;
        /// Nothing arrives.
        "lost" Lost;
    }
}

/// The number of times that a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The number of calls, webhooks or transfers that are spared first.
    pub skip: u32,
    /// The number that are struck after those.
    #[serde(rename = "times")]
    pub strike: u32,
}

impl Times {
    /// The next `strike` of them.
    pub const fn first(strike: u32) -> Self {
        Self { skip: 0, strike }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry<F> {
    /// An operation or event type, or `*` for any.
    on: String,
    fault: F,
    times: Times,
}

impl<F> Entry<F> {
    /// Whether it strikes now; counts down the skips or the strikes.
    fn strikes(&mut self, target: &str) -> bool {
        let times = &mut self.times;
        if times.strike == 0 || (self.on != "*" && self.on != target) {
            return false;
        }
        if times.skip > 0 {
            times.skip -= 1;
            return false;
        }
        times.strike -= 1;
        true
    }
}

/// The armed faults of one kind, oldest first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Armed<F>(Vec<Entry<F>>);

impl<F> Default for Armed<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: NamedFault + Clone + PartialEq> Armed<F> {
    /// Arms a fault for a target: an operation, an event type, or `*` for any.
    pub(crate) fn arm(&mut self, target: &str, fault: F, times: Times) {
        let on = target.to_owned();
        self.0.push(Entry { on, fault, times });
    }

    /// The oldest fault that strikes.
    pub(crate) fn take_first(&mut self, target: &str) -> Option<F> {
        let mut entries = self.0.iter_mut();
        let struck = entries.find_map(|entry| entry.strikes(target).then(|| entry.fault.clone()));
        self.0.retain(|entry| entry.times.strike > 0);
        struck
    }

    /// Every fault that strikes, each once however often it is armed.
    pub(crate) fn take_all(&mut self, target: &str) -> Vec<F> {
        let mut taken: Vec<F> = Vec::new();
        for entry in &mut self.0 {
            if !taken.contains(&entry.fault) && entry.strikes(target) {
                taken.push(entry.fault.clone());
            }
        }
        self.0.retain(|entry| entry.times.strike > 0);
        taken
    }

    fn list(&self, of: &str) -> impl Iterator<Item = ArmedFault> {
        self.0.iter().map(move |entry| ArmedFault {
            what: entry.fault.name().to_owned(),
            of: of.to_owned(),
            on: entry.on.clone(),
            detail: entry.fault.detail(),
            skip: entry.times.skip,
            left: entry.times.strike,
        })
    }
}

/// All armed faults.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    pub(crate) calls: Armed<Fault>,
    pub(crate) events: Armed<WebhookFault>,
    pub(crate) transfers: Armed<TransferFault>,
}

impl Faults {
    /// All armed faults, the oldest of each kind first.
    pub(crate) fn list(&self) -> Vec<ArmedFault> {
        let of_messages = self.calls.list("call").chain(self.events.list("webhook"));
        of_messages.chain(self.transfers.list("transfer")).collect()
    }
}

/// An armed fault that has strikes left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArmedFault {
    /// The fault's name, such as `drop_after`.
    pub what: String,
    /// The kind of its target: `call`, `webhook` or `transfer`.
    pub of: String,
    /// The operation or event type it waits for, `*` for any; for a transfer, `transfer`.
    pub on: String,
    /// Its detail, such as a status.
    pub detail: Option<String>,
    /// The number that are spared before it strikes.
    pub skip: u32,
    /// The number that it strikes after those.
    pub left: u32,
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, NamedFault as _, Times, TransferFault, WebhookFault};

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
        for name in TransferFault::names() {
            let fault = TransferFault::read(name, None).unwrap();
            assert_eq!(fault.name(), name);
            assert_eq!(TransferFault::read(name, fault.detail().as_deref()), Ok(fault));
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
                WebhookFault::read(name, Some(detail)).unwrap_err().place,
                "detail"
            );
        }
    }

    #[test]
    fn unpayable_amounts_are_refused() {
        for sum in ["0", "-1", "0.001", "much"] {
            let misfit = TransferFault::read("partial", Some(sum)).unwrap_err();
            assert_eq!(
                misfit.cure,
                "`partial` takes an amount in whole cents above 0, by default 1"
            );
        }
        let misfit = TransferFault::read("twice", Some("2")).unwrap_err();
        assert_eq!(
            (misfit.place.as_str(), misfit.cure.as_str()),
            ("detail", "`twice` takes no detail")
        );
    }

    #[test]
    fn fault_strikes_as_often_and_where_armed() {
        let mut faults = Faults::default();
        faults.calls.arm("quote", Fault::Html, Times::first(2));
        assert_eq!(faults.calls.take_first("create_payment"), None);
        assert_eq!(faults.calls.take_first("quote"), Some(Fault::Html));
        assert_eq!(faults.calls.take_first("quote"), Some(Fault::Html));
        assert_eq!(faults.calls.take_first("quote"), None);
    }

    #[test]
    fn event_suffers_several_kinds_of_fault() {
        let mut faults = Faults::default();
        faults.events.arm("*", WebhookFault::Duplicate, Times::first(1));
        faults
            .events
            .arm("PAY_IN", WebhookFault::Skew(-900), Times::first(1));
        assert_eq!(
            faults.events.take_all("PAY_IN"),
            [WebhookFault::Duplicate, WebhookFault::Skew(-900)]
        );
        assert!(faults.events.take_all("PAY_IN").is_empty());
    }

    #[test]
    fn fault_spares_skipped_calls() {
        let mut faults = Faults::default();
        faults
            .calls
            .arm("quote", Fault::Html, Times { skip: 1, strike: 1 });
        faults
            .calls
            .arm("*", Fault::EmptyBody, Times { skip: 2, strike: 1 });
        let struck: Vec<_> = (0..4).map(|_| faults.calls.take_first("quote")).collect();
        assert_eq!(struck, [None, Some(Fault::Html), None, Some(Fault::EmptyBody)]);
    }
}
