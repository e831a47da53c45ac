//! Faults of calls.

use std::time::Duration;

use cryptopocket_sandbox::Fault;
use reqwest::Method;
use serde_json::json;

use crate::support::Api;

/// Sends an order that suffers `fault`; returns the answer, if any, and the number of payments.
async fn ordered(fault: Fault) -> (Result<(u16, String), reqwest::Error>, usize) {
    let api = Api::start().await;
    let user = api.customer().await;
    api.sandbox.fail_next("create_payment", fault);
    let request = api
        .request(Method::POST, "createPayment")
        .json(&Api::order(user, "card"));
    let answer = match request.send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            response.text().await.map(|text| (status, text))
        }
        Err(error) => Err(error),
    };
    let created = api.sandbox.payments_created();
    assert_eq!(
        api.pay_by(user, "card").await.1["status"],
        "success",
        "a fault strikes once"
    );
    (answer, created)
}

#[tokio::test]
async fn dropped_answer_may_leave_a_payment() {
    let (answer, created) = ordered(Fault::DropBefore).await;
    assert!(answer.is_err() && created == 0);
    let (answer, created) = ordered(Fault::DropAfter).await;
    assert!(answer.is_err() && created == 1);
}

#[tokio::test]
async fn server_errors_strike_before_or_after_the_effect() {
    let (answer, created) = ordered(Fault::ErrorBefore(503)).await;
    assert_eq!((answer.unwrap().0, created), (503, 0));
    let (answer, created) = ordered(Fault::ErrorAfter(500)).await;
    assert_eq!((answer.unwrap().0, created), (500, 1));
}

#[tokio::test]
async fn body_faults_break_the_answer() {
    let (answer, created) = ordered(Fault::BrokenBody).await;
    let (status, body) = answer.unwrap();
    assert!(
        status == 200 && created == 1 && serde_json::from_str::<serde_json::Value>(&body).is_err(),
        "{body}"
    );
    let (answer, created) = ordered(Fault::TruncatedBody).await;
    assert!(answer.is_err() && created == 1);
    assert_eq!(ordered(Fault::EmptyBody).await.0.unwrap(), (200, String::new()));
    assert_eq!(
        ordered(Fault::HugeBody(3 << 20)).await.0.unwrap().1.len(),
        3 << 20
    );
    let (answer, created) = ordered(Fault::ExtraField).await;
    let body: serde_json::Value = serde_json::from_str(&answer.unwrap().1).unwrap();
    assert!(
        created == 1 && body["data"]["sandbox_extra"] == true && body["data"]["payment_id"].is_string(),
        "{body}"
    );
    let (answer, created) = ordered(Fault::Html).await;
    assert!(answer.unwrap().1.starts_with("<html>") && created == 0);
}

#[tokio::test]
async fn valid_token_can_be_refused_once() {
    let (answer, created) = ordered(Fault::RefuseToken).await;
    assert_eq!(
        (answer.unwrap(), created),
        (
            (
                200,
                r#"{"status":"error","error":"authorization_incorrect"}"#.to_owned()
            ),
            0
        )
    );
}

#[tokio::test]
async fn refuse_fault_answers_any_code() {
    let (answer, _) = ordered(Fault::Refuse("brand_new_code".to_owned())).await;
    assert_eq!(
        answer.unwrap().1,
        r#"{"status":"error","error":"brand_new_code"}"#
    );
}

#[tokio::test]
async fn slow_call_takes_effect_before_the_timeout() {
    let api = Api::start().await;
    let user = api.customer().await;
    api.sandbox
        .fail_next("create_payment", Fault::Slow(Duration::from_secs(3_600)));
    let request = api
        .request(Method::POST, "createPayment")
        .json(&Api::order(user, "card"));
    let waiting = tokio::spawn(request.send());
    while api.sandbox.payments_created() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished(), "the payment is there before the answer");
    waiting.abort();
}

#[tokio::test]
async fn rate_limit_sends_retry_after() {
    let api = Api::start().await;
    api.sandbox.fail_next("*", Fault::RateLimit(7));
    let response = api.request(Method::GET, "customers/list").send().await.unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            response.headers()["retry-after"].to_str().unwrap()
        ),
        (429, "7")
    );
}

#[tokio::test]
async fn fault_header_applies_to_its_request() {
    let api = Api::start().await;
    let ask = async |fault: &str| {
        api.request(Method::GET, "customers/list")
            .header("x-sandbox-fault", fault)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(
        (
            ask("error_before:504").await,
            ask("html").await,
            ask("no_such_fault").await
        ),
        (504, 200, 422)
    );
}

#[tokio::test]
async fn faults_are_armed_over_the_control_plane() {
    let api = Api::start().await;
    let arm = json!({"operation": "list_customers", "fault": "error_before", "detail": 502, "times": 2});
    assert_eq!(api.control("faults", &arm).await.0, 200);
    for expected in [502, 502, 200] {
        assert_eq!(
            api.request(Method::GET, "customers/list")
                .send()
                .await
                .unwrap()
                .status(),
            expected
        );
    }
    assert_eq!(
        api.control("faults", &json!({"operation": "nope", "fault": "html"}))
            .await
            .0,
        422
    );
    assert_eq!(api.control("faults", &json!({"fault": "gremlins"})).await.0, 422);
    assert_eq!(
        api.control(
            "webhook-faults",
            &json!({"event": "PAY_IN", "fault": "late", "detail": 5})
        )
        .await
        .0,
        200
    );
}
