//! Taking up the calls of a journal after a restart.

use cryptopocket_banking::NewReconciliation;
use cryptopocket_inbox::journal::{Entry, Journal, JournalStore};
use cryptopocket_inbox::{Error, ErrorKind};
use cryptopocket_offramp::NewOfframp;
use cryptopocket_onramp::{NewGuidedPayment, NewPayment};

use super::{OfframpOnce, Outcome, PaymentOnce, ReconcileOnce, Request, made, read};
use crate::Client;

/// What is known of a call that was taken up, by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resumed {
    /// A payment.
    Payment(PaymentOnce),
    /// A guided payment.
    Guided(PaymentOnce),
    /// An off-ramp.
    Offramp(OfframpOnce),
    /// A reconciliation.
    Reconciliation(ReconcileOnce),
}

/// Goes on with a call of the journal, with the request that the entry holds.
///
/// It does what the call of its kind does: one that may have been sent is looked for, and one that was certainly not sent is
/// sent. To give up the latter instead, [settle](Journal::settle) it.
///
/// # Errors
/// As [`Journal::once`]; [`Corrupt`](ErrorKind::Corrupt) if the operation is none of these four.
pub async fn resume<J: JournalStore>(
    journal: &Journal<J>,
    client: &Client,
    entry: &Entry,
) -> Result<Resumed, Error> {
    Ok(match entry.operation.as_str() {
        NewPayment::OPERATION => Resumed::Payment(again::<J, NewPayment>(journal, client, entry).await?),
        NewGuidedPayment::OPERATION => {
            Resumed::Guided(again::<J, NewGuidedPayment>(journal, client, entry).await?)
        }
        NewOfframp::OPERATION => Resumed::Offramp(again::<J, NewOfframp>(journal, client, entry).await?),
        NewReconciliation::OPERATION => {
            Resumed::Reconciliation(again::<J, NewReconciliation>(journal, client, entry).await?)
        }
        other => {
            let what = format!("the journal has a call of {other:?}, which this version does not make");
            return Err(Error::new(ErrorKind::Corrupt, what));
        }
    })
}

async fn again<J: JournalStore, R: Request>(
    journal: &Journal<J>,
    client: &Client,
    entry: &Entry,
) -> Result<Outcome<R::Answer, R::Found>, Error> {
    let request: R = *read(&journal.request(entry)?)?;
    made(journal, client, &entry.key, request).await
}
