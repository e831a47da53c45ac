//! The provider's wire forms: success words, units, spellings, lists.

use serde_json::{Value, json};

use crate::support::Api;

#[tokio::test]
async fn success_has_three_words() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (transfer, reply) = api.pay_by(user, "transfer").await;
    assert_eq!(
        (&reply["status"], &reply["message"]),
        (&json!("sucess"), &json!("payment_created"))
    );
    let (_, reply) = api.pay_by(user, "card").await;
    assert_eq!(
        (&reply["status"], &reply["message"]),
        (&json!("success"), &json!("payment_created"))
    );
    assert_eq!(api.get(&format!("payment/{transfer}")).await["status"], "ok");
}

#[tokio::test]
async fn requests_use_units_and_payments_use_cents() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    let text = api.text(&format!("payment/{payment}")).await;
    assert!(
        text.contains(r#""fiat_amount":15050,"fiat_symbol":"EUR""#),
        "{text}"
    );
    let quote = api
        .text("quote?amount=150.50&symbol=USDC&payment_type=card")
        .await;
    assert!(quote.contains(r#""amount":150.50,"#), "{quote}");
}

#[tokio::test]
async fn user_ids_are_numbers_in_and_text_out() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    assert_eq!(
        api.get(&format!("payment/{payment}")).await["data"]["user_id"],
        json!(user.to_string())
    );
    let mut order = Api::order(user, "card");
    order["user_id"] = json!(user.to_string());
    assert_eq!(
        api.post("createPayment", &order).await["errors"]["user_id"],
        json!(["The user id must be an integer."])
    );
}

#[tokio::test]
async fn concept_is_a_number_and_returned_once() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, reply) = api.pay_by(user, "transfer").await;
    assert!(reply["data"]["concept"].is_u64());
    for name in ["iban", "bic", "destination_name"] {
        assert!(reply["data"][name].is_string(), "{name}");
    }
    assert!(
        api.get(&format!("payment/{payment}")).await["data"]
            .get("concept")
            .is_none()
    );
}

#[tokio::test]
async fn payment_has_the_documented_form() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    assert!(payment.len() == 25 && payment.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let data = api.get(&format!("payment/{payment}")).await["data"].clone();
    let Value::Object(fields) = &data else {
        panic!("{data}")
    };
    let mut names: Vec<_> = fields.keys().map(String::as_str).collect();
    names.sort_unstable();
    let documented = [
        "coin_amount",
        "coin_symbol",
        "created_at",
        "external_id",
        "fiat_amount",
        "fiat_symbol",
        "holder",
        "id",
        "status",
        "user_id",
    ];
    assert_eq!(names, documented);
    assert!(data["coin_amount"].is_number() && data["holder"].is_null());
    let created = data["created_at"].as_str().unwrap();
    assert!(
        created.len() == "2026-06-26T09:00:00.000000Z".len() && created.ends_with('Z'),
        "{created}"
    );
}

#[tokio::test]
async fn offramp_uses_base_units_and_decimal_strings() {
    let api = Api::start().await;
    let user = api.customer().await;
    let offramp = api.offramp(user).await;
    let data = &api.get(&format!("getRampoff?id={offramp}")).await["data"];
    assert_eq!(
        (&data["amount"], &data["decimals"]),
        (&json!("20000000000000000000"), &json!(18))
    );
    assert_eq!(
        (&data["crypto"], &data["blockchain"]),
        (&json!("DAI"), &json!("polygon"))
    );
    let fiat = data["fiat_amount"].as_str().unwrap();
    assert_eq!(
        fiat.split_once('.').map(|(_, cents)| cents.len()),
        Some(2),
        "{fiat}"
    );
}

#[tokio::test]
async fn quotes_and_payments_spell_methods_differently() {
    let api = Api::start().await;
    let user = api.customer().await;
    for spelling in ["card", "PSD2", "TRANSFER"] {
        let reply = api
            .get(&format!("quote?amount=100&symbol=USDC&payment_type={spelling}"))
            .await;
        assert_eq!(reply["data"]["payment_type"], spelling);
    }
    assert!(
        api.get("quote?amount=100&symbol=USDC&payment_type=transfer")
            .await["errors"]["payment_type"]
            .is_array()
    );
    let wrong = api.post("createPayment", &Api::order(user, "TRANSFER")).await;
    assert!(wrong["errors"]["payment_type"].is_array(), "{wrong}");
}

#[tokio::test]
async fn listings_are_paginated_newest_first() {
    let api = Api::start().await;
    let user = api.customer().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(json!(api.pay_by(user, "transfer").await.0));
    }
    made.reverse();
    let page = api.get("payments?per_page=2&page=2").await;
    assert_eq!(
        page["pagination"],
        json!({"current_page": 2, "per_page": 2, "total": 5, "last_page": 3})
    );
    let ids: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    assert_eq!(ids, made[2..4]);
    let beyond = api.get("payments?page=99").await;
    assert_eq!(
        (beyond["data"].as_array().map(Vec::len), &beyond["status"]),
        (Some(0), &json!("ok"))
    );
}

#[tokio::test]
async fn payments_are_found_by_external_id() {
    let api = Api::start().await;
    let user = api.customer().await;
    api.pay_by(user, "transfer").await;
    let mut order = Api::order(user, "transfer");
    order["external_id"] = json!("cart-1");
    let payment = api.post("createPayment", &order).await["data"]["payment_id"].clone();
    let found = api.get("payments?external_id=cart-1").await;
    assert_eq!(
        (found["data"].as_array().map(Vec::len), &found["data"][0]["id"]),
        (Some(1), &payment)
    );
    assert_eq!(
        api.get("payments?status=coins_sent").await["pagination"]["total"],
        0
    );
    assert_eq!(
        api.get("payments?from=2026-06-26&to=2026-06-26").await["pagination"]["total"],
        2
    );
    assert_eq!(
        api.get("payments?from=2026-06-27").await["pagination"]["total"],
        0
    );
}

#[tokio::test]
async fn integrations_do_not_see_each_other() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "transfer").await;
    let iban = api.get("banking/accounts").await["data"][0]["iban"]
        .as_str()
        .unwrap()
        .to_owned();
    let (key, secret) = api.sandbox.add_integration();
    let token = api.log_in(&key, &secret).await;
    let other = api.with_token(token);
    assert_eq!(
        other.get(&format!("payment/{payment}")).await["error"],
        "payment_not_found"
    );
    assert_eq!(other.get("customers/list").await["pagination"]["total"], 0);
    assert_eq!(
        other.get(&format!("kyc/check?user_id={user}")).await["error"],
        "user_not_found"
    );
    assert_eq!(
        other.get(&format!("banking/accounts/{iban}/transactions")).await["error"],
        "account_not_found"
    );
    let theirs = other.post("createPayment", &Api::order(user, "transfer")).await;
    assert_eq!(theirs["error"], "user_not_found");
}

#[tokio::test]
async fn same_seed_and_calls_give_same_bytes() {
    let run = async |seed| {
        let api = Api::from(cryptopocket_sandbox::Sandbox::builder().seed(seed)).await;
        let user = api.customer().await;
        let (payment, reply) = api.pay_by(user, "transfer").await;
        [
            reply.to_string(),
            api.text(&format!("payment/{payment}")).await,
            api.text("available-assets").await,
        ]
        .concat()
    };
    assert_eq!(run(3).await, run(3).await);
    assert_ne!(run(3).await, run(4).await);
}

#[tokio::test]
async fn every_listed_call_is_answered() {
    let api = Api::start().await;
    for route in cryptopocket_sandbox::ROUTES {
        let path = route
            .path
            .trim_start_matches('/')
            .replace("{user_id}", "1")
            .replace("{payment_id}", "x")
            .replace("{iban}", "x");
        let method = if route.method == "GET" {
            reqwest::Method::GET
        } else {
            reqwest::Method::POST
        };
        let response = api.request(method, &path).send().await.unwrap();
        assert!(
            [200, 404, 422].contains(&response.status().as_u16()),
            "{}",
            route.operation
        );
        let body: Value = response.json().await.unwrap();
        assert!(
            body.get("status").is_some() || body.get("errors").is_some(),
            "{}: {body}",
            route.operation
        );
    }
}
