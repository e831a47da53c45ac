use std::time::Duration;

use cryptopocket_api::onramp::{GetOnrampQuoteQuery, get_onramp_quote, types};
use cryptopocket_core::{Error, Result};
use cryptopocket_types::wire::QueryAmount;
use cryptopocket_types::{
    Asset, Chain, CoinAmount, Currency, Extra, Money, PaymentType, QuotePaymentType, Symbol, Timestamp,
};

use crate::coin::Coin;
use crate::{OnRamp, QuoteGuard, Slippage, input};

/// What a quote is asked for: euros to spend, the coin to buy, and how to pay.
///
/// # Examples
///
/// ```
/// use cryptopocket_onramp::QuoteRequest;
/// use cryptopocket_types::{Asset, PaymentType};
///
/// let request = QuoteRequest::new("240 EUR".parse()?, Asset::new("USDC", "polygon"), PaymentType::Psd2);
/// assert_eq!(request.payment_type(), &PaymentType::Psd2);
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteRequest {
    spend: Money,
    coin: Coin,
    payment_type: PaymentType,
}

impl QuoteRequest {
    /// Asks what `spend` buys of `asset` when paid by `payment_type`.
    ///
    /// The quote call spells some methods differently (`PSD2`, `TRANSFER`); that is done for you.
    pub const fn new(spend: Money, asset: Asset, payment_type: PaymentType) -> Self {
        Self {
            spend,
            coin: Coin::On(asset),
            payment_type,
        }
    }

    /// Leaves the chain to the provider, which takes `polygon` (guide).
    pub fn on_default_chain(spend: Money, symbol: impl Into<Symbol>, payment_type: PaymentType) -> Self {
        Self {
            spend,
            coin: Coin::Anywhere(symbol.into()),
            payment_type,
        }
    }

    /// The money to spend.
    pub const fn spend(&self) -> Money {
        self.spend
    }

    /// The coin to buy.
    pub const fn symbol(&self) -> &Symbol {
        self.coin.symbol()
    }

    /// The chain to receive it on; `None` leaves it to the provider.
    pub const fn chain(&self) -> Option<&Chain> {
        self.coin.chain()
    }

    /// How to pay.
    pub const fn payment_type(&self) -> &PaymentType {
        &self.payment_type
    }

    fn check(&self) -> Result<()> {
        if self.spend.currency() != Currency::EUR {
            return Err(Error::invalid_input(
                "amount",
                "must be in euros, since the provider quotes in nothing else",
                "Ask with an amount in EUR.",
            ));
        }
        input::amount("amount", self.spend)
    }
}

/// What an amount of euros would buy. It indicates: nothing is reserved, and no price is locked.
///
/// The provider gives a quote no id and no expiry. [`Quote::guard`] makes one binding on your side.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quote {
    /// The coins that would arrive, in coin units.
    pub tokens: CoinAmount,
    /// The money to spend.
    pub spend: Money,
    /// The price of one coin.
    pub price: Option<Money>,
    /// The fee within `spend`.
    pub fee: Option<Money>,
    /// How to pay, in the spelling of payments.
    pub payment_type: PaymentType,
    /// When the quote was asked for, by the clock of the session.
    pub taken_at: Timestamp,
    /// Fields of the reply that this SDK does not know.
    pub extra: Extra,
    pub(crate) request: QuoteRequest,
}

impl Quote {
    fn new(request: QuoteRequest, taken_at: Timestamp, reply: types::Quote) -> Self {
        let currency = request.spend.currency();
        let symbol = reply
            .symbol
            .map_or_else(|| request.symbol().clone(), Symbol::from);
        let chain = reply.chain.map(Chain::from).or_else(|| request.chain().cloned());
        Self {
            tokens: CoinAmount::new(reply.tokens.decimal(), symbol, chain),
            spend: reply
                .amount
                .map_or(request.spend, |amount| amount.money(currency)),
            price: reply.price.map(|price| price.money(currency)),
            fee: reply.fee.map(|fee| fee.money(currency)),
            payment_type: reply
                .payment_type
                .map_or_else(|| request.payment_type.clone(), |spelt| (&spelt).into()),
            taken_at,
            extra: reply.extra,
            request,
        }
    }

    /// What this quote was asked for.
    pub const fn request(&self) -> &QuoteRequest {
        &self.request
    }

    /// A condition to create a payment under: this quote is at most `max_age` old, and a quote taken right before
    /// the payment gives the same tokens within `max_slippage`, in either direction. Both quotes must be for the amount,
    /// coin, chain and method of the payment.
    ///
    /// Give it to [`NewPayment::guard`](crate::NewPayment::guard) or
    /// [`NewGuidedPayment::guard`](crate::NewGuidedPayment::guard). It narrows the gap between what a person saw and
    /// what they get; it cannot close it, since the provider locks no price.
    pub fn guard(&self, max_age: Duration, max_slippage: Slippage) -> QuoteGuard {
        QuoteGuard::new(self.clone(), max_age, max_slippage)
    }
}

impl OnRamp {
    /// Asks what an amount of euros would buy.
    ///
    /// **Units.** The amount goes out in currency units (`240` is 240.00 EUR) and must be in euros. The tokens come
    /// back in coin units, price and fee in euros.
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's integration guide, page "Get quote" (`guide`); all fields of the reply but
    /// `tokens` are assumed and may be missing.
    ///
    /// Operation: `get_onramp_quote`
    ///
    /// # Errors
    ///
    /// Before anything is sent, an amount that is not in euros, not above zero or has more than two decimals
    /// ([`Error::is_validation`]). From the provider, `coin_not_supported` (assumed) when the pair of coin and chain is
    /// not active.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let session = ScriptedSession::new().next("get_onramp_quote", &[r#"{"status":"ok","data":{"tokens":257.29,"price":0.9213,
    /// #     "fee":2.95,"amount":240,"symbol":"USDC","chain":"polygon","payment_type":"TRANSFER"}}"#]).session;
    /// use cryptopocket_onramp::{OnRamp, QuoteRequest};
    /// use cryptopocket_types::{Asset, PaymentType};
    ///
    /// let onramp = OnRamp::new(session);
    /// let request = QuoteRequest::new("240 EUR".parse()?, Asset::new("USDC", "polygon"), PaymentType::Transfer);
    /// let quote = onramp.quote(request).await?;
    /// assert_eq!(quote.tokens.to_string(), "257.29 USDC");
    /// assert_eq!(quote.price.map(|price| price.to_string()).as_deref(), Some("0.9213 EUR"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn quote(&self, request: QuoteRequest) -> Result<Quote> {
        request.check()?;
        let taken_at = self.session().runtime().now();
        let amount = QueryAmount::from(request.spend.amount());
        let payment_type = QuotePaymentType::from(&request.payment_type);
        let query = GetOnrampQuoteQuery {
            chain: request.chain().map(Chain::as_str),
        };
        let reply = get_onramp_quote(
            self.session(),
            &amount,
            &payment_type,
            request.symbol().as_str(),
            &query,
        )
        .await?;
        Ok(Quote::new(request, taken_at, reply))
    }
}
