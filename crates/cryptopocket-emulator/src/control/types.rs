//! What control calls take and give.

use cryptopocket_types::Decimal;

use crate::delivery::{Delivery, Result as AttemptResult};
use crate::world::Incoming;

/// Money that arrives on a bank account of the first integration.
///
/// # Examples
///
/// ```
/// use cryptopocket_emulator::control::BankCredit;
///
/// let credit = BankCredit::new("240.00".parse()?).concept("Invoice 482913377").payer("Ana López", None);
/// # let _ = credit;
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "hand it to `Sandbox::credit_bank`"]
pub struct BankCredit(pub Incoming);

impl BankCredit {
    /// A credit of `amount`, in units of the account's currency; below zero it is a debit.
    pub fn new(amount: Decimal) -> Self {
        Self(Incoming {
            iban: None,
            amount,
            concept: None,
            payer_name: None,
            payer_iban: None,
            end_to_end_id: None,
            meant_for: None,
        })
    }

    /// The account it arrives on. Default the first.
    pub fn account(mut self, iban: impl Into<String>) -> Self {
        self.0.iban = Some(iban.into());
        self
    }

    /// What the payer wrote.
    pub fn concept(mut self, text: impl Into<String>) -> Self {
        self.0.concept = Some(text.into());
        self
    }

    /// Who paid, and from which account.
    pub fn payer(mut self, name: impl Into<String>, iban: Option<&str>) -> Self {
        self.0.payer_name = Some(name.into());
        self.0.payer_iban = iban.map(str::to_owned);
        self
    }

    /// The payer's own reference that the banks hand through.
    pub fn end_to_end_id(mut self, id: impl Into<String>) -> Self {
        self.0.end_to_end_id = Some(id.into());
        self
    }

    /// The payment that the payer means, whatever the payer wrote: what `Sandbox::misattributed` and
    /// `Sandbox::transfers` judge by. No call of the API shows it.
    ///
    /// It is named by its id, or by its `external_id` where no other payment of the integration has the same.
    ///
    pub fn meant_for(mut self, payment: impl Into<String>) -> Self {
        self.0.meant_for = Some(payment.into());
        self
    }
}

/// A webhook as the delivery log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// Its number in the log.
    pub id: u64,
    /// The event's type, such as `PAY_IN`.
    pub event: String,
    /// The payment or off-ramp it tells of.
    pub subject: String,
    /// Where it goes.
    pub url: String,
    /// The body as it was signed.
    pub body: Vec<u8>,
    /// `waiting`, `ready`, `in_flight`, `delivered`, `given_up` or `lost`.
    pub state: &'static str,
    /// What came of each attempt: an HTTP status, or why there was none.
    pub attempts: Vec<Result<u16, String>>,
}

impl From<&Delivery> for DeliveryRecord {
    fn from(delivery: &Delivery) -> Self {
        let attempts: Vec<AttemptResult> = delivery
            .attempts
            .iter()
            .map(|attempt| attempt.result.clone())
            .collect();
        Self {
            id: delivery.id,
            event: delivery.event.to_owned(),
            subject: delivery.subject.clone(),
            url: delivery.url.clone(),
            body: delivery.body.to_vec(),
            state: delivery.state.name(),
            attempts,
        }
    }
}
