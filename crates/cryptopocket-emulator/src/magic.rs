//! Magic values that request a refusal, for tests that cannot produce the state behind it.

use crate::catalogue::words;
use crate::fields::invalid;
use crate::wire::Failure;

/// The prefix of a value that requests the refusal named after it.
const PREFIX: &str = "sandbox:";
/// The prefix of a file URL that requests the refusal named after it.
const FILES: &str = "https://files.sandbox.example/";

/// Codes that an order's `external_id` can request.
const OF_ORDERS: &[&str] = words! {
    authorization_incorrect fail_mandatory_field user_not_found user_banned limit_exceded coin_not_supported
};
/// Further codes of payments that are not guided.
const OF_PLAIN: &[&str] = words! { method_not_allowed error_payment_creation };
/// Further codes of guided payments.
const OF_GUIDED: &[&str] = &["guided_payment_eur_only", INTERNAL];
const INTERNAL: &str = "internal_error";
/// Codes that a reconciliation's `transaction_id` can request.
const OF_RECONCILIATIONS: &[&str] = words! {
    payment_not_found transaction_not_found already_reconciled amount_mismatch payment_not_pending
};

/// The text of an internal exception, as guided payments return it.
pub(crate) const EXCEPTION: &str = "Call to a member function getAmount() on null";

/// The code that a value requests.
pub(crate) fn requested_code(value: Option<&str>) -> Option<&str> {
    value?.strip_prefix(PREFIX)
}

/// Codes whose reply needs a customer or a limit; `check_order` makes them.
const IN_WORDS: &[&str] = words! { require_kyc kyc_reinforced_required min_purchase };

/// The refusal that an order requests, unless its reply needs a customer or a limit.
pub(crate) fn order(external_id: Option<&str>, guided: bool) -> Option<Failure> {
    let code = requested_code(external_id).filter(|code| !IN_WORDS.contains(code))?;
    let further = if guided { OF_GUIDED } else { OF_PLAIN };
    let refusal = requested("external_id", code, &[OF_ORDERS, IN_WORDS, further].concat());
    if refusal == Failure::Code(INTERNAL) {
        return Some(Failure::Message(EXCEPTION.to_owned()));
    }
    Some(refusal)
}

/// The refusal that a reconciliation requests.
pub(crate) fn reconciliation(transaction_id: &str) -> Option<Failure> {
    let code = requested_code(Some(transaction_id))?;
    Some(requested("transaction_id", code, OF_RECONCILIATIONS))
}

/// The refusal with a code. A misspelt request must fail: a payment would look like success.
fn requested(field: &str, code: &str, known: &[&'static str]) -> Failure {
    if let Some(code) = known.iter().find(|known| **known == code) {
        return Failure::Code(code);
    }
    let (name, known) = (field.replace('_', " "), known.join(", "));
    let text = format!("The {name} asks for the refusal `{code}`, but this call knows only {known}.");
    invalid(field, &text)
}

/// The refusal that an uploaded file requests by its URL.
pub(crate) fn file(link: &str) -> Option<Failure> {
    let code = link.strip_prefix(FILES)?;
    let known = [
        (403, "user_not_in_integration"),
        (404, "user_not_found"),
        (422, "invalid_file"),
    ];
    let (status, code) = known.into_iter().find(|(_, known)| *known == code)?;
    Some(Failure::Status(status, code))
}

#[cfg(test)]
mod tests {
    use super::{file, order, reconciliation};
    use crate::wire::Failure;

    #[test]
    fn prefixed_values_request_known_codes_only() {
        assert_eq!(
            order(Some("sandbox:user_banned"), false),
            Some(Failure::Code("user_banned"))
        );
        assert_eq!(
            reconciliation("sandbox:amount_mismatch"),
            Some(Failure::Code("amount_mismatch"))
        );
        assert!(matches!(reconciliation("sandbox:zz"), Some(Failure::Invalid(_))));
        assert_eq!(reconciliation("trx_1"), None);
        for harmless in [None, Some("user_banned"), Some("sandbox:min_purchase")] {
            assert_eq!(order(harmless, true), None, "{harmless:?}");
        }
        for (mistyped, guided) in [
            ("sandbox:", false),
            ("sandbox:user_baned", true),
            ("sandbox:method_not_allowed", true),
            ("sandbox:internal_error", false),
        ] {
            let Some(Failure::Invalid(errors)) = order(Some(mistyped), guided) else {
                panic!("{mistyped} makes a payment")
            };
            assert!(errors["external_id"][0].contains("user_banned"), "{errors:?}");
        }
        assert_eq!(file("https://files.example/invalid_file"), None);
    }
}
