use core::cmp::Ordering;

use proptest::prelude::*;

use super::{Currency, Money};
use crate::{Asset, CoinAmount, Decimal, Rounding};

#[allow(clippy::unwrap_used, reason = "test input")]
fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[test]
fn different_currencies_are_not_added_or_compared() {
    let (euros, dollars) = (money("1 EUR"), money("1 USD"));
    assert_eq!(euros.checked_add(dollars), None);
    assert_eq!(euros.checked_sub(dollars), None);
    assert_eq!(euros.partial_cmp(&dollars), None);
    assert_ne!(euros, dollars);
    assert_eq!(euros.partial_cmp(&money("1.01 EUR")), Some(Ordering::Less));
    assert_eq!(euros, money("1.000 eur"));
}

#[test]
fn minor_unit_follows_the_currency() {
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
fn money_prints_at_least_its_minor_digits() {
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
fn malformed_money_is_refused() {
    for text in [
        "", "5", "EUR", "5EUR", "EUR 5", "5  EUR", "5 EURO", "5,00 EUR", "5 €", "5 EU1",
    ] {
        assert!(text.parse::<Money>().is_err(), "{text}");
    }
}

#[test]
fn different_coins_or_chains_are_not_added() {
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

#[test]
fn precision_never_cuts_an_amount() {
    let euros = money("1234.50 EUR");
    assert_eq!(format!("{euros:.2}"), "1234.50 EUR");
    assert_eq!(format!("[{euros:14.1}]"), "[1234.50 EUR   ]");
    assert_eq!(format!("[{euros:*>14}]"), "[***1234.50 EUR]");
    assert_eq!(format!("[{euros:^14}]"), "[ 1234.50 EUR  ]");
    let coins = Asset::new("USDC", "polygon").amount("1234.567".parse().unwrap());
    assert_eq!(format!("[{coins:>14.2}]"), "[ 1234.567 USDC]");
    assert_eq!(format!("{:.2}", euros.amount()), "1234.50");
}

#[test]
fn json_forms_round_trip() {
    let coins = Asset::new("USDC", "polygon").amount("148.320".parse().unwrap());
    let json = r#"{"amount":"148.320","symbol":"USDC","chain":"polygon"}"#;
    assert_eq!(serde_json::to_string(&coins).unwrap(), json);
    let back: CoinAmount = serde_json::from_str(json).unwrap();
    assert_eq!((&back, back.to_string()), (&coins, "148.320 USDC".to_owned()));
    for json in [
        r#"{"symbol":"USDC","chain":"polygon"}"#,
        r#"{"coin_symbol":"USDC","coin_chain":"polygon","price":1.5}"#,
        r#"{"blockchain":"polygon","crypto":"USDC"}"#,
    ] {
        let read: Asset = serde_json::from_str(json).unwrap();
        assert_eq!(read, Asset::new("USDC", "polygon"), "{json}");
    }
    let value = serde_json::to_value(money("0.10 EUR")).unwrap();
    assert_eq!(serde_json::from_value::<Money>(value).unwrap(), money("0.10 EUR"));
}

#[test]
fn json_with_missing_or_repeated_fields_is_refused() {
    for (json, reason) in [
        (r#"{"amount":"1"}"#, "missing field `currency`"),
        (r#"{"amount":null,"currency":"EUR"}"#, "missing field `amount`"),
        (
            r#"{"amount":"1","amount":"2","currency":"EUR"}"#,
            "duplicate field `amount`",
        ),
        (r#"{"amount":"1,5","currency":"EUR"}"#, "not a decimal number"),
        (r#"["1","EUR"]"#, "an object with the fields amount, currency"),
    ] {
        let error = serde_json::from_str::<Money>(json).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    let twice = r#"{"symbol":"USDC","crypto":"DAI","chain":"polygon"}"#;
    assert!(serde_json::from_str::<Asset>(twice).is_err());
}

proptest! {
    #[test]
    fn minor_units_round_trip(minor in any::<i64>(), code in "[A-Z]{3}") {
        let currency: Currency = code.parse().unwrap();
        let amount = Money::from_minor(minor, currency);
        prop_assert_eq!(amount.to_minor(), Ok(i128::from(minor)));
        prop_assert_eq!(amount.to_string().parse::<Money>().unwrap(), amount);
        prop_assert_eq!(currency.to_string(), code);
    }
}
