//! What to do about an error, worded for the command line.

use cryptopocket::onramp::UnsettledPayment;
use cryptopocket::{Effect, Error};

pub(super) const UNKNOWN_STATE: &str = "This state is new to this version and may be a failure. Look it up in the \
     provider's documentation, or ask the provider, before you wait on.";

/// The advice for `error`: the SDK's own, unless that names methods of the SDK or depends on the operation.
pub(super) fn advice(error: &Error) -> &str {
    let key = match error.effect() {
        // First: it also holds for a payment without a reference, whose advice below could end in a second payment.
        Effect::Done => "done",
        Effect::Unknown if UnsettledPayment::of(error).is_some_and(|lost| lost.external_id().is_none()) => {
            "unknown_without_reference"
        }
        Effect::Unknown => "unknown",
        Effect::NotSent | Effect::NotDone => error.advice().id(),
    };
    text(key, error.operation().unwrap_or_default()).unwrap_or(error.advice().text())
}

/// The texts by effect or advice id, then by operation.
pub(super) fn text(key: &str, operation: &str) -> Option<&'static str> {
    Some(match (key, operation) {
        ("done", "create_payment" | "create_guided_payment") => {
            "Do not run it again: the payment exists. Find its id with `payments recover --external-id X` or in \
             `payments list`."
        }
        ("done", "create_offramp") => {
            "Do not run it again: the off-ramp exists. Find its id in `offramp list`."
        }
        ("done", _) => "Do not run it again: it was carried out.",
        ("unknown_without_reference", _) => {
            "Do not run it again: the payment may exist. It has no external id, so `payments recover` cannot find it. \
             Look through `payments list` for its customer, amount and time. Run it again only if it is not there, with \
             an --external-id that no other payment has."
        }
        ("unknown", "create_payment" | "create_guided_payment") => {
            "Do not run it again: the payment may exist. Look with `payments recover --external-id X --lost-at TIME`, and \
             run it again only if nothing is found. If it is a transfer and is found, its bank details are lost: leave it \
             unpaid and create another with a new external id."
        }
        ("unknown", "create_offramp") => {
            "Do not run it again: the off-ramp may exist. Look at `offramp list`, and run it again only if it is not \
             there."
        }
        ("unknown", "reconcile_payment") => {
            "Do not run it again: look at `payments get` and `bank transactions` first, which show whether the two are \
             reconciled."
        }
        ("unknown", "create_customer" | "create_customer_delegated_kyc" | "create_company_customer") => {
            "Do not run it again: the customer may exist. Look with `users find --email`, and run it again only if no \
             customer is found."
        }
        ("unknown", "subscribe_webhook" | "update_webhook") => {
            "It may have taken effect. Run `webhooks update` with the same address: setting it twice does no harm."
        }
        ("unknown", _) => "It may have taken effect. Look before you run it again.",
        ("report_shape", _) => {
            "The reply differs from what this version knows. Check the base URL; if it is right, a newer version may \
             already accept the reply."
        }
        ("wait_again", _) => "Nothing is lost: run the same again, or wait longer with --max-wait.",
        ("allow_more_time", _) => "Try again, or allow more time with --timeout.",
        ("slow_down", _) => "Wait a little, then run it again: the provider limits the number of calls.",
        ("correct_fields", _) => "Correct the fields that are named, then run it again.",
        ("trust_certificate", _) => {
            "The server's certificate is not trusted. Check the base URL's host name and this machine's clock. Give the \
             authority of a proxy that decrypts TLS, or of a private server, with --ca-file. Nothing was sent, so \
             running it again is safe."
        }
        ("require_kyc", _) => {
            "Send the customer to the link, wait for the approval with `users kyc ID --wait`, then run it again."
        }
        ("kyc_reinforced_required", _) => {
            "Send the customer to the link, or to the one that `users enhanced-link ID` creates, then run it again."
        }
        ("min_purchase", _) => "Use a larger amount; the provider's message names the minimum.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use cryptopocket::onramp::NewPayment;
    use cryptopocket::testing::{Answer, ScriptedSession};
    use cryptopocket::{Asset, Client, ErrorCode};

    use super::*;

    /// Whether a text names methods or types of the SDK.
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
        let call = client.onramp();
        let error = runtime.block_on(call.payment(&"p-1".into())).unwrap_err();
        advice(&error).to_owned()
    }

    #[test]
    fn advice_names_no_method_of_the_sdk() {
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

    fn advice_after_payment(answer: Answer) -> String {
        let test = ScriptedSession::new();
        test.provider.always("create_payment", answer);
        let client = Client::from(test.session);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (amount, asset) = ("50 EUR".parse().unwrap(), Asset::new("USDC", "polygon"));
        let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
        let payment = NewPayment::transfer("100067".into(), amount, asset, wallet);
        let call = client.onramp().create_payment(payment);
        advice(&runtime.block_on(call).unwrap_err()).to_owned()
    }

    #[test]
    fn payment_that_was_carried_out_is_never_run_again() {
        let text = advice_after_payment(Answer::json(r#"{"status":"ok","data":{}}"#));
        let start = "Do not run it again: the payment exists.";
        assert!(text.starts_with(start), "{text}");
    }

    #[test]
    fn lost_answer_without_reference_points_to_the_list() {
        let text = advice_after_payment(Answer::timeout_after_sending());
        assert!(text.contains("`payments recover` cannot find it"), "{text}");
    }
}
