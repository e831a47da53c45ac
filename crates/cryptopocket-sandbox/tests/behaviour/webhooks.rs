//! Webhooks: events, signatures, retries and faults.

use cryptopocket_sandbox::WebhookFault;
use cryptopocket_webhooks::{SignatureHeaders, Verifier};
use serde_json::json;

use crate::support::{Api, Received, Receiver, results};

pub(crate) async fn subscribed(api: &Api, receiver: &Receiver, types: &[&str]) {
    for kind in types {
        let reply = api
            .form(
                "subscribeToWebhook",
                &[("type", *kind), ("url", receiver.url.as_str())],
            )
            .await;
        assert_eq!(reply, json!({"status": "ok", "data": "subscription_created"}));
    }
}

pub(crate) async fn paid(api: &Api) -> String {
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    api.sandbox.pay(&payment).unwrap();
    api.sandbox.webhooks_settled().await;
    payment
}

pub(crate) fn verifies(api: &Api, received: &Received) -> bool {
    let verifier = Verifier::new(api.sandbox.api_secret())
        .unwrap()
        .require_api_key(api.sandbox.api_key());
    let header = |name| received.header(name).to_owned();
    let headers =
        SignatureHeaders::new(header("x-timestamp"), header("x-signature")).with_api_key(header("x-api-key"));
    verifier.verify(&headers, &received.body).is_ok()
}

#[tokio::test]
async fn payment_sends_pay_in_then_coins_sent() {
    let (api, receiver) = (Api::start().await, Receiver::start(vec![]).await);
    subscribed(&api, &receiver, &["PAY_IN", "COINS_SENT"]).await;
    let payment = paid(&api).await;
    assert_eq!(receiver.types(), ["PAY_IN", "COINS_SENT"]);
    let all = receiver.all();
    assert_eq!(all[0].json()["data"]["status"], "payment_received");
    assert_eq!(
        all[1].json()["data"],
        api.get(&format!("payment/{payment}")).await["data"]
    );
    assert!(all.iter().all(|one| verifies(&api, one)));
}

#[tokio::test]
async fn finished_offramp_is_sent_under_both_names() {
    let (api, receiver) = (Api::start().await, Receiver::start(vec![]).await);
    subscribed(
        &api,
        &receiver,
        &["CRYPTO_RECEIVED", "TRANSFER_RAMPOFF_FINISHED", "RAMPOFF_FINISHED"],
    )
    .await;
    let offramp = api.offramp(api.customer().await).await;
    api.sandbox.deposit_crypto(offramp, None).unwrap();
    api.sandbox.webhooks_settled().await;
    assert_eq!(
        receiver.types(),
        ["CRYPTO_RECEIVED", "TRANSFER_RAMPOFF_FINISHED", "RAMPOFF_FINISHED"]
    );
    assert_eq!(receiver.all()[2].json()["data"]["status"], "finished");
}

#[tokio::test]
async fn subscriptions_accept_forms_only() {
    let api = Api::start().await;
    let reply = api
        .post(
            "subscribeToWebhook",
            &json!({"type": "PAY_IN", "url": "http://127.0.0.1:1/"}),
        )
        .await;
    assert!(reply["errors"]["body"].is_array(), "{reply}");
    let fields = [("type", "PAY_IN"), ("url", "http://127.0.0.1:1/")];
    assert_eq!(
        api.form("updateWebhookSubscription", &fields).await["error"],
        "subscription_not_found"
    );
    api.form("subscribeToWebhook", &fields).await;
    let reply = api.form("updateWebhookSubscription", &fields).await;
    assert_eq!(reply, json!({"status": "ok", "data": "subscription_updated"}));
    assert!(
        api.form("subscribeToWebhook", &[("type", "PAYIN"), ("url", "x")])
            .await["errors"]["url"]
            .is_array()
    );
}

#[tokio::test]
async fn refused_webhook_is_retried_with_the_same_body() {
    let (api, receiver) = (Api::start().await, Receiver::start(vec![500, 503]).await);
    subscribed(&api, &receiver, &["PAY_IN"]).await;
    paid(&api).await;
    let all = receiver.all();
    assert_eq!(all.len(), 3);
    assert!(
        all.iter()
            .all(|one| one.body == all[0].body && verifies(&api, one))
    );
    let log = api.sandbox.deliveries();
    assert_eq!(
        (log[0].state.name(), results(&log[0])),
        ("delivered", vec![Ok(500), Ok(503), Ok(204)])
    );
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (api, receiver) = (Api::manual().await, Receiver::start(vec![307]).await);
    subscribed(&api, &receiver, &["PAY_IN"]).await;
    paid(&api).await;
    assert_eq!(receiver.all().len(), 1);
    let log = api.sandbox.deliveries();
    assert_eq!(
        (log[0].state.name(), results(&log[0])),
        ("waiting", vec![Ok(307)])
    );
}

#[tokio::test]
async fn retries_wait_for_virtual_time() {
    let (api, receiver) = (Api::manual().await, Receiver::start(vec![500]).await);
    subscribed(&api, &receiver, &["PAY_IN"]).await;
    paid(&api).await;
    assert_eq!(
        (receiver.all().len(), api.sandbox.deliveries()[0].state.name()),
        (1, "waiting")
    );
    api.sandbox.advance(std::time::Duration::from_secs(9));
    api.sandbox.webhooks_settled().await;
    assert_eq!(receiver.all().len(), 1);
    api.sandbox.advance(std::time::Duration::from_secs(1));
    api.sandbox.webhooks_settled().await;
    assert_eq!(
        (receiver.all().len(), api.sandbox.deliveries()[0].state.name()),
        (2, "delivered")
    );
}

#[tokio::test]
async fn long_advance_makes_every_retry_at_its_time() {
    let (api, receiver) = (Api::manual().await, Receiver::start(vec![500; 9]).await);
    subscribed(&api, &receiver, &["PAY_IN"]).await;
    paid(&api).await;
    api.sandbox.advance(std::time::Duration::from_secs(86_400));
    api.sandbox.webhooks_settled().await;
    assert_eq!(receiver.all().len(), 6);
    let export: serde_json::Value = serde_json::from_str(&api.sandbox.export()).unwrap();
    let delivery = &export["delivery"][0]["value"];
    assert_eq!(delivery["state"], "GivenUp");
    let times: Vec<i64> = delivery["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| attempt["at"].as_i64().unwrap() / 1_000_000)
        .collect();
    let waited: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(waited, [10, 60, 300, 1_800, 7_200]);
}

#[tokio::test]
async fn unreachable_receiver_is_given_up_then_retried() {
    let api = Api::start().await;
    let receiver = Receiver::start(vec![]).await;
    let closed = Receiver {
        url: "http://127.0.0.1:1/".to_owned(),
        ..receiver.clone()
    };
    subscribed(&api, &closed, &["PAY_IN"]).await;
    paid(&api).await;
    let log = api.sandbox.deliveries();
    assert_eq!((log[0].state.name(), log[0].attempts.len()), ("given_up", 6));
    api.sandbox.redeliver(log[0].id).unwrap();
    api.sandbox.webhooks_settled().await;
    assert_eq!(api.sandbox.deliveries()[0].attempts.len(), 7);
}

#[tokio::test]
async fn webhook_faults_change_what_arrives() {
    let (api, receiver) = (Api::start().await, Receiver::start(vec![]).await);
    subscribed(&api, &receiver, &["PAY_IN", "COINS_SENT"]).await;
    let user = api.customer().await;
    let pay = async |faults: &[(&str, WebhookFault)]| {
        let before = receiver.all().len();
        for (event, fault) in faults {
            api.sandbox.fail_next_webhook(event, *fault);
        }
        let (payment, _) = api.pay_by(user, "card").await;
        api.sandbox.pay(&payment).unwrap();
        api.sandbox.webhooks_settled().await;
        receiver.all().split_off(before)
    };
    let kinds = |all: &[Received]| -> Vec<String> {
        all.iter()
            .map(|one| one.json()["type"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let doubled = pay(&[("PAY_IN", WebhookFault::Duplicate)]).await;
    assert_eq!(kinds(&doubled), ["PAY_IN", "PAY_IN", "COINS_SENT"]);
    assert_eq!(doubled[0].body, doubled[1].body);
    let forged = pay(&[("COINS_SENT", WebhookFault::Corrupt)]).await;
    assert_eq!(
        (verifies(&api, &forged[0]), verifies(&api, &forged[1])),
        (true, false)
    );
    let skewed = pay(&[
        ("PAY_IN", WebhookFault::Skew(-3_600)),
        ("COINS_SENT", WebhookFault::Skew(3_600)),
    ])
    .await;
    assert!(skewed.iter().all(|one| !verifies(&api, one)));
    assert_eq!(
        kinds(&pay(&[("PAY_IN", WebhookFault::Overtaken)]).await),
        ["COINS_SENT", "PAY_IN"]
    );
    assert_eq!(
        kinds(&pay(&[("PAY_IN", WebhookFault::Lost)]).await),
        ["COINS_SENT"]
    );
}

#[tokio::test]
async fn webhook_without_overtaker_leaves_once_after_an_hour() {
    let (api, receiver) = (Api::start().await, Receiver::start(vec![]).await);
    subscribed(&api, &receiver, &["PAY_IN"]).await;
    let user = api.customer().await;
    let pay = async |api: &Api| {
        let (payment, _) = api.pay_by(user, "card").await;
        api.sandbox.pay(&payment).unwrap();
        api.sandbox.webhooks_settled().await;
    };
    api.sandbox.fail_next_webhook("PAY_IN", WebhookFault::Overtaken);
    pay(&api).await;
    assert!(receiver.all().is_empty());
    api.sandbox.advance(std::time::Duration::from_secs(3_600));
    api.sandbox.webhooks_settled().await;
    assert_eq!(receiver.types(), ["PAY_IN"]);
    // A webhook that was overtaken in time is not sent again after the hour.
    let token = api.log_in(api.sandbox.api_key(), api.sandbox.api_secret()).await;
    let api = api.with_token(token);
    api.sandbox.fail_next_webhook("PAY_IN", WebhookFault::Overtaken);
    pay(&api).await;
    pay(&api).await;
    assert_eq!(receiver.all().len(), 3);
    api.sandbox.advance(std::time::Duration::from_secs(7_200));
    api.sandbox.webhooks_settled().await;
    assert_eq!(receiver.all().len(), 3);
}
