//! Listing the transactions of a bank account.

use cryptopocket_api::banking::{ListBankTransactionsQuery, list_bank_transactions};
use cryptopocket_api::page;
use cryptopocket_core::{Advice, Error, Page, PageRequest, Pager, Result};
use cryptopocket_types::wire::PathText;
use cryptopocket_types::{Date, Personal};
use serde::{Deserialize, Serialize};

use crate::{Banking, Transaction};

/// The longest IBAN that the standard allows.
const LONGEST_IBAN: usize = 34;

/// Which transactions of an account to list; see [`Banking::list_transactions`].
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::TransactionFilter;
///
/// let june = TransactionFilter::new().from("2026-06-01".parse()?).to("2026-06-30".parse()?);
/// assert!(june.from < june.to);
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
    /// The movements of an account, page by page, fetched as they are needed.
    ///
    /// The account is one of [`Banking::list_accounts`], or its IBAN as text or as [`Iban`](cryptopocket_types::Iban).
    ///
    /// **Units.** Amounts are exact and signed, in currency units: credits are positive, debits negative.
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's page "List account transactions" (`documented`: paginated, own accounts only);
    /// the parameters and fields are ours (`assumed`).
    ///
    /// Operation: `list_bank_transactions`
    ///
    /// # Errors
    ///
    /// When a page is fetched; the list ends there and says with which page to go on. `InvalidInput` for what cannot
    /// be an IBAN or for days in the wrong order, before anything is sent; `UnexpectedReply` also for a currency that
    /// is no three-letter code. Which codes the provider has for a foreign IBAN is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_banking::{Banking, TransactionFilter};
    /// use cryptopocket_types::Iban;
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":[{"id":"t-1","amount":"150.50","currency":"EUR","booking_date":"2026-06-26"}]}"#;
    /// # let session = ScriptedSession::new().always("list_bank_transactions", reply).session;
    /// let banking = Banking::new(session);
    /// let iban: Iban = "ES79 2100 0813 6101 2345 6789".parse().unwrap();
    /// let june = TransactionFilter::new().from("2026-06-01".parse().unwrap());
    /// let mut movements = banking.list_transactions(&iban, june).per_page(100).items();
    /// while let Some(movement) = movements.next().await {
    ///     let movement = movement?;
    ///     println!("{} {}", movement.booking_date, movement.amount);
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
        .identified_by(|transaction| transaction.id.to_string())
    }

    async fn transactions_page(
        &self,
        iban: &Personal,
        filter: TransactionFilter,
        request: PageRequest,
    ) -> Result<Page<Transaction>> {
        if filter.from.zip(filter.to).is_some_and(|(from, to)| from > to) {
            return Err(Error::invalid_input(
                "from",
                "must not be after to",
                "Swap the two days.",
            ));
        }
        let query = ListBankTransactionsQuery {
            page: Some(i64::from(request.page)),
            per_page: request.per_page.map(i64::from),
            from: filter.from.as_ref(),
            to: filter.to.as_ref(),
        };
        let iban = PathText::try_from(&bare(iban)?).map_err(|_| not_an_iban())?;
        let reply = list_bank_transactions(&self.session, &iban, &query).await?;
        let transactions = reply.data.into_iter().map(Transaction::from_wire);
        Ok(page(transactions.collect::<Result<_>>()?, reply.pagination))
    }
}

/// The IBAN as it may stand in a path. Its check digits are left to the provider, which knows its own accounts.
pub(crate) fn bare(iban: &Personal) -> Result<Personal> {
    let text: String = iban.reveal().chars().filter(|c| *c != ' ').collect();
    let bare = Personal::from(text);
    let length = bare.reveal().len();
    if (1..=LONGEST_IBAN).contains(&length) && bare.reveal().bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(bare)
    } else {
        Err(not_an_iban())
    }
}

fn not_an_iban() -> Error {
    Error::invalid_input(
        "iban",
        "must be 1 to 34 letters and digits",
        Advice::new("Give the IBAN of one of the integration's accounts.")
            .in_code_use("Banking::list_accounts lists them."),
    )
}

#[cfg(test)]
mod tests;
