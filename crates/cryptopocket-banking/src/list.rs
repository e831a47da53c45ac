//! Listing the movements of an account.

use cryptopocket_api::operations::LIST_BANK_TRANSACTIONS;
use cryptopocket_api::page;
use cryptopocket_core::{Error, Items, Page, PageRequest, Pager, Pages, Result, bridge};
use cryptopocket_types::{Date, Personal};

use crate::{Banking, Transaction};

/// The longest IBAN that the standard allows.
const LONGEST_IBAN: usize = 34;

/// Which movements of which account to list, and how; see [`Banking::transactions`].
#[derive(Clone, Debug)]
#[must_use = "nothing is fetched until pages or items are asked for"]
pub struct TransactionQuery {
    banking: Banking,
    iban: Personal,
    from: Option<Date>,
    to: Option<Date>,
    first_page: u32,
    per_page: Option<u32>,
}

impl Banking {
    /// The movements of an account, page by page, fetched as they are needed.
    ///
    /// The account is one of [`Banking::accounts`], or its IBAN as text or as [`Iban`](cryptopocket_types::Iban).
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
    /// use cryptopocket_banking::Banking;
    /// use cryptopocket_types::Iban;
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":[{"id":"t-1","amount":"150.50","currency":"EUR","booking_date":"2026-06-26"}]}"#;
    /// # let session = ScriptedSession::new().always("list_bank_transactions", reply).session;
    /// let banking = Banking::new(session);
    /// let iban: Iban = "ES79 2100 0813 6101 2345 6789".parse().unwrap();
    /// let first = "2026-06-01".parse().unwrap();
    /// let mut movements = banking.transactions(&iban).from(first).per_page(100).items();
    /// while let Some(movement) = movements.next().await {
    ///     let movement = movement?;
    ///     println!("{} {}", movement.booking_date, movement.amount);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn transactions(&self, account: impl Into<Personal>) -> TransactionQuery {
        TransactionQuery {
            banking: self.clone(),
            iban: account.into(),
            from: None,
            to: None,
            first_page: 1,
            per_page: None,
        }
    }
}

impl TransactionQuery {
    /// Only movements booked on this day or later.
    pub fn from(mut self, day: Date) -> Self {
        self.from = Some(day);
        self
    }

    /// Only movements booked on this day or earlier.
    pub fn to(mut self, day: Date) -> Self {
        self.to = Some(day);
        self
    }

    /// Begins at page `number`, counted from 1, for instance where an earlier run stopped.
    pub fn from_page(mut self, number: u32) -> Self {
        self.first_page = number;
        self
    }

    /// Asks for `count` movements a page; the provider may give fewer.
    pub fn per_page(mut self, count: u32) -> Self {
        self.per_page = Some(count);
        self
    }

    /// The list, page by page.
    pub fn pages(self) -> Pages<Transaction> {
        self.pager().pages()
    }

    /// The list, movement by movement.
    pub fn items(self) -> Items<Transaction> {
        self.pager().items()
    }

    /// All movements, of a list that has no more than `limit`; one more is a `Conflict`, never a shortened list.
    ///
    /// How the list ended is not told; where that matters, read [`pages`](Self::pages) and ask [`Pages::ended`].
    pub async fn collect_all(self, limit: usize) -> Result<Vec<Transaction>> {
        self.pager().collect_all(limit).await
    }

    /// The first movements, at most `limit` of them; there may be more. No page beyond the limit is fetched.
    pub async fn take(self, limit: usize) -> Result<Vec<Transaction>> {
        self.pager().take(limit).await
    }

    fn pager(self) -> Pager<Transaction> {
        let (first, per_page) = (self.first_page, self.per_page);
        let pager = Pager::new(move |request| {
            let query = self.clone();
            Box::pin(async move { query.fetch(request).await })
        });
        let pager = pager
            .identified_by(|movement: &Transaction| movement.id.to_string())
            .from_page(first);
        match per_page {
            Some(count) => pager.per_page(count),
            None => pager,
        }
    }

    async fn fetch(self, request: PageRequest) -> Result<Page<Transaction>> {
        if self.from.zip(self.to).is_some_and(|(from, to)| from > to) {
            return Err(Error::invalid_input(
                "from",
                "must not be after to",
                "Swap the two days.",
            ));
        }
        let mut call = self
            .banking
            .api
            .list_bank_transactions()
            .iban(&bare(&self.iban)?)
            .page(request.page);
        if let Some(count) = request.per_page {
            call = call.per_page(count);
        }
        if let Some(day) = self.from {
            call = call.from(day);
        }
        if let Some(day) = self.to {
            call = call.to(day);
        }
        let reply = bridge::finish(&LIST_BANK_TRANSACTIONS, call.send().await)?;
        let movements = reply.data.into_iter().map(Transaction::from_wire);
        Ok(page(movements.collect::<Result<_>>()?, reply.pagination))
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
        Err(Error::invalid_input(
            "iban",
            "must be 1 to 34 letters and digits",
            "Give the IBAN of one of the integration's accounts. In code, Banking::accounts lists them.",
        ))
    }
}

#[cfg(test)]
mod tests;
