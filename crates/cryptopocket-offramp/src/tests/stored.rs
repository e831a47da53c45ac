//! Values that are stored as JSON and read back.

use std::fmt::Debug;

use cryptopocket_core::testing::ScriptedSession;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Calls as _, IBAN, ID, block_on, iban, reply, usdc};
use crate::{NewOfframp, Offramp, OfframpFilter, QuoteRequest};

/// The JSON of `value`, which must read back as the same value.
fn stored<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    text
}

fn read(units: &str, fiat: &str, extra: &str) -> Offramp {
    let reply = reply("on_hold")
        .replace("20000000000000000000", units)
        .replace("4800.24", fiat)
        .replace(r#""decimals":18"#, &format!(r#""decimals":18,"new":{extra}"#));
    let test = ScriptedSession::new().next("get_offramp", &[&reply]);
    block_on(test.offramp().offramp(&ID.into())).unwrap()
}

#[test]
fn offramp_is_stored_in_the_json_of_the_command_line() {
    let text = concat!(
        r#"{"id":"off2K8dN5rW1qJm7TzC4vHx6p","status":"on_hold","#,
        r#""coin":{"amount":"20","symbol":"USDT","chain":"polygon"},"#,
        r#""fiat":{"amount":"4800.24","currency":null},"extra":{"new":[1.10]}}"#
    );
    assert_eq!(stored(&read("20000000000000000000", "4800.24", "[1.10]")), text);
}

#[test]
fn created_offramp_and_quote_are_stored() {
    let created =
        r#"{"status":"ok","data":{"rampoff":"payment created","wallet":"0xde70","id":4711,"memo":1.10}}"#;
    let quote =
        r#"{"status":"ok","data":{"fiat_amount":"4800.24","fiat_symbol":"EUR","fee":"0.18","rate_id":9}}"#;
    let test = ScriptedSession::new().next("create_offramp", &[created]);
    test.provider.next(
        "get_offramp_quote",
        cryptopocket_core::testing::Answer::json(quote),
    );
    let new = NewOfframp::to_iban(100_067.into(), usdc("20.5"), iban());
    stored(&block_on(test.offramp().create_offramp(new)).unwrap());
    stored(&block_on(test.offramp().quote(QuoteRequest::new(usdc("20.5")))).unwrap());
}

#[test]
fn requests_and_filters_are_stored() {
    let new = NewOfframp::to_iban(100_067.into(), usdc("20.5"), iban());
    let text = stored(&new);
    assert!(text.contains(IBAN), "storing writes personal data");
    assert!(!format!("{new:?}").contains(IBAN), "Debug does not");
    stored(&NewOfframp::latam(1.into(), usdc("1"), "Banco de Prueba"));
    stored(&QuoteRequest::new(usdc("20.5")));
    stored(&OfframpFilter::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_offramp_reads_back_the_same(
        units in "[1-9][0-9]{0,77}", fiat in "(0|[1-9][0-9]{0,18})\\.[0-9]{2}", extra in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?",
    ) {
        let text = stored(&read(&units, &fiat, &extra));
        let kept = format!(r#""new":{extra}}}"#);
        prop_assert!(text.contains(&kept), "{}", text);
    }
}
