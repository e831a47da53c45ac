//! What to do, in the words of the command line, where the SDK speaks of its own methods.

use cryptopocket::onramp::UnsettledPayment;
use cryptopocket::{Error, ErrorKind};

pub(super) const UNKNOWN_STATE: &str = "The state is new to this version and may be a failure. Look at it, in the \
     provider's documentation or with the provider, before you wait on.";

pub(super) fn advice(error: &Error) -> String {
    let text = match error.kind() {
        _ if UnsettledPayment::of(error).is_some_and(|lost| lost.external_id().is_none()) => {
            "Do not run it again: the payment may exist. It has no reference of yours, so `payments recover` cannot find \
             it: look through `payments list` for its customer, amount and time, and run it again only if it is not \
             there, this time with an --external-id that no other payment has."
        }
        _ if error.is_outcome_unknown() => outcome_unknown(error.operation().unwrap_or_default()),
        ErrorKind::WaitTimeout => "Nothing is lost: run the same again, or wait longer with --max-wait.",
        ErrorKind::RateLimited => {
            "Wait a little, then run it again; the provider limits how often it may be asked."
        }
        ErrorKind::Validation => "Correct the fields that are named, then run it again.",
        ErrorKind::UnexpectedReply => {
            "The reply differs from what this version knows. Check the base URL; if it is right, a newer version may \
             already know the reply."
        }
        _ => match error.code().map(cryptopocket::ErrorCode::as_str) {
            Some("require_kyc") => {
                "Send the customer to the link, wait for the approval with `users kyc ID --wait`, then run it again."
            }
            Some("kyc_reinforced_required") => {
                "Send the customer to the link, or to the one that `users enhanced-link ID` makes, then run it again."
            }
            Some("min_purchase") => "Use a larger amount; the provider's words name the minimum.",
            _ => error.hint(),
        },
    };
    text.to_owned()
}

fn outcome_unknown(operation: &str) -> &'static str {
    match operation {
        "create_payment" | "create_guided_payment" => {
            "Do not run it again: the payment may exist. Look with `payments recover --external-id X`, and run it \
             again only if nothing is found. If it was to be paid by \
             transfer and is found, nothing repeats where to pay: leave it unpaid and create another under a new \
             external id."
        }
        "create_offramp" => {
            "Do not run it again: the off-ramp may exist. Look at `offramp list`, and run it again only if it is not \
             there."
        }
        "reconcile_payment" => {
            "Do not run it again: look at `payments get` and `bank transactions` first, which say whether the two are \
             tied."
        }
        "create_customer" | "create_customer_delegated_kyc" | "create_company_customer" => {
            "Do not run it again: the customer may exist. Look with `users find --email`, and run it again only if \
             nobody is found."
        }
        _ => "It may have taken effect. Look before you run it again.",
    }
}
