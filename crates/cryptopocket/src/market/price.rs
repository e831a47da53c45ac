//! Prices of coins.

use cryptopocket_api::common::get_token_price;
use cryptopocket_api::operations::GET_TOKEN_PRICE;
use serde::{Deserialize, Serialize};

use crate::{Asset, Chain, Client, Currency, Error, Extra, Field, Money, Result, Symbol, input};

/// The price of one coin. It is only indicative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Price {
    /// The coin that was asked for.
    pub symbol: Symbol,
    /// Its chain.
    pub chain: Chain,
    /// The price of one coin, exact, in currency units.
    ///
    /// Unreadable if the reply names coin or currency in a form that cannot be read: it may be that of another.
    pub price: Field<Money>,
    /// Fields of the reply that this SDK does not know.
    #[serde(default)]
    pub extra: Extra,
}

impl Client {
    /// The price of one coin in a currency.
    ///
    /// Ask for a quote to learn the fee and what an amount buys.
    ///
    /// **Units.** Currency units for one coin, exact to the last decimal that the provider sends.
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** The provider's page "Token Price" (it exists); path,
    /// parameters and answer are ours (`assumed`).
    ///
    /// Operation: `get_token_price`
    ///
    /// # Errors
    ///
    /// As every call; `UnexpectedReply` also when the answer is about another coin or currency than was asked for.
    /// For a pair that is not on offer, `coin_not_supported` is to be expected.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket::{Asset, Client, Currency};
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket::Result<()> {
    /// # let session = ScriptedSession::new().always("get_token_price", r#"{"status":"ok","data":{"price":0.9213}}"#).session;
    /// let client = Client::from(session);
    /// let price = client.price(&Asset::new("USDC", "polygon"), Currency::EUR).await?;
    /// assert_eq!(price.price.to_string(), "0.9213 EUR");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn price(&self, asset: &Asset, currency: Currency) -> Result<Price> {
        let (chain, symbol) = (asset.chain().as_str(), asset.symbol().as_str());
        input::name("symbol", symbol)?;
        input::name("chain", chain)?;
        let reply = get_token_price(self.session(), chain, currency.as_str(), symbol).await?;
        // The reply may name another coin or currency than was asked for. Its number would pass for the right price.
        let is_other_coin = reply
            .symbol
            .value()
            .is_some_and(|named| !named.eq_ignore_ascii_case(symbol));
        let is_other_currency = reply.fiat_symbol.value().is_some_and(|named| *named != currency);
        if is_other_coin || is_other_currency {
            let detail = "the reply is about another coin or currency than was asked for";
            return Err(Error::unexpected_reply(&GET_TOKEN_PRICE, detail));
        }
        let mut extra = reply.extra;
        let price = if reply.symbol.is_unreadable() || reply.fiat_symbol.is_unreadable() {
            extra.keep("price", Field::Value(reply.price));
            Field::Unreadable
        } else {
            Field::Value(Money::new(reply.price.decimal(), currency))
        };
        Ok(Price {
            symbol: asset.symbol().clone(),
            chain: asset.chain().clone(),
            price,
            extra,
        })
    }
}
