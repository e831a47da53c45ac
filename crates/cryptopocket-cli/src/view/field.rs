//! Fields that several results have in common.

use cryptopocket::{Chain, CoinAmount, Decimal, Symbol};
use serde::{Serialize, Serializer};

/// Writes a coin amount. Its chain is `null` if the reply names none.
pub(super) fn coin<S: Serializer>(coin: &CoinAmount, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Coin<'c> {
        amount: Decimal,
        symbol: &'c Symbol,
        chain: Option<&'c Chain>,
    }
    let (amount, symbol, chain) = (coin.amount(), coin.symbol(), coin.chain());
    Coin {
        amount,
        symbol,
        chain,
    }
    .serialize(serializer)
}

/// A line for people; none if the value is not known.
pub(super) fn known(name: &'static str, value: Option<impl ToString>) -> Option<(&'static str, String)> {
    value.map(|value| (name, value.to_string()))
}

/// A cell of a table; empty if the value is not known.
pub(super) fn cell(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
