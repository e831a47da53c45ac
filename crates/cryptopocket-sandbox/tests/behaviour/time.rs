//! Virtual time and the control plane over HTTP.

use std::time::Duration;

use cryptopocket_sandbox::{
    BankCredit, ControlClient, ControlError, Fault, Outage, Sandbox, Speed, TransferFault, WebhookFault,
};
use serde_json::{Value, json};

use crate::support::Api;

async fn kyc(api: &Api, user: u64) -> Value {
    api.get(&format!("kyc/check?user_id={user}")).await["data"]["kyc_status"].clone()
}

#[tokio::test]
async fn review_takes_two_minutes() {
    let api = Api::manual().await;
    let face = "data:image/png;base64,aGVsbG8=";
    let new = json!({
        "name": "Ana", "email": "ana@example.com", "country": "ES", "identification_type": "GOVERNMENT_ID",
        "identification_number": "00000000T", "document_front": face, "face_image": face,
    });
    let reply = api.post("registerUser/kyc-delegated", &new).await;
    assert_eq!(reply["data"]["kyc_status"], "processing");
    let user = reply["data"]["id"].as_u64().unwrap();
    api.sandbox.advance(Duration::from_secs(119));
    assert_eq!(kyc(&api, user).await, "processing");
    api.sandbox.advance(Duration::from_secs(1));
    assert_eq!(kyc(&api, user).await, "valid");
}

#[tokio::test]
async fn tokens_expire_as_stated() {
    let api = Api::from(Sandbox::builder().token_life(Duration::from_secs(60))).await;
    api.sandbox.advance(Duration::from_secs(59));
    assert_eq!(api.get("customers/list").await["status"], "ok");
    api.sandbox.advance(Duration::from_secs(1));
    assert_eq!(
        api.get("customers/list").await["error"],
        "authorization_incorrect"
    );
}

#[tokio::test]
async fn running_clock_fires_timers() {
    let api = Api::from(
        Sandbox::builder()
            .speed(Speed::Times(1_000_000))
            .token_life(Duration::from_secs(1_000_000_000)),
    )
    .await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "transfer").await;
    let credit = cryptopocket_sandbox::BankCredit::new("150.50".parse().unwrap());
    let transaction = api.sandbox.credit_bank(credit).unwrap();
    let body = json!({"payment_id": payment, "transaction_id": transaction});
    assert_eq!(api.post("banking/reconcile", &body).await["status"], "ok");
    while api.status(&payment).await != "coins_sent" {}
}

#[tokio::test]
async fn control_plane_equals_the_typed_methods() {
    let api = Api::manual().await;
    let new = json!({"name": "Ana", "email": "ana@example.com"});
    let user = api.post("registerUser", &new).await["data"]["id"]
        .as_u64()
        .unwrap();
    assert_eq!(
        api.control(&format!("customers/{user}/kyc"), &json!({"status": "valid"}))
            .await
            .0,
        200
    );
    let (payment, _) = api.pay_by(user, "card").await;
    assert_eq!(
        api.control(&format!("payments/{payment}/pay"), &json!({}))
            .await
            .0,
        200
    );
    assert_eq!(
        api.control(&format!("payments/{payment}/pay"), &json!({}))
            .await
            .0,
        409
    );
    assert_eq!(api.control("payments/nope/pay", &json!({})).await.0, 404);
    assert_eq!(api.control("clock/advance", &json!({"seconds": 60})).await.0, 200);
    assert_eq!(api.status(&payment).await, "coins_sent");
    let credit = json!({"amount": "12.34", "concept": 482_913_377, "payer_name": "Bea"});
    let (status, reply) = api.control("bank/credits", &credit).await;
    assert!(status == 200 && reply["transaction_id"].is_string(), "{reply}");
    assert_eq!(
        api.control("bank/credits", &json!({"amount": "0.001"})).await.0,
        422
    );
    assert_eq!(api.control("no/such/call", &json!({})).await.0, 404);
    assert_eq!(api.control("reset", &json!({})).await.0, 200);
    assert_eq!(
        api.get("customers/list").await["error"],
        "authorization_incorrect"
    );
}

#[tokio::test]
async fn control_client_has_the_methods_of_sandbox() {
    let api = Api::manual().await;
    let control = ControlClient::new(api.sandbox.control_url());
    let new = json!({"name": "Ana", "email": "ana@example.com"});
    let user = api.post("registerUser", &new).await["data"]["id"]
        .as_u64()
        .unwrap();
    control.approve_kyc(user).await.unwrap();
    let (card, _) = api.pay_by(user, "card").await;
    control.pay(&card).await.unwrap();
    control.advance(Duration::from_secs(60)).await.unwrap();
    assert_eq!(api.status(&card).await, "coins_sent");
    let again = control.pay(&card).await.unwrap_err();
    assert!(
        matches!(again, ControlError::Refused { status: 409, .. }),
        "{again}"
    );
    let (transfer, reply) = api.pay_by(user, "transfer").await;
    control
        .fail_next_transfer(TransferFault::Over("2".parse().unwrap()))
        .await
        .unwrap();
    control.pay_transfer(&transfer).await.unwrap();
    control.advance(Duration::from_secs(1_200)).await.unwrap();
    let credit = BankCredit::new("5".parse().unwrap()).concept("other");
    let newest = control.credit_bank(credit.clone()).await.unwrap();
    let iban = reply["data"]["iban"].as_str().unwrap();
    let feed = api.get(&format!("banking/accounts/{iban}/transactions")).await;
    assert_eq!(
        (&feed["data"][0]["id"], &feed["data"][1]["amount"]),
        (&json!(newest), &json!("152.50"))
    );
    let offramp = api.offramp(user).await;
    control.deposit_crypto(offramp, None).await.unwrap();
    control
        .fail_next("list_customers", Fault::Refuse("brand_new".to_owned()))
        .await
        .unwrap();
    assert_eq!(api.get("customers/list").await["error"], "brand_new");
    control
        .fail_next_webhook("PAY_IN", WebhookFault::Skew(-900))
        .await
        .unwrap();
    control.set_outage(Outage::Gateway, true).await.unwrap();
    control.bar_method("psd2", true).await.unwrap();
    control.clear_faults().await.unwrap();
    let state = control.state().await.unwrap();
    assert_eq!((state.payments(), state.offramps(), state.idle), (2, 1, true));
    assert!(control.journal().await.unwrap().contains("/api/createRampoff"));
    control.whitelist(false).await.unwrap();
    assert_eq!(
        api.get("customers/list").await["error"],
        "authorization_incorrect"
    );
    control.reset().await.unwrap();
    assert_eq!(control.state().await.unwrap().payments(), 0);
    let nobody = ControlClient::new("http://127.0.0.1:1/_sandbox");
    let error = nobody.expire_tokens().await.unwrap_err().to_string();
    assert!(error.contains("cryptopocket sandbox"), "{error}");
}

#[tokio::test]
async fn reset_emulator_repeats_the_same_bytes() {
    let mut api = Api::start().await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let user = api.customer().await;
        seen.push(api.pay_by(user, "transfer").await.1);
        api.sandbox.reset();
        let token = api.log_in(api.sandbox.api_key(), api.sandbox.api_secret()).await;
        api = api.with_token(token);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn control_plane_is_closed_to_web_pages() {
    let api = Api::start().await;
    let state = format!("{}/state", api.sandbox.control_url());
    let client = crate::support::http().build().unwrap();
    let status = async |header: (&str, &str)| {
        client
            .get(&state)
            .header(header.0, header.1)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(status(("accept", "*/*")).await, 200);
    assert_eq!(status(("origin", "http://evil.example")).await, 403);
    assert_eq!(
        status(("origin", "http://127.0.0.1:9")).await,
        403,
        "a page of another server"
    );
    assert_eq!(status(("host", "LocalHost.:8080")).await, 200);
    assert_eq!(status(("host", "evil.example")).await, 403);
    assert_eq!(status(("host", "127.0.0.1.evil.example")).await, 403);
    assert_eq!(status(("host", "localhost:8080")).await, 200);
    let closed = Sandbox::builder().control_plane(false).start().await.unwrap();
    assert_eq!(
        client
            .get(format!("{}/state", closed.control_url()))
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
}

#[tokio::test]
async fn journal_lists_calls_without_secrets() {
    let api = Api::start().await;
    let user = api.customer().await;
    api.pay_by(user, "card").await;
    assert_eq!(
        (
            api.sandbox.calls("create_payment"),
            api.sandbox.calls("create_offramp")
        ),
        (1, 0)
    );
    let journal = api.sandbox.journal();
    assert!(journal.contains("/api/createPayment"), "{journal}");
    assert!(
        !journal.contains(api.sandbox.api_secret()),
        "the secret is in the journal"
    );
}
