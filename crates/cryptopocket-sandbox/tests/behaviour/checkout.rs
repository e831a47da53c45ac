//! Rare paths of the checkout: repeated reviews, expired links, guided payments.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, WALLET};

async fn kyc(api: &Api, user: u64) -> Value {
    api.get(&format!("kyc/check?user_id={user}")).await["data"]["kyc_status"].clone()
}

const fn handed_in(review: &str) -> [(&'static str, &str); 4] {
    [
        ("full_name", "Ana"),
        ("birth_date", "1990-01-02"),
        ("document_number", "X1"),
        ("review", review),
    ]
}

async fn registered(api: &Api, email: &str) -> (u64, String) {
    let reply = api
        .post("registerUser", &json!({"name": "Ana", "email": email}))
        .await;
    let link = reply["data"]["kyc_form_url"].as_str().unwrap().to_owned();
    (reply["data"]["id"].as_u64().unwrap(), link)
}

#[tokio::test]
async fn second_submission_does_not_change_the_review() {
    let api = Api::manual().await;
    let (user, link) = registered(&api, "ana@example.com").await;
    assert_eq!(api.visit(Method::POST, &link, &handed_in("approve")).await.0, 200);
    assert_eq!(api.visit(Method::POST, &link, &handed_in("reject")).await.0, 409);
    api.sandbox.advance(Duration::from_secs(120));
    assert_eq!(kyc(&api, user).await, "valid");
}

#[tokio::test]
async fn rejected_customer_can_try_again() {
    let api = Api::start().await;
    let (user, link) = registered(&api, "ana@example.com").await;
    api.visit(Method::POST, &link, &handed_in("reject")).await;
    assert_eq!(kyc(&api, user).await, "fail");
    api.visit(Method::POST, &link, &handed_in("approve")).await;
    assert_eq!(kyc(&api, user).await, "valid");
    let (user, link) = registered(&api, "bea+rejected@example.com").await;
    api.visit(Method::POST, &link, &handed_in("approve")).await;
    assert_eq!(kyc(&api, user).await, "fail");
}

#[tokio::test]
async fn instant_delegated_verification_is_answered_when_decided() {
    let api = Api::start().await;
    let new = json!({"name": "Ana", "email": "ana@example.com", "country": "ES", "identification_type": "PASSPORT",
        "identification_number": "X1", "document_front": "data:a/b;base64,QUJD", "face_image": "data:a/b;base64,QUJD"});
    let reply = api.post("registerUser/kyc-delegated", &new).await;
    assert_eq!(reply["data"]["kyc_status"], "valid");
}

#[tokio::test]
async fn refused_order_renews_an_expired_link() {
    let api = Api::start().await;
    let (user, first) = registered(&api, "ana@example.com").await;
    api.sandbox.advance(Duration::from_secs(91 * 86_400));
    let token = api.log_in(api.sandbox.api_key(), api.sandbox.api_secret()).await;
    let api = api.with_token(token);
    assert_eq!(api.visit(Method::GET, &first, &[]).await.0, 404);
    let refused = api.post("createPayment", &Api::order(user, "card")).await;
    assert_eq!(refused["error"], "require_kyc");
    let second = refused["data"]["kyc_form_url"].as_str().unwrap();
    assert_ne!(second, first);
    assert_eq!(
        api.visit(Method::POST, second, &handed_in("approve")).await.0,
        200
    );
    assert_eq!(kyc(&api, user).await, "valid");
    let again = api.post("createPayment", &Api::order(user, "card")).await;
    assert_eq!(again["status"], "success");
}

async fn guided(api: &Api, user: u64, amount: u32, method: &str) -> (String, String) {
    let order = json!({"user_id": user, "fiat_amount": amount, "coin_symbol": "USDC", "coin_chain": "polygon",
        "payment_type": method});
    let reply = api.post("createGuidedPayment", &order).await;
    let text = |name: &str| reply["data"][name].as_str().unwrap().to_owned();
    (text("payment_id"), text("gateway_url"))
}

const fn chosen(method: &str) -> [(&'static str, &str); 4] {
    [
        ("action", "pay"),
        ("payment_type", method),
        ("wallet", WALLET),
        ("holder", "Ana"),
    ]
}

#[tokio::test]
async fn guided_transfer_is_reconciled_like_any_other() {
    let api = Api::manual().await;
    let user = api.customer().await;
    let (payment, page) = guided(&api, user, 240, "card").await;
    let (status, shown) = api.visit(Method::POST, &page, &chosen("transfer")).await;
    assert!(status == 200 && shown.contains("id=\"concept\""), "{shown}");
    assert_eq!(api.status(&payment).await, "started");
    let (_, shown) = api.visit(Method::POST, &page, &[("action", "sent")]).await;
    assert!(shown.contains("The transfer was announced"), "{shown}");
    assert_eq!(api.status(&payment).await, "pending_bank");
    api.sandbox.advance(Duration::from_secs(1_200));
    let accounts = api.get("banking/accounts").await;
    let iban = accounts["data"][0]["iban"].as_str().unwrap();
    let feed = api.get(&format!("banking/accounts/{iban}/transactions")).await;
    let pair = json!({"payment_id": payment, "transaction_id": feed["data"][0]["id"]});
    assert_eq!(api.post("banking/reconcile", &pair).await["status"], "ok");
    assert_eq!(api.status(&payment).await, "payment_received");
    assert!(api.sandbox.misattributed().is_empty());
}

#[tokio::test]
async fn guided_payment_without_wallet_gets_no_coins() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, _) = guided(&api, user, 50, "transfer").await;
    let credit = cryptopocket_sandbox::BankCredit::new("50".parse().unwrap());
    let credit = api.sandbox.credit_bank(credit).unwrap();
    let pair = json!({"payment_id": payment, "transaction_id": credit});
    assert_eq!(
        api.post("banking/reconcile", &pair).await["error"],
        "payment_not_pending"
    );
    assert!(
        api.sandbox.pay(&payment).is_err(),
        "a transfer is not paid at the gateway"
    );
    api.sandbox.pay_transfer(&payment).unwrap();
    assert_eq!(api.status(&payment).await, "pending_bank");
}

#[tokio::test]
async fn gateway_enforces_card_limit_and_barred_methods() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, page) = guided(&api, user, 9_000, "psd2").await;
    let (status, shown) = api.visit(Method::POST, &page, &chosen("card")).await;
    assert!(status == 409 && shown.contains("limit_exceded"), "{shown}");
    assert_eq!(api.status(&payment).await, "started");
    let (payment, page) = guided(&api, user, 2_900, "psd2").await;
    assert_eq!(api.visit(Method::POST, &page, &chosen("card")).await.0, 200);
    assert_eq!(api.status(&payment).await, "coins_sent");
    let mut order = Api::order(user, "card");
    order["fiat_amount"] = json!(101);
    assert_eq!(api.post("createPayment", &order).await["error"], "limit_exceded");

    api.sandbox.bar_method("card", true);
    let (payment, page) = guided(&api, user, 20, "card").await;
    assert!(
        !api.visit(Method::GET, &page, &[])
            .await
            .1
            .contains("value=\"card\"")
    );
    assert_eq!(api.visit(Method::POST, &page, &chosen("card")).await.0, 409);
    assert_eq!(api.visit(Method::POST, &page, &chosen("psd2")).await.0, 200);
    assert_eq!(api.status(&payment).await, "coins_sent");
    let methods = api.get("paymentMethods").await;
    let listed = |kind: &str| {
        methods["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["payment_type"] == kind)
    };
    assert!(!listed("card") && listed("psd2"));
}

#[tokio::test]
async fn paid_payment_cannot_fail_and_has_a_txid() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, reply) = api.pay_by(user, "card").await;
    let page = reply["data"]["url_payment"].as_str().unwrap();
    assert_eq!(
        api.visit(Method::POST, page, &[("action", "zzz"), ("holder", "A")])
            .await
            .0,
        422
    );
    assert_eq!(api.status(&payment).await, "started");
    api.sandbox.pay(&payment).unwrap();
    let refused = api.sandbox.fail_payment(&payment).unwrap_err().to_string();
    assert!(refused.contains("coins_sent"), "{refused}");
    let kept = api.get(&format!("payment/{payment}")).await;
    assert!(kept["data"]["txid"].is_string(), "{kept}");

    let (moved, _) = api.pay_by(user, "card").await;
    api.sandbox.set_payment_status(&moved, "coins_sent").unwrap();
    let shown = api.get(&format!("payment/{moved}")).await;
    assert!(shown["data"]["txid"].is_string(), "{shown}");
}

#[tokio::test]
async fn quotes_are_in_euros_for_every_method() {
    let api = Api::start().await;
    let tokens = async |method: &str| {
        let quote = api
            .get(&format!("quote?amount=240&symbol=USDC&payment_type={method}"))
            .await;
        quote["data"]["tokens"].as_f64().unwrap()
    };
    let (card, khipu) = (tokens("card").await, tokens("KHIPU").await);
    assert!((0.9..1.1).contains(&(khipu / card)), "{khipu} against {card}");
}

#[tokio::test]
async fn setting_a_status_cancels_pending_timers() {
    let api = Api::manual().await;
    let half = || api.sandbox.advance(Duration::from_secs(61));
    let (user, link) = registered(&api, "bea@example.com").await;
    api.visit(Method::POST, &link, &handed_in("approve")).await;
    half();
    api.sandbox.reject_kyc(user).unwrap();
    assert!(api.sandbox.timers().is_empty());
    api.visit(Method::POST, &link, &handed_in("approve")).await;
    half();
    assert_eq!(kyc(&api, user).await, "processing");
    half();
    assert_eq!(kyc(&api, user).await, "valid");

    let (payment, _) = api.pay_by(user, "card").await;
    api.sandbox.pay(&payment).unwrap();
    api.sandbox.advance(Duration::from_secs(30));
    api.sandbox.set_payment_status(&payment, "started").unwrap();
    assert!(api.sandbox.timers().is_empty());
    api.sandbox.pay(&payment).unwrap();
    api.sandbox.advance(Duration::from_secs(31));
    assert_eq!(api.status(&payment).await, "payment_received");

    let offramp = api.offramp(user).await;
    api.sandbox.deposit_crypto(offramp, None).unwrap();
    api.sandbox.set_offramp_status(offramp, "on_hold").unwrap();
    assert_eq!(api.sandbox.timers().len(), 1, "the coins of the payment alone");
}

#[tokio::test]
async fn guided_transfer_is_announced_after_the_choice() {
    let api = Api::manual().await;
    let user = api.customer().await;
    let (payment, _) = guided(&api, user, 240, "transfer").await;
    let refused = api.sandbox.announce_transfer(&payment).unwrap_err().to_string();
    assert!(
        refused.contains("has not said on the gateway page how to pay"),
        "{refused}"
    );
}
