//! What to do, in the words of the command line, where the SDK speaks of its own methods.

use cryptopocket::onramp::UnsettledPayment;
use cryptopocket::{Effect, Error, ErrorKind};

pub(super) const UNKNOWN_STATE: &str = "The state is new to this version and may be a failure. Look at it, in the \
     provider's documentation or with the provider, before you wait on.";

pub(super) fn advice(error: &Error) -> String {
    let text = match error.kind() {
        _ if UnsettledPayment::of(error).is_some_and(|lost| lost.external_id().is_none()) => {
            "Do not run it again: the payment may exist. It has no reference of yours, so `payments recover` cannot find \
             it: look through `payments list` for its customer, amount and time, and run it again only if it is not \
             there, this time with an --external-id that no other payment has."
        }
        _ if error.effect() == Effect::Done => done(error.operation().unwrap_or_default()),
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
            _ => return error.advice().text().to_owned(),
        },
    };
    text.to_owned()
}

/// The provider did it, and its reply could not be read.
fn done(operation: &str) -> &'static str {
    match operation {
        "create_payment" | "create_guided_payment" => {
            "Do not run it again: the payment exists. Find its id with `payments recover --external-id X` or in \
             `payments list`."
        }
        "create_offramp" => "Do not run it again: the off-ramp exists. Find its id in `offramp list`.",
        _ => "Do not run it again: it was carried out.",
    }
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
        "subscribe_webhook" | "update_webhook" => {
            "It may have taken effect. Run `webhooks update` with the same address: setting it twice does no harm."
        }
        _ => "It may have taken effect. Look before you run it again.",
    }
}

#[cfg(test)]
mod tests {
    use cryptopocket::testing::{Answer, ScriptedSession};
    use cryptopocket::{Client, ErrorCode};

    use super::*;

    /// What the SDK says in the words of its methods and types.
    fn speaks_rust(text: &str) -> bool {
        let calls = text
            .match_indices('(')
            .any(|(at, _)| text[..at].ends_with(char::is_alphanumeric));
        let names = [
            "raw_body",
            "max_body",
            "max_wait",
            "retry_after",
            "provider_message",
            "verification_url",
        ];
        calls || text.contains("::") || names.iter().any(|name| text.contains(name))
    }

    fn advice_after(answer: Answer) -> String {
        let test = ScriptedSession::new();
        test.provider.always("get_payment", answer);
        let client = Client::from(test.session);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        advice(
            &runtime
                .block_on(client.onramp().payment(&"p-1".into()))
                .unwrap_err(),
        )
    }

    #[test]
    fn whatever_the_provider_answers_the_advice_is_in_the_words_of_the_command_line() {
        let unnamed = [
            "rampoff_not_found",
            "account_not_found",
            "subscription_not_found",
            "moon_phase_wrong",
        ];
        let codes = ErrorCode::ALL.iter().map(ErrorCode::as_str).chain(unnamed);
        let mut answers: Vec<_> = codes.map(Answer::error_code).collect();
        answers.extend([
            Answer::json(r#"{"status":"error"}"#),
            Answer::json("<html>"),
            Answer::reply(422, r#"{"message":"no","errors":{"field":["no"]}}"#),
            Answer::reply(429, ""),
            Answer::reply(500, ""),
            Answer::refused_connection(),
            Answer::timeout_after_sending(),
        ]);
        for answer in answers {
            let text = advice_after(answer);
            assert!(!text.is_empty() && !speaks_rust(&text), "{text}");
        }
    }
}
