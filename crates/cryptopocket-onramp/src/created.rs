use cryptopocket_api::onramp::types;
use cryptopocket_types::{Concept, ExternalId, Extra, Field, PaymentId, PaymentType, Personal, Secret};
use serde::{Deserialize, Serialize};

/// A payment that the provider has created, and the payer's next step.
///
/// Store it: no later call repeats the account and the concept of a transfer.
///
/// # Examples
/// ```
/// use cryptopocket_onramp::CreatedPayment;
///
/// # let stored = r#"{"payment_id":"pay7Q2mX","external_id":"order-2001","next":{"kind":"bank_transfer",
/// #     "iban":"ES7921000813610123456789","bic":null,"concept":"48213907","beneficiary":null}}"#;
/// // As it was stored with `serde_json::to_string` right after the payment was created.
/// let created: CreatedPayment = serde_json::from_str(stored)?;
/// let transfer = created.next.bank_transfer().expect("a payment by transfer");
/// assert_eq!(transfer.concept.as_str(), "48213907");
/// assert_eq!(transfer.iban.reveal(), "ES7921000813610123456789");
/// assert!(!format!("{created:?}").contains("ES79"), "Debug hides the account");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatedPayment {
    /// The payment's id. Keep it: every later call needs it.
    pub payment_id: PaymentId,
    /// Your own reference, as it was given; for guided payments, as the provider repeats it.
    pub external_id: Option<ExternalId>,
    /// The payer's next step.
    pub next: NextStep,
    /// Fields of the reply that this SDK does not know or cannot read, or that [`next`](Self::next) has no place for.
    #[serde(default)]
    pub extra: Extra,
}

/// The payer's next step.
///
/// It follows from the reply, not from the payment method that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NextStep {
    /// Make this bank transfer.
    BankTransfer(BankTransfer),
    /// Open this page, where the payment is completed.
    Redirect {
        /// The page. Its host varies. Anyone who has the address can open it, so keep it out of logs.
        url: Secret,
    },
    /// The reply has neither an account with a concept nor a page.
    ///
    /// See [`CreatedPayment::extra`], and follow the payment by its id.
    #[serde(other)]
    Unknown,
}

/// The transfer that the payer makes. Show the payer all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BankTransfer {
    /// The account to pay into.
    pub iban: Personal,
    /// The BIC of its bank.
    pub bic: Field<String>,
    /// The reference that the payer must write on the transfer.
    ///
    /// It ties the credit to the payment, and **no later call repeats it**: keep it.
    #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
    pub concept: Concept,
    /// The holder of the account.
    pub beneficiary: Field<Personal>,
}

impl NextStep {
    /// The transfer to make, if that is the next step.
    pub const fn bank_transfer(&self) -> Option<&BankTransfer> {
        match self {
            Self::BankTransfer(transfer) => Some(transfer),
            _ => None,
        }
    }

    /// The page to open, if that is the next step.
    pub const fn redirect_url(&self) -> Option<&Secret> {
        match self {
            Self::Redirect { url } => Some(url),
            _ => None,
        }
    }
}

impl CreatedPayment {
    pub(crate) fn from_wire(
        reply: types::CreatedPayment,
        external_id: Option<ExternalId>,
        asked_for: &PaymentType,
    ) -> Self {
        let mut extra = reply.extra;
        // A reply may hold both an account and a page. The payment method decides then; the rest goes to `extra`.
        // An account without a concept is no next step: a transfer without it could not be tied to this payment.
        // What could not be read is in `extra` already, so a concept in an unknown form is never shown as a missing one.
        let prefers_page = *asked_for != PaymentType::Transfer;
        let next = match (reply.iban, reply.concept, reply.url_payment) {
            (Field::Value(iban), Field::Value(concept), url) if !url.is_value() || !prefers_page => {
                extra.keep("url_payment", url);
                NextStep::BankTransfer(BankTransfer {
                    iban,
                    bic: reply.bic,
                    concept,
                    beneficiary: reply.destination_name,
                })
            }
            (iban, concept, url) => {
                extra.keep("iban", iban);
                extra.keep("concept", concept);
                extra.keep("bic", reply.bic);
                extra.keep("destination_name", reply.destination_name);
                redirect(url)
            }
        };
        Self {
            payment_id: reply.payment_id,
            external_id,
            next,
            extra,
        }
    }

    pub(crate) fn from_guided(reply: types::GuidedPayment, asked_with: Option<ExternalId>) -> Self {
        Self {
            payment_id: reply.payment_id,
            external_id: reply.external_id.into_value().or(asked_with),
            next: redirect(reply.gateway_url),
            extra: reply.extra,
        }
    }
}

fn redirect(url: Field<Secret>) -> NextStep {
    url.into_value()
        .map_or(NextStep::Unknown, |url| NextStep::Redirect { url })
}
