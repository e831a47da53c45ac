//! Hosted pages over HTTP.

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, WALLET};

async fn kyc(api: &Api, user: u64) -> String {
    api.get(&format!("kyc/check?user_id={user}")).await["data"]["kyc_status"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn submitted_kyc_form_verifies_the_customer() {
    let api = Api::manual().await;
    let new = json!({"name": "<b>Ana</b>", "email": "ana@example.com", "callback_url": "https://shop.example/back?a=1&b=2"});
    let reply = api.post("registerUser", &new).await;
    let (user, link) = (
        reply["data"]["id"].as_u64().unwrap(),
        reply["data"]["kyc_form_url"].as_str().unwrap(),
    );
    let (status, page) = api.visit(Method::GET, link, &[]).await;
    assert_eq!(status, 200);
    assert!(
        page.contains("Sandbox emulator.") && page.contains("&#60;b&#62;Ana"),
        "{page}"
    );
    assert_eq!(
        api.visit(Method::POST, link, &[("full_name", "Ana")]).await.0,
        422
    );
    assert_eq!(kyc(&api, user).await, "unused");
    let form = [
        ("full_name", "Ana López"),
        ("birth_date", "1990-01-02"),
        ("document_number", "X1"),
        ("review", "approve"),
    ];
    let (status, page) = api.visit(Method::POST, link, &form).await;
    assert!(
        status == 200 && page.contains("https://shop.example/back?a=1&#38;b=2"),
        "{page}"
    );
    assert_eq!(kyc(&api, user).await, "processing");
    api.sandbox.advance(std::time::Duration::from_secs(120));
    assert_eq!(kyc(&api, user).await, "valid");
}

#[tokio::test]
async fn review_can_reject() {
    let api = Api::start().await;
    let reply = api
        .post(
            "registerUser",
            &json!({"name": "Ana", "email": "ana@example.com"}),
        )
        .await;
    let link = reply["data"]["kyc_form_url"].as_str().unwrap();
    let form = [
        ("full_name", "Ana"),
        ("birth_date", "1990-01-02"),
        ("document_number", "X1"),
        ("review", "reject"),
    ];
    api.visit(Method::POST, link, &form).await;
    assert_eq!(kyc(&api, reply["data"]["id"].as_u64().unwrap()).await, "fail");
}

#[tokio::test]
async fn company_needs_its_password_and_link_expires() {
    let api = Api::start().await;
    let reply = api
        .post(
            "register/company",
            &json!({"email": "firma@example.com", "company_name": "Firma"}),
        )
        .await;
    let link = reply["data"]["kyb_link"].as_str().unwrap();
    let form = |password| {
        [
            ("password", password),
            ("registration_number", "B1"),
            ("representative", "Ana"),
        ]
    };
    assert_eq!(api.visit(Method::POST, link, &form("wrong")).await.0, 403);
    assert_eq!(
        api.visit(
            Method::POST,
            link,
            &form(reply["data"]["password"].as_str().unwrap())
        )
        .await
        .0,
        200
    );
    assert_eq!(kyc(&api, reply["data"]["id"].as_u64().unwrap()).await, "valid");
    api.sandbox.advance(std::time::Duration::from_secs(90 * 86_400));
    assert_eq!(api.visit(Method::GET, link, &[]).await.0, 404);
}

#[tokio::test]
async fn card_payment_can_fail_at_the_gateway() {
    let api = Api::start().await;
    let (payment, reply) = api.pay_by(api.customer().await, "card").await;
    let link = reply["data"]["url_payment"].as_str().unwrap();
    assert!(api.visit(Method::GET, link, &[]).await.1.contains("150.50 EUR"));
    let (status, page) = api.visit(Method::POST, link, &[("action", "fail")]).await;
    assert!(status == 200 && page.contains("failed"), "{page}");
    assert_eq!(api.status(&payment).await, "payment_rejected");
    assert_eq!(
        api.visit(Method::POST, link, &[("action", "pay"), ("holder", "Ana")])
            .await
            .0,
        409
    );
}

#[tokio::test]
async fn guided_gateway_requires_a_wallet() {
    let api = Api::start().await;
    let order = json!({"user_id": api.customer().await, "fiat_amount": 240, "coin_symbol": "USDC", "coin_chain": "polygon"});
    let reply = api.post("createGuidedPayment", &order).await;
    let link = reply["data"]["gateway_url"].as_str().unwrap();
    let pay = |wallet| {
        [
            ("action", "pay"),
            ("payment_type", "card"),
            ("wallet", wallet),
            ("holder", "Ana"),
        ]
    };
    assert_eq!(api.visit(Method::POST, link, &pay("nope")).await.0, 422);
    assert_eq!(api.visit(Method::POST, link, &pay(WALLET)).await.0, 200);
}

#[tokio::test]
async fn unknown_links_are_not_found() {
    let api = Api::start().await;
    let (transfer, _) = api.pay_by(api.customer().await, "transfer").await;
    let root = api.sandbox.dashboard_url();
    for path in [
        "pages/kyc/x",
        "pages/kyb/x",
        "pages/declaration/x",
        "pages/gateway/x",
        "pages/x",
        "nothing",
    ] {
        assert_eq!(
            api.visit(Method::GET, &format!("{root}{path}"), &[]).await.0,
            404,
            "{path}"
        );
    }
    assert_eq!(
        api.visit(Method::GET, &format!("{root}pages/gateway/{transfer}"), &[])
            .await
            .0,
        404
    );
    assert_eq!(
        api.visit(Method::DELETE, &format!("{root}pages/gateway/x"), &[])
            .await
            .0,
        405
    );
    let (status, page) = api.visit(Method::GET, &root, &[]).await;
    assert!(status == 200 && page.contains("not the provider’s"), "{page}");
}

#[tokio::test]
async fn openapi_document_can_be_downloaded() {
    let api = Api::start().await;
    let page = format!("{}docs", api.sandbox.dashboard_url());
    let (_, html) = api.visit(Method::GET, &page, &[]).await;
    assert!(html.contains("href=\"/docs/openapi.yaml\""), "no link");
    let (status, document) = api.visit(Method::GET, &format!("{page}/openapi.yaml"), &[]).await;
    assert_eq!(status, 200);
    assert_eq!(document, include_str!("../../src/docs/openapi.yaml"));
    let (status, _) = api
        .visit(Method::POST, &format!("{page}/openapi.yaml"), &[])
        .await;
    assert_eq!(status, 405);
}
