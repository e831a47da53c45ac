//! Reconciliations that are made once.

use cryptopocket_banking::{Banking, NewReconciliation, Reconciled, Transaction, TransactionFilter};
use cryptopocket_inbox::Error;
use cryptopocket_inbox::journal::{Found, Journal, JournalStore};
use cryptopocket_onramp::OnRamp;
use cryptopocket_types::{ErrorCode, Field, PaymentId, PaymentStatus, Personal};

use super::{Outcome, Request, found, made};
use crate::Client;

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
/// ```
/// use cryptopocket::banking::NewReconciliation;
/// use cryptopocket::inbox::{Inbox, journal::Journal, sqlite::SqliteStore};
/// use cryptopocket::once::{ReconcileOnce, reconcile_once};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let reply = r#"{"status":"ok","data":{"payment_id":"p-1","transaction_id":"t-1","status":"payment_received"}}"#;
/// # let script = cryptopocket_core::testing::ScriptedSession::new().next("reconcile_payment", &[reply]);
/// # let client = cryptopocket::Client::from(script.session);
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("calls.db");
/// let journal = Journal::new(Inbox::new(SqliteStore::open(path).await?));
/// let pair = NewReconciliation::new("p-1", "t-1").iban("ES79 2100 0813 6101 2345 6789");
/// let once = reconcile_once(&journal, &client, "reconcile-t-1", pair.clone()).await?;
/// assert!(matches!(&once, ReconcileOnce::Done(tied) if tied.payment_id.as_str() == "p-1"));
/// // The same key and input: nothing is sent, and the journal gives the answer.
/// assert_eq!(reconcile_once(&journal, &client, "reconcile-t-1", pair).await?, once);
/// # assert_eq!(script.provider.calls("reconcile_payment"), 1);
/// # Ok(())
/// # }
/// ```
pub async fn reconcile_once<J: JournalStore>(
    journal: &Journal<J>,
    client: &Client,
    key: &str,
    pair: NewReconciliation,
) -> Result<ReconcileOnce, Error> {
    made(journal, client, key, pair).await
}

impl Request for NewReconciliation {
    type Answer = Reconciled;
    type Found = Transaction;

    const OPERATION: &'static str = "reconcile_payment";

    fn checked(&self) -> cryptopocket_core::Result<()> {
        self.check()
    }

    async fn send(&self, client: &Client) -> cryptopocket_core::Result<Reconciled> {
        client.banking().reconcile(self.clone()).await
    }

    fn object(reconciled: &Reconciled) -> &str {
        reconciled.payment_id.as_str()
    }

    fn may_be_done_before(error: &cryptopocket_core::Error) -> bool {
        // These two are what a pair gives that was tied before, by this call or by another: then it is done.
        matches!(
            error.code(),
            Some(ErrorCode::AlreadyReconciled | ErrorCode::PaymentNotPending)
        )
    }

    async fn find(&self, client: &Client, _: &str) -> Found {
        let unknown = |reason: &str| Found::Unknown(reason.to_owned());
        match credits(client.banking(), self).await.as_deref() {
            Ok([]) => unknown("the credit is not in the account's list, which proves nothing"),
            Ok([credit]) => judge(client.onramp(), credit, &self.payment_id).await,
            Ok(_) => unknown("several accounts have a credit with this id: name the account"),
            Err(error) => unknown(&error.to_string()),
        }
    }
}

/// The credit in each account that has one with its id.
async fn credits(banking: &Banking, pair: &NewReconciliation) -> cryptopocket_core::Result<Vec<Transaction>> {
    let accounts: Vec<Personal> = if let Some(iban) = &pair.iban {
        vec![iban.clone()]
    } else {
        let accounts = banking.list_accounts().await?.into_items();
        accounts.into_iter().map(|account| account.iban).collect()
    };
    let mut found = Vec::new();
    for account in accounts {
        let list = banking.list_transactions(account, TransactionFilter::new());
        let mut rows = list.per_page(PAGE).items();
        while let Some(row) = rows.next().await {
            let row = row?;
            if row.id == pair.transaction_id {
                found.push(row);
                break;
            }
        }
    }
    Ok(found)
}

/// What the credit and the payment's status say of the pair.
async fn judge(onramp: &OnRamp, credit: &Transaction, payment: &PaymentId) -> Found {
    match &credit.payment_id {
        Field::Value(tied) if tied == payment && credit.reconciled => return found(payment.as_str(), credit),
        // Another one, or this one and the credit is said to be free: that contradicts itself.
        Field::Value(named) => return Found::Many(vec![named.to_string()]),
        // Tied to a payment that is not named: it may be this one or another.
        _ if credit.reconciled => return Found::Many(vec![payment.to_string()]),
        _ => {}
    }
    match onramp.payment(payment).await {
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
