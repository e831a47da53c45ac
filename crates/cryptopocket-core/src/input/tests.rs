use cryptopocket_types::Asset;
use proptest::prelude::*;

use super::*;

pub(super) fn rule_of(result: Result<()>) -> String {
    let error = result.unwrap_err();
    assert!(error.is_validation());
    assert_eq!(error.sent(), crate::Sent::No);
    assert!(!error.advice().is_empty());
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

#[test]
fn usual_addresses_pass() {
    for address in [
        "ada@example.com",
        "ada.lovelace+kyc@mail.example.co.uk",
        "o'neil@example.ie",
        "josé@correo.españa.es",
        "\"a@b\"@example.com",
        "root@localhost",
    ] {
        assert!(email("email", address).is_ok(), "{address}");
    }
}

#[test]
fn wrong_addresses_are_refused_without_repeating_them() {
    for address in [
        "",
        " ",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "a da@example.com",
        "ada@exa mple.com",
        "ada@example..com",
        "ada@.example.com",
        "ada@-example.com",
        "Ada <ada@example.com>",
        "ada@example.com,bob@example.com",
        "ada@example.com\n",
    ] {
        let error = email("email", address).unwrap_err().to_string();
        assert!(error.contains("email"), "{error}");
        assert!(address.trim().is_empty() || !error.contains(address), "{error}");
    }
}

#[test]
fn address_of_254_characters_is_the_longest() {
    let longest = format!("{}@example.com", "a".repeat(MAX_EMAIL - 12));
    assert!(email("email", &longest).is_ok());
    assert!(email("email", &format!("a{longest}")).is_err());
}

#[test]
fn lengths_count_characters() {
    assert!(max_chars("company_name", &"ñ".repeat(255), MAX_COMPANY_NAME).is_ok());
    assert!(max_chars("company_name", &"ñ".repeat(256), MAX_COMPANY_NAME).is_err());
}

proptest! {
    #[test]
    fn country_is_two_capital_letters(text in "\\PC{0,3}") {
        let expected = text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase());
        prop_assert_eq!(country(&text).is_ok(), expected);
    }
}

#[test]
fn external_id_cannot_be_trimmed() {
    assert!(external_id(&"order 1/ñ".into()).is_ok());
    for careless in [
        "order-1 ",
        " order-1",
        "order-1\n",
        "\u{a0}order-1",
        "order\u{0}1",
        "order\t1",
    ] {
        assert_eq!(
            rule_of(external_id(&careless.into())),
            "external_id has white space around it, or holds a control character"
        );
    }
}

#[test]
fn empty_ids_are_refused() {
    assert_eq!(rule_of(external_id(&" ".into())), "external_id is empty");
    assert_eq!(rule_of(user_id(&"".into())), "user_id is empty");
    assert_eq!(rule_of(user_id(&" ".into())), "user_id is empty");
    assert_eq!(rule_of(offramp_id(&"".into())), "id is empty");
}
