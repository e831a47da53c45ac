//! Payments that are created once.

use cryptopocket_inbox::Error;
use cryptopocket_inbox::journal::{Found, Journal, JournalStore};
use cryptopocket_onramp::{CreatedPayment, NewGuidedPayment, NewPayment, OnRamp, Payment, Recovery, Search};
use cryptopocket_types::{ExternalId, Money, PaymentId, Symbol, UserId};

use super::{Outcome, Request, found, made};
use crate::Client;

/// What is known of a payment after [`create_payment_once`] or [`create_guided_once`].
pub type PaymentOnce = Outcome<CreatedPayment, Payment>;

impl PaymentOnce {
    /// Id of the payment, however the call was done: [`Done`](Self::Done), [`Recovered`](Self::Recovered) or
    /// [`Named`](Self::Named). `None` if it is refused, not sent, or not known yet.
    ///
    /// Track every payment that has one. That can be repeated, so a crash between the two is cured by the next call.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket::once::PaymentOnce;
    ///
    /// let settled = PaymentOnce::Named { id: "pay7Q2mX".to_owned() };
    /// assert_eq!(settled.payment_id(), Some("pay7Q2mX".into()));
    /// let unknown = PaymentOnce::Ambiguous { candidates: vec!["pay7Q2mX".to_owned()] };
    /// assert_eq!(unknown.payment_id(), None, "a person has to settle it");
    /// ```
    pub fn payment_id(&self) -> Option<PaymentId> {
        match self {
            Self::Done(created) => Some(created.payment_id.clone()),
            Self::Recovered(payment) => Some(payment.id.clone()),
            Self::Named { id } => Some(id.as_str().into()),
            _ => None,
        }
    }
}

/// Creates a payment once for `key`, across crashes, timeouts and lost answers.
///
/// The intent is in the journal before the call is sent, and the answer after. `key` becomes the external id of the payment,
/// in place of one that is set, so use the id of your order. When the outcome is not known, the payment is looked up by that id, and created again only
/// if the list proves that there is none and the [grace period](Journal::grace) has passed. One that carries the id and shows
/// another customer, amount, currency or coin is somebody else's: then the outcome is [`Outcome::Ambiguous`]. So it is if
/// the list has the id in another spelling only, such as `7` for `007`, on a payment that no other call of this kind in the
/// journal made: a person decides then, also if the payment was created and the list only lags behind.
///
/// A crash between the provider's answer and its record, a few milliseconds, loses the answer: what follows is
/// [`Outcome::Recovered`], with the payment's id and status, and without the account and concept of a transfer. No call of
/// the provider gives those again.
///
/// After a restart, call it again for each entry of [`Journal::unsettled`], as [`resume`](super::resume) does.
///
/// # Errors
/// As [`Journal::once`]. Those of the provider are in the result.
///
/// # Examples
/// ```
/// use cryptopocket::Asset;
/// use cryptopocket::inbox::{Inbox, journal::Journal, sqlite::SqliteStore};
/// use cryptopocket::once::{PaymentOnce, create_payment_once};
/// use cryptopocket::onramp::NewPayment;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let reply = r#"{"status":"ok","data":{"payment_id":"pay7Q2mX","url_payment":"https://pay.example.com/8sl2"}}"#;
/// # let script = cryptopocket_core::testing::ScriptedSession::new().next("create_payment", &[reply]);
/// # let client = cryptopocket::Client::from(script.session);
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("calls.db");
/// let journal = Journal::new(Inbox::new(SqliteStore::open(path).await?));
/// let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
/// let order = NewPayment::card("100067".into(), "240 EUR".parse()?, Asset::new("USDC", "polygon"), wallet);
/// let once = create_payment_once(&journal, &client, "order-2001", order.clone()).await?;
/// assert!(matches!(&once, PaymentOnce::Done(created) if created.next.redirect_url().is_some()));
/// // The same key and input: nothing is sent, and the journal gives the answer.
/// assert_eq!(create_payment_once(&journal, &client, "order-2001", order).await?, once);
/// # assert_eq!(script.provider.calls("create_payment"), 1);
/// # Ok(())
/// # }
/// ```
pub async fn create_payment_once<J: JournalStore>(
    journal: &Journal<J>,
    client: &Client,
    key: &str,
    payment: NewPayment,
) -> Result<PaymentOnce, Error> {
    made(journal, client, key, payment.external_id(key)).await
}

/// Creates a guided payment once for `key`, across crashes, timeouts and lost answers.
///
/// It works as [`create_payment_once`]. What a lost answer takes with it is the link to the gateway page.
///
/// # Errors
/// As [`Journal::once`]. Those of the provider are in the result.
///
/// # Examples
/// ```
/// use cryptopocket::Asset;
/// use cryptopocket::inbox::{Inbox, journal::Journal, sqlite::SqliteStore};
/// use cryptopocket::once::{PaymentOnce, create_guided_once};
/// use cryptopocket::onramp::NewGuidedPayment;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let reply = r#"{"status":"ok","data":{"payment_id":"pay9L3sK","gateway_url":"https://gateway.example.net/p/92kd"}}"#;
/// # let script = cryptopocket_core::testing::ScriptedSession::new().next("create_guided_payment", &[reply]);
/// # let client = cryptopocket::Client::from(script.session);
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("calls.db");
/// let journal = Journal::new(Inbox::new(SqliteStore::open(path).await?));
/// let order = NewGuidedPayment::new("100067".into(), "240 EUR".parse()?, Asset::new("USDC", "polygon"));
/// let PaymentOnce::Done(created) = create_guided_once(&journal, &client, "order-2002", order).await? else {
///     return Err("call again, or see `Outcome`".into());
/// };
/// assert_eq!(created.external_id, Some("order-2002".into()), "the key is the reference");
/// assert!(created.next.redirect_url().is_some(), "send the customer there");
/// # Ok(())
/// # }
/// ```
pub async fn create_guided_once<J: JournalStore>(
    journal: &Journal<J>,
    client: &Client,
    key: &str,
    payment: NewGuidedPayment,
) -> Result<PaymentOnce, Error> {
    made(journal, client, key, payment.external_id(key)).await
}

/// A kind of payment: its type, its call, and the coin that it buys.
macro_rules! created_once {
    ($request:ident, $call:ident, |$new:ident| $symbol:expr) => {
        impl Request for $request {
            type Answer = CreatedPayment;
            type Found = Payment;

            const OPERATION: &'static str = stringify!($call);

            fn checked(&self) -> cryptopocket_core::Result<()> {
                self.check()
            }

            async fn send(&self, client: &Client) -> cryptopocket_core::Result<CreatedPayment> {
                client.onramp().$call(self.clone()).await
            }

            fn object(created: &CreatedPayment) -> &str {
                created.payment_id.as_str()
            }

            async fn find(&self, client: &Client, reference: &str) -> Found {
                let $new = self;
                look_up(
                    client.onramp(),
                    reference,
                    (&self.user_id, self.fiat, $symbol),
                )
                .await
            }
        }
    };
}

created_once!(NewPayment, create_payment, |new| &new.symbol);
created_once!(NewGuidedPayment, create_guided_payment, |new| new.asset.symbol());

/// Who pays how much for which coin.
type Asked<'a> = (&'a UserId, Money, &'a Symbol);

async fn look_up(onramp: &OnRamp, reference: &str, asked: Asked<'_>) -> Found {
    match onramp.recover_with_near(&ExternalId::from(reference)).await {
        Ok(Search::Exact(Recovery::None)) => Found::None,
        // A payment with the reference in another spelling may be this one, unless the journal knows it as another call's.
        Ok(Search::Near(near)) => Found::Candidates {
            objects: near.iter().map(ToString::to_string).collect(),
            is_whole: true,
        },
        Ok(Search::Exact(Recovery::One(payment))) => judge(onramp, payment, asked).await,
        Ok(Search::Exact(Recovery::Many(payments))) => {
            Found::Many(payments.iter().map(|payment| payment.id.to_string()).collect())
        }
        Err(error) => Found::Unknown(error.to_string()),
    }
}

/// Whether the payment that carries the reference is this one: the provider does not say that references are unique.
async fn judge(onramp: &OnRamp, mut payment: Payment, asked: Asked<'_>) -> Found {
    if !fits(&payment, asked) {
        // What a row of a list looks like is assumed; what a GET answers is documented.
        payment = match onramp.payment(&payment.id).await {
            Ok(payment) => payment,
            Err(error) => return Found::Unknown(error.to_string()),
        };
        if !fits(&payment, asked) {
            return Found::Many(vec![payment.id.to_string()]);
        }
    }
    found(payment.id.as_str(), &payment)
}

/// Whether a payment shows nothing else than what was asked for. What it does not show tells nothing.
fn fits(payment: &Payment, (user, fiat, symbol): Asked<'_>) -> bool {
    payment.user_id.value().is_none_or(|shown| shown == user)
        && payment.fiat.value().is_none_or(|shown| *shown == fiat)
        && payment.coin.value().is_none_or(|shown| {
            let shown = shown.symbol().as_str();
            shown.eq_ignore_ascii_case(symbol.as_str())
        })
}
