//! Listing the transactions of a bank account.

use cryptopocket_api::banking::{ListBankTransactionsQuery, list_bank_transactions};
use cryptopocket_core::{Page, PageRequest, Pager, Result, input};
use cryptopocket_types::wire::PathText;
use cryptopocket_types::{Date, Field, Personal};
use serde::{Deserialize, Serialize};

use crate::{Banking, Transaction};

/// Which transactions of an account to list; see [`Banking::list_transactions`].
///
/// # Examples
/// ```
/// use cryptopocket_banking::TransactionFilter;
///
/// let june = TransactionFilter::new().from("2026-06-01".parse()?).to("2026-06-30".parse()?);
/// assert!(june.from < june.to);
/// assert_eq!(TransactionFilter::new(), TransactionFilter::default());
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TransactionFilter {
    /// Only transactions booked on this day or later.
    pub from: Option<Date>,
    /// Only transactions booked on this day or earlier.
    pub to: Option<Date>,
}

impl TransactionFilter {
    /// All transactions.
    pub const fn new() -> Self {
        Self { from: None, to: None }
    }

    /// Only transactions booked on this day or later.
    #[must_use]
    pub const fn from(mut self, day: Date) -> Self {
        self.from = Some(day);
        self
    }

    /// Only transactions booked on this day or earlier.
    #[must_use]
    pub const fn to(mut self, day: Date) -> Self {
        self.to = Some(day);
        self
    }
}

impl Banking {
    /// Lists the transactions of an account.
    ///
    /// `iban` is an account of [`Banking::list_accounts`], or its IBAN as text or as
    /// [`Iban`](cryptopocket_types::Iban). Nothing is fetched before the pager is used; see [`Pager`] for pages, items,
    /// resuming and page size.
    ///
    /// **Units.** Amounts are exact and signed, in currency units: credits are positive, debits negative.
    ///
    /// **Idempotency.** Safe: it only reads, and is retried after transient failures.
    ///
    /// **Known from.** The provider's page "List account transactions" (`documented`: paginated, own accounts only);
    /// the parameters and fields are ours (`assumed`).
    ///
    /// Operation: `list_bank_transactions`
    ///
    /// # Errors
    ///
    /// When a page is fetched. The list ends there, and tells the page to resume from. `InvalidInput` for an
    /// account that is not 1 to 34 letters and digits, or for days in the wrong order, before anything is sent: check digits
    /// are the provider's to judge; `UnexpectedReply` also for a currency that is not
    /// a three-letter code. That an IBAN that is not yours is
    /// `account_not_found` is assumed.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_banking::{Banking, TransactionFilter};
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":[{"id":"t-1","amount":"150.50","currency":"EUR","booking_date":"2026-06-26"}]}"#;
    /// # let session = ScriptedSession::new().always("list_bank_transactions", reply).session;
    /// let banking = Banking::new(session);
    /// let june = TransactionFilter::new().from("2026-06-01".parse().unwrap());
    /// let mut items = banking.list_transactions("ES79 2100 0813 6101 2345 6789", june).per_page(100).items();
    /// while let Some(transaction) = items.next().await {
    ///     println!("{}", transaction?.amount);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_transactions(
        &self,
        iban: impl Into<Personal>,
        filter: TransactionFilter,
    ) -> Pager<Transaction> {
        let (banking, iban) = (self.clone(), iban.into());
        Pager::new(move |request| {
            let (banking, iban, filter) = (banking.clone(), iban.clone(), filter.clone());
            async move { banking.transactions_page(&iban, filter, request).await }
        })
        .identified_by(|transaction| transaction.key().text())
    }

    async fn transactions_page(
        &self,
        iban: &Personal,
        filter: TransactionFilter,
        request: PageRequest,
    ) -> Result<Page<Transaction>> {
        input::days(filter.from, filter.to)?;
        let query = ListBankTransactionsQuery::default()
            .page(i64::from(request.page))
            .per_page(request.per_page.map(i64::from))
            .from(filter.from.as_ref())
            .to(filter.to.as_ref());
        let account = input::iban(iban)?;
        let iban = input::path_segment(PathText::try_from(&account))?;
        let page = list_bank_transactions(&self.session, &iban, &query).await?;
        Ok(page.map(|wire| {
            let mut transaction = Transaction::from_wire(wire);
            // The account is part of its identity, so it must not be lost when several accounts are gathered.
            if transaction.iban.value().is_none() {
                transaction.iban = Field::Value(account.clone());
            }
            transaction
        }))
    }
}

#[cfg(test)]
mod tests;
