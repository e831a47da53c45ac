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
///
/// # Examples
/// ```
/// use cryptopocket::inbox::{Inbox, journal::Journal, sqlite::SqliteStore};
/// use cryptopocket::once::{PaymentOnce, Resumed, resume};
/// # use cryptopocket::{Asset, once::create_payment_once, onramp::NewPayment};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use cryptopocket_core::testing::{Answer, ScriptedSession};
/// # let reply = r#"{"status":"ok","data":{"payment_id":"pay7Q2mX","url_payment":"https://pay.example.com/8sl2"}}"#;
/// # let refused = std::iter::repeat_with(Answer::refused_connection).take(4);
/// # let script = ScriptedSession::new().then("create_payment", refused).always("create_payment", reply);
/// # let client = cryptopocket::Client::from(script.session);
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("calls.db");
/// let journal = Journal::new(Inbox::new(SqliteStore::open(path).await?));
/// # let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
/// # let order = NewPayment::card("100067".into(), "240 EUR".parse()?, Asset::new("USDC", "polygon"), wallet);
/// # let once = create_payment_once(&journal, &client, "order-2001", order).await?;
/// # assert!(matches!(once, PaymentOnce::NotSent { .. }), "{once:?}");
/// // The program ended after a payment of `order-2001` could not be sent. At the next start:
/// let unsettled = journal.unsettled(1000).await?;
/// assert_eq!(unsettled[0].key, "order-2001");
/// for entry in &unsettled {
///     let resumed = resume(&journal, &client, entry).await?;
///     assert!(matches!(resumed, Resumed::Payment(PaymentOnce::Done(_))));
/// }
/// assert!(journal.unsettled(1000).await?.is_empty());
/// # Ok(())
/// # }
/// ```
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
