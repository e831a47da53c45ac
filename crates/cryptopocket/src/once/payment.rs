//! Payments that are created once.

use cryptopocket_inbox::Error;
use cryptopocket_inbox::journal::{Call, Found, Journal, JournalStore, Sent};
use cryptopocket_onramp::{CreatedPayment, NewGuidedPayment, NewPayment, OnRamp, Payment, Recovery};
use cryptopocket_types::{ExternalId, Money, PaymentId, Symbol, UserId};

use super::kept::Kept;
use super::{Outcome, found, is_same, made, sent};

const PAYMENT: &str = "create_payment";
const GUIDED: &str = "create_guided_payment";

/// What is known of a payment after [`create_payment_once`].
pub type PaymentOnce = Outcome<CreatedPayment, Payment>;

/// What is known of a guided payment after [`create_guided_once`].
pub type GuidedOnce = Outcome<CreatedPayment, Payment>;

impl Outcome<CreatedPayment, Payment> {
    /// Id of the payment, however the call was done: [`Done`](Self::Done), [`Recovered`](Self::Recovered) or
    /// [`Named`](Self::Named). `None` if it is refused, not sent, or not known yet.
    ///
    /// Track every payment that has one. That can be repeated, so a crash between the two is cured by the next call.
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
/// so use the id of your order. When the outcome is not known, the payment is looked up by that id, and created again only
/// if the list proves that there is none and the [grace period](Journal::grace) has passed. One that carries the id and shows
/// another customer, amount, currency or coin is somebody else's: then the outcome is [`Outcome::Ambiguous`].
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
/// ```no_run
/// # async fn example(client: cryptopocket::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket::Asset;
/// use cryptopocket::inbox::{Inbox, journal::Journal, sqlite::SqliteStore};
/// use cryptopocket::once::{PaymentOnce, create_payment_once};
/// use cryptopocket::onramp::NewPayment;
///
/// let journal = Journal::new(Inbox::new(SqliteStore::open("inbox.db").await?));
/// let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
/// let payment = NewPayment::card("100067".into(), "240 EUR".parse()?, Asset::new("USDC", "polygon"), wallet);
/// match create_payment_once(&journal, client.onramp(), "order-2001", payment).await? {
///     PaymentOnce::Done(created) => println!("created as {}", created.payment_id),
///     PaymentOnce::Pending { after, .. } => println!("call again in {after:?}"),
///     other => println!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
pub async fn create_payment_once<J: JournalStore>(
    journal: &Journal<J>,
    onramp: &OnRamp,
    key: &str,
    payment: NewPayment,
) -> Result<PaymentOnce, Error> {
    let payment = payment.external_id(key);
    let call = Creation::new(onramp, PAYMENT, payment);
    made(journal, key, &call.payment, &call).await
}

/// Creates a guided payment once for `key`, across crashes, timeouts and lost answers.
///
/// It works as [`create_payment_once`]. What a lost answer takes with it is the link to the gateway page.
///
/// # Errors
/// As [`Journal::once`]. Those of the provider are in the result.
pub async fn create_guided_once<J: JournalStore>(
    journal: &Journal<J>,
    onramp: &OnRamp,
    key: &str,
    payment: NewGuidedPayment,
) -> Result<GuidedOnce, Error> {
    let payment = payment.external_id(key);
    let call = Creation::new(onramp, GUIDED, payment);
    made(journal, key, &call.payment, &call).await
}

/// The creation of a payment of either kind.
struct Creation<P> {
    onramp: OnRamp,
    operation: &'static str,
    payment: P,
    kept: Kept,
}

impl<P> Creation<P> {
    fn new(onramp: &OnRamp, operation: &'static str, payment: P) -> Self {
        let kept = Kept::default();
        Self {
            onramp: OnRamp::new(kept.listen(onramp.session(), operation)),
            operation,
            payment,
            kept,
        }
    }
}

/// How a payment of a kind is created, and what was asked for.
trait Order: Clone + PartialEq + serde::de::DeserializeOwned + Send + Sync {
    fn asked(&self) -> (&UserId, Money, &Symbol);

    fn create(
        self,
        onramp: &OnRamp,
    ) -> impl Future<Output = cryptopocket_core::Result<CreatedPayment>> + Send;
}

impl Order for NewPayment {
    fn asked(&self) -> (&UserId, Money, &Symbol) {
        (&self.user_id, self.fiat, &self.symbol)
    }

    async fn create(self, onramp: &OnRamp) -> cryptopocket_core::Result<CreatedPayment> {
        onramp.create_payment(self).await
    }
}

impl Order for NewGuidedPayment {
    fn asked(&self) -> (&UserId, Money, &Symbol) {
        (&self.user_id, self.fiat, self.asset.symbol())
    }

    async fn create(self, onramp: &OnRamp) -> cryptopocket_core::Result<CreatedPayment> {
        onramp.create_guided_payment(self).await
    }
}

impl<P: Order> Creation<P> {
    /// Whether the payment that carries the reference is this one: the provider does not say that references are unique.
    async fn judge(&self, mut payment: Payment) -> Found {
        if !fits(&payment, &self.payment) {
            // What a row of a list looks like is assumed; what a GET answers is documented.
            payment = match self.onramp.payment(&payment.id).await {
                Ok(payment) => payment,
                Err(error) => return Found::Unknown(error.to_string()),
            };
            if !fits(&payment, &self.payment) {
                return Found::Many(vec![payment.id.to_string()]);
            }
        }
        found(payment.id.to_string(), &payment)
    }
}

/// Whether a payment shows nothing else than what was asked for. What it does not show tells nothing.
fn fits(payment: &Payment, asked: &impl Order) -> bool {
    let (user, fiat, symbol) = asked.asked();
    payment.user_id.value().is_none_or(|shown| shown == user)
        && payment.fiat.value().is_none_or(|shown| *shown == fiat)
        && payment.coin.value().is_none_or(|shown| {
            let shown = shown.symbol().as_str();
            shown.eq_ignore_ascii_case(symbol.as_str())
        })
}

impl<P: Order> Call for Creation<P> {
    fn operation(&self) -> &'static str {
        self.operation
    }

    async fn send(&self, _: &str) -> Sent {
        let created = self.payment.clone().create(&self.onramp).await;
        sent(created, |created| created.payment_id.to_string())
    }

    async fn find(&self, reference: &str) -> Found {
        match self.onramp.recover_payment(&ExternalId::from(reference)).await {
            Ok(Recovery::None) => Found::None,
            Ok(Recovery::One(payment)) => self.judge(payment).await,
            Ok(Recovery::Many(payments)) => {
                Found::Many(payments.iter().map(|payment| payment.id.to_string()).collect())
            }
            Err(error) => Found::Unknown(error.to_string()),
        }
    }

    fn answers(&self) -> Vec<Vec<u8>> {
        self.kept.take()
    }

    fn is_same(&self, stored: &[u8]) -> bool {
        is_same(stored, &self.payment)
    }
}
