use core::cmp::Ordering;

use proptest::prelude::*;

use super::{Currency, Money};
use crate::{Asset, CoinAmount, Decimal, Rounding};

#[allow(clippy::unwrap_used, reason = "test input")]
fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[test]
fn only_amounts_of_one_currency_are_added_and_compared() {
    let (euros, dollars) = (money("1 EUR"), money("1 USD"));
    assert_eq!(euros.checked_add(dollars), None);
    assert_eq!(euros.checked_sub(dollars), None);
    assert_eq!(euros.partial_cmp(&dollars), None);
    assert_ne!(euros, dollars);
    assert_eq!(euros.partial_cmp(&money("1.01 EUR")), Some(Ordering::Less));
    assert_eq!(euros, money("1.000 eur"));
}

#[test]
fn the_minor_unit_is_the_currencys_own() {
    for (text, minor) in [
        ("150.50 EUR", 15_050),
        ("150 CLP", 150),
        ("1.234 KWD", 1_234),
        ("-0.01 MXN", -1),
    ] {
        assert_eq!(money(text).to_minor(), Ok(minor), "{text}");
        assert_eq!(Money::from_minor(minor, money(text).currency()).to_string(), text);
    }
    assert!(money("0.001 EUR").to_minor().is_err());
    assert!(money("150.50 CLP").to_minor().is_err());
    assert_eq!(money("0.005 EUR").round(Rounding::HalfEven).to_minor(), Ok(0));
}

#[test]
fn money_is_shown_with_at_least_its_minor_digits() {
    for (text, shown) in [
        ("5 EUR", "5.00 EUR"),
        ("5.5 EUR", "5.50 EUR"),
        ("5.125 EUR", "5.125 EUR"),
        ("5 CLP", "5 CLP"),
    ] {
        assert_eq!(money(text).to_string(), shown);
    }
    assert_eq!(
        serde_json::to_string(&money("5.5 EUR")).unwrap(),
        r#"{"amount":"5.50","currency":"EUR"}"#
    );
    assert_eq!(
        serde_json::from_str::<Money>(r#"{"amount":5.5,"currency":"eur"}"#).unwrap(),
        money("5.50 EUR")
    );
}

#[test]
fn what_is_no_money_is_refused() {
    for text in [
        "", "5", "EUR", "5EUR", "EUR 5", "5  EUR", "5 EURO", "5,00 EUR", "5 €", "5 EU1",
    ] {
        assert!(text.parse::<Money>().is_err(), "{text}");
    }
}

#[test]
fn only_amounts_of_one_coin_on_one_chain_are_added() {
    let coins = |amount: &str, chain: &str| Asset::new("USDC", chain).amount(amount.parse().unwrap());
    let sum = coins("148.32", "polygon").checked_add(&coins("0.000001", "polygon"));
    assert_eq!(sum.unwrap().to_string(), "148.320001 USDC");
    assert_eq!(coins("1", "polygon").checked_add(&coins("1", "base")), None);
    assert_eq!(coins("1", "polygon").partial_cmp(&coins("1", "base")), None);
    let unknown = CoinAmount::new(Decimal::ONE, "USDC", None);
    assert_eq!(coins("1", "polygon").checked_sub(&unknown), None);
    assert_eq!(
        serde_json::to_string(&unknown).unwrap(),
        r#"{"amount":"1","symbol":"USDC"}"#
    );
    assert_eq!(
        format!("{unknown:?} {:?}", coins("1", "base")),
        "CoinAmount(1 USDC) CoinAmount(1 USDC on base)"
    );
}

proptest! {
    #[test]
    fn minor_units_survive_the_round_trip(minor in any::<i64>(), code in "[A-Z]{3}") {
        let currency: Currency = code.parse().unwrap();
        let amount = Money::from_minor(minor, currency);
        prop_assert_eq!(amount.to_minor(), Ok(i128::from(minor)));
        prop_assert_eq!(amount.to_string().parse::<Money>().unwrap(), amount);
        prop_assert_eq!(currency.to_string(), code);
    }
}
