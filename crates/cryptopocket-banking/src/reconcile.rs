//! Tying a credit to the payment it pays.

use cryptopocket_api::banking::{reconcile_payment, types};
use cryptopocket_core::{Error, Result};
use cryptopocket_types::{ErrorCode, Extra, PaymentId, PaymentStatus, Personal, TransactionId};
use serde::{Deserialize, Serialize};

use crate::{Banking, list};

/// A payment, and the bank credit that pays it.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::NewReconciliation;
///
/// let pair = NewReconciliation::new("p-1", "t-1").iban("ES79 2100 0813 6101 2345 6789");
/// assert!(!format!("{pair:?}").contains("ES79"), "Debug hides the account");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewReconciliation {
    /// The payment.
    pub payment_id: PaymentId,
    /// The transaction that pays it: a credit on one of your accounts.
    pub transaction_id: TransactionId,
    /// The account that holds the credit. Whether the provider needs it to tell transactions apart is not known
    /// (`assumed`).
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

    /// Names the account that holds the credit.
    #[must_use]
    pub fn iban(mut self, iban: impl Into<Personal>) -> Self {
        self.iban = Some(iban.into());
        self
    }
}

/// A payment tied to the bank credit that pays it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reconciled {
    /// The payment, as the answer names it; as it was asked for when the answer does not.
    pub payment_id: PaymentId,
    /// The credit, likewise.
    pub transaction_id: TransactionId,
    /// State of the payment now, when the answer tells: `payment_received`. Follow it until the coins are sent.
    pub status: Option<PaymentStatus>,
    /// What else came, with its exact text.
    pub extra: Extra,
}

/// Why the provider did not reconcile. The codes are ours (`assumed`), so any other may come.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::{Banking, NewReconciliation, ReconcileRefusal};
/// # use cryptopocket_core::testing::ScriptedSession;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_core::Result<()> {
/// # let session = ScriptedSession::new().always("reconcile_payment", r#"{"status":"error","error":"already_reconciled"}"#).session;
/// let banking = Banking::new(session);
/// let error = banking.reconcile(NewReconciliation::new("p-1", "t-1")).await.unwrap_err();
/// assert_eq!(ReconcileRefusal::of(&error), Some(ReconcileRefusal::AlreadyReconciled));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReconcileRefusal {
    /// No payment has this id under these credentials. Check the id, and the base URL: sandbox or production.
    PaymentNotFound,
    /// No movement has this id. List the account's movements again.
    TransactionNotFound,
    /// The movement is tied to a payment already. Read both before going on: somebody may have been quicker, or paid twice.
    AlreadyReconciled,
    /// The amounts differ. Check that the pair is right; a short or double payment is for a person to settle.
    AmountMismatch,
    /// The payment does not wait for a transfer. Read its status: it may be paid, or paid by card.
    PaymentNotPending,
}

impl ReconcileRefusal {
    /// The reason in `error`, when it is a known one. For any other, [`Error::code`] has the text.
    pub fn of(error: &Error) -> Option<Self> {
        Some(match error.code()? {
            ErrorCode::PaymentNotFound => Self::PaymentNotFound,
            ErrorCode::TransactionNotFound => Self::TransactionNotFound,
            ErrorCode::AlreadyReconciled => Self::AlreadyReconciled,
            ErrorCode::AmountMismatch => Self::AmountMismatch,
            ErrorCode::PaymentNotPending => Self::PaymentNotPending,
            _ => return None,
        })
    }
}

impl Banking {
    /// Ties a bank credit to the payment it pays, so that the coins are bought and sent.
    ///
    /// Check amount, currency and concept first, for instance with [`match_transfer`](crate::match_transfer): this
    /// moves money, and no call is known that takes it back.
    ///
    /// **Idempotency.** Unsafe: not repeated once it may have arrived. When
    /// [`is_outcome_unknown`](Error::is_outcome_unknown) says so, read the payment and the account's movements before
    /// trying again; the refusal `already_reconciled` then means that the first try went through.
    ///
    /// **Known from.** The provider's page "Reconcile payment with bank transaction" and the names of its schemas;
    /// path, fields and codes are ours (`assumed`).
    ///
    /// Operation: `reconcile_payment`
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an empty id, or an account that cannot be an IBAN. From the provider, as [`ReconcileRefusal`] lists them: `payment_not_found`,
    /// `transaction_not_found`, `already_reconciled`, `amount_mismatch`, `payment_not_pending`.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_banking::{Banking, ExpectedTransfer, NewReconciliation, match_transfer};
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":{"payment_id":"p-1","transaction_id":"t-1","status":"payment_received"}}"#;
    /// # let session = ScriptedSession::new().always("reconcile_payment", reply).session;
    /// # let mut credit = cryptopocket_banking::Transaction::new(
    /// #     "t-1", "150.50 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
    /// # credit.concept = Some("Pago 483920".into());
    /// # let movements = [credit];
    /// let banking = Banking::new(session);
    /// let expected = ExpectedTransfer::new(483_920, "150.50 EUR".parse().unwrap());
    /// if let Some(credit) = match_transfer(&expected, &movements).confirmed() {
    ///     let reconciled = banking.reconcile(NewReconciliation::new("p-1", &credit.id)).await?;
    ///     assert_eq!(reconciled.status.unwrap().as_str(), "payment_received");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reconcile(&self, reconciliation: NewReconciliation) -> Result<Reconciled> {
        let NewReconciliation {
            payment_id,
            transaction_id,
            iban,
        } = reconciliation;
        let cure = "Give the id that the provider gave.";
        Error::require("payment_id", payment_id.as_str(), cure)?;
        Error::require("transaction_id", transaction_id.as_str(), cure)?;
        let body = types::ReconcilePaymentRequest {
            payment_id: payment_id.clone(),
            transaction_id: transaction_id.clone(),
            iban: iban.as_ref().map(list::bare).transpose()?,
        };
        let reply = reconcile_payment(&self.session, &body).await?;
        Ok(Reconciled {
            payment_id: reply.payment_id.unwrap_or(payment_id),
            transaction_id: reply.transaction_id.unwrap_or(transaction_id),
            status: reply.status,
            extra: reply.extra,
        })
    }
}

#[cfg(test)]
mod tests;
