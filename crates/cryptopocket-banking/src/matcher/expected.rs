//! Payments that wait for a bank transfer.

use cryptopocket_types::{Concept, Date, ExternalId, Money, PaymentId, PaymentStatus, Personal};
use serde::{Deserialize, Serialize};

/// A payment that a bank transfer should pay.
///
/// The JSON form is that of `payments list --json` of the command line, with what only the reply of the creation knows:
/// the `concept`, and what you know of the payer. Other fields are ignored.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::matcher::ExpectedPayment;
///
/// let text = r#"{"id":"p-1","status":"started","fiat":{"amount":"150.50","currency":"EUR"},
///     "created_at":"2026-06-20T10:00:00Z","concept":120037,"payer_name":"Ana Gil"}"#;
/// let payment: ExpectedPayment = serde_json::from_str(text).unwrap();
/// assert_eq!(payment.concept.unwrap(), "120037");
/// assert!(!format!("{:?}", payment.payer_name).contains("Ana"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpectedPayment {
    /// The provider's id.
    #[serde(alias = "payment_id")]
    pub id: PaymentId,
    /// The amount that the payer must send.
    #[serde(alias = "fiat")]
    pub amount: Money,
    /// The reference that the payer must write.
    #[serde(default, serialize_with = "concept_text")]
    pub concept: Option<Concept>,
    /// Your own id.
    #[serde(default)]
    pub external_id: Option<ExternalId>,
    /// The day of creation. Without it, no credit is too early or too late.
    #[serde(default, alias = "created_at")]
    pub created: Option<Date>,
    /// The state. `started`, `pending_bank` and none wait for money; every other state is closed.
    #[serde(default)]
    pub status: Option<PaymentStatus>,
    /// The name of the payer.
    #[serde(default, alias = "holder")]
    pub payer_name: Option<Personal>,
    /// The account of the payer.
    #[serde(default)]
    pub payer_iban: Option<Personal>,
}

#[allow(clippy::ref_option, reason = "the form that serde asks for")]
fn concept_text<S: serde::Serializer>(concept: &Option<Concept>, serializer: S) -> Result<S::Ok, S::Error> {
    concept.as_ref().map(Concept::as_str).serialize(serializer)
}

impl ExpectedPayment {
    /// Expects this amount for this payment.
    pub fn new(id: impl Into<PaymentId>, amount: Money) -> Self {
        Self {
            id: id.into(),
            amount,
            concept: None,
            external_id: None,
            created: None,
            status: None,
            payer_name: None,
            payer_iban: None,
        }
    }

    /// Whether it waits for money.
    ///
    /// An unknown state, such as `cancelled`, does not: money for it is a person's business.
    pub fn is_open(&self) -> bool {
        matches!(
            self.status,
            None | Some(PaymentStatus::Started | PaymentStatus::PendingBank)
        )
    }
}
