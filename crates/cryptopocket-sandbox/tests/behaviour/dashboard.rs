//! The dashboard without a browser: access, feed, redaction and content policy.

use reqwest::{Method, RequestBuilder};

use crate::support::{Api, http};

fn to(api: &Api, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", api.sandbox.dashboard_url());
    http()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
        .request(method, url)
}

async fn answer(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn foreign_host_sees_no_dashboard() {
    let api = Api::start().await;
    let foreign = |request: RequestBuilder| request.header("host", "rebound.example");
    let (status, page) = answer(foreign(to(&api, Method::GET, ""))).await;
    assert_eq!(status, 200);
    assert!(
        !page.contains(api.sandbox.api_secret()) && page.contains("do not answer this request"),
        "{page}"
    );
    assert_eq!(
        answer(foreign(to(&api, Method::GET, "dashboard/feed"))).await.0,
        404
    );
    let reset = foreign(to(&api, Method::POST, "dashboard/do/reset"));
    assert_eq!(answer(reset).await.0, 404);
    let (status, page) = answer(foreign(to(&api, Method::GET, "docs"))).await;
    assert!(status == 200 && !page.contains(api.sandbox.api_secret()));
    let closed = Api::from(cryptopocket_sandbox::Sandbox::builder().control_plane(false)).await;
    assert!(
        !answer(to(&closed, Method::GET, ""))
            .await
            .1
            .contains("dashboard/do")
    );
}

#[tokio::test]
async fn form_of_another_origin_is_refused() {
    let api = Api::start().await;
    api.customer().await;
    for origin in [
        "http://127.0.0.1:1",
        "http://localhost",
        "https://shop.example",
        "null",
    ] {
        let reset = to(&api, Method::POST, "dashboard/do/reset").header("origin", origin);
        let (status, _) = answer(reset).await;
        assert!(matches!(status, 403 | 404), "{origin}: {status}");
    }
    assert_eq!(api.get("customers/list").await["pagination"]["total"], 1);
    let own = api.sandbox.dashboard_url();
    let reset = to(&api, Method::POST, "dashboard/do/reset").header("origin", own.trim_end_matches('/'));
    assert_eq!(answer(reset).await.0, 303);
}

#[tokio::test]
async fn refused_button_gives_the_reason() {
    let api = Api::start().await;
    let (payment, _) = api.pay_by(api.customer().await, "card").await;
    api.sandbox.pay(&payment).unwrap();
    let path = format!("dashboard/do/payments/{payment}/pay");
    let (status, page) = answer(to(&api, Method::POST, &path)).await;
    assert!(
        status == 409
            && page.contains(
                "not possible now: the payment is coins_sent, and this takes one that is started; "
            ),
        "{page}"
    );
    let script = to(&api, Method::POST, &path).header("accept", "application/json");
    assert!(answer(script).await.1.starts_with("{\"error\":"));
    assert_eq!(
        answer(to(&api, Method::POST, "dashboard/do/nothing")).await.0,
        404
    );
    assert_eq!(answer(to(&api, Method::GET, "dashboard/do/reset")).await.0, 405);
}

#[tokio::test]
async fn unchanged_feed_has_no_content() {
    let api = Api::start().await;
    let (_, feed) = answer(to(&api, Method::GET, "dashboard/feed")).await;
    let feed: serde_json::Value = serde_json::from_str(&feed).unwrap();
    let again = format!("dashboard/feed?seen={}", feed["mark"].as_str().unwrap());
    assert_eq!(answer(to(&api, Method::GET, &again)).await, (204, String::new()));
    api.customer().await;
    let (status, feed) = answer(to(&api, Method::GET, &again)).await;
    assert!(
        status == 200 && feed.contains("ana+approved@example.com"),
        "{feed}"
    );
}

#[tokio::test]
async fn secrets_and_files_are_redacted_in_the_log() {
    let api = Api::start().await;
    api.post(
        "registerUser",
        &serde_json::json!({"name": "Ana", "email": "ana@example.com"}),
    )
    .await;
    let (_, feed) = answer(to(&api, Method::GET, "dashboard/feed")).await;
    let feed: serde_json::Value = serde_json::from_str(&feed).unwrap();
    let log = feed["parts"]["live-log"].as_str().unwrap();
    assert!(log.contains("[secret]") && log.contains("registerUser"), "{log}");
    assert!(
        !log.contains(api.sandbox.api_secret()) && !log.contains("/pages/kyc/"),
        "{log}"
    );
}

#[tokio::test]
async fn every_page_forbids_foreign_content() {
    let api = Api::start().await;
    for path in ["", "docs", "pages/kyc/x"] {
        let response = to(&api, Method::GET, path).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let page = response.text().await.unwrap();
        for outside in ["src=\"", "url(", "@import", "<link"] {
            assert!(!page.contains(outside), "{path} loads something: {outside}");
        }
    }
}
