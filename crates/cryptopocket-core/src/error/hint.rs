//! What to do, for each failure. One sentence or two, in the imperative.
//!
//! The command line prints these too. Advice that only helps in code stands in a sentence of its own, which begins with
//! "In code, ": there it is left out.

use super::ErrorKind;
use crate::transport::{Stage, TransportError};

pub(crate) const OUTCOME_UNKNOWN: &str = "Do not simply repeat the call: it may have taken effect. Look it up first \
     (a payment by its external id, a customer by e-mail address), and repeat only if it is not there.";
pub(crate) const SHAPE: &str = "The provider's reply differs from what this SDK knows. Look at raw_body(), without \
     logging it, and report the field's path; a newer version of the SDK may already accept it.";
pub(crate) const WAIT: &str = "Nothing is lost: wait again with the same id, or choose a longer max_wait.";
pub(crate) const BASE_URL: &str = "Check the base URL: it must begin with https:// and lead to the API, not to the \
     web site; it usually ends in /api, as in https://sandbox.cryptopocket.io/api.";
pub(crate) const BROKEN: &str = "Try again. If it persists, something between this machine and the provider \
     cuts answers short: check proxies and firewalls.";
pub(crate) const SERVER: &str = "The provider has a problem. Try again later.";
pub(crate) const RATE: &str =
    "Send fewer calls; retry_after() says how long to wait if the provider said so.";
pub(crate) const VALIDATION: &str = "Correct the fields that field_errors() names, then call again.";
pub(crate) const FORBIDDEN: &str = "The provider, or something in front of it, does not allow this call. Check that \
     this machine's address is on the whitelist and that the account may use the operation.";
pub(crate) const AUTHORIZATION: &str = "The token was refused even after a new login. It is invalid, expired, or \
     this machine's address is not on the provider's whitelist: check the API key and secret, that they belong to \
     this base URL, and ask the provider to whitelist the address.";
pub(crate) const CREDENTIALS: &str = "Check the API key and the API secret, and that they belong to this base URL: \
     sandbox and production have different ones. The provider may also have to whitelist this machine's address.";
pub(crate) const NO_TOKEN: &str = "The login was answered, but no token was found in the answer. Check the base URL; \
     if it is right, report the reply's shape, without its values.";
pub(crate) const NOT_FOUND: &str = "Check the id, and that it was made with these credentials. If every call ends \
     so, check the base URL: it usually ends in /api.";
pub(crate) const REFUSED: &str = "The provider refused without a code this SDK can read. Its message, if it sent one, \
     may say why. In code, provider_message() gives it.";

pub(super) fn not_sent(failure: &TransportError) -> &'static str {
    if failure.to_string().contains("certificate") {
        "The server's certificate is not trusted. Check the base URL's host name, this machine's clock and its \
         certificate store, which must also hold the authority of a proxy that looks into TLS. In code, \
         trust_pem adds one for a session alone. Nothing was sent, so calling again is safe."
    } else {
        transport(ErrorKind::NotSent, failure.stage())
    }
}

pub(super) fn transport(kind: ErrorKind, stage: Stage) -> &'static str {
    match (kind, stage) {
        (ErrorKind::Timeout, Stage::BeforeSend) | (ErrorKind::NotSent, _) => {
            "Check the base URL's host name, this machine's network and, where one is needed, the proxy. \
             Nothing was sent, so calling again is safe."
        }
        (ErrorKind::Timeout, _) => "Try again, or allow more time with a longer timeout.",
        (ErrorKind::BodyTooLarge, _) => {
            "Ask for less at once, such as a smaller page. In code, max_body raises the limit when the transport is built."
        }
        (ErrorKind::Configuration, _) => BASE_URL,
        _ => BROKEN,
    }
}

/// The advice for a code of the provider.
pub(crate) fn for_code(code: &str) -> &'static str {
    match code {
        "authorization_incorrect" => AUTHORIZATION,
        "fail_mandatory_field" => "A required field is missing, usually user_id. Give it and call again.",
        "user_not_found" => {
            "No customer has this id in this integration. Check the id, or create the customer first."
        }
        "user_banned" => "The provider has barred this customer. Only the provider can lift that.",
        "user_already_exists" => {
            "A customer with this e-mail address exists. Find it instead of creating it."
        }
        "user_not_in_integration" => {
            "The customer belongs to another integration. Use one of your own customers."
        }
        "email_not_allowed" => {
            "The provider does not accept throw-away e-mail addresses. Ask for another one."
        }
        "require_kyc" => {
            "The customer must be verified first: send them to verification_url(), wait for the approval, then call again."
        }
        "kyc_reinforced_required" => {
            "The customer must complete an enhanced declaration: send them to verification_url(), or create a link \
             for it, then call again."
        }
        "limit_exceded" => {
            "The customer's quarterly limit is used up. Use a smaller amount or another payment method."
        }
        "coin_not_supported" => {
            "This coin is not on offer on this chain. List the available assets and choose one."
        }
        "min_purchase" => {
            "The amount is below the minimum, which provider_message() names. Use a larger amount."
        }
        "method_not_allowed" => {
            "This payment method is not enabled for the integration. List the payment methods."
        }
        "error_payment_creation" => {
            "The card or bank provider behind the payment failed. Try again later, or another payment method."
        }
        "guided_payment_eur_only" => {
            "Guided payments are in euros only. Leave the fiat symbol out or use EUR."
        }
        "invalid_file" => "The file was refused. Check its type and size, and that it is whole.",
        "unexpected_error" => "Something failed inside the provider. Try again later.",
        "payment_not_found" => {
            "No payment has this id under these credentials. Check the id and the base URL."
        }
        "transaction_not_found" => "No bank transaction has this id. List the account's transactions again.",
        "already_reconciled" => {
            "The payment or the transaction is already matched. Read both again before going on."
        }
        "amount_mismatch" => {
            "The transaction's amount differs from the payment's. Check that the pair is right."
        }
        "payment_not_pending" => "The payment does not wait for money. Read its status before going on.",
        "rampoff_not_found" => {
            "No off-ramp has this id under these credentials. Check the id and the base URL, or list the off-ramps."
        }
        "account_not_found" => {
            "No bank account of this integration has this IBAN. List the accounts, and give the IBAN of one of them."
        }
        "subscription_not_found" => {
            "There is no subscription to this event that could be changed. Subscribe to it first."
        }
        _ => {
            "The provider refused with this code, which is new to this SDK. Look it up in the provider's documentation."
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use cryptopocket_types::ErrorCode;

    use super::*;

    #[test]
    fn each_code_has_advice_of_its_own() {
        let unnamed = ["rampoff_not_found", "account_not_found", "subscription_not_found"];
        let codes: Vec<_> = ErrorCode::ALL
            .iter()
            .map(ErrorCode::as_str)
            .chain(unnamed)
            .collect();
        let mut hints: HashSet<_> = codes.iter().map(|code| for_code(code)).collect();
        assert_eq!(hints.len(), codes.len());
        assert!(hints.insert(for_code("moon_phase_wrong")));
    }
}
