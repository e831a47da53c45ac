//! Reconciliations that are made once.

use cryptopocket_banking::{
    Banking, NewReconciliation, ReconcileRefusal, Reconciled, Transaction, TransactionFilter,
};
use cryptopocket_inbox::Error;
use cryptopocket_inbox::journal::{Call, Found, Journal, JournalStore, Sent};
use cryptopocket_onramp::OnRamp;
use cryptopocket_types::{Field, PaymentStatus, Personal};

use super::kept::Kept;
use super::{Outcome, found, is_same, made, sent};

const OPERATION: &str = "reconcile_payment";
const PAGE: u32 = 100;

/// What is known of a reconciliation after [`reconcile_once`]. A search finds the credit as the account's list shows it.
pub type ReconcileOnce = Outcome<Reconciled, Transaction>;

/// Ties a credit to its payment once for `key`, across crashes, timeouts and lost answers.
///
/// Make the key of the credit, such as `reconcile-` and its id, so that no two calls use one credit. When the outcome is not
/// known, the account's list and the payment's status tell:
///
/// | credit | payment | outcome |
/// |---|---|---|
/// | reconciled, and names this payment | any | done |
/// | names another payment, or this one and is free | any | ambiguous |
/// | free | waits for the transfer | not done; sent again after the [grace period](Journal::grace) |
/// | free | has been received | ambiguous |
/// | reconciled, and names no payment | any | ambiguous |
/// | not in the list, or in several accounts | any | pending |
///
/// So name the account: [`NewReconciliation::of`]. A refusal `already_reconciled` or `payment_not_pending` is looked into at
/// once, since the same pair may have been tied before.
///
/// # Errors
/// As [`Journal::once`]. Those of the provider are in the result.
///
/// # Examples
/// ```no_run
/// # async fn example(client: cryptopocket::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket::banking::NewReconciliation;
/// use cryptopocket::inbox::{Inbox, journal::Journal, sqlite::SqliteStore};
/// use cryptopocket::once::{ReconcileOnce, reconcile_once};
///
/// let journal = Journal::new(Inbox::new(SqliteStore::open("inbox.db").await?));
/// let pair = NewReconciliation::new("pay7Q2mX9tB4vLk8ZrN3cWd1s", "t-1").iban("ES79 2100 0813 6101 2345 6789");
/// match reconcile_once(&journal, client.banking(), client.onramp(), "reconcile-t-1", pair).await? {
///     ReconcileOnce::Done(_) | ReconcileOnce::Recovered(_) => println!("tied"),
///     other => println!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
pub async fn reconcile_once<J: JournalStore>(
    journal: &Journal<J>,
    banking: &Banking,
    onramp: &OnRamp,
    key: &str,
    pair: NewReconciliation,
) -> Result<ReconcileOnce, Error> {
    let kept = Kept::default();
    let call = Reconciliation {
        banking: Banking::new(kept.listen(banking.session(), OPERATION)),
        onramp: onramp.clone(),
        pair,
        kept,
    };
    made(journal, key, &call.pair, &call).await
}

struct Reconciliation {
    banking: Banking,
    onramp: OnRamp,
    pair: NewReconciliation,
    kept: Kept,
}

impl Call for Reconciliation {
    fn operation(&self) -> &'static str {
        OPERATION
    }

    async fn send(&self, reference: &str) -> Sent {
        let result = self.banking.reconcile(self.pair.clone()).await;
        let refusal = result.as_ref().err().and_then(ReconcileRefusal::of);
        let sent = sent(result, |reconciled| reconciled.payment_id.to_string());
        let may_be_tied = matches!(
            refusal,
            Some(ReconcileRefusal::AlreadyReconciled | ReconcileRefusal::PaymentNotPending)
        );
        // These two are what a pair gives that was tied before, by this call or by another: then it is done.
        match sent {
            Sent::Refused(reason) if may_be_tied => match self.find(reference).await {
                Found::One(answer) => Sent::Found(answer),
                Found::Unknown(reason) => Sent::Unknown(reason),
                _ => Sent::Refused(reason),
            },
            sent => sent,
        }
    }

    async fn find(&self, _: &str) -> Found {
        match self.credits().await {
            Ok(credits) => match credits.as_slice() {
                [] => {
                    Found::Unknown("the credit is not in the account's list, which proves nothing".to_owned())
                }
                [credit] => self.judge(credit).await,
                _ => {
                    Found::Unknown("several accounts have a credit with this id: name the account".to_owned())
                }
            },
            Err(error) => Found::Unknown(error.to_string()),
        }
    }

    fn answers(&self) -> Vec<Vec<u8>> {
        self.kept.take()
    }

    fn is_same(&self, stored: &[u8]) -> bool {
        is_same(stored, &self.pair)
    }
}

impl Reconciliation {
    /// The credit in each account that has one with its id.
    async fn credits(&self) -> cryptopocket_core::Result<Vec<Transaction>> {
        let accounts: Vec<Personal> = if let Some(iban) = &self.pair.iban {
            vec![iban.clone()]
        } else {
            let accounts = self.banking.list_accounts().await?.into_items();
            accounts.into_iter().map(|account| account.iban).collect()
        };
        let mut found = Vec::new();
        for account in accounts {
            let list = self.banking.list_transactions(account, TransactionFilter::new());
            let mut rows = list.per_page(PAGE).items();
            while let Some(row) = rows.next().await {
                let row = row?;
                if row.id == self.pair.transaction_id {
                    found.push(row);
                    break;
                }
            }
        }
        Ok(found)
    }

    /// What the credit and the payment's status say of the pair.
    async fn judge(&self, credit: &Transaction) -> Found {
        let payment = &self.pair.payment_id;
        match &credit.payment_id {
            Field::Value(tied) if tied == payment && credit.reconciled => {
                return found(payment.to_string(), credit);
            }
            // Another one, or this one and the credit is said to be free: that contradicts itself.
            Field::Value(named) => return Found::Many(vec![named.to_string()]),
            // Tied to a payment that is not named: it may be this one or another.
            _ if credit.reconciled => return Found::Many(vec![payment.to_string()]),
            _ => {}
        }
        match self.onramp.payment(payment).await {
            Ok(found) => match (found.status.rank(), PaymentStatus::PaymentReceived.rank()) {
                (Some(rank), Some(received)) if rank < received => Found::None,
                // Paid, and not by this credit as far as the list shows.
                (Some(_), _) => Found::Many(vec![payment.to_string()]),
                (None, _) => {
                    Found::Unknown("the payment has a status that this version does not know".to_owned())
                }
            },
            Err(error) => Found::Unknown(error.to_string()),
        }
    }
}
