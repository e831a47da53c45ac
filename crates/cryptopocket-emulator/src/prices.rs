//! Prices, which move every half minute by up to half a per cent, fees, and exact sums.

use std::time::Duration;

use cryptopocket_types::{Decimal, Rounding};

use crate::catalogue::{Asset, Method, per_euro};
use crate::entropy::derive;
use crate::moment::Moment;

const PRICE_HOLDS: Duration = Duration::from_secs(30);
/// The off-ramp's fee, in hundredths of a per cent of the proceeds.
const OFFRAMP_BASIS_POINTS: u32 = 100;
const PRICE_DECIMALS: u32 = 6;

/// The coins that an amount of fiat money buys, with price and fee.
#[derive(Clone, Debug)]
pub struct Purchase {
    pub tokens: Decimal,
    pub price: Decimal,
    pub fee: Decimal,
}

/// The fiat money that an amount of coins brings, with its fee.
#[derive(Clone, Debug)]
pub(crate) struct Sale {
    pub fiat: Decimal,
    pub fee: Decimal,
}

/// The price of one coin in `fiat` at a moment.
pub fn price(seed: u64, asset: &Asset, fiat: &str, at: Moment) -> Decimal {
    let step = u64::try_from(at.unix_seconds()).unwrap_or(0) / PRICE_HOLDS.as_secs();
    let wobble = 9_950 + derive(seed, asset.symbol, step) % 101;
    let price = times(
        times(scaled(asset.millionths, 6), scaled(wobble, 4)),
        per_euro(fiat),
    );
    let price = price.round(PRICE_DECIMALS, Rounding::HalfEven).normalized();
    price.max(scaled(1, PRICE_DECIMALS))
}

/// The purchase for `amount` at a price, after the fee of the method.
pub fn buy(amount: Decimal, price: Decimal, method: &Method, asset: &Asset) -> Purchase {
    let fee = share(amount, method.fee_basis_points);
    let spent = amount.checked_sub(fee).unwrap_or(Decimal::ZERO);
    let tokens = spent.checked_div(price, asset.decimals.min(8), Rounding::Down);
    let tokens = tokens.unwrap_or(Decimal::ZERO).normalized();
    Purchase { tokens, price, fee }
}

pub(crate) fn sell(amount: Decimal, price: Decimal) -> Sale {
    let proceeds = times(amount, price).round(2, Rounding::Down);
    let fee = share(proceeds, OFFRAMP_BASIS_POINTS);
    let fiat = proceeds.checked_sub(fee).and_then(|fiat| fiat.rescaled(2));
    let fiat = fiat.unwrap_or(Decimal::ZERO);
    Sale { fiat, fee }
}

/// A number of units of this many decimals.
fn scaled(units: u64, decimals: u32) -> Decimal {
    Decimal::from_minor(units.into(), decimals).unwrap_or(Decimal::ONE)
}

fn share(amount: Decimal, basis_points: u32) -> Decimal {
    let rate = scaled(basis_points.into(), 4);
    times(amount, rate).round(2, Rounding::HalfUp).normalized()
}

fn times(a: Decimal, b: Decimal) -> Decimal {
    a.checked_mul(b).unwrap_or(Decimal::ZERO)
}

/// `20` with 18 decimals as `20000000000000000000`: the form of an off-ramp's amount.
pub(crate) fn base_units(amount: Decimal, decimals: u32) -> String {
    amount.to_minor(decimals).unwrap_or(0).to_string()
}

#[cfg(test)]
mod tests {
    use super::{base_units, buy, price, sell};
    use crate::catalogue::{find_asset, find_method};
    use crate::moment::Moment;

    fn decimal(text: &str) -> cryptopocket_types::Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn purchase_spends_the_amount_less_the_fee() {
        let (asset, method) = (
            find_asset("USDC", "polygon").unwrap(),
            find_method("card").unwrap(),
        );
        let purchase = buy(decimal("150.50"), decimal("0.9213"), method, asset);
        assert_eq!(purchase.fee.to_string(), "3.76");
        assert_eq!(purchase.tokens.to_string(), "159.274937");
    }

    #[test]
    fn sale_pays_whole_cents() {
        let sale = sell(decimal("20"), decimal("240.0121"));
        assert_eq!(
            (sale.fiat.to_string().as_str(), sale.fee.to_string().as_str()),
            ("4752.24", "48")
        );
    }

    #[test]
    fn price_moves_every_half_minute() {
        let asset = find_asset("ETH", "ethereum").unwrap();
        let at = |text: &str| price(1, asset, "EUR", Moment::parse(text).unwrap());
        assert_eq!(at("2026-06-26T09:00:00Z"), at("2026-06-26T09:00:29Z"));
        assert_ne!(at("2026-06-26T09:00:00Z"), at("2026-06-26T09:00:30Z"));
    }

    #[test]
    fn unit_conversion_keeps_all_digits() {
        assert_eq!(base_units(decimal("20"), 18), "20000000000000000000");
        assert_eq!(base_units(decimal("0.000000000000000001"), 18), "1");
    }
}
