//! Faults: what goes wrong with a call, a webhook or a transfer, and how often.

mod armed;
mod detail;

use std::time::Duration;

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::Misfit;

pub(crate) use armed::{Armed, Faults};
pub use armed::{ArmedFault, Times};
pub use detail::NamedFault;
use detail::{CENTURY, Detail, Rule};

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

#[cfg(test)]
mod tests {
    use super::{Fault, NamedFault as _, TransferFault, WebhookFault};

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
}
