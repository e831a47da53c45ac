//! Assets on offer, and their prices.

use cryptopocket_api::common::{get_token_price, list_available_assets, types};
use cryptopocket_api::operations::GET_TOKEN_PRICE;

use crate::{Asset, Chain, Client, Currency, Decimal, Error, Field, Money, Page, Result, Symbol, input};

cryptopocket_types::reply! {
    /// A coin on a chain that the provider buys and sells.
    ///
    /// Every field is assumed.
    pub struct AvailableAsset: types::Asset, |wire, extra| {
        /// Symbol of the coin.
        pub symbol: Symbol = wire.symbol.into(),
        /// Chain of the coin.
        pub chain: Field<Chain> = wire.chain.map(Chain::from),
        /// Display name of the coin.
        pub name: Field<String>,
        /// Decimals of the coin on this chain: one coin is ten to this power base units.
        pub decimals: Field<u32> = {
            let decimals = wire.decimals.and_then(|decimals| u32::try_from(decimals).ok());
            if decimals.is_unreadable() {
                extra.keep("decimals", wire.decimals);
            }
            decimals
        },
        /// Whether the asset can be bought and sold now.
        pub active: Field<bool>,
        /// Least amount of a purchase, in units of a currency that the reply does not name.
        pub min_purchase: Field<Decimal> = wire.min_purchase.map(Decimal::from),
    }
}

impl AvailableAsset {
    /// The coin and its chain, as payments and quotes take them. `None` if the chain is not known.
    pub fn asset(&self) -> Option<Asset> {
        let chain = self.chain.value()?;
        Some(Asset::new(&self.symbol, chain))
    }
}

cryptopocket_types::reply! {
    /// The price of one coin. It is only indicative.
    pub struct Price: types::TokenPrice, |wire, extra, asked: &Asset, currency: Currency| {
        /// The coin that was asked for.
        pub symbol: Symbol = asked.symbol().clone(),
        /// Its chain.
        pub chain: Chain = asked.chain().clone(),
        /// The price of one coin, exact, in currency units.
        ///
        /// Unreadable if the reply names coin, chain or currency in a form that cannot be read, or a chain that is known to be
        /// another than was asked for: it may be that of another. The number is in `extra` then. A name of the chain that
        /// this SDK does not know may be another name of the same, so the price is read, and the name is in `extra`.
        ///
        /// The reverse does not hold: if you ask by a name that this SDK does not know, such as `polygon-pos`, and the reply
        /// names a known chain, even `polygon`, the price is unreadable. Ask by the name that the list of assets has.
        pub price: Field<Money> = {
            let chain = asked.chain().as_str();
            let is_on_chain = match wire.chain {
                Field::Value(named) => {
                    let is_on_chain = may_be_chain(&named, chain);
                    if !named.eq_ignore_ascii_case(chain) {
                        extra.keep("chain", Field::Value(named));
                    }
                    is_on_chain
                }
                unnamed => !unnamed.is_unreadable(),
            };
            if is_on_chain && !wire.symbol.is_unreadable() && !wire.fiat_symbol.is_unreadable() {
                Field::Value(Money::new(wire.price.decimal(), currency))
            } else {
                extra.keep("price", Field::Value(wire.price));
                Field::Unreadable
            }
        },
    }
}

impl Client {
    /// Lists the assets on offer.
    ///
    /// A pair of coin and chain that is not in the list is refused with `coin_not_supported`.
    ///
    /// - **Units.** `min_purchase` is in currency units.
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's guide, page "Get Available Assets" (`guide`: path and purpose); the fields are
    ///   ours (`assumed`).
    /// - Operation: `list_available_assets`
    ///
    /// # Errors
    /// As every call.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket::Client;
    /// # let reply = r#"{"status":"ok","data":[{"symbol":"USDC","chain":"polygon","decimals":6,"active":true}]}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("list_available_assets", reply).run(async |session| {
    /// let client = Client::from(session);
    /// for offer in client.list_assets().await? {
    ///     println!("{} on {}", offer.symbol, offer.chain);
    /// }
    /// # Ok(()) });
    /// ```
    pub async fn list_assets(&self) -> Result<Page<AvailableAsset>> {
        let list = list_available_assets(self.session()).await?;
        Ok(list.map(AvailableAsset::from_wire))
    }

    /// The price of one coin in a currency.
    ///
    /// Ask for a quote to learn the fee and what an amount buys.
    ///
    /// - **Units.** Currency units for one coin, exact to the last decimal that the provider sends.
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "Token Price" (it exists); path, parameters and answer are ours
    ///   (`assumed`).
    /// - Operation: `get_token_price`
    ///
    /// # Errors
    /// As every call; `UnexpectedReply` also when the answer is about another coin or currency than was asked for.
    /// For a pair that is not on offer, `coin_not_supported` is to be expected.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket::{Asset, Client, Currency};
    /// # let reply = r#"{"status":"ok","data":{"price":0.9213}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("get_token_price", reply).run(async |session| {
    /// let client = Client::from(session);
    /// let price = client.price(&Asset::new("USDC", "polygon"), Currency::EUR).await?;
    /// assert_eq!(price.price.to_string(), "0.9213 EUR");
    /// # Ok(()) });
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
        Ok(Price::from_wire(reply, asset, currency))
    }
}

/// The names of each chain that has several. Evidence: assumed; the provider documents `polygon`, `ethereum` and `bitcoin`.
const CHAINS: [&[&str]; 16] = [
    &["polygon", "matic", "pol"],
    &["ethereum", "eth", "erc20"],
    &["bitcoin", "btc"],
    &["arbitrum", "arbitrum one"],
    &["avalanche", "avax"],
    &["binance", "bnb", "bsc", "bep20"],
    &["bitcoin cash", "bitcoincash", "bch"],
    &["gnosis", "xdai"],
    &["lightning", "lightning network"],
    &["litecoin", "ltc"],
    &["polygon zkevm", "polygon_zkevm"],
    &["ripple", "xrp"],
    &["rootstock", "rsk"],
    &["solana", "sol"],
    &["stellar", "xlm"],
    &["tron", "trx", "trc20"],
];

/// Whether the reply's `named` can be the chain `asked` for. A name that is not listed may be one of any chain.
fn may_be_chain(named: &str, asked: &str) -> bool {
    let has = |names: &[&str], name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if named.eq_ignore_ascii_case(asked) {
        return true;
    }
    match CHAINS.iter().find(|chain| has(chain, named)) {
        Some(chain) => has(chain, asked),
        None => !input::is_known_chain(&named.into()),
    }
}
