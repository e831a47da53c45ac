//! Scenario files.

use cryptopocket_sandbox::{Sandbox, Scenario};
use serde_json::{Value, json};

use crate::support::{Api, Receiver};

const SHOP: &str = "
speed: manual
token_life: 1000000
limits: {min_purchase: 50}
barred_methods: [psd2]
customers:
  - {name: Ana, last_name: López, email: ana@example.com, kyc: valid}
  - {name: Bea, email: bea@example.com, kyc: valid, banned: true}
  - {name: Cai, email: cai@example.com, kyc: valid, enhanced: asked, external_id: 77}
bank_credits:
  - {amount: 12.34, concept: 482913377, payer_name: Dora}
faults:
  - {operation: get_payment, fault: error_before, detail: 503, skip: 1}
transfer_faults:
  - {fault: wrong_concept}
";

async fn shop() -> Api {
    Api::from(Sandbox::builder().scenario(SHOP.parse().unwrap())).await
}

async fn told(api: &Api, user: u64, amount: f64, payment_type: &str) -> Value {
    let mut order = Api::order(user, payment_type);
    order["fiat_amount"] = json!(amount);
    api.post("createPayment", &order).await["error"].clone()
}

#[tokio::test]
async fn scenario_sets_the_opening_state() {
    let api = shop().await;
    assert_eq!(told(&api, 100_001, 49.99, "card").await, "min_purchase");
    assert_eq!(told(&api, 100_001, 100.0, "psd2").await, "method_not_allowed");
    assert_eq!(told(&api, 100_002, 100.0, "card").await, "user_banned");
    assert_eq!(
        told(&api, 100_003, 100.0, "card").await,
        "kyc_reinforced_required"
    );
    let found = api.get("customers/find?external_id=77").await;
    assert_eq!(found["data"]["email"], "cai@example.com");
    let accounts = api.get("banking/accounts").await;
    assert_eq!(accounts["data"][0]["balance"], "12.34");
    let (payment, _) = api.pay_by(100_001, "card").await;
    assert_eq!(api.status(&payment).await, "started", "the first is spared");
    let path = format!("payment/{payment}");
    let response = api.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status(), 503);
}

#[tokio::test]
async fn later_setting_overrides_the_scenario() {
    let scenario: Scenario = "seed: 7".parse().unwrap();
    let key = async |builder: cryptopocket_sandbox::Builder| {
        let sandbox = builder.start().await.unwrap();
        sandbox.api_key().to_owned()
    };
    let of_seven = key(Sandbox::builder().seed(7)).await;
    assert_eq!(key(Sandbox::builder().scenario(scenario.clone())).await, of_seven);
    assert_ne!(key(Sandbox::builder().scenario(scenario).seed(8)).await, of_seven);
}

#[tokio::test]
async fn reset_restores_the_scenario() {
    let api = shop().await;
    api.sandbox.ban(100_001, true).unwrap();
    api.sandbox.reset();
    let (key, secret) = (
        api.sandbox.api_key().to_owned(),
        api.sandbox.api_secret().to_owned(),
    );
    let token = api.log_in(&key, &secret).await;
    let api = api.with_token(token);
    assert_eq!(told(&api, 100_001, 100.0, "card").await, Value::Null);
    assert_eq!(told(&api, 100_001, 49.0, "card").await, "min_purchase");
    assert_eq!(api.get("customers/list").await["pagination"]["total"], 3);
}

#[tokio::test]
async fn scenario_subscribes_and_arms_webhook_faults() {
    let receiver = Receiver::start(Vec::new()).await;
    let scenario = format!(
        "customers: [{{name: Ana, email: ana@example.com, kyc: valid}}]\n\
         subscriptions: [{{event: PAY_IN, url: '{0}'}}, {{event: COINS_SENT, url: '{0}'}}]\n\
         webhook_faults: [{{event: PAY_IN, fault: duplicate}}, {{event: COINS_SENT, fault: lost}}]\n",
        receiver.url
    );
    let api = Api::from(Sandbox::builder().scenario(scenario.parse().unwrap())).await;
    let (payment, _) = api.pay_by(100_001, "card").await;
    api.sandbox.pay(&payment).unwrap();
    api.sandbox.webhooks_settled().await;
    assert_eq!(receiver.types(), ["PAY_IN", "PAY_IN"]);
}

#[tokio::test]
async fn scenario_can_refuse_every_token() {
    let sandbox = Sandbox::builder()
        .scenario("whitelisted: false\noutages: [registration]".parse().unwrap())
        .start()
        .await
        .unwrap();
    let credentials = json!({"api_key": sandbox.api_key(), "api_secret": sandbox.api_secret()});
    let base = sandbox.base_url();
    let http = crate::support::http().build().unwrap();
    let login = http.post(format!("{base}/authenticate")).json(&credentials);
    let login: Value = login.send().await.unwrap().json().await.unwrap();
    let token = login["data"]["token"].as_str().unwrap();
    let list = http.get(format!("{base}/customers/list")).header("auth", token);
    let list: Value = list.send().await.unwrap().json().await.unwrap();
    assert_eq!(list["error"], "authorization_incorrect");
}

#[tokio::test]
async fn state_file_continues_without_reapplying_the_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let builder = || {
        let scenario: Scenario = SHOP.parse().unwrap();
        let path = folder.path().join("state");
        Sandbox::builder().scenario(scenario).state_file(path)
    };
    let api = Api::from(builder()).await;
    let (payment, _) = api.pay_by(100_001, "card").await;
    api.sandbox.ban(100_003, true).unwrap();
    drop(api);
    let api = Api::from(builder()).await;
    assert_eq!(api.get("customers/list").await["pagination"]["total"], 3);
    assert_eq!(api.status(&payment).await, "started");
    assert_eq!(told(&api, 100_003, 100.0, "card").await, "user_banned");
    let accounts = api.get("banking/accounts").await;
    assert_eq!(accounts["data"][0]["balance"], "12.34");
    assert_eq!(told(&api, 100_001, 49.0, "card").await, "min_purchase");
}
