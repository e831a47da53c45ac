use std::time::Duration;

use cryptopocket_api::onramp::{GetOnrampQuoteQuery, get_onramp_quote, types};
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::wire::QueryAmount;
use cryptopocket_types::{
    Asset, Chain, CoinAmount, Currency, Extra, Field, Money, PaymentType, QuotePaymentType, Symbol,
    Timestamp, debug_fields,
};
use serde::{Deserialize, Serialize};

use crate::{OnRamp, QuoteGuard, Slippage};

/// A quote to ask for: the euros to spend, the coin to buy, and the payment method.
///
/// # Examples
/// ```
/// use cryptopocket_onramp::QuoteRequest;
/// use cryptopocket_types::{Asset, PaymentType};
///
/// let request = QuoteRequest::new("240 EUR".parse()?, Asset::new("USDC", "base"), PaymentType::Psd2);
/// assert_eq!(request.chain, Some("base".into()));
/// let request = QuoteRequest::on_default_chain("240 EUR".parse()?, "USDC", PaymentType::Psd2);
/// assert_eq!(request.chain, None);
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QuoteRequest {
    /// The money to spend.
    pub spend: Money,
    /// The coin to buy.
    pub symbol: Symbol,
    /// The chain to receive it on; without one, the provider takes `polygon` (guide).
    pub chain: Option<Chain>,
    /// The payment method.
    pub payment_type: PaymentType,
}

impl QuoteRequest {
    /// Asks what `spend` buys of `asset` when paid by `payment_type`.
    ///
    /// The quote call spells some methods differently (`PSD2`, `TRANSFER`); the SDK does that for you.
    pub fn new(spend: Money, asset: Asset, payment_type: PaymentType) -> Self {
        let (symbol, chain) = asset.into_parts();
        Self {
            chain: Some(chain),
            ..Self::on_default_chain(spend, symbol, payment_type)
        }
    }

    /// Leaves the chain to the provider, which takes `polygon` (guide).
    pub fn on_default_chain(spend: Money, symbol: impl Into<Symbol>, payment_type: PaymentType) -> Self {
        Self {
            spend,
            symbol: symbol.into(),
            chain: None,
            payment_type,
        }
    }
}

/// The coins that an amount of euros would buy.
///
/// It is only indicative: nothing is reserved and no price is locked.
///
/// The provider gives a quote neither an id nor an expiry. [`Quote::guard`] makes a quote binding on your side.
// Not by `reply!`, whose `Debug` would show the moment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Quote {
    /// The coins that would arrive, in coin units.
    ///
    /// Coin and chain are those that were asked for where the reply does not name them in a readable form.
    pub tokens: CoinAmount,
    /// The money to spend: the amount that was asked for, if the reply does not name it.
    pub spend: Field<Money>,
    /// The price of one coin.
    pub price: Field<Money>,
    /// The fee within `spend`.
    pub fee: Field<Money>,
    /// How to pay, in the spelling of payments: the method that was asked for, if the reply does not name it.
    pub payment_type: Field<PaymentType>,
    /// When the quote was asked for, by the clock of the session.
    pub taken_at: Timestamp,
    /// What the quote was asked for.
    pub request: QuoteRequest,
    /// When it was asked for, on the monotonic clock. It means nothing to another process, so it is not stored.
    #[serde(skip)]
    pub(crate) moment: Moment,
    /// Fields of the reply that this SDK does not know or cannot read.
    #[serde(default)]
    pub extra: Extra,
}

debug_fields! {
    /// Leaves out the monotonic moment, which says nothing to a reader.
    Quote => |quote|
        tokens: quote.tokens,
        spend: quote.spend,
        price: quote.price,
        fee: quote.fee,
        payment_type: quote.payment_type,
        taken_at: quote.taken_at,
        request: quote.request,
        extra: quote.extra,
}

/// A moment on the monotonic clock, which does not tell two quotes apart.
#[derive(Clone, Copy, Default)]
pub(crate) struct Moment(pub(crate) Option<Duration>);

impl PartialEq for Moment {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Moment {}

impl Quote {
    fn from_wire(wire: types::Quote, asked: QuoteRequest, (taken_at, moment): (Timestamp, Moment)) -> Self {
        let currency = asked.spend.currency();
        let symbol = wire.symbol.into_value().map(Symbol::from);
        let chain = wire.chain.into_value().map(Chain::from);
        let payment_type = wire.payment_type.map(|spelt| PaymentType::from(&spelt));
        Self {
            tokens: CoinAmount::new(
                wire.tokens.decimal(),
                symbol.unwrap_or_else(|| asked.symbol.clone()),
                chain.or_else(|| asked.chain.clone()),
            ),
            spend: wire
                .amount
                .map(|amount| amount.money(currency))
                .or(Some(asked.spend)),
            price: wire.price.map(|price| price.money(currency)),
            fee: wire.fee.map(|fee| fee.money(currency)),
            payment_type: payment_type.or(Some(asked.payment_type.clone())),
            taken_at,
            request: asked,
            moment,
            extra: wire.extra,
        }
    }

    /// A guard: the payment is created only while this quote still holds.
    ///
    /// The quote must be at most `max_age` old, and a second quote, taken right before the payment, must give the same
    /// tokens within `max_slippage`, up or down. Both quotes must be for the amount, coin, chain and method of the
    /// payment.
    ///
    /// Pass it to [`NewPayment::guard`](crate::NewPayment::guard()) or
    /// [`NewGuidedPayment::guard`](crate::NewGuidedPayment::guard()). The price can still move between the second quote
    /// and the payment, since the provider locks no price.
    pub fn guard(&self, max_age: Duration, max_slippage: Slippage) -> QuoteGuard {
        QuoteGuard {
            quote: self.clone(),
            max_age,
            max_slippage,
        }
    }
}

impl OnRamp {
    /// Asks for a quote: the coins that an amount of euros would buy.
    ///
    /// - **Units.** The amount goes out in currency units (`240` is 240.00 EUR) and must be in euros. The tokens come
    ///   back in coin units, price and fee in euros.
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's integration guide, page "Get quote" (`guide`); all fields of the reply but
    ///   `tokens` are assumed and may be missing.
    /// - Operation: `get_onramp_quote`
    ///
    /// # Errors
    /// Before anything is sent, an amount that is not in euros, not above zero or has more than two decimals
    /// ([`Error::is_validation`]). From the provider, `coin_not_supported` (assumed) when the pair of coin and chain is
    /// not active.
    ///
    /// # Examples
    /// ```
    /// # let reply = r#"{"status":"ok","data":{"tokens":257.29,"price":0.9213}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("get_onramp_quote", reply).run(async |session| {
    /// use cryptopocket_onramp::{OnRamp, QuoteRequest};
    /// use cryptopocket_types::{Asset, PaymentType};
    ///
    /// let onramp = OnRamp::new(session);
    /// let request = QuoteRequest::new("240 EUR".parse()?, Asset::new("USDC", "polygon"), PaymentType::Transfer);
    /// let quote = onramp.quote(request).await?;
    /// assert_eq!(quote.tokens.to_string(), "257.29 USDC");
    /// assert_eq!(quote.price.map(|price| price.to_string()).as_deref(), Some("0.9213 EUR"));
    /// # Ok(()) });
    /// ```
    pub async fn quote(&self, request: QuoteRequest) -> Result<Quote> {
        if request.spend.currency() != Currency::EUR {
            return Err(Error::invalid_input(
                "amount",
                "must be in euros, since the provider quotes in nothing else",
                "Ask with an amount in EUR.",
            ));
        }
        input::money("amount", request.spend)?;
        input::name("symbol", request.symbol.as_str())?;
        if let Some(chain) = &request.chain {
            input::name("chain", chain.as_str())?;
        }
        // Before the call, so that the quote is never taken for younger than it is.
        let runtime = self.session().runtime();
        let asked_at = (runtime.now(), Moment(Some(runtime.monotonic())));
        let amount = QueryAmount::from(request.spend.amount());
        let payment_type = QuotePaymentType::from(&request.payment_type);
        let query = GetOnrampQuoteQuery::default().chain(request.chain.as_ref().map(Chain::as_str));
        let symbol = request.symbol.as_str();
        let reply = get_onramp_quote(self.session(), &amount, &payment_type, symbol, &query).await?;
        Ok(Quote::from_wire(reply, request, asked_at))
    }
}
