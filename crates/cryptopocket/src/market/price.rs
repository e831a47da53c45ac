//! What a coin costs.

use cryptopocket_api::common::get_token_price;
use cryptopocket_api::operations::GET_TOKEN_PRICE;
use serde::Serialize;

use crate::{Asset, Client, Currency, Error, Extra, Money, Result};

/// What one coin costs. It indicates and binds nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Price {
    /// The coin that was asked for.
    pub asset: Asset,
    /// What one coin costs, exact, in currency units.
    pub price: Money,
    /// What else came, with its exact text.
    pub extra: Extra,
}

impl Client {
    /// The price of one coin in a currency. Ask for a quote to learn fees and what an amount would buy.
    ///
    /// **Units.** Currency units for one coin, exact to the last decimal that the provider sends.
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's page "Token Price" (it exists); path, parameters and answer are ours
    /// (`assumed`).
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
        let reply = get_token_price(self.session(), chain, currency.as_str(), symbol).await?;
        let echoed = [
            (&reply.symbol, asset.symbol().as_str()),
            (&reply.fiat_symbol, currency.as_str()),
        ];
        for (given, asked) in echoed {
            if given
                .as_ref()
                .is_some_and(|given| !given.eq_ignore_ascii_case(asked))
            {
                let detail = "the reply is about another coin or currency than was asked for";
                return Err(Error::unexpected_reply(&GET_TOKEN_PRICE, detail));
            }
        }
        let price = Money::new(reply.price.decimal(), currency);
        Ok(Price {
            asset: asset.clone(),
            price,
            extra: reply.extra,
        })
    }
}
