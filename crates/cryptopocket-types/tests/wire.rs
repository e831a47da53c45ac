//! What the provider sends comes through exact, whatever its form, and what is private stays out of sight.

use cryptopocket_types::json::RawJson;
use cryptopocket_types::wire::{
    BaseUnits, Cents, CoinUnits, CurrencyUnits, DecimalString, PathText, QueryAmount,
};
use cryptopocket_types::{
    Asset, CoinAmount, Concept, Currency, Date, Decimal, ErrorCode, EventType, Extra, Iban, KycStatus, Money,
    OfframpStatus, PaymentId, PaymentStatus, PaymentType, Personal, QuotePaymentType, Secret, Timestamp,
    UserId,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{from_reader, from_slice, from_str, from_value, json, to_string};

/// An amount in every position that a reply may have one.
#[derive(Debug, Deserialize)]
struct Reply<T> {
    id: u32,
    plain: T,
    optional: Option<T>,
    missing: Option<T>,
    null: Option<T>,
    many: Vec<T>,
    note: String,
}

fn reply(amount: &str) -> String {
    format!(
        r#"{{"id": 7, "new": {amount}, "plain": {amount} , "optional":{amount}, "null": null, "many": [{amount}, {amount}], "note": "n"}}"#
    )
}

#[allow(clippy::unwrap_used, reason = "test input")]
fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Reads `amount` in every position with every reader, and checks that all agree.
#[allow(clippy::unwrap_used, reason = "test input")]
fn everywhere<T>(amount: &str) -> T
where
    T: DeserializeOwned + Copy + PartialEq + core::fmt::Debug,
{
    let text = reply(amount);
    let replies: [Reply<T>; 3] = [
        from_str(&text).unwrap(),
        from_slice(text.as_bytes()).unwrap(),
        from_reader(text.as_bytes()).unwrap(),
    ];
    let first = replies[0].plain;
    for Reply {
        id,
        plain,
        optional,
        missing,
        null,
        many,
        note,
    } in replies
    {
        assert_eq!((id, note.as_str(), missing, null), (7, "n", None, None));
        assert_eq!((plain, optional, many), (first, Some(first), vec![first, first]));
    }
    first
}

/// Numbers in JSON syntax with at most 28 significant digits.
fn json_numbers() -> impl Strategy<Value = String> {
    let short = "(0|[1-9][0-9]{0,13})(\\.[0-9]{1,14})?([eE][+-]?[0-9]{1,2})?";
    let small = "0\\.0{0,20}[1-9][0-9]{0,27}";
    let whole = "[1-9][0-9]{0,27}";
    proptest::string::string_regex(&format!("-?({short}|{small}|{whole})")).expect("a valid pattern")
}

proptest! {
    #[test]
    fn json_numbers_of_28_digits_are_exact_in_every_form(number in json_numbers()) {
        let exact = decimal(&number);
        let quoted = format!("\"{number}\"");
        for text in [&number, &quoted] {
            prop_assert_eq!(everywhere::<CurrencyUnits>(text).decimal(), exact);
            prop_assert_eq!(everywhere::<CoinUnits>(text).decimal(), exact);
            prop_assert_eq!(everywhere::<DecimalString>(text).decimal(), exact);
            prop_assert_eq!(everywhere::<QueryAmount>(text).decimal(), exact);
            prop_assert_eq!(everywhere::<Decimal>(text), exact);
        }
        let plain = exact.to_string();
        prop_assert_eq!(to_string(&CurrencyUnits::from(exact)).unwrap(), plain.clone());
        prop_assert_eq!(to_string(&CoinUnits::from(exact)).unwrap(), plain.clone());
        prop_assert_eq!(to_string(&DecimalString::from(exact)).unwrap(), format!("\"{plain}\""));
        prop_assert_eq!(to_string(&exact).unwrap(), format!("\"{plain}\""));
        let query = serde_urlencoded::to_string([("amount", QueryAmount::from(exact))]).unwrap();
        prop_assert_eq!(query, format!("amount={plain}"));
        let money = Money::new(exact, Currency::EUR);
        prop_assert_eq!(from_str::<Money>(&to_string(&money).unwrap()).unwrap(), money);
    }

    #[test]
    fn base_units_of_78_digits_are_exact(units in "[1-9][0-9]{0,77}", decimals in 0_u32..=36) {
        let quoted = format!("\"{units}\"");
        for text in [&units, &quoted] {
            prop_assert_eq!(everywhere::<BaseUnits>(text).to_string(), units.clone());
        }
        prop_assert_eq!(to_string(&units.parse::<BaseUnits>().unwrap()).unwrap(), quoted);
        let coins = CoinAmount::from_base_units(&units, decimals, "DAI", "polygon").unwrap();
        prop_assert_eq!(coins.to_base_units(decimals).unwrap().to_string(), units);
        prop_assert_eq!(from_str::<CoinAmount>(&to_string(&coins).unwrap()).unwrap(), coins);
    }

    #[test]
    fn cents_are_exact_hundredths(cents in any::<i64>()) {
        let read = everywhere::<Cents>(&cents.to_string());
        prop_assert_eq!(read, Cents::new(cents));
        prop_assert_eq!(to_string(&read).unwrap(), cents.to_string());
        prop_assert_eq!(read.money(Currency::EUR).to_minor().unwrap(), i128::from(cents));
        prop_assert_eq!(Cents::try_from(read.decimal()).unwrap(), read);
    }

    #[test]
    fn unknown_fields_keep_their_text(number in json_numbers()) {
        let text = format!(r#"{{"deep":{{"b":[{number}],"a":1}},"new":{number}}}"#);
        let extra: Extra = from_str(&text).unwrap();
        prop_assert_eq!(extra.get("new").unwrap().get(), number.as_str());
        prop_assert_eq!(extra.get("new").unwrap().decode::<CoinUnits>().unwrap().decimal(), decimal(&number));
        prop_assert_eq!(to_string(&extra).unwrap(), text);
    }
}

#[test]
fn malformed_amounts_are_refused() {
    for amount in [
        "null",
        "true",
        "[1]",
        "{}",
        "\"\"",
        "\"1,50\"",
        "\"1.5 EUR\"",
        "1e400",
    ] {
        assert!(from_str::<CurrencyUnits>(amount).is_err(), "{amount}");
    }
}

#[test]
fn trap_1_each_form_of_money_is_a_type() {
    let request = CurrencyUnits::from(decimal("240"));
    assert_eq!(to_string(&request).unwrap(), "240");
    assert_eq!(request.money(Currency::EUR).to_string(), "240.00 EUR");

    let payment: Cents = from_str("15050").unwrap();
    assert_eq!(payment.money(Currency::EUR).to_string(), "150.50 EUR");
    assert!(from_str::<Cents>("150.50").is_err(), "cents have no fraction");
    assert!(from_str::<Cents>("15050.0").is_err(), "a point may mean euros");

    let offramp: DecimalString = from_str(r#""4800.24""#).unwrap();
    assert_eq!(offramp.money(Currency::EUR).to_minor().unwrap(), 480_024);

    let units: BaseUnits = from_str(r#""20000000000000000000""#).unwrap();
    assert_eq!(units.coins(18).unwrap(), decimal("20"));
    assert!(units.coins(127).is_err());
    assert!("-1".parse::<BaseUnits>().is_err() && "1.5".parse::<BaseUnits>().is_err());
    assert!(
        BaseUnits::from_coins(decimal("0.0000001"), 6).is_err(),
        "below one base unit"
    );

    let coins: CoinUnits = from_str("148.32").unwrap();
    assert_eq!(to_string(&coins).unwrap(), "148.32");
}

#[test]
fn trap_2_user_id_is_written_as_number_read_as_string() {
    let reply: UserId = from_str(r#""100067""#).unwrap();
    let number: UserId = from_str("100067").unwrap();
    assert_eq!((&reply, &reply), (&number, &UserId::from(100_067)));
    assert_eq!(to_string(&reply).unwrap(), "100067");
    assert_eq!(
        serde_urlencoded::to_string([("user_id", &reply)]).unwrap(),
        "user_id=100067"
    );
    for text in ["007", "18446744073709551616", "u-1", "+5", ""] {
        assert_eq!(to_string(&UserId::from(text)).unwrap(), format!("\"{text}\""));
    }
    assert_eq!(
        from_str::<UserId>("123456789012345678901234567890").unwrap(),
        "123456789012345678901234567890"
    );
}

#[test]
fn trap_3_concept_keeps_its_digits() {
    let concept: Concept = from_str("90071992547409931234").unwrap();
    assert_eq!(concept.as_str(), "90071992547409931234");
    assert_eq!(
        to_string(&from_str::<Concept>("48213977").unwrap()).unwrap(),
        "48213977"
    );
    assert_eq!(from_str::<Concept>(r#""00042""#).unwrap(), "00042");
}

#[test]
fn whole_number_ids_become_plain_digits() {
    for (number, digits) in [
        ("48213907.0", "48213907"),
        ("48213907.000", "48213907"),
        ("4.8213907e7", "48213907"),
        ("4.8213907E+7", "48213907"),
        ("482139070e-1", "48213907"),
        (
            "123456789012345678901234567890.0",
            "123456789012345678901234567890",
        ),
        ("0.0", "0"),
        ("-0", "0"),
        ("-5.0", "-5"),
        ("5e3", "5000"),
    ] {
        let concept: Concept = from_str(number).unwrap();
        assert_eq!(concept, digits, "{number}");
        assert_eq!(from_str::<UserId>(number).unwrap(), digits);
        assert_eq!(
            concept,
            from_str::<Concept>(&to_string(&concept).unwrap()).unwrap()
        );
    }
    assert_eq!(
        to_string(&from_str::<Concept>("48213907.0").unwrap()).unwrap(),
        "48213907"
    );
}

#[test]
fn other_ids_are_kept_unchanged() {
    for text in ["48213907.5", "1.50", "1e-3", "1e99999"] {
        assert_eq!(from_str::<Concept>(text).unwrap(), text);
    }
    for text in ["48213907.0", "48E2", "007", "1e5", "-0"] {
        assert_eq!(from_str::<Concept>(&format!("\"{text}\"")).unwrap(), text);
        assert_eq!(Concept::from(text), text);
    }
}

#[test]
fn trap_4_quotes_spell_payment_types_differently() {
    for (payment, quote) in [
        ("card", "card"),
        ("psd2", "PSD2"),
        ("transfer", "TRANSFER"),
        ("KHIPU", "KHIPU"),
    ] {
        let method = PaymentType::from(payment);
        assert_eq!(QuotePaymentType::from(&method), quote);
        assert_eq!(PaymentType::from(&QuotePaymentType::from(quote)), method);
    }
    assert_eq!(PaymentType::from("Card"), PaymentType::from("Card"));
    assert!(!PaymentType::from("Card").is_known(), "the case counts");
}

#[test]
fn trap_5_assets_are_read_under_each_name() {
    let asset = Asset::new("USDC", "polygon");
    for (symbol, chain) in [
        ("coin_symbol", "coin_chain"),
        ("symbol", "chain"),
        ("symbol", "blockchain"),
        ("crypto", "blockchain"),
    ] {
        assert_eq!(
            from_value::<Asset>(json!({symbol: "USDC", chain: "polygon"})).unwrap(),
            asset
        );
    }
}

#[test]
fn trap_6_end_of_offramp_has_two_spellings() {
    let [older, newer] = ["RAMPOFF_FINISHED", "TRANSFER_RAMPOFF_FINISHED"].map(EventType::from);
    // `EventKind` of the webhooks crate makes one event of both.
    assert!(older.is_known() && newer.is_known());
    assert_eq!(
        (older.as_str(), newer.as_str()),
        ("RAMPOFF_FINISHED", "TRANSFER_RAMPOFF_FINISHED")
    );
}

#[test]
fn trap_7_limit_exceded_and_unknown_values_keep_their_text() {
    assert_eq!(ErrorCode::from("limit_exceded"), ErrorCode::LimitExceded);
    assert!(!ErrorCode::from("limit_exceeded").is_known());
    let status: PaymentStatus = from_str(r#""on \"hold\" ñ""#).unwrap();
    assert_eq!(status.as_str(), "on \"hold\" ñ");
    assert_eq!(to_string(&status).unwrap(), r#""on \"hold\" ñ""#);
    assert_eq!(from_str::<ErrorCode>("4021").unwrap().as_str(), "4021");
    assert_eq!(
        from_str::<EventType>(r#""REFUND""#).unwrap().to_string(),
        "REFUND"
    );
}

#[test]
fn trap_8_unknown_statuses_are_not_final() {
    for text in ["payment_rejected", "expired", "COINS_SENT", ""] {
        assert!(!PaymentStatus::from(text).is_final() && PaymentStatus::from(text).rank().is_none());
        assert!(!OfframpStatus::from(text).is_final());
    }
    let ranks: Vec<_> = PaymentStatus::ALL
        .iter()
        .map(|status| status.rank().unwrap())
        .collect();
    assert!(ranks.is_sorted_by(|a, b| a < b));
    assert_eq!(
        PaymentStatus::ALL
            .iter()
            .filter(|status| status.is_final())
            .count(),
        1
    );
    assert_eq!(KycStatus::from("unused").decision().as_str(), "pending");
}

/// Serde buffers flattened fields: strings and whole numbers stay exact there, fractions do not.
#[test]
fn amounts_that_passed_through_a_float_are_refused() {
    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Debug, Deserialize)]
    struct Inner {
        amount: CurrencyUnits,
    }
    let read = |amount: &str| {
        from_str::<Outer>(&format!(r#"{{"amount": {amount}}}"#)).map(|outer| outer.inner.amount)
    };
    assert_eq!(read("\"0.10\"").unwrap().to_string(), "0.10");
    assert_eq!(
        read("18446744073709551615").unwrap().to_string(),
        "18446744073709551615"
    );
    let numbers_keep_text = from_str::<serde_json::Number>("1.00").unwrap().to_string() == "1.00";
    match read("0.10") {
        Ok(amount) => assert!(numbers_keep_text && amount.to_string() == "0.10"),
        Err(error) => assert!(
            !numbers_keep_text && error.to_string().contains("float"),
            "{error}"
        ),
    }
}

#[test]
fn flattened_asset_leaves_other_fields_to_extra() {
    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        asset: Asset,
        #[serde(flatten)]
        extra: Extra,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[serde(flatten)]
        asset: Asset,
        note: String,
    }
    let text = r#"{"crypto":"USDC","chain":"polygon","note":"n"}"#;
    let outer: Outer = from_str(text).unwrap();
    let names: Vec<_> = outer.extra.iter().map(|(name, _)| name).collect();
    assert_eq!(
        (outer.asset, names),
        (Asset::new("USDC", "polygon"), vec!["note"])
    );
    let strict: Strict = from_str(text).unwrap();
    assert_eq!(
        (strict.asset.symbol().as_str(), strict.note.as_str()),
        ("USDC", "n")
    );
}

#[test]
fn amount_that_stands_twice_is_refused_everywhere() {
    #[derive(Debug, Deserialize)]
    struct Flattened {
        #[serde(flatten)]
        #[expect(dead_code, reason = "never read")]
        price: Money,
    }
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        #[expect(dead_code, reason = "never read")]
        Price(Money),
    }
    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        #[expect(dead_code, reason = "never read")]
        Price(Money),
    }
    let read = |amounts: &str| {
        let text = format!(r#"{{"kind":"Price",{amounts},"currency":"EUR"}}"#);
        [
            from_str::<Money>(&text).map(drop),
            from_str::<Flattened>(&text).map(drop),
            from_str::<Untagged>(&text).map(drop),
            from_str::<Tagged>(&text).map(drop),
        ]
    };
    assert!(read(r#""amount":"1.00""#).iter().all(Result::is_ok));
    let refused = read(r#""amount":"1.00","amount":"2.00""#);
    assert!(refused.iter().all(Result::is_err), "{refused:?}");
    // Only the first is read from its text; in the others the fraction has been a float, unless a crate of the build has
    // numbers keep their text.
    let keeps_text = from_str::<serde_json::Number>("1.00").unwrap().to_string() == "1.00";
    let fraction = read(r#""amount":90071992547409.93"#);
    let exact: Vec<bool> = fraction.iter().map(Result::is_ok).collect();
    assert_eq!(exact, [true, keeps_text, keeps_text, keeps_text], "{fraction:?}");
    assert!(read(r#""amount":12"#).iter().all(Result::is_ok));
}

#[test]
fn refused_objects_name_their_fields() {
    let fields =
        "expected an object with the fields symbol, coin_symbol, crypto, chain, coin_chain, blockchain";
    for (text, error) in [
        ("7", format!("invalid type: integer `7`, {fields}")),
        ("[]", format!("invalid type: sequence, {fields}")),
        (
            r#"{"symbol":"A","crypto":"B","chain":"C"}"#,
            "duplicate field `crypto`".into(),
        ),
        (r#"{"chain":"C"}"#, "missing field `symbol`".into()),
    ] {
        let found = from_str::<Asset>(text).unwrap_err().to_string();
        assert!(found.starts_with(&error), "{text}: {found}");
    }
    let found = from_value::<CoinAmount>(json!("x")).unwrap_err().to_string();
    assert!(
        found.ends_with("expected an object with the fields amount, symbol, chain"),
        "{found}"
    );
}

/// Path parameters and rows of a table: they are a map only for who asks for a struct.
#[test]
fn formats_that_hold_only_structs_are_read() {
    use serde::de::{Deserializer, Visitor};
    use serde_json::Error;

    struct Row;
    impl<'de> Deserializer<'de> for Row {
        type Error = Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.visit_str("USDC,polygon")
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            _: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Error> {
            let row = json!({"symbol": "USDC", "row": 1, "chain": "polygon"});
            row.deserialize_struct("Row", &[], visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }
    assert_eq!(Asset::deserialize(Row).unwrap(), Asset::new("USDC", "polygon"));
}

#[test]
fn other_formats_are_read_from_their_text() {
    #[derive(Deserialize)]
    struct Form {
        user_id: UserId,
        amount: DecimalString,
        status: PaymentStatus,
        name: Personal,
    }
    let form: Form = serde_urlencoded::from_str("user_id=007&amount=1.50&status=x&name=Ana").unwrap();
    assert_eq!(
        (form.user_id.as_str(), form.status.as_str(), form.name.reveal()),
        ("007", "x", "Ana")
    );
    assert_eq!(form.amount.to_string(), "1.50");
}

const CANARY: &str = "canary-7f3a";

#[test]
fn secrets_never_appear_in_debug_display_or_error() {
    let quoted = format!("\"{CANARY}\"");
    let iban: Iban = "ES9121000418450200051332".parse().unwrap();
    let object = format!(r#"{{"{CANARY}": 1}}"#);
    let shown = [
        format!("{:?} {}", Secret::from(CANARY), Secret::from(CANARY)),
        format!("{:?} {}", Personal::from(CANARY), Personal::from(CANARY)),
        format!("{iban:?} {iban}"),
        format!("{:?}", PathText::from(&iban)),
        format!("{:?}", from_str::<RawJson>(&quoted).unwrap()),
        format!(
            "{:?}",
            from_str::<Extra>(&format!(r#"{{"field": {quoted}}}"#)).unwrap()
        ),
        format!("{:?} {0}", CANARY.parse::<Iban>().unwrap_err()),
        format!("{:?} {0}", CANARY.parse::<Decimal>().unwrap_err()),
        format!("{:?} {0}", CANARY.parse::<Money>().unwrap_err()),
        format!("{:?} {0}", CANARY.parse::<Currency>().unwrap_err()),
        format!("{:?} {0}", CANARY.parse::<Timestamp>().unwrap_err()),
        format!("{:?} {0}", CANARY.parse::<Date>().unwrap_err()),
        format!("{:?} {0}", format!("{CANARY}/").parse::<PathText>().unwrap_err()),
        format!(
            "{:?} {0}",
            PaymentId::from("canary-7f3a/").path_segment().unwrap_err()
        ),
        format!("{:?} {0}", from_str::<Iban>(&quoted).unwrap_err()),
        format!("{:?} {0}", from_str::<CurrencyUnits>(&quoted).unwrap_err()),
        format!("{:?} {0}", from_str::<Cents>(&quoted).unwrap_err()),
        format!("{:?} {0}", from_str::<BaseUnits>(&quoted).unwrap_err()),
        format!("{:?} {0}", from_str::<Timestamp>(&quoted).unwrap_err()),
        format!("{:?} {0}", from_str::<Personal>(&object).unwrap_err()),
        format!(
            "{:?} {0}",
            from_value::<Secret>(json!({"a": CANARY})).unwrap_err()
        ),
    ];
    for text in shown {
        assert!(!text.contains("7f3a") && !text.contains("2100"), "{text}");
    }
}

#[test]
fn secrets_reach_the_wire_unchanged() {
    for json in [r#""Ana \"Gil\" ñ\u0000""#, r#""""#] {
        let secret: Secret = from_str(json).unwrap();
        let personal: Personal = from_str(json).unwrap();
        assert_eq!(to_string(&secret).unwrap(), to_string(&personal).unwrap());
        assert_eq!(secret.expose(), from_str::<String>(json).unwrap());
    }
    assert_eq!(from_str::<Personal>("0600123456e0").ok(), None);
    assert_eq!(from_str::<Personal>("28001").unwrap().reveal(), "28001");
    assert_ne!(Secret::from("a"), Secret::from("b"));
    assert_ne!(Secret::from("a"), Secret::from("aa"));
}

#[test]
fn ids_that_escape_a_path_are_refused() {
    for id in [
        "", ".", "..", "a/b", "a\\b", "a?b", "a#b", "%2e%2e", "a\nb", " ", "p1 ", "p\u{a0}1",
    ] {
        assert!(PaymentId::from(id).path_segment().is_err(), "{id:?}");
        assert!(id.parse::<PathText>().is_err(), "{id:?}");
    }
    assert_eq!(PaymentId::from("a1..b2").path_segment().unwrap(), "a1..b2");
}
