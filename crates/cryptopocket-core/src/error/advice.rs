use std::borrow::Cow;
use std::fmt;

use crate::getters::getters;
use cryptopocket_types::ErrorCode;

type Text = Cow<'static, str>;

/// What to do about an error, as data.
///
/// The [`id`](Self::id) is stable, so that a program can word the advice itself, as the command line does. `Display` gives
/// the text for Rust programmers: [`text`](Self::text), then [`in_code`](Self::in_code).
///
/// # Examples
///
/// ```
/// use cryptopocket_core::Advice;
///
/// let advice = Advice::new("Take one of the integration's accounts.").in_code_use("Banking::list_accounts lists them.");
/// assert_eq!(advice.id(), "correct_input");
/// assert_eq!(
///     advice.to_string(),
///     "Take one of the integration's accounts. In code, Banking::list_accounts lists them.",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    id: Text,
    text: Text,
    in_code: Text,
}

impl Advice {
    /// Advice to correct a value, with the id `correct_input`.
    pub fn new(text: impl Into<Text>) -> Self {
        Self {
            id: Text::Borrowed("correct_input"),
            text: text.into(),
            in_code: Text::Borrowed(""),
        }
    }

    /// Adds a sentence that only helps Rust programmers.
    #[must_use]
    pub fn in_code_use(mut self, sentence: impl Into<Text>) -> Self {
        self.in_code = sentence.into();
        self
    }

    /// Adds a sentence to the text.
    #[must_use]
    pub fn and(mut self, sentence: &str) -> Self {
        self.text = format!("{} {sentence}", self.text).into();
        self
    }

    /// Gives it another id, in snake case.
    #[must_use]
    pub fn with_id(mut self, id: &'static str) -> Self {
        self.id = Text::Borrowed(id);
        self
    }

    getters! { |advice|
        /// The stable id in snake case, such as `check_base_url`; for a refusal the provider's code.
        pub id: &str = &advice.id;
        /// One sentence or two in the imperative. A few still name methods of [`Error`](super::Error).
        pub text: &str = &advice.text;
        /// What helps Rust programmers beside that; often empty.
        pub in_code: &str = &advice.in_code;
        /// Whether there is none.
        pub is_empty: bool = advice.text.is_empty();
    }

    /// This advice, then the text of `next`.
    pub(super) fn then(self, next: &Self) -> Self {
        self.and(&next.text).in_code_use(next.in_code.clone())
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if !self.in_code.is_empty() {
            write!(f, " In code, {}", self.in_code)?;
        }
        Ok(())
    }
}

impl From<&'static str> for Advice {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Advice {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// Declares advice: its id, its text, and a sentence for Rust programmers where there is one.
macro_rules! advice {
    ($($name:ident = $id:literal, $text:literal $(, $in_code:literal)?;)+) => {$(
        pub(crate) const $name: Advice = Advice {
            id: Text::Borrowed($id),
            text: Text::Borrowed($text),
            in_code: Text::Borrowed(concat!("" $(, $in_code)?)),
        };
    )+};
}

advice! {
    OUTCOME_UNKNOWN = "look_first",
        "Do not simply repeat the call: it may have taken effect. Look it up first (a payment by its external id, a \
         customer by e-mail address), and repeat only if it is still not there some minutes later.";
    SHAPE = "report_shape",
        "The provider's reply differs from what this SDK knows. Look at raw_body(), without logging it, and report \
         the field's path; a newer version of the SDK may already accept it.";
    ANOTHER_OBJECT = "another_object",
        "Do not act on this reply: it says nothing about the object asked for. Ask again; if it persists, report it \
         to the provider, and check what lies between, such as a cache.";
    WAIT = "wait_again",
        "Nothing is lost: wait again with the same id, or choose a longer max_wait.";
    BASE_URL = "check_base_url",
        "Check the base URL: it must begin with https:// and lead to the API, not to the web site; it usually ends \
         in /api, as in https://sandbox.cryptopocket.io/api.";
    BROKEN = "try_again",
        "Try again. If it persists, something between this machine and the provider cuts answers short: check \
         proxies and firewalls.";
    SERVER = "try_later",
        "The provider has a problem. Try again later.";
    RATE = "slow_down",
        "Send fewer calls; retry_after() says how long to wait if the provider said so.";
    VALIDATION = "correct_fields",
        "Correct the fields that field_errors() names, then call again.";
    FORBIDDEN = "check_access",
        "The provider, or something in front of it, does not allow this call. Check that this machine's address is \
         on the whitelist and that the account may use the operation.";
    AUTHORIZATION = "check_token",
        "The token is invalid or expired, or this machine's address is not on the provider's whitelist: check the \
         API key and secret, that they belong to this base URL, and ask the provider to whitelist the address.";
    CREDENTIALS = "check_credentials",
        "Check the API key and the API secret, and that they belong to this base URL: sandbox and production have \
         different ones. The provider may also have to whitelist this machine's address.";
    NO_TOKEN = "report_login",
        "The login was answered, but no token was found in the answer. Check the base URL; if it is right, report \
         the reply's shape, without its values.";
    NOT_FOUND = "check_id",
        "Check the id, and that it was made with these credentials. If every call ends so, check the base URL: it \
         usually ends in /api.";
    REFUSED = "read_message",
        "The provider refused without a code this SDK can read. Its message, if it sent one, may say why.",
        "provider_message() gives it.";
    DONE = "done_unread",
        "Do not repeat the call: the provider carried it out. Read what it made from its list, or from the raw \
         answer.",
        "raw_body() gives that; do not log it.";
    CONNECT = "check_network",
        "Check the base URL's host name, this machine's network and, where one is needed, the proxy. Nothing was \
         sent, so calling again is safe.";
    CERTIFICATE = "trust_certificate",
        "The server's certificate is not trusted. Check the base URL's host name, this machine's clock and its \
         certificate store, which must also hold the authority of a proxy that looks into TLS. Nothing was sent, so \
         calling again is safe.",
        "trust_pem adds one for a session alone.";
    MORE_TIME = "allow_more_time",
        "Try again, or allow more time with a longer timeout.";
    LESS = "ask_for_less",
        "Ask for less at once, such as a smaller page.",
        "max_body raises the limit when the transport is built.";
    SEND_LESS = "send_less",
        "Send less at once, such as a smaller file.";
}

/// Declares what to do about each code of the provider.
macro_rules! codes {
    ($($code:literal => $text:literal;)+) => {
        fn text_for(code: &str) -> Option<&'static str> {
            match code {
                $($code => Some($text),)+
                _ => None,
            }
        }
    };
}

codes! {
    "fail_mandatory_field" => "A required field is missing, usually user_id. Give it and call again.";
    "user_not_found" => "No customer has this id in this integration. Check the id, or create the customer first.";
    "user_banned" => "The provider has barred this customer. Only the provider can lift that.";
    "user_already_exists" => "A customer with this e-mail address exists. Find it instead of creating it.";
    "user_not_in_integration" => "The customer belongs to another integration. Use one of your own customers.";
    "email_not_allowed" => "The provider does not accept throw-away e-mail addresses. Ask for another one.";
    "require_kyc" =>
        "The customer must be verified first: send them to verification_url(), wait for the approval, then call \
         again.";
    "kyc_reinforced_required" =>
        "The customer must complete an enhanced declaration: send them to verification_url(), or create a link for \
         it, then call again.";
    "limit_exceded" => "The customer's quarterly limit is used up. Use a smaller amount or another payment method.";
    "coin_not_supported" => "This coin is not on offer on this chain. List the available assets and choose one.";
    "min_purchase" => "The amount is below the minimum, which provider_message() names. Use a larger amount.";
    "method_not_allowed" => "This payment method is not enabled for the integration. List the payment methods.";
    "error_payment_creation" =>
        "The card or bank provider behind the payment failed. Try again later, or another payment method.";
    "guided_payment_eur_only" => "Guided payments are in euros only. Leave the fiat symbol out or use EUR.";
    "invalid_file" => "The file was refused. Check its type and size, and that it is whole.";
    "unexpected_error" => "Something failed inside the provider. Try again later.";
    "payment_not_found" => "No payment has this id under these credentials. Check the id and the base URL.";
    "transaction_not_found" => "No bank transaction has this id. List the account's transactions again.";
    "already_reconciled" => "The payment or the transaction is already matched. Read both again before going on.";
    "amount_mismatch" => "The transaction's amount differs from the payment's. Check that the pair is right.";
    "payment_not_pending" => "The payment does not wait for money. Read its status before going on.";
    "rampoff_not_found" =>
        "No off-ramp has this id under these credentials. Check the id and the base URL, or list the off-ramps.";
    "account_not_found" =>
        "No bank account of this integration has this IBAN. List the accounts, and give the IBAN of one of them.";
    "subscription_not_found" =>
        "There is no subscription to this event that could be changed. Subscribe to it first.";
}

/// The advice for a code of the provider.
pub(crate) fn for_code(code: &ErrorCode) -> Advice {
    if *code == ErrorCode::AuthorizationIncorrect {
        return AUTHORIZATION;
    }
    let new = "The provider refused with this code, which is new to this SDK. Look it up in the provider's documentation.";
    // An unknown code may be data that came in the wrong place, so it is no id.
    let id = if code.is_known() {
        code.as_str()
    } else {
        "new_code"
    };
    Advice {
        id: id.to_owned().into(),
        ..Advice::new(text_for(code.as_str()).unwrap_or(new))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_code_has_its_own_advice() {
        let unnamed = ["rampoff_not_found", "account_not_found", "subscription_not_found"];
        let codes: Vec<_> = ErrorCode::ALL
            .iter()
            .cloned()
            .chain(unnamed.map(ErrorCode::from))
            .collect();
        let mut texts: HashSet<_> = codes.iter().map(|code| for_code(code).to_string()).collect();
        assert_eq!(texts.len(), codes.len());
        assert!(texts.insert(for_code(&"moon_phase_wrong".into()).to_string()));
    }

    #[test]
    fn unknown_code_is_no_id() {
        assert_eq!(for_code(&ErrorCode::RequireKyc).id(), "require_kyc");
        assert_eq!(for_code(&"garcia_lopez".into()).id(), "new_code");
    }
}
