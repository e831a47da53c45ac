//! The money flows: card, transfer, guided payment, off-ramp.

use cryptopocket_sandbox::{BankCredit, TransferFault};
use serde_json::json;

use crate::support::{Api, WALLET};

#[tokio::test]
async fn card_payment_ends_with_coins_sent() {
    let api = Api::manual().await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    assert_eq!(api.status(&payment).await, "started");
    api.sandbox.pay(&payment).unwrap();
    assert_eq!(api.status(&payment).await, "payment_received");
    api.sandbox.advance(std::time::Duration::from_secs(60));
    let data = &api.get(&format!("payment/{payment}")).await["data"];
    assert_eq!(data["status"], "coins_sent");
    assert_eq!(data["txid"].as_str().map(str::len), Some(66));
}

#[tokio::test]
async fn instant_payment_gets_its_coins_at_once() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "psd2").await;
    api.sandbox.pay(&payment).unwrap();
    assert_eq!(api.status(&payment).await, "coins_sent");
}

#[tokio::test]
async fn transfer_is_credited_and_reconciled() {
    let api = Api::manual().await;
    let user = api.customer().await;
    let (payment, reply) = api.pay_by(user, "transfer").await;
    let concept = reply["data"]["concept"].to_string();
    let iban = reply["data"]["iban"].as_str().unwrap().to_owned();
    api.sandbox.announce_transfer(&payment).unwrap();
    assert_eq!(api.status(&payment).await, "pending_bank");
    let credit = |amount: &str| {
        BankCredit::new(amount.parse().unwrap())
            .concept(concept.clone())
            .payer("Ana López", None)
    };
    let short = api.sandbox.credit_bank(credit("149.50")).unwrap();
    let right = api.sandbox.credit_bank(credit("150.50")).unwrap();

    let feed = api
        .get(&format!("banking/accounts/{iban}/transactions?per_page=1&page=2"))
        .await;
    assert_eq!(
        (&feed["pagination"]["total"], &feed["data"][0]["id"]),
        (&json!(2), &json!(short))
    );
    let reconcile = |transaction: &str| json!({"payment_id": payment, "transaction_id": transaction});
    assert_eq!(
        api.post("banking/reconcile", &reconcile(&short)).await["error"],
        "amount_mismatch"
    );
    let done = api.post("banking/reconcile", &reconcile(&right)).await;
    assert_eq!(done["data"]["status"], "payment_received");
    assert_eq!(
        api.post("banking/reconcile", &reconcile(&right)).await["error"],
        "already_reconciled"
    );
    api.sandbox.advance(std::time::Duration::from_secs(60));
    let data = &api.get(&format!("payment/{payment}")).await["data"];
    assert_eq!(
        (data["status"].as_str(), data["holder"].as_str()),
        (Some("coins_sent"), Some("Ana López"))
    );
}

#[tokio::test]
async fn credit_reconciles_one_payment_only() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (first, _) = api.pay_by(user, "transfer").await;
    let (second, _) = api.pay_by(user, "transfer").await;
    let credit = api
        .sandbox
        .credit_bank(BankCredit::new("150.50".parse().unwrap()))
        .unwrap();
    let other = api
        .sandbox
        .credit_bank(BankCredit::new("150.50".parse().unwrap()))
        .unwrap();
    let reconcile =
        |payment: &str, transaction: &str| json!({"payment_id": payment, "transaction_id": transaction});
    assert_eq!(
        api.post("banking/reconcile", &reconcile(&first, &credit)).await["status"],
        "ok"
    );
    assert_eq!(
        api.post("banking/reconcile", &reconcile(&second, &credit)).await["error"],
        "already_reconciled"
    );
    assert_eq!(
        api.post("banking/reconcile", &reconcile(&first, &other)).await["error"],
        "payment_not_pending"
    );
    assert_eq!(api.status(&second).await, "started");
}

#[tokio::test]
async fn guided_payment_gets_its_wallet_at_the_gateway() {
    let api = Api::start().await;
    let user = api.customer().await;
    let order = json!({"user_id": user, "fiat_amount": 240, "coin_symbol": "USDC", "coin_chain": "polygon", "external_id": "cart-7"});
    let reply = api.post("createGuidedPayment", &order).await;
    assert_eq!(
        (&reply["status"], &reply["message"]),
        (&json!("success"), &json!("guided_payment_created"))
    );
    assert_eq!(reply["data"]["external_id"], "cart-7");
    let gateway = reply["data"]["gateway_url"].as_str().unwrap();
    let form = [
        ("action", "pay"),
        ("payment_type", "psd2"),
        ("wallet", WALLET),
        ("holder", "Ana López"),
    ];
    let (status, page) = api.visit(reqwest::Method::POST, gateway, &form).await;
    assert!(status == 200 && page.contains("was received"), "{status} {page}");
    let data = &api
        .get(&format!(
            "payment/{}",
            reply["data"]["payment_id"].as_str().unwrap()
        ))
        .await["data"];
    assert_eq!(
        (&data["status"], &data["holder"]),
        (&json!("coins_sent"), &json!("Ana López"))
    );
}

#[tokio::test]
async fn latam_bank_is_paid_in_local_currency() {
    let api = Api::manual().await;
    let new = json!({"name": "Bea", "email": "bea+approved@example.com", "country": "CL"});
    let user = api.post("registerUser", &new).await["data"]["id"].clone();
    let body = json!({"user_id": user, "amount": 20, "symbol": "USDC", "bank_name": "Banco de Prueba"});
    let made = api.post("createRampoff", &body).await;
    assert_eq!(made["data"]["rampoff"], "payment created", "{made}");
    let id = made["data"]["id"].as_u64().unwrap();
    let shown = api.get(&format!("getRampoff?id={id}")).await;
    let fiat: f64 = shown["data"]["fiat_amount"].as_str().unwrap().parse().unwrap();
    assert!(fiat > 15_000.0, "20 USDC are more than 15,000 CLP: {shown}");
    assert_eq!(shown["data"]["blockchain"], "polygon");
    api.sandbox.deposit_crypto(id, None).unwrap();
    api.sandbox.advance(std::time::Duration::from_secs(600));
    assert_eq!(
        api.get(&format!("getRampoff?id={id}")).await["data"]["status"],
        "finished"
    );
}

#[tokio::test]
async fn sent_transfer_arrives_after_twenty_minutes() {
    let api = Api::manual().await;
    let user = api.customer().await;
    let (payment, reply) = api.pay_by(user, "transfer").await;
    let iban = reply["data"]["iban"].as_str().unwrap().to_owned();
    let feed = async || api.get(&format!("banking/accounts/{iban}/transactions")).await["data"].clone();
    api.sandbox
        .fail_next_transfer(TransferFault::Partial("0.50".parse().unwrap()));
    api.sandbox.pay_transfer(&payment).unwrap();
    assert_eq!(
        (api.status(&payment).await.as_str(), feed().await),
        ("pending_bank", json!([]))
    );
    api.sandbox.advance(std::time::Duration::from_secs(1_200));
    let arrived = feed().await;
    assert_eq!(
        (&arrived[0]["amount"], &arrived[0]["concept"]),
        (&json!("150.00"), &json!(reply["data"]["concept"].to_string()))
    );
    let (status, _) = api
        .control("transfer-faults", &json!({"fault": "missing_concept"}))
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        api.control(&format!("payments/{payment}/transfer"), &json!({}))
            .await
            .0,
        200
    );
    api.sandbox.advance(std::time::Duration::from_secs(1_200));
    let newest = feed().await[0].clone();
    assert_eq!(
        (&newest["amount"], &newest["concept"]),
        (&json!("150.50"), &json!(null))
    );
    assert_eq!(
        newest["counterparty_iban"], arrived[0]["counterparty_iban"],
        "a customer has one account"
    );
    let (card, _) = api.pay_by(user, "card").await;
    assert!(api.sandbox.pay_transfer(&card).is_err());
}

#[tokio::test]
async fn deposited_coins_are_paid_out() {
    let api = Api::manual().await;
    let user = api.customer().await;
    let offramp = api.offramp(user).await;
    let status = async || api.get(&format!("getRampoff?id={offramp}")).await["data"]["status"].clone();
    assert_eq!(status().await, "started");
    api.sandbox
        .deposit_crypto(offramp, Some("19.5".parse().unwrap()))
        .unwrap();
    assert_eq!(status().await, "started");
    api.sandbox.deposit_crypto(offramp, None).unwrap();
    assert_eq!(status().await, "crypto_received");
    api.sandbox.advance(std::time::Duration::from_secs(600));
    assert_eq!(status().await, "finished");
}
