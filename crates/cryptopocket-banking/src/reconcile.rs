//! Reconciling: tying a bank credit to the payment that it pays.

use cryptopocket_api::banking::{reconcile_payment, types};
use cryptopocket_api::operations::RECONCILE_PAYMENT;
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::{Extra, Field, PaymentId, PaymentStatus, Personal, TransactionId, setters};
use serde::{Deserialize, Serialize};

use crate::{Banking, Transaction};

const READ_BOTH: &str = "Do not reconcile again: the provider may have tied another payment or transaction than the ones \
     that were named. Read the payment and the account's transactions, and report it to the provider.";

/// A payment to reconcile with the bank credit that pays it.
///
/// # Examples
/// ```
/// use cryptopocket_banking::{NewReconciliation, Transaction};
/// use cryptopocket_types::Field;
///
/// let mut credit = Transaction::new("t-1", "150.50 EUR".parse()?, "2026-06-26".parse()?);
/// credit.iban = Field::Value("ES79 2100 0813 6101 2345 6789".into());
/// let pair = NewReconciliation::of("p-1", &credit);
/// assert_eq!(pair, NewReconciliation::new("p-1", "t-1").iban("ES79 2100 0813 6101 2345 6789"));
/// assert!(!format!("{pair:?}").contains("ES79"), "Debug hides the account");
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewReconciliation {
    /// The payment.
    pub payment_id: PaymentId,
    /// The transaction that pays it: a credit on one of your accounts.
    pub transaction_id: TransactionId,
    /// The account that holds the credit.
    ///
    /// Whether the provider needs it to tell transactions apart is not known (`assumed`).
    pub iban: Option<Personal>,
}

impl NewReconciliation {
    /// Ties the credit `transaction_id` to the payment `payment_id`.
    pub fn new(payment_id: impl Into<PaymentId>, transaction_id: impl Into<TransactionId>) -> Self {
        Self {
            payment_id: payment_id.into(),
            transaction_id: transaction_id.into(),
            iban: None,
        }
    }

    /// Ties `credit` to the payment `payment_id`, and names the account that holds it.
    ///
    /// Nothing says that ids are unique across accounts, so this is safer than the id alone.
    pub fn of(payment_id: impl Into<PaymentId>, credit: &Transaction) -> Self {
        Self {
            iban: credit.iban.clone().into_value(),
            ..Self::new(payment_id, &credit.id)
        }
    }

    setters! {
        /// Names the account that holds the credit.
        iban = |iban: impl Into<Personal>| Some(iban.into());
    }

    /// Checks the input, as the call does before it sends anything.
    ///
    /// # Errors
    ///
    /// `InvalidInput`, with the field, the rule and the cure.
    pub fn check(&self) -> Result<()> {
        let cure = "Give the id that the provider gave.";
        Error::require("payment_id", self.payment_id.as_str(), cure)?;
        Error::require("transaction_id", self.transaction_id.as_str(), cure)?;
        self.iban
            .as_ref()
            .map_or(Ok(()), |iban| input::iban(iban).map(drop))
    }
}

/// A payment that is reconciled with the bank credit that pays it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reconciled {
    /// The payment: as the reply names it, or else as it was asked for.
    pub payment_id: PaymentId,
    /// The credit, in the same way.
    pub transaction_id: TransactionId,
    /// The payment's new status, if the reply has one: `payment_received`.
    ///
    /// Wait until the coins are sent.
    #[serde(default)]
    pub status: Field<PaymentStatus>,
    /// Fields of the reply that this SDK does not know.
    #[serde(default)]
    pub extra: Extra,
}

impl Banking {
    /// Ties a bank credit to the payment that it pays, so that the coins are bought and sent.
    ///
    /// Check amount, currency and concept first, for instance with [`match_transfer`](crate::match_transfer): this
    /// moves money, and no call is known that undoes it.
    ///
    /// **Idempotency.** Unsafe: it is not retried once it may have arrived. When the error's
    /// [`effect`](Error::effect) is `Unknown`, read the payment and the account's transactions
    /// before you try again. The refusal `already_reconciled` then means that the first call took effect.
    ///
    /// **Cancellation.** Dropping the future mid-way loses the outcome, and no error says so. Run the call by
    /// [`Session::detach`](cryptopocket_core::Session::detach) where something may cut it short.
    ///
    /// **Known from.** The provider's page "Reconcile payment with bank transaction" and the names of its schemas;
    /// path, fields and codes are ours (`assumed`).
    ///
    /// Operation: `reconcile_payment`
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an empty id, or an account that is not 1 to 34 letters and digits. `UnexpectedReply` with an unknown
    /// outcome for a reply about another payment or transaction. From the provider, as [`Error::code`] tells (`assumed`):
    ///
    /// - `payment_not_found`: check the id, and the base URL, sandbox or production;
    /// - `transaction_not_found`: list the account's transactions again;
    /// - `already_reconciled`: another process was faster, or the customer paid twice; read both;
    /// - `amount_mismatch`: check the pair; a person must settle a short or a double payment;
    /// - `payment_not_pending`: read its status; it may be paid already, or paid by card.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_banking::{Banking, NewReconciliation};
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":{"payment_id":"p-1","transaction_id":"t-1","status":"payment_received"}}"#;
    /// # let session = ScriptedSession::new().always("reconcile_payment", reply).session;
    /// let banking = Banking::new(session);
    /// let reconciled = banking.reconcile(NewReconciliation::new("p-1", "t-1")).await?;
    /// assert_eq!(reconciled.status.value().unwrap().as_str(), "payment_received");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reconcile(&self, pair: NewReconciliation) -> Result<Reconciled> {
        pair.check()?;
        let body = types::ReconcilePaymentRequest {
            payment_id: pair.payment_id.clone(),
            transaction_id: pair.transaction_id.clone(),
            iban: pair.iban.as_ref().map(input::iban).transpose()?,
        };
        let reply = reconcile_payment(&self.session, &body).await?;
        let reconciled = Reconciled {
            payment_id: reply.payment_id.into_value().unwrap_or(pair.payment_id),
            transaction_id: reply.transaction_id.into_value().unwrap_or(pair.transaction_id),
            status: reply.status,
            extra: reply.extra,
        };
        // The provider may have tied another pair, or none: what became of this one is unknown, and coins may be bought.
        if (&reconciled.payment_id, &reconciled.transaction_id) != (&body.payment_id, &body.transaction_id) {
            return Err(Error::another_object(&RECONCILE_PAYMENT, "pair").with_advice(READ_BOTH));
        }
        Ok(reconciled)
    }
}

#[cfg(test)]
mod tests;
