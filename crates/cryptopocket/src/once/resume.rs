//! Taking up the calls of a journal after a restart.

use cryptopocket_inbox::journal::{Entry, Journal, JournalStore};
use cryptopocket_inbox::{Error, ErrorKind};

use super::{
    GuidedOnce, OfframpOnce, PaymentOnce, ReconcileOnce, create_guided_once, create_offramp_once,
    create_payment_once, read, reconcile_once,
};
use crate::Client;

/// What is known of a call that was taken up, by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resumed {
    /// A payment.
    Payment(PaymentOnce),
    /// A guided payment.
    Guided(GuidedOnce),
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
    let request = journal.request(entry)?;
    let key = entry.key.as_str();
    Ok(match entry.operation.as_str() {
        "create_payment" => {
            Resumed::Payment(create_payment_once(journal, client.onramp(), key, *read(&request)?).await?)
        }
        "create_guided_payment" => {
            Resumed::Guided(create_guided_once(journal, client.onramp(), key, *read(&request)?).await?)
        }
        "create_offramp" => {
            Resumed::Offramp(create_offramp_once(journal, client.offramp(), key, *read(&request)?).await?)
        }
        "reconcile_payment" => {
            let pair = *read(&request)?;
            Resumed::Reconciliation(
                reconcile_once(journal, client.banking(), client.onramp(), key, pair).await?,
            )
        }
        other => {
            let what = format!("the journal has a call of {other:?}, which this version does not make");
            return Err(Error::new(ErrorKind::Corrupt, what));
        }
    })
}
