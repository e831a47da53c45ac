use cryptopocket_core::testing::ScriptedSession;
use cryptopocket_types::Decimal;
use proptest::prelude::*;

use super::{Calls as _, ID, block_on, iban, reply, usdc};
use crate::{NewOfframp, Offramp};

fn read(units: &str, decimals: u32, fiat: &str) -> Offramp {
    let reply = reply("started")
        .replace("20000000000000000000", units)
        .replace(r#""decimals":18"#, &format!(r#""decimals":{decimals}"#))
        .replace("4800.24", fiat);
    let test = ScriptedSession::new().next("get_offramp", &[&reply]);
    block_on(test.offramp().offramp(&ID.into())).unwrap()
}

/// The text of `amount` as it was sent.
fn sent_amount(coins: &str) -> String {
    let created = r#"{"status":"ok","data":{"wallet":"0x1","id":"1"}}"#;
    let test = ScriptedSession::new().next("create_offramp", &[created]);
    block_on(
        test.offramp()
            .create_offramp(NewOfframp::to_iban(1.into(), usdc(coins), iban())),
    )
    .unwrap();
    let body = String::from_utf8(test.provider.requests("create_offramp")[0].body.to_vec()).unwrap();
    let (_, rest) = body.split_once(r#""amount":"#).unwrap();
    rest.split([',', '}']).next().unwrap().to_owned()
}

#[test]
fn largest_256_bit_amount_is_exact() {
    let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let coins = read(largest, 18, "0.01").coin.into_value().unwrap();
    assert_eq!(coins.to_base_units(18).unwrap().to_string(), largest);
    assert_eq!(
        coins.amount().to_string(),
        "115792089237316195423570985008687907853269984665640564039457.584007913129639935"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn base_units_of_78_digits_are_exact(units in "[1-9][0-9]{0,77}", decimals in 0_u32..=24) {
        let coin = read(&units, decimals, "1").coin.into_value().unwrap();
        prop_assert_eq!(coin.to_base_units(decimals).unwrap().to_string(), units);
    }

    #[test]
    fn money_is_read_digit_by_digit(whole in 0_u64.., cents in 0_u8..100) {
        let text = format!("{whole}.{cents:02}");
        prop_assert_eq!(read("1", 0, &text).fiat.value().unwrap().amount.to_string(), text);
    }

    #[test]
    fn coins_are_sent_digit_by_digit(whole in 0_u64.., fraction in "[0-9]{0,17}[1-9]") {
        let text = format!("{whole}.{fraction}");
        prop_assert_eq!(sent_amount(&text).parse::<Decimal>().unwrap(), text.parse::<Decimal>().unwrap());
        prop_assert_eq!(sent_amount(&text), text);
    }
}
