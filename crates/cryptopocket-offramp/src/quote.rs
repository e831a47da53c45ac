use cryptopocket_api::offramp::{get_offramp_quote, types};
use cryptopocket_core::{Result, input};
use cryptopocket_types::wire::{CoinUnits, QueryAmount};
use cryptopocket_types::{Chain, CoinAmount, Field, Symbol, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{FiatAmount, OffRamp};

/// A quote to ask for: the coins to sell.
///
/// # Examples
/// ```
/// use cryptopocket_offramp::QuoteRequest;
/// use cryptopocket_types::Asset;
///
/// let request = QuoteRequest::new(Asset::new("USDC", "polygon").amount("20".parse()?));
/// assert_eq!(request.sell.to_string(), "20 USDC");
/// assert_eq!(request.sell.chain(), Some(&"polygon".into()));
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QuoteRequest {
    /// The coins to sell, in coin units, with their chain.
    pub sell: CoinAmount,
}

impl QuoteRequest {
    /// Asks what `sell` brings.
    ///
    /// It must name its chain, as [`Asset::amount`](cryptopocket_types::Asset::amount) does.
    pub const fn new(sell: CoinAmount) -> Self {
        Self { sell }
    }
}

cryptopocket_types::reply! {
    /// The money that an amount of coins would bring.
    ///
    /// It is only indicative: nothing is reserved and no price is locked.
    pub struct Quote: types::OfframpQuote, |wire, extra, asked: &CoinAmount, asked_at: Timestamp| {
        /// The money to receive. That the reply names the currency is assumed.
        pub receive: FiatAmount = FiatAmount::new(wire.fiat_amount.decimal(), wire.fiat_symbol),
        /// The coins to sell: those that were asked for, if the reply does not name them.
        pub sell: Field<CoinAmount> = {
            // What was asked for stands where the reply names nothing, but not where it names it in an unknown form.
            let coins = wire.amount.map(CoinUnits::decimal).or(Some(asked.amount()));
            let symbol = wire.symbol.map(Symbol::from).or(Some(asked.symbol().clone()));
            let chain = wire.blockchain.map(Chain::from).or(asked.chain().cloned());
            match (coins, symbol, chain) {
                (Field::Value(coins), Field::Value(symbol), chain) if !chain.is_unreadable() => {
                    Field::Value(CoinAmount::new(coins, symbol, chain.into_value()))
                }
                (coins, symbol, chain) => {
                    extra.keep("amount", coins);
                    extra.keep("symbol", symbol);
                    extra.keep("blockchain", chain);
                    Field::Unreadable
                }
            }
        },
        /// The fee, which `receive` already excludes.
        pub fee: Field<FiatAmount> = wire.fee.map(|fee| FiatAmount::new(fee.decimal(), wire.fiat_symbol)),
        /// When the quote was asked for, by the clock of the session.
        pub taken_at: Timestamp = asked_at,
    }
}

impl OffRamp {
    /// Asks for a quote: the money that an amount of coins would bring.
    ///
    /// - **Units.** The amount goes out in coin units (assumed). The money comes back as a decimal string in currency
    ///   units.
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "Get quote" of the off-ramp exists; path, parameters and reply are
    ///   `assumed`.
    /// - Operation: `get_offramp_quote`
    ///
    /// # Errors
    /// Before anything is sent, an amount that is not above zero or names no chain (`InvalidInput`). From the provider,
    /// `coin_not_supported` (assumed).
    ///
    /// # Examples
    /// ```
    /// # let reply = r#"{"status":"ok","data":{"fiat_amount":"18.24",
    /// #     "fiat_symbol":"EUR","amount":20,"symbol":"USDC","blockchain":"polygon","fee":"0.18"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("get_offramp_quote", reply).run(async |session| {
    /// use cryptopocket_offramp::{OffRamp, QuoteRequest};
    /// use cryptopocket_types::Asset;
    ///
    /// let offramp = OffRamp::new(session);
    /// let request = QuoteRequest::new(Asset::new("USDC", "polygon").amount("20".parse()?));
    /// let quote = offramp.quote(request).await?;
    /// assert_eq!(quote.receive.to_string(), "18.24 EUR");
    /// # Ok(()) });
    /// ```
    pub async fn quote(&self, request: QuoteRequest) -> Result<Quote> {
        let coins = &request.sell;
        input::coins("amount", coins)?;
        let chain = input::chain("blockchain", coins)?;
        let taken_at = self.session().runtime().now();
        let amount = QueryAmount::from(coins.amount());
        let reply =
            get_offramp_quote(self.session(), &amount, chain.as_str(), coins.symbol().as_str()).await?;
        Ok(Quote::from_wire(reply, coins, taken_at))
    }
}
