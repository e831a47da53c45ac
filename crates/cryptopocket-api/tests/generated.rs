//! The generated functions and types at work.

use cryptopocket_api::{OPERATIONS, banking, json_schemas, offramp, onramp, operations, users, webhooks};
use cryptopocket_core::testing::{Answer, ScriptedTransport, TestRuntime};
use cryptopocket_core::{Credentials, ErrorKind, Session, WireRequest};
use cryptopocket_types::reading::{FromJson, Surprise, Surprises, read_reply};
use cryptopocket_types::{EventType, PaymentId, QuotePaymentType, UserId};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

#[allow(clippy::unwrap_used, reason = "a test without a session tests nothing")]
fn session(transport: &Arc<ScriptedTransport>) -> Session {
    Session::builder()
        .base_url("https://host.example/api")
        .credentials(Credentials::new("key", "secret"))
        .transport(transport.clone())
        .runtime(Arc::new(TestRuntime::new(1)))
        .build()
        .unwrap()
}

fn scripted(operation: &str, answer: &str) -> (Arc<ScriptedTransport>, Session) {
    let transport = Arc::new(ScriptedTransport::new());
    transport.always(operation, Answer::json(answer));
    let session = session(&transport);
    (transport, session)
}

#[allow(clippy::unwrap_used, reason = "the one request is what the test is about")]
fn only_request(transport: &ScriptedTransport, operation: &str) -> WireRequest {
    let [request] = <[_; 1]>::try_from(transport.requests(operation))
        .map_err(|_| "not one request")
        .unwrap();
    request
}

fn read<T: FromJson>(json: &str) -> Result<T, Surprise> {
    read_reply(json, &mut Surprises::new())
}

fn body(request: &WireRequest) -> String {
    String::from_utf8_lossy(&request.body).into_owned()
}

const PAYMENT: &str = r#"{"status":"ok","data":{"id":"p1","external_id":null,"user_id":"100067","status":"refunded",
    "fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.320000000000000001,
    "created_at":"2026-06-20T10:15:30.123456Z","holder":"Lucía Ejemplo","rate":0.100000000000000000001}}"#;

#[tokio::test]
async fn call_returns_data_and_keeps_unknown_fields() {
    let (transport, session) = scripted("get_payment", PAYMENT);
    let payment = onramp::get_payment(&session, &PaymentId::from("p1"))
        .await
        .unwrap();
    assert_eq!(payment.status.as_str(), "refunded");
    assert_eq!(payment.coin_amount.to_string(), "148.320000000000000001");
    assert_eq!(
        payment.extra.get("rate").unwrap().get(),
        "0.100000000000000000001"
    );
    assert!(payment.external_id.is_absent());
    let request = only_request(&transport, "get_payment");
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("GET", "https://host.example/api/payment/p1")
    );
    assert!(!request.headers.contains_key("api-version"));
}

#[tokio::test]
async fn reply_is_written_back_with_exact_text() {
    let text = r#"{"coin_amount":148.320000000000000001,"coin_symbol":"USDC","created_at":"2026-06-20T10:15:30.123456Z","fiat_amount":15050,"fiat_symbol":"EUR","id":"p1","status":"coins_sent","user_id":100067,"rate":0.100000000000000000001}"#;
    let payment = read::<onramp::types::Payment>(text).unwrap();
    assert_eq!(serde_json::to_string(&payment).unwrap(), text);
}

#[test]
fn debug_hides_personal_data_and_unknown_values() {
    let value: Value = serde_json::from_str(PAYMENT).unwrap();
    let payment = read::<onramp::types::Payment>(&value["data"].to_string()).unwrap();
    let shown = format!("{payment:?}");
    assert!(shown.contains("rate") && shown.contains("p1"), "{shown}");
    assert!(!shown.contains("Lucía") && !shown.contains("0.1000"), "{shown}");
}

#[test]
fn only_a_missing_key_fails_an_object() {
    let created = |text: &str| read::<offramp::types::CreatedOfframp>(text);
    let without_wallet = created(r#"{"id":"o1"}"#).unwrap();
    assert!(without_wallet.wallet.is_absent());
    let two_wallets = created(r#"{"id":"o1","wallet":"w","wallet":"x"}"#).unwrap();
    assert!(two_wallets.wallet.is_unreadable());
    assert_eq!(two_wallets.extra.len(), 2, "both texts are kept");
    for (text, path) in [
        ("{}", "id"),
        (r#"{"id":""}"#, "id"),
        (r#"{"id":null}"#, "id"),
        ("7", ""),
    ] {
        assert_eq!(created(text).unwrap_err().path, path, "{text}");
    }
}

#[test]
fn null_is_absent() {
    let text = r#"{"iban":"ES91","bic":null,"alias":null,"balance":null}"#;
    let account = read::<banking::types::BankAccount>(text).unwrap();
    assert!(account.bic.is_absent() && account.balance.is_absent() && account.extra.is_empty());
}

#[tokio::test]
async fn form_body_is_form_encoded() {
    let (transport, session) = scripted(
        "subscribe_webhook",
        r#"{"status":"ok","data":"subscription_created"}"#,
    );
    let request = webhooks::types::SubscribeWebhookRequest {
        type_: EventType::PayIn,
        url: "https://shop.example.com/hook?a=1&b=2".into(),
    };
    let done = webhooks::subscribe_webhook(&session, &request).await;
    assert_eq!(done.unwrap().text, "subscription_created");
    let request = only_request(&transport, "subscribe_webhook");
    assert_eq!(
        request.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        body(&request),
        "type=PAY_IN&url=https%3A%2F%2Fshop.example.com%2Fhook%3Fa%3D1%26b%3D2"
    );
}

#[tokio::test]
async fn query_amounts_are_exact_and_absent_parameters_omitted() {
    let (transport, session) = scripted("get_onramp_quote", r#"{"status":"ok","data":{"tokens":1.10}}"#);
    let amount: cryptopocket_types::Decimal = "0.100000000000000000001".parse().unwrap();
    let query = onramp::GetOnrampQuoteQuery::default();
    let payment_type = QuotePaymentType::from("TRANSFER");
    let quote = onramp::get_onramp_quote(&session, &amount.into(), &payment_type, "USDC", &query)
        .await
        .unwrap();
    assert_eq!(serde_json::to_string(&quote.tokens).unwrap(), "1.10");
    let request = only_request(&transport, "get_onramp_quote");
    assert_eq!(
        request.url.as_str(),
        "https://host.example/api/quote?amount=0.100000000000000000001&payment_type=TRANSFER&symbol=USDC"
    );
}

#[tokio::test]
async fn list_has_its_place_and_guarded_path_parameter() {
    let page = r#"{"status":"success","data":[],"pagination":{"current_page":2,"last_page":3},"meta":1e2}"#;
    let (transport, session) = scripted("list_bank_transactions", page);
    let iban = "ES9121000418450200051332".parse().unwrap();
    let query = banking::ListBankTransactionsQuery::default().page(2);
    let page = banking::list_bank_transactions(&session, &iban, &query)
        .await
        .unwrap();
    assert_eq!((page.current, page.last), (Some(2), Some(3)));
    assert_eq!(page.extra.get("meta").unwrap().get(), "1e2");
    let url = only_request(&transport, "list_bank_transactions").url;
    assert_eq!(
        url,
        "https://host.example/api/banking/accounts/ES9121000418450200051332/transactions?page=2"
    );
}

#[tokio::test]
async fn path_parameter_cannot_leave_its_segment() {
    let (transport, session) = scripted("get_payment", PAYMENT);
    for bent in ["..", "", "."] {
        let error = onramp::get_payment(&session, &PaymentId::from(bent))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{bent:?}");
    }
    onramp::get_payment(&session, &PaymentId::from("a/b?c"))
        .await
        .unwrap();
    assert_eq!(
        only_request(&transport, "get_payment").url.as_str(),
        "https://host.example/api/payment/a%2Fb%3Fc"
    );
}

#[tokio::test]
async fn refusal_is_an_sdk_error() {
    let (_, session) = scripted("check_kyc", r#"{"status":"error","error":"user_not_found"}"#);
    let error = users::check_kyc(&session, &UserId::from(7)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(
        error.code().map(ToString::to_string).as_deref(),
        Some("user_not_found")
    );
}

#[tokio::test]
async fn login_uses_the_operation_of_the_table() {
    let transport = Arc::new(ScriptedTransport::new());
    session(&transport).login().await.unwrap();
    let request = only_request(&transport, "authenticate");
    let operation = &operations::AUTHENTICATE;
    assert_eq!(request.operation, operation.id);
    assert_eq!(request.method.as_str(), operation.method);
    assert_eq!(
        request.url.as_str(),
        format!("https://host.example/api{}", operation.path)
    );
    assert!(!operation.auth && !request.headers.contains_key("auth"));
    let credentials: BTreeMap<String, String> = serde_json::from_str(&body(&request)).unwrap();
    assert_eq!(credentials.keys().collect::<Vec<_>>(), ["api_key", "api_secret"]);
}

#[test]
fn every_call_but_login_needs_a_token() {
    let ids: BTreeMap<&str, bool> = OPERATIONS
        .iter()
        .map(|operation| (operation.id, operation.auth))
        .collect();
    assert_eq!(ids.len(), OPERATIONS.len());
    assert_eq!(ids.len(), 26);
    assert_eq!(
        ids.iter()
            .filter(|(_, auth)| !**auth)
            .map(|(id, _)| *id)
            .collect::<Vec<_>>(),
        ["authenticate"]
    );
}

#[test]
fn json_schemas_are_as_reviewed() {
    let mut by_tag: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for (tag, name, schema) in json_schemas() {
        by_tag.entry(tag).or_default().insert(name, schema.to_value());
    }
    for (tag, schemas) in by_tag {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_json_snapshot!(format!("schemas-{tag}"), schemas);
        });
    }
}
