use cryptopocket_api::onramp::{create_guided_payment, types};
use cryptopocket_core::{Advice, Error, Result, input};
use cryptopocket_types::{Asset, Currency, ExternalId, Money, PaymentType, UserId, setters};
use serde::{Deserialize, Serialize};

use crate::{CreatedPayment, OnRamp, QuoteGuard, QuoteRequest, UnsettledPayment};

/// A payment that the customer completes on the provider's page, in euros only.
///
/// The customer names the wallet there.
///
/// # Examples
/// ```
/// use cryptopocket_onramp::NewGuidedPayment;
/// use cryptopocket_types::{Asset, PaymentType, UserId};
///
/// let usdc = Asset::new("USDC", "polygon");
/// let payment = NewGuidedPayment::new(UserId::from(100_067), "240 EUR".parse()?, usdc.clone())
///     .payment_type(PaymentType::Psd2)
///     .external_id("order-2003");
/// assert!(payment.check().is_ok());
///
/// let in_dollars = NewGuidedPayment::new(UserId::from(100_067), "240 USD".parse()?, usdc);
/// assert!(in_dollars.check().unwrap_err().to_string().contains("euros"));
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewGuidedPayment {
    /// The customer who pays.
    #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
    pub user_id: UserId,
    /// The money to pay, in euros.
    pub fiat: Money,
    /// The coin to buy, and its chain.
    pub asset: Asset,
    /// The payment method; the provider takes `card` when there is none (documented).
    pub payment_type: Option<PaymentType>,
    /// Your own reference.
    pub external_id: Option<ExternalId>,
    /// The condition under which the payment is created.
    pub guard: Option<QuoteGuard>,
}

impl NewGuidedPayment {
    /// `fiat`, in euros, from `user_id`, for `asset`.
    pub const fn new(user_id: UserId, fiat: Money, asset: Asset) -> Self {
        Self {
            user_id,
            fiat,
            asset,
            payment_type: None,
            external_id: None,
            guard: None,
        }
    }

    setters! {
        /// Sets the payment method. Without it the provider takes `card` (documented).
        payment_type = |payment_type: PaymentType| Some(payment_type);
        /// Sets your own reference.
        ///
        /// The provider is not known to require that it is unique, so make it unique.
        ///
        /// It is no idempotency key: creating again with the same reference creates a second payment.
        external_id = |id: impl Into<ExternalId>| Some(id.into());
        /// Creates the payment only if `guard` holds; see [`Quote::guard`](crate::Quote::guard).
        guard = |guard: QuoteGuard| Some(guard);
    }

    /// Checks the input, as the call does before it sends anything.
    ///
    /// # Errors
    /// `InvalidInput`, with the field, the rule and the cure.
    pub fn check(&self) -> Result<()> {
        if self.fiat.currency() != Currency::EUR {
            return Err(Error::invalid_input(
                "fiat_amount",
                "must be in euros, the only currency of guided payments",
                Advice::new("Give an amount in EUR, or create an ordinary payment.")
                    .in_code_use("that is a NewPayment."),
            ));
        }
        input::user_id(&self.user_id)?;
        input::money("fiat_amount", self.fiat)?;
        input::name("coin_symbol", self.asset.symbol().as_str())?;
        input::name("coin_chain", self.asset.chain().as_str())?;
        self.external_id.as_ref().map_or(Ok(()), input::external_id)?;
        let Some(guard) = &self.guard else { return Ok(()) };
        // The provider's default: without a method, the payment is a card payment.
        let payment_type = self.payment_type.clone().unwrap_or(PaymentType::Card);
        guard.check_purchase(&QuoteRequest::new(self.fiat, self.asset.clone(), payment_type))
    }
}

impl OnRamp {
    /// Creates a payment that the customer completes on the provider's page.
    ///
    /// The next step is always [`NextStep::Redirect`](crate::NextStep::Redirect).
    ///
    /// - **Units.** `fiat_amount` goes out in currency units (`240` is 240.00 EUR), and in euros only.
    /// - **Idempotency, cancellation.** Unsafe, as [`OnRamp::create_payment`]: give an
    ///   [`external_id`](NewGuidedPayment::external_id()).
    /// - **Known from.** The provider's page "Create guided payment intent" and its guide (`documented`).
    /// - Operation: `create_guided_payment`
    ///
    /// # Errors
    /// Before anything is sent: another currency than the euro, an amount that is not above zero or has more than two
    /// decimals, an empty id, a reference with white space around it, a guard for another purchase (`InvalidInput`); a
    /// guard that does not hold (`Conflict`).
    ///
    /// From the provider: the codes of [`OnRamp::create_payment`] but the last two, and `guided_payment_eur_only`. For
    /// an internal error it sends the raw text of an exception and no code; that text is in
    /// [`provider_message`](cryptopocket_core::Error::provider_message) and should not be shown to customers.
    ///
    /// # Examples
    /// ```
    /// # let reply = r#"{"status":"success","data":{"payment_id":"pay9L3sK","gateway_url":"https://pay.example.net/92kd"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("create_guided_payment", reply).run(async |session| {
    /// use cryptopocket_onramp::{NewGuidedPayment, OnRamp};
    /// use cryptopocket_types::{Asset, PaymentType, UserId};
    ///
    /// let onramp = OnRamp::new(session);
    /// let payment = NewGuidedPayment::new(UserId::from(100_067), "240 EUR".parse()?, Asset::new("USDC", "polygon"))
    ///     .external_id("order-2003")
    ///     .payment_type(PaymentType::Psd2);
    /// let created = onramp.create_guided_payment(payment).await?;
    /// if let Some(page) = created.next.redirect_url() {
    ///     println!("open {}", page.expose());
    /// }
    /// # assert!(created.next.redirect_url().is_some());
    /// # Ok(()) });
    /// ```
    pub async fn create_guided_payment(&self, payment: NewGuidedPayment) -> Result<CreatedPayment> {
        payment.check()?;
        let session = self.guarded(payment.guard.as_ref()).await?;
        let body = types::CreateGuidedPaymentRequest {
            user_id: payment.user_id,
            coin_symbol: payment.asset.symbol().as_str().to_owned(),
            coin_chain: payment.asset.chain().as_str().to_owned(),
            fiat_symbol: Some(payment.fiat.currency().as_str().to_owned()),
            fiat_amount: payment.fiat.into(),
            payment_type: payment.payment_type,
            external_id: payment.external_id,
        };
        match create_guided_payment(&session, &body).await {
            Ok(reply) => Ok(CreatedPayment::from_guided(reply, body.external_id)),
            Err(error) => Err(UnsettledPayment::attach(error, body.external_id)),
        }
    }
}
