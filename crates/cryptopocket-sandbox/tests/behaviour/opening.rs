//! Payments, off-ramps and credits that a scenario starts with, and restaging.

use std::time::Duration;

use cryptopocket_sandbox::{BankCredit, ControlClient, Sandbox, Scenario, TransferFault};
use serde_json::{Value, json};

use crate::support::{Api, Receiver};

const HISTORY: &str = "
speed: manual
customers:
  - {name: Ana, last_name: López, email: ana@example.com, kyc: valid}
  - {name: Bea, email: bea@example.com, kyc: processing}
payments:
  - {customer: ana@example.com, amount: 240, external_id: order-1, concept: 482913377, status: pending_bank}
  - {customer: ana@example.com, amount: 60.50, external_id: order-2, method: card, status: payment_received}
  - {customer: bea@example.com, amount: 90, method: psd2, coin: BTC, status: coins_sent, id: abcdefghijklmnopqrstuvwx1}
  - {customer: bea@example.com, amount: 33, guided: true, method: card}
  - {customer: bea@example.com, amount: 44, external_id: order-5, concept: 482913378, status: on_hold}
offramps:
  - {customer: ana@example.com, amount: 20, symbol: DAI, iban: ES91 2100 0418 4502 0005 1332, status: crypto_received}
  - {customer: ana@example.com, amount: 7, symbol: USDC, iban: ES9121000418450200051332}
bank_credits:
  - {amount: 240.00, concept: 482913378, payer_name: Ana Lopez, meant_for: order-1}
";

async fn history() -> Api {
    Api::from(Sandbox::builder().scenario(HISTORY.parse().unwrap())).await
}

#[tokio::test]
async fn seeded_payments_and_offramps_continue_from_their_states() {
    let api = history().await;
    let listed = api.get("payments").await;
    let told: Vec<(&str, i64, &str)> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap();
            (
                text("status"),
                one["fiat_amount"].as_i64().unwrap(),
                text("coin_symbol"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("pending_bank", 24_000, "USDC"),
            ("payment_received", 6_050, "USDC"),
            ("coins_sent", 9_000, "BTC"),
            ("started", 3_300, "USDC"),
            ("on_hold", 4_400, "USDC"),
        ]
    );
    let sent = api.get("payment/abcdefghijklmnopqrstuvwx1").await;
    assert_eq!(sent["data"]["holder"], "Bea");
    assert!(sent["data"]["txid"].as_str().unwrap().len() > 20, "{sent}");
    let bought = listed["data"][3]["id"].as_str().unwrap();
    assert_eq!(listed["data"][3]["holder"], "Ana López");

    api.sandbox.advance(Duration::from_secs(600));
    assert_eq!(api.status(bought).await, "coins_sent");
    assert_eq!(api.get("getRampoff?id=70001").await["data"]["status"], "finished");
    assert_eq!(api.get("getRampoff?id=70002").await["data"]["status"], "started");
}

#[tokio::test]
async fn seeding_sends_no_webhooks_but_later_steps_do() {
    let receiver = Receiver::start(Vec::new()).await;
    let subscriptions = format!(
        "subscriptions: [{{event: PAY_IN, url: '{0}'}}, {{event: COINS_SENT, url: '{0}'}}]\n",
        receiver.url
    );
    let scenario: Scenario = format!("{HISTORY}{subscriptions}").parse().unwrap();
    let api = Api::from(Sandbox::builder().scenario(scenario)).await;
    assert!(receiver.all().is_empty());
    api.sandbox.advance(Duration::from_secs(60));
    api.sandbox.webhooks_settled().await;
    assert_eq!(receiver.types(), ["COINS_SENT"]);
}

#[tokio::test]
async fn misattributed_credit_is_reported() {
    let api = history().await;
    let by = async |external_id: &str| {
        let found = api.get(&format!("payments?external_id={external_id}")).await;
        found["data"][0]["id"].as_str().unwrap().to_owned()
    };
    let mut order = Api::order(100_001, "transfer");
    order["fiat_amount"] = json!(240);
    let other = api.post("createPayment", &order).await["data"]["payment_id"].clone();
    let other = other.as_str().unwrap().to_owned();
    let meant = by("order-1").await;
    let accounts = api.get("banking/accounts").await;
    let iban = accounts["data"][0]["iban"].as_str().unwrap();
    let feed = api.get(&format!("banking/accounts/{iban}/transactions")).await;
    let credit = feed["data"][0]["id"].as_str().unwrap();
    assert!(
        feed["data"][0].get("meant_for").is_none(),
        "the API must not give it away"
    );
    assert!(api.sandbox.misattributed().is_empty());

    // The amount is also that of the other order, so the provider accepts it.
    let pair = json!({"payment_id": other, "transaction_id": credit});
    assert_eq!(api.post("banking/reconcile", &pair).await["status"], "ok");
    let found = api.sandbox.misattributed();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (
            found[0].transaction_id.as_str(),
            &found[0].meant_for,
            found[0].reconciled_with.as_ref()
        ),
        (credit, &meant, Some(&other))
    );
    let elsewhere = ControlClient::new(api.sandbox.control_url());
    assert_eq!(elsewhere.misattributed().await.unwrap(), found);
}

#[tokio::test]
async fn intended_payment_is_known_despite_transfer_faults() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (mine, _) = api.pay_by(user, "transfer").await;
    let (other, _) = api.pay_by(user, "transfer").await;
    api.sandbox.fail_next_transfer(TransferFault::MissingConcept);
    api.sandbox.pay_transfer(&mine).unwrap();
    let accounts = api.get("banking/accounts").await;
    let iban = accounts["data"][0]["iban"].as_str().unwrap();
    let feed = api.get(&format!("banking/accounts/{iban}/transactions")).await;
    let credit = feed["data"][0]["id"].as_str().unwrap();
    assert_eq!(feed["data"][0]["concept"], Value::Null);
    assert_eq!(api.sandbox.transfers()[0].meant_for, mine);
    let pair = json!({"payment_id": mine, "transaction_id": credit});
    assert_eq!(api.post("banking/reconcile", &pair).await["status"], "ok");
    assert!(
        api.sandbox.misattributed().is_empty(),
        "it went where it was meant to go"
    );

    let amount = "150.50".parse().unwrap();
    let meant = BankCredit::new(amount).meant_for(&mine);
    let second = api.sandbox.credit_bank(meant).unwrap();
    let pair = json!({"payment_id": other, "transaction_id": second});
    assert_eq!(api.post("banking/reconcile", &pair).await["status"], "ok");
    assert_eq!(api.sandbox.misattributed()[0].reconciled_with, Some(other));
    let nobody = BankCredit::new(amount).meant_for("nothing");
    assert!(api.sandbox.credit_bank(nobody).is_err());
}

#[tokio::test]
async fn given_id_is_unique_for_every_seed() {
    let ids = async |scenario: &str| -> Vec<String> {
        let api = Api::from(Sandbox::builder().scenario(scenario.parse().unwrap())).await;
        let listed = api.get("payments").await;
        let ids = listed["data"].as_array().unwrap().iter().rev();
        ids.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let begin = "seed: 7\ncustomers: [{name: Ana, email: ana@example.com}]\n";
    let plain = "{customer: ana@example.com, amount: 20}";
    let made = ids(&format!("{begin}payments: [{plain}, {plain}]")).await;
    // The first payment is given the id that the seed makes for the second.
    let given = format!("{{customer: ana@example.com, amount: 20, id: {}}}", made[1]);
    let again = ids(&format!("{begin}payments: [{given}, {plain}, {plain}]")).await;
    assert_eq!(again.len(), 3);
    assert_eq!(again[0], made[1]);
    assert!(again[1] != made[1] && again[2] != made[1]);
}

const AGED: &str = "
start_at: 2026-06-26T09:00:00Z
customers:
  - {name: Ana, email: ana@example.com, country: CL, kyc: valid}
payments:
  - {customer: ana@example.com, amount: 30, external_id: late, created_at: 2026-06-25T12:00:00Z}
  - {customer: ana@example.com, amount: 20, external_id: first, created_at: 2026-06-20T12:00:00Z}
  - {customer: ana@example.com, amount: 2990, method: card, created_at: 2026-03-31T12:00:00Z}
  - {customer: ana@example.com, amount: 40, external_id: now}
  - {customer: ana@example.com, amount: 50, external_id: future, created_at: 2030-01-01T00:00:00Z}
offramps:
  - {customer: ana@example.com, amount: 20, symbol: USDC, bank_name: Banco de Chile}
bank_credits:
  - {amount: 30, concept: x}
  - {amount: 20, concept: y, booked_at: 2026-06-22T08:00:00Z, meant_for: first}
";

#[tokio::test]
async fn records_before_the_clock_are_sorted_by_time() {
    let api = Api::from(Sandbox::builder().scenario(AGED.parse().unwrap())).await;
    let listed = async |query: &str| -> Vec<String> {
        let listed = api.get(&format!("payments{query}")).await;
        let items = listed["data"].as_array().unwrap().iter();
        items
            .map(|one| one["created_at"].as_str().unwrap()[..10].to_owned())
            .collect()
    };
    let all = [
        "2026-06-26",
        "2026-06-26",
        "2026-06-25",
        "2026-06-20",
        "2026-03-31",
    ];
    assert_eq!(listed("").await, all);
    assert_eq!(listed("?from=2026-06-20&to=2026-06-25").await, all[2..4]);
    let accounts = api.get("banking/accounts").await;
    let iban = accounts["data"][0]["iban"].as_str().unwrap();
    let feed = api.get(&format!("banking/accounts/{iban}/transactions")).await;
    assert_eq!(feed["data"][0]["booking_date"], "2026-06-26");
    assert_eq!(feed["data"][1]["booking_date"], "2026-06-22");
    // Spending in another quarter does not count in this one.
    let (payment, _) = api.pay_by(100_001, "card").await;
    assert_eq!(api.status(&payment).await, "started");
    // A bank in Latin America pays out in the currency of its country.
    let sale = api.get("getRampoff?id=70001").await;
    let pesos: f64 = sale["data"]["fiat_amount"].as_str().unwrap().parse().unwrap();
    assert!(pesos > 10_000.0, "{sale}");
}

async fn log_in_again(api: Api) -> Api {
    let (key, secret) = (
        api.sandbox.api_key().to_owned(),
        api.sandbox.api_secret().to_owned(),
    );
    let token = api.log_in(&key, &secret).await;
    api.with_token(token)
}

#[tokio::test]
async fn restaging_starts_over_and_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let start = || Api::from(Sandbox::builder().state_file(&path));
    let api = start().await;
    api.customer().await;
    let control = ControlClient::new(api.sandbox.control_url());
    let scenario: Scenario = format!("{HISTORY}limits: {{min_purchase: 50}}\n")
        .parse()
        .unwrap();
    control.restage(scenario.clone()).await.unwrap();
    let api = log_in_again(api).await;
    assert_eq!(api.get("payments").await["pagination"]["total"], 5);
    let state = control.state().await.unwrap();
    assert_eq!((state.payments(), state.speed.as_str()), (5, "manual"));
    drop(api);

    let api = start().await;
    let mut order = Api::order(100_001, "card");
    order["fiat_amount"] = json!(49);
    assert_eq!(api.post("createPayment", &order).await["error"], "min_purchase");
    api.sandbox.reset();
    let api = log_in_again(api).await;
    assert_eq!(api.get("payments").await["pagination"]["total"], 5);
    let speed: Value = serde_json::from_str(&api.visit_state().await).unwrap();
    assert_eq!(speed["speed"], "manual");
}

#[tokio::test]
async fn invalid_scenario_changes_nothing() {
    let api = Api::start().await;
    api.customer().await;
    let url = format!("{}/scenario", api.sandbox.control_url());
    let http = crate::support::http().build().unwrap();
    let answer = http
        .post(url)
        .body("payments: [{customer: eve@example.com, amount: 1}]");
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 422);
    let why = answer.text().await.unwrap();
    assert!(
        why.contains("payments[0].customer: `eve@example.com` is none of the customers"),
        "{why}"
    );
    assert_eq!(api.get("customers/list").await["pagination"]["total"], 1);
}
