use cryptopocket_core::testing::ScriptedSession;
use cryptopocket_types::{Currency, Decimal, Money};
use proptest::prelude::*;

use super::{Calls as _, ID, WALLET, block_on, customer, payment_reply, usdc};
use crate::{NewPayment, Payment};

const CARD: &str = r#"{"status":"success","data":{"url_payment":"https://p.example/1","payment_id":"p1"}}"#;

/// The text of `fiat_amount` as it was sent.
fn sent_amount(money: Money) -> String {
    let test = ScriptedSession::new().next("create_payment", &[CARD]);
    block_on(
        test.onramp()
            .create_payment(NewPayment::card(customer(), money, usdc(), WALLET)),
    )
    .unwrap();
    let body = test.provider.requests("create_payment")[0].body.clone();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let (_, rest) = body.split_once(r#""fiat_amount":"#).unwrap();
    rest.split([',', '}']).next().unwrap().to_owned()
}

fn read(cents: &str, coins: &str) -> Payment {
    let reply = payment_reply("started")
        .replace("15050", cents)
        .replace("148.32", coins);
    let test = ScriptedSession::new().next("get_payment", &[&reply]);
    block_on(test.onramp().payment(&ID.into())).unwrap()
}

#[test]
fn amount_beyond_float_is_sent_exactly() {
    assert_eq!(
        sent_amount("9007199254740993.07 EUR".parse().unwrap()),
        "9007199254740993.07"
    );
    assert_eq!(sent_amount("0.1 EUR".parse().unwrap()), "0.1");
    assert_eq!(
        sent_amount("240.00 EUR".parse().unwrap())
            .parse::<Decimal>()
            .unwrap(),
        Decimal::from(240)
    );
}

#[test]
fn cents_are_hundredths_in_every_currency() {
    let reply = payment_reply("started")
        .replace("15050", "9500000")
        .replace("EUR", "CLP");
    let test = ScriptedSession::new().next("get_payment", &[&reply]);
    let payment = block_on(test.onramp().payment(&ID.into())).unwrap();
    assert_eq!(payment.fiat, "95000 CLP".parse::<Money>().unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn units_sent_equal_cents_read(cents in 1_i128..=99_999_999_999_999_999_999_999) {
        let money = Money::from_minor(cents, Currency::EUR);
        prop_assert_eq!(sent_amount(money).parse::<Decimal>().unwrap(), money.amount());
        prop_assert_eq!(read(&cents.to_string(), "1").fiat, money);
    }

    #[test]
    fn coins_of_28_digits_are_exact(digits in "[1-9][0-9]{0,27}", scale in 0_u32..=18) {
        let coins = Decimal::from_minor(digits.parse().unwrap(), scale).unwrap();
        let payment = read("1", &coins.to_string());
        let read = payment.coin.value().unwrap().amount();
        prop_assert_eq!(read, coins);
        prop_assert_eq!(read.to_string(), coins.to_string());
    }
}
