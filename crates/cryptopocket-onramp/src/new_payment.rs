use cryptopocket_api::onramp::{create_payment, types};
use cryptopocket_core::{Advice, Error, Result, input};
use cryptopocket_types::{
    Asset, Chain, ExternalId, Money, PaymentType, Personal, Secret, Symbol, UserId, setters,
};
use serde::{Deserialize, Serialize};

use crate::{CreatedPayment, OnRamp, QuoteGuard, QuoteRequest, UnsettledPayment};

/// A payment to create: who pays how much and how, and which wallet receives which coin.
///
/// A constructor takes everything that its method requires. [`NewPayment::new`] takes any method, also one that this
/// SDK does not know; [`NewPayment::latam`] is for the methods of Latin America, which take no chain.
///
/// Give every payment an [`external_id`](Self::external_id()) of its own: it is the only way to find a payment after
/// its answer was lost.
///
/// # Examples
/// ```
/// use cryptopocket_onramp::NewPayment;
/// use cryptopocket_types::{Asset, UserId};
///
/// let (ada, usdc) = (UserId::from(100_067), Asset::new("USDC", "polygon"));
/// let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
/// let payment = NewPayment::transfer(ada.clone(), "240 EUR".parse()?, usdc.clone(), wallet)
///     .external_id("order-2001");
/// assert!(payment.check().is_ok());
/// assert!(!format!("{payment:?}").contains("0x5290"), "Debug hides the wallet");
///
/// let mistyped = NewPayment::card(ada, "240 EUR".parse()?, usdc, "0x5290840009852788");
/// assert!(mistyped.check().unwrap_err().is_validation());
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewPayment {
    /// The customer who pays.
    #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
    pub user_id: UserId,
    /// The money to pay.
    pub fiat: Money,
    /// The coin to buy.
    pub symbol: Symbol,
    /// The chain to receive the coin on. Methods of Latin America take none.
    pub chain: Option<Chain>,
    /// The address that receives the coins.
    pub wallet: Personal,
    /// The payment method.
    pub payment_type: PaymentType,
    /// Your own reference.
    pub external_id: Option<ExternalId>,
    /// An address of yours, for the customer's way back or for the outcome.
    pub callback_url: Option<Secret>,
    /// The condition under which the payment is created.
    pub guard: Option<QuoteGuard>,
    /// Whether the wallet is sent unchecked if this SDK does not know the addresses of the chain.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepts_unknown_chain: bool,
}

impl NewPayment {
    /// A payment by any method: `fiat` from `user_id`, for `asset` sent to `wallet`.
    pub fn new(
        user_id: UserId,
        fiat: Money,
        asset: Asset,
        wallet: impl Into<Personal>,
        payment_type: PaymentType,
    ) -> Self {
        let (symbol, chain) = asset.into_parts();
        Self::latam(user_id, fiat, symbol, wallet, payment_type).chain(chain)
    }

    /// By bank card: the reply is a page to send the customer to (older).
    pub fn card(user_id: UserId, fiat: Money, asset: Asset, wallet: impl Into<Personal>) -> Self {
        Self::new(user_id, fiat, asset, wallet, PaymentType::Card)
    }

    /// Started at the customer's bank (PSD2): the reply is a page to send the customer to (older).
    pub fn psd2(user_id: UserId, fiat: Money, asset: Asset, wallet: impl Into<Personal>) -> Self {
        Self::new(user_id, fiat, asset, wallet, PaymentType::Psd2)
    }

    /// By bank transfer: the reply is an account and the concept to write on the transfer (documented).
    pub fn transfer(user_id: UserId, fiat: Money, asset: Asset, wallet: impl Into<Personal>) -> Self {
        Self::new(user_id, fiat, asset, wallet, PaymentType::Transfer)
    }

    /// By a method of Latin America, such as `KHIPU`, which takes no chain (older).
    pub fn latam(
        user_id: UserId,
        fiat: Money,
        symbol: impl Into<Symbol>,
        wallet: impl Into<Personal>,
        payment_type: PaymentType,
    ) -> Self {
        Self {
            user_id,
            fiat,
            symbol: symbol.into(),
            chain: None,
            wallet: wallet.into(),
            payment_type,
            external_id: None,
            callback_url: None,
            guard: None,
            accepts_unknown_chain: false,
        }
    }

    setters! {
        /// Sets your own reference.
        ///
        /// The provider is not known to require that it is unique, so make it unique.
        ///
        /// It is no idempotency key: creating again with the same reference creates a second payment.
        external_id = |id: impl Into<ExternalId>| Some(id.into());
        /// Sets an address of yours for the customer's way back or for the outcome (older; which of both is not stated).
        ///
        /// It may hold a token of yours, so it is kept as a secret.
        callback_url = |url: impl Into<Secret>| Some(url.into());
        /// Creates the payment only if `guard` holds; see [`Quote::guard`](crate::Quote::guard).
        guard = |guard: QuoteGuard| Some(guard);
        /// Sets the chain to receive the coin on: after [`latam`](Self::latam), for a method of Latin America that takes
        /// one.
        chain = |chain: impl Into<Chain>| Some(chain.into());
    }

    /// Sends the wallet unchecked if this SDK does not know the addresses of the chain.
    ///
    /// Without it such a payment is refused, since a misspelt chain is unknown too. Let a person confirm both first. On a
    /// chain that the SDK knows, it changes nothing.
    #[must_use]
    pub fn accept_unknown_chain(mut self) -> Self {
        self.accepts_unknown_chain = true;
        self
    }

    /// Checks the input, as the call does before it sends anything.
    ///
    /// # Errors
    /// `InvalidInput`, with the field, the rule and the cure.
    pub fn check(&self) -> Result<()> {
        input::user_id(&self.user_id)?;
        input::money("fiat_amount", self.fiat)?;
        input::name("coin_symbol", self.symbol.as_str())?;
        if let Some(chain) = &self.chain {
            input::name("coin_chain", chain.as_str())?;
        }
        match &self.chain {
            Some(chain) if self.accepts_unknown_chain => input::wallet_on_unknown_chain(&self.wallet, chain)?,
            chain => input::wallet(&self.wallet, chain.as_ref())?,
        }
        self.external_id.as_ref().map_or(Ok(()), input::external_id)?;
        if let Some(url) = &self.callback_url {
            input::callback_url("callback_url", url)?;
        }
        if self.payment_type.as_str().is_empty() {
            return Err(Error::invalid_input(
                "payment_type",
                "is empty",
                Advice::new("Take one of the payment methods that the provider lists.")
                    .in_code_use("OnRamp::list_payment_methods lists them."),
            ));
        }
        let Some(guard) = &self.guard else { return Ok(()) };
        guard.check_purchase(&QuoteRequest {
            spend: self.fiat,
            symbol: self.symbol.clone(),
            chain: self.chain.clone(),
            payment_type: self.payment_type.clone(),
        })
    }
}

impl OnRamp {
    /// Creates a payment into the wallet that it names.
    ///
    /// - **Units.** `fiat_amount` goes out in currency units (`240` is 240.00 EUR). Reading the payment back, the
    ///   provider answers in cents; the SDK turns both into the same [`Money`].
    /// - **Next step.** It depends on the method and is read from the reply: a transfer gives an account and a concept
    ///   (documented), card and PSD2 give a page (older), other methods are assumed to be like card.
    /// - **Idempotency.** Unsafe: it moves money, and the provider takes no idempotency key. It is retried only when
    ///   nothing was sent for certain, or after a refused token. When the answer is lost, the error's
    ///   [`effect`](cryptopocket_core::Error::effect) is `Unknown`. Do not create the payment again then; pass the
    ///   error to [`OnRamp::recover_from`]. That works only if the payment had an
    ///   [`external_id`](NewPayment::external_id()). **Without one, only the list can tell** whether the payment exists
    ///   ([`OnRamp::list_payments`], by customer, amount and time).
    /// - **Cancellation.** Dropping the future mid-way loses the outcome, and no error says so. Run the call by
    ///   [`Session::detach`](cryptopocket_core::Session::detach) where something may cut it short.
    /// - **Known from.** The provider's page "Create payment intend" (`documented`); `payment_type`, `callback_url` and
    ///   the reply for card and PSD2 from its older edition (`older`).
    /// - Operation: `create_payment`
    ///
    /// # Errors
    /// Before anything is sent ([`sent`](cryptopocket_core::Error::sent) is `No`): an amount that is not above zero or
    /// has more decimals than its currency, a [wallet](cryptopocket_core::input::wallet) that cannot be right, an empty
    /// id, a reference with white space around it, a callback that is no web address, a guard for another purchase
    /// (`InvalidInput`); a guard that does not hold (`Conflict`).
    ///
    /// From the provider (`Refused`, with [`code`](cryptopocket_core::Error::code)): `fail_mandatory_field`,
    /// `user_not_found`, `user_banned`, `require_kyc` (with
    /// [`verification_url`](cryptopocket_core::Error::verification_url)), `kyc_reinforced_required`, `limit_exceded`
    /// (the quarterly card limit), `coin_not_supported`, `min_purchase` (the minimum is in
    /// [`provider_message`](cryptopocket_core::Error::provider_message)), `method_not_allowed`,
    /// `error_payment_creation`.
    ///
    /// # Examples
    /// ```
    /// # let reply = r#"{"status":"sucess","data":{"payment_id":"pay7Q2mX","iban":"ES7921000813610123456789",
    /// #     "concept":48213907}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("create_payment", reply).run(async |session| {
    /// use cryptopocket_onramp::{NewPayment, NextStep, OnRamp};
    /// use cryptopocket_types::{Asset, UserId};
    ///
    /// let onramp = OnRamp::new(session);
    /// let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    /// let payment =
    ///     NewPayment::transfer(UserId::from(100_067), "240 EUR".parse()?, Asset::new("USDC", "polygon"), wallet)
    ///         .external_id("order-2001");
    /// let created = onramp.create_payment(payment).await?;
    /// match created.next {
    ///     NextStep::BankTransfer(transfer) => {
    ///         println!("pay into {} and write {}", transfer.iban.reveal(), transfer.concept);
    ///         # assert_eq!(transfer.concept.as_str(), "48213907");
    ///     }
    ///     NextStep::Redirect { url } => println!("open {}", url.expose()),
    ///     _ => println!("follow {}", created.payment_id),
    /// }
    /// # Ok(()) });
    /// ```
    pub async fn create_payment(&self, payment: NewPayment) -> Result<CreatedPayment> {
        payment.check()?;
        let session = self.guarded(payment.guard.as_ref()).await?;
        let body = types::CreatePaymentRequest {
            user_id: payment.user_id,
            external_id: payment.external_id,
            fiat_symbol: payment.fiat.currency().as_str().to_owned(),
            fiat_amount: payment.fiat.into(),
            coin_symbol: payment.symbol.as_str().to_owned(),
            coin_chain: payment.chain.map(|chain| chain.as_str().to_owned()),
            wallet: payment.wallet,
            payment_type: Some(payment.payment_type.clone()),
            callback_url: payment.callback_url,
        };
        match create_payment(&session, &body).await {
            Ok(reply) => Ok(CreatedPayment::from_wire(
                reply,
                body.external_id,
                &payment.payment_type,
            )),
            Err(error) => Err(UnsettledPayment::attach(error, body.external_id)),
        }
    }
}
