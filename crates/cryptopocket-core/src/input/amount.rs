use cryptopocket_types::{Chain, CoinAmount, Date, Decimal, Money};

use super::{bare, ensure};
use crate::{Advice, Error, Result};

/// Checks that an amount is above zero and has no more decimals than its currency.
///
/// An amount with more decimals is refused instead of rounded: only the caller knows in whose favour to round.
pub fn money(field: &str, money: Money) -> Result<()> {
    let is_positive = money.amount() > Decimal::ZERO;
    ensure(
        is_positive,
        field,
        "must be above zero",
        "Give an amount such as 25.00 EUR.",
    )?;
    ensure(
        // Zeros at the end lose nothing, so `150.500 EUR` passes.
        money.amount().normalized().scale() <= money.currency().minor_digits(),
        field,
        "has more decimals than its currency",
        "Round it first, choosing the direction.",
    )
}

/// Checks that an amount of coins is above zero and names its coin.
///
/// Its number of decimals is left to the provider, which knows the coin.
pub fn coins(field: &str, coins: &CoinAmount) -> Result<()> {
    let is_positive = coins.amount() > Decimal::ZERO;
    ensure(
        is_positive,
        field,
        "must be above zero",
        "Give an amount of coins, such as 20 USDC.",
    )?;
    name("symbol", coins.symbol().as_str())
}

/// The chain of an amount of coins.
///
/// # Errors
///
/// `InvalidInput` that names `field`, when the amount has no chain or an empty one.
pub fn chain<'c>(field: &str, coins: &'c CoinAmount) -> Result<&'c Chain> {
    let chain = coins
        .chain()
        .filter(|chain| !chain.as_str().trim().is_empty())
        .ok_or_else(|| {
            Error::invalid_input(
                field,
                "is missing",
                Advice::new("Say which chain the coins come from, such as polygon.")
                    .in_code_use("Asset::new(\"USDC\", \"polygon\").amount(…) does."),
            )
        })?;
    name(field, chain.as_str())?;
    Ok(chain)
}

/// Checks the name of a coin or a chain: not empty, no white space around it, no control character.
///
/// An empty chain would leave it to the provider where the coins go. Whether the pair is on offer, only the provider
/// knows.
pub fn name(field: &str, name: &str) -> Result<()> {
    let cure = "Take the names of an available asset, such as USDC on polygon.";
    Error::require(field, name, cure)?;
    bare(field, name, cure)
}

/// Checks that the first day of a filter is not after its last day.
pub fn days(from: Option<Date>, to: Option<Date>) -> Result<()> {
    let is_ordered = from.zip(to).is_none_or(|(from, to)| from <= to);
    ensure(is_ordered, "from", "lies after to", "Give the earlier day first.")
}

#[cfg(test)]
mod tests {
    use cryptopocket_types::Asset;

    use super::*;

    fn rule_of(result: Result<()>) -> String {
        let error = result.unwrap_err();
        assert!(error.is_validation() && !error.advice().is_empty());
        error.to_string()
    }

    #[test]
    fn money_is_above_zero_and_never_rounded() {
        assert!(money("fiat_amount", "0.01 EUR".parse().unwrap()).is_ok());
        assert!(money("fiat_amount", "95000 CLP".parse().unwrap()).is_ok());
        assert!(
            money("fiat_amount", "150.500 EUR".parse().unwrap()).is_ok(),
            "a zero at the end loses nothing"
        );
        for text in ["0 EUR", "-5 EUR"] {
            assert_eq!(
                rule_of(money("fiat_amount", text.parse().unwrap())),
                "fiat_amount must be above zero"
            );
        }
        for text in ["10.005 EUR", "95000.5 CLP"] {
            let rule = rule_of(money("fiat_amount", text.parse().unwrap()));
            assert_eq!(rule, "fiat_amount has more decimals than its currency");
        }
    }

    #[test]
    fn coin_and_chain_have_names() {
        let twenty = "20".parse().unwrap();
        for (odd, rule) in [
            ("", "symbol is empty"),
            (" ", "symbol is empty"),
            (
                "USDC ",
                "symbol has white space around it, or holds a control character",
            ),
            (
                "US\nDC",
                "symbol has white space around it, or holds a control character",
            ),
        ] {
            let error = coins("amount", &Asset::new(odd, "polygon").amount(twenty)).unwrap_err();
            assert_eq!(error.to_string(), rule);
        }
        for odd in [" ", "polygon ", "poly\tgon"] {
            assert!(
                chain("blockchain", &Asset::new("USDC", odd).amount(twenty)).is_err(),
                "{odd:?}"
            );
        }
    }

    #[test]
    fn coins_are_above_zero_and_name_their_chain() {
        let asset = Asset::new("USDC", "polygon");
        assert!(coins("amount", &asset.amount("0.000001".parse().unwrap())).is_ok());
        for text in ["0", "-1"] {
            let rule = rule_of(coins("amount", &asset.amount(text.parse().unwrap())));
            assert_eq!(rule, "amount must be above zero");
        }
        let twenty = "20".parse().unwrap();
        assert_eq!(
            chain("blockchain", &asset.amount(twenty)).unwrap().as_str(),
            "polygon"
        );
        for unnamed in [None, Some(Chain::from(""))] {
            let error = chain("blockchain", &CoinAmount::new(twenty, "USDC", unnamed)).unwrap_err();
            assert_eq!(error.to_string(), "blockchain is missing");
        }
    }
}
