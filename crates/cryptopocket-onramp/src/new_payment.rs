use cryptopocket_api::onramp::types;
use cryptopocket_core::{Advice, Error, Result};
use cryptopocket_types::{Asset, Chain, ExternalId, Money, PaymentType, Personal, Secret, Symbol, UserId};

use crate::coin::Coin;
use crate::guard::Purchase;
use crate::{QuoteGuard, input, wallet};

/// A payment to create: who pays how much by which method, and which wallet receives which coin.
///
/// A constructor takes everything that its method requires. [`NewPayment::new`] takes any method, also one this SDK
/// has never heard of; [`NewPayment::latam`] is for the methods of Latin America, which take no chain.
///
/// Give every payment an [`external_id`](Self::external_id) of its own: it is the only way to find a payment whose
/// creation was not answered.
///
/// # Examples
///
/// ```
/// use cryptopocket_onramp::NewPayment;
/// use cryptopocket_types::{Asset, PaymentType, UserId};
///
/// let payment = NewPayment::transfer(
///     UserId::from(100_067),
///     "240 EUR".parse()?,
///     Asset::new("USDC", "polygon"),
///     "0x52908400098527886E0F7030069857D2E4169EE7",
/// )
/// .external_id("order-2001");
/// assert_eq!(payment.payment_type(), &PaymentType::Transfer);
/// assert!(!format!("{payment:?}").contains("0x5290"), "Debug hides the wallet");
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    user_id: UserId,
    amount: Money,
    coin: Coin,
    wallet: Personal,
    payment_type: PaymentType,
    external_id: Option<ExternalId>,
    callback_url: Option<Secret>,
    guard: Option<QuoteGuard>,
}

impl NewPayment {
    /// A payment by any method: `amount` from `user_id`, for `asset` sent to `wallet`.
    pub fn new(
        user_id: UserId,
        amount: Money,
        asset: Asset,
        wallet: impl Into<Personal>,
        payment_type: PaymentType,
    ) -> Self {
        Self::of(user_id, amount, Coin::On(asset), wallet.into(), payment_type)
    }

    /// By bank card: the reply is a page to send the customer to (older).
    pub fn card(user_id: UserId, amount: Money, asset: Asset, wallet: impl Into<Personal>) -> Self {
        Self::new(user_id, amount, asset, wallet, PaymentType::Card)
    }

    /// Started at the customer's bank (PSD2): the reply is a page to send the customer to (older).
    pub fn psd2(user_id: UserId, amount: Money, asset: Asset, wallet: impl Into<Personal>) -> Self {
        Self::new(user_id, amount, asset, wallet, PaymentType::Psd2)
    }

    /// By bank transfer: the reply is an account and the concept to write on the transfer (documented).
    pub fn transfer(user_id: UserId, amount: Money, asset: Asset, wallet: impl Into<Personal>) -> Self {
        Self::new(user_id, amount, asset, wallet, PaymentType::Transfer)
    }

    /// By a method of Latin America, such as `KHIPU`, which takes no chain (older).
    pub fn latam(
        user_id: UserId,
        amount: Money,
        symbol: impl Into<Symbol>,
        wallet: impl Into<Personal>,
        payment_type: PaymentType,
    ) -> Self {
        Self::of(
            user_id,
            amount,
            Coin::Anywhere(symbol.into()),
            wallet.into(),
            payment_type,
        )
    }

    const fn of(
        user_id: UserId,
        amount: Money,
        coin: Coin,
        wallet: Personal,
        payment_type: PaymentType,
    ) -> Self {
        Self {
            user_id,
            amount,
            coin,
            wallet,
            payment_type,
            external_id: None,
            callback_url: None,
            guard: None,
        }
    }

    /// Your own reference. Nowhere is it said to be unique, so make it so.
    ///
    /// It is no idempotency key: creating again with the same reference creates a second payment.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<ExternalId>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// An address of yours for the customer's way back or for the outcome (older; which of both is not stated).
    ///
    /// It may hold a token of yours, so it is kept as a secret.
    #[must_use]
    pub fn callback_url(mut self, url: impl Into<Secret>) -> Self {
        self.callback_url = Some(url.into());
        self
    }

    /// Creates the payment only if `guard` holds; see [`Quote::guard`](crate::Quote::guard).
    #[must_use]
    pub fn guard(mut self, guard: QuoteGuard) -> Self {
        self.guard = Some(guard);
        self
    }

    /// The chain to receive the coin on. Only after [`latam`](Self::latam), should a method of Latin America want it.
    #[must_use]
    pub fn chain(mut self, chain: impl Into<Chain>) -> Self {
        self.coin = self.coin.on(chain);
        self
    }

    /// How it is paid.
    pub const fn payment_type(&self) -> &PaymentType {
        &self.payment_type
    }

    /// The money to pay.
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// Your own reference, if you gave one.
    pub const fn own_reference(&self) -> Option<&ExternalId> {
        self.external_id.as_ref()
    }

    pub(crate) const fn quote_guard(&self) -> Option<&QuoteGuard> {
        self.guard.as_ref()
    }

    pub(crate) fn check(&self) -> Result<()> {
        input::user(&self.user_id)?;
        input::amount("fiat_amount", self.amount)?;
        wallet::check(&self.wallet, self.coin.chain())?;
        self.external_id.as_ref().map_or(Ok(()), input::external_id)?;
        self.callback_url.as_ref().map_or(Ok(()), input::callback_url)?;
        if self.payment_type.as_str().is_empty() {
            return Err(Error::invalid_input(
                "payment_type",
                "is empty",
                Advice::new("Take one of the payment methods that the provider lists.")
                    .in_code_use("OnRamp::list_payment_methods lists them."),
            ));
        }
        let Some(guard) = &self.guard else { return Ok(()) };
        guard.check_purchase(&Purchase {
            spend: self.amount,
            symbol: self.coin.symbol(),
            chain: self.coin.chain(),
            payment_type: &self.payment_type,
        })
    }

    pub(crate) fn into_wire(self) -> types::CreatePaymentRequest {
        types::CreatePaymentRequest {
            user_id: self.user_id,
            external_id: self.external_id,
            fiat_symbol: self.amount.currency().as_str().to_owned(),
            fiat_amount: self.amount.into(),
            coin_symbol: self.coin.symbol().as_str().to_owned(),
            coin_chain: self.coin.chain().map(|chain| chain.as_str().to_owned()),
            wallet: self.wallet,
            payment_type: Some(self.payment_type),
            callback_url: self.callback_url,
        }
    }
}
